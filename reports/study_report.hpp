// A finished study as a person receives it: verdicts first, then the comparison, then everything else; and its writers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "reports/load_headroom.hpp"
#include "reports/text_layout.hpp"
#include "reports/verdict.hpp"
#include "scenarios/reader.hpp"
#include "sim/experiment/study.hpp"

namespace headroom {

// One row of the comparison: a measured quantity in every variant, and how it differs from the first.
enum class Standing {
  open,          // the first variant itself, or fewer than two pairs of runs: nothing can be said
  differs,       // after Holm's correction over the whole table, and by more than a histogram's bucket
  equal,         // not distinguishable
  too_few_runs,  // not distinguishable, but only for want of runs: see compare_variants
};
struct ComparisonCell {
  Interval value;                              // count 0: nothing was observed
  ValueBounds known;                           // of value.mean, as far as the instruments tell
  std::optional<MeanDifference> difference;  // against the first variant; none for the first
  bool paired = true;  // whether that is of the same replications: else the two met other random numbers, and are compared as such
  Standing standing = Standing::open;
};
struct ComparisonRow {
  MetricSelector selector;
  std::string phase;  // of the run that is looked at; empty: all of it after warm-up
  std::string title;  // "p99 latency of users"
  Dimension dimension = Dimension::count;
  std::vector<ComparisonCell> cells;  // one per variant
  // What the row means in each variant: `selector`, but the instances of a service that is serverless there are its replicas.
  std::vector<MetricSelector> selectors;
  bool only_if_any = false;  // left out where it is 0 everywhere
};

struct StudyReport {
  std::string command;  // "headroom compare scenarios/ugc-video/scenario.json"
  ScenarioFile file;
  Study study;
  std::vector<std::vector<Verdict>> verdicts;  // per variant
  std::vector<ComparisonRow> comparison;
  std::vector<std::optional<LoadHeadroom>> headrooms;  // per variant
  double wall_seconds = 0.0;  // printed on the terminal, never in summary.json
  bool is_tournament = false;  // its variants are contestants, and ranked
};

// "0.1.0": of this program, as every result records it.
std::string_view headroom_version();

// file.variants and study.runs correspond one to one; the caller keeps only the variants that were run.
StudyReport make_study_report(std::string command, ScenarioFile file, Study study, double wall_seconds);

// Byte-equal for equal studies: no wall time, no path of this machine.
nlohmann::json to_json(const StudyReport& report);
// Table for a terminal of `width` columns: variants side by side, verdicts, last line the outcome. `colour`: ANSI codes.
std::string to_terminal(const StudyReport& report, bool colour, std::size_t width = usual_width);
std::string to_markdown(const StudyReport& report);
std::string to_html(const StudyReport& report);
// Writes report.html, summary.json, summary.md, junit.xml, metrics.om into the folder (made if need be); each file appears whole or
// not at all. Throws std::runtime_error naming the path and what to do.
void write_report(const StudyReport& report, const std::string& folder);
// Takes away what write_report() wrote there of another study; what cannot be removed stays.
void remove_report(const std::string& folder);
// Makes the folder and sees that write_report() will be able to write into it, before there is a report. Throws as that does.
void prepare_report_folder(const std::string& folder);

}  // namespace headroom
