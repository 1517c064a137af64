// What has changed since the results that were accepted last, objective by objective.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reports/study_report.hpp"

namespace headroom {

struct ValidatedScenario;

struct BaselineRow {
  std::string scenario, variant;
  std::string path;     // of the scenario's file now: names are not always different
  std::string subject;  // an objective's text, or cost_subject
  bool required = true;
  Dimension dimension = Dimension::count;
  bool is_breach = false;                    // the value is a time for which a promise was broken
  std::optional<Outcome> before, now;        // none: of costs, or not there on that side
  Interval value_before, value_now;          // count 0: nothing was observed
  std::optional<MeanDifference> change;      // now - before; none unless both have values
  bool paired = false;                       // of the same replications of the same seed; else two independent samples
  Standing standing = Standing::open;        // after Holm's correction over all rows at 5 %
  bool is_worse = false, is_better = false;  // shown, and beyond the tolerance
};
inline constexpr std::string_view cost_subject = "cost per user";

struct BaselineComparison {
  std::vector<BaselineRow> rows;     // in the order of what was validated now, then what is gone
  std::vector<std::string> remarks;  // scenarios and variants that only one side has
  double tolerance = 0.0;            // share of the former value by which a value may get worse
  std::size_t worse() const;         // of required objectives and costs
  // Those of a scenario.
  std::vector<BaselineRow> worse_of(const std::string& path) const;
};

// Scenarios belong together by their path, else by their name; variants by name; objectives by their text. A value is worse when
// it has moved away from what was promised, significantly, by more than the histograms leave open and by more than the tolerance;
// where there is no value to compare, when the verdict has turned from pass to fail.
BaselineComparison compare_with_baseline(std::span<const ValidatedScenario> now, std::span<const ValidatedScenario> accepted,
                                         double tolerance);
// The accepted results of a scenario; nullptr: it is not among them.
const ValidatedScenario* accepted_of(const ValidatedScenario& scenario, std::span<const ValidatedScenario> accepted);

// "240 ms -> 310 ms"; "never broken" where that is what it was.
std::string before_text(const BaselineRow& row);
std::string now_text(const BaselineRow& row);
// "+29 %", "+70 ms" where there is nothing to take a share of; empty without both.
std::string change_text(const BaselineRow& row);
// "worse", "better", "not distinguishable", "too few runs to tell", "within the tolerance", "pass -> fail", "new", "gone".
std::string standing_text(const BaselineRow& row);
// "240 ms -> 310 ms (+29 %), worse than the baseline"; without values "pass -> fail, worse than the baseline".
std::string regression_text(const BaselineRow& row);

}  // namespace headroom
