#include "cli/progress.hpp"

#include <fmt/format.h>

#include "cli/output.hpp"
#include "reports/display.hpp"

namespace headroom::cli {
namespace {

// Longer spans by the second would be a precision nobody has.
std::string rough_span(double seconds) { return seconds < 10.0 ? fmt::format("{:.0f} s", seconds) : span_text(seconds); }

}  // namespace

ProgressLine::~ProgressLine() { clear(); }

void ProgressLine::show(const StudyProgress& progress, const std::string& note) {
  if (!shown_) return;
  std::string line =
      fmt::format("\r\x1b[K{} of {} runs, {}", progress.done, progress.total, rough_span(progress.elapsed_seconds));
  if (progress.left_seconds >= 0.0 && progress.done < progress.total)
    line += fmt::format(", about {} left", rough_span(progress.left_seconds));
  write_message(line + note);
  drawn_ = true;
}

void ProgressLine::clear() {
  if (drawn_) write_message("\r\x1b[K");
  drawn_ = false;
}

}  // namespace headroom::cli
