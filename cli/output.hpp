// The two streams: results on stdout, everything else on stderr.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace headroom::cli {

// Results could not be written (full disk). Exit code 1.
struct OutputError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Whoever read the results has read enough: `headroom schema | head -1`. Nothing is wrong, and nothing is said. Exit code 141.
struct ClosedOutput : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Throws ClosedOutput or OutputError unless every byte has left.
void write_results(std::string_view text);
// Messages. What cannot be written here has nowhere else to go.
void write_message(std::string_view text);

bool results_on_terminal();
// Whether escape codes belong on stdout: a terminal, no NO_COLOR, TERM not "dumb".
bool colour_on_results();
// Columns for results: the terminal's, within reason, or usual_width.
std::size_t results_width();
// Whether a line that redraws itself belongs on stderr.
bool animation_on_messages();
// How the program was called, for commands that it suggests: "headroom" from the PATH, or the path that was typed.
void set_program(std::string_view called_as);
const std::string& program();

// A name as a folder: "Phase 2, 100 k users" is "phase-2-100-k-users". Never empty.
std::string slug(std::string_view name);

}  // namespace headroom::cli
