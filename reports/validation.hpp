// Scenarios as the gate of a pipeline: which keep their objectives, how each objective of each variant came out, and how that
// stands to the results that were accepted last. Its forms: JSON (which is what is accepted), JUnit, Markdown, annotations, a
// page.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "reports/baseline.hpp"
#include "reports/comparison.hpp"
#include "reports/verdict.hpp"
#include "scenarios/objective_places.hpp"
#include "sim/experiment/stored_study.hpp"

namespace headroom {

// From the best to the worst; several together end as the worst of them.
enum class Ending { held, open, missed, incomplete, broken, interrupted };
std::string_view to_text(Ending ending);  // "pass", "inconclusive", "fail", "not completed", "internal error", "interrupted"

struct ValidatedObjective {
  Verdict verdict;
  ByReplication values;  // of the runs in which it has one
  TextPlace place;       // line 0: not known
};

struct ValidatedVariant {
  std::string name;
  Ending ending = Ending::held;
  std::vector<ValidatedObjective> objectives;
  ByReplication cost_per_user;        // US dollars per second; empty: nothing has a price
  std::size_t runs = 0;               // that completed
  double run_seconds = 0.0;           // that they took, added up; not in JSON, which is equal for equal studies
  std::vector<std::string> problems;  // why it did not complete
};

struct ValidatedScenario {
  std::string name, path;
  std::string folder;  // of its report; empty: none
  StoredStudy about;   // what was simulated: seed, hashes, settings in force
  std::vector<ValidatedVariant> variants;
  std::string changes;  // of its inputs since the baseline, lines; empty: none, or there is no baseline
};

struct Validation {
  std::vector<ValidatedScenario> scenarios;
  std::optional<BaselineComparison> baseline;
  bool fails_on_regression = false;  // what is worse than the baseline counts as a missed objective
};

// A study with the verdicts on its variants. `places`: of its objectives, or empty.
ValidatedScenario validated(const ScenarioFile& file, const Study& study, std::vector<std::vector<Verdict>> verdicts,
                            const std::vector<std::vector<TextPlace>>& places = {});
// Every variant counts: a gate is for all that it was asked about. That of all is Ending::missed at least where a value is worse
// than the baseline and that fails.
Ending ending_of(const ValidatedScenario& scenario);
Ending ending_of(const Validation& validation);

// Of required objectives, or of the others.
std::size_t count_of(const ValidatedVariant& variant, Outcome outcome, bool required = true);
// The required objective with the least to spare; nullptr: none has a margin.
const Verdict* worst_margin(const ValidatedVariant& variant);
// "0.0312 USD/month", with its half width; empty without prices.
std::string cost_text(const ValidatedVariant& variant, std::string_view plus_minus);
// "310 ms ± 9; 3 % beyond the limit; latency of the 98 % that were served; because 71 % of the 1.9 s is queueing at services/api".
std::string what_was_seen(const Verdict& verdict);
// "checkout", with several variants "checkout, hpa".
std::string title_of(const ValidatedScenario& scenario, const ValidatedVariant& variant);
// "1 of 3 scenarios misses a required objective: checkout".
std::string answer_line(const Validation& validation);

// What `--baseline` reads is what this wrote: equal bytes for equal studies.
nlohmann::json to_json(const Validation& validation);
// `text`: of such a file. Throws std::invalid_argument that says what is wrong with it.
std::vector<ValidatedScenario> accepted_from(const std::string& text);

// Verdict and tables first, details folded away; below 1 MB, as a step summary must be.
std::string to_markdown(const Validation& validation);
std::string to_junit(const Validation& validation);
// GitHub's workflow commands, a line each: errors for what fails, warnings for what is open or advisory.
std::string to_github_annotations(const Validation& validation);
// One file that opens from disk and leads to the report of each scenario.
std::string to_html(const Validation& validation);

}  // namespace headroom
