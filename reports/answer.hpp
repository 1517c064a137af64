// The outcome in a sentence, the same for terminal, Markdown and page.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reports/study_report.hpp"

namespace headroom {

// The outcome of a variant with a sentence on its required objectives: "misses 2 of 5 objectives: p(95) latency < 300 ms (1.92
// s), …".
struct VariantAnswer {
  std::string variant;
  Outcome outcome = Outcome::pass;
  std::size_t runs = 0;  // that completed
  std::string summary;   // "1 of 3 objectives missed": no reasons, fits a line
  std::string sentence;  // with the objectives that decide and their values
};
std::vector<VariantAnswer> answers_of(const StudyReport& report);

// One line over all variants: "1 of 3 variants keeps every required objective: hpa". Of one variant: its summary.
std::string answer_line(const StudyReport& report);

// What a reader must know before believing the rest: failed runs, an interruption, one replication only. May be empty.
std::vector<std::string> caveats_of(const StudyReport& report);

// What stands beside a difference that is Standing::equal or Standing::too_few_runs, as a sentence without a full stop.
std::string equal_legend(const StudyReport& report);
// Whether all variants met the same random numbers; else differences are those of independent samples.
bool is_paired(const StudyReport& report);
std::string too_few_legend(const std::string& reference);

// "1.91 s", with "for": "broken for 4 min"; with the interval's half width if `plus_minus` is not empty. A dash if nothing was
// observed.
std::string value_text(const Verdict& verdict, std::string_view plus_minus);
// "12 % to spare", "12 % beyond the limit", "6.4x the limit", "at the limit, must be below"; of a share that goes well "50 % of
// the allowed failures to spare", "3x the allowed failures"; with "for": "allowed under 1 min".
// Empty without a margin.
std::string margin_text(const Verdict& verdict);
// The verdict's explanation, without what caveats_of() says once for the whole report, and what binds it: "because 71 % of …".
std::string explanation_text(const Verdict& verdict);

// The rule by which the front of the runs was deleted, with the span: "MSER-5, 4 min to 6 min deleted".
std::string warm_up_text(const std::vector<RunResult>& runs);

}  // namespace headroom
