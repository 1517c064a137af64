// How the program ends: a pipeline must be able to tell "it said no" from "it broke".
#pragma once

#include <string_view>

namespace headroom::cli {

enum ExitCode : int {
  exit_success = 0,
  exit_our_fault = 1,
  exit_bad_input = 2,
  exit_inconclusive = 3,
  exit_incomplete = 4,
  exit_objective_failed = 99,
  exit_interrupted = 130,
  exit_closed_output = 141,  // 128 + SIGPIPE, as of a program that the signal ends
};

// For --help; ends with a newline.
inline constexpr std::string_view exit_code_help =
    "Exit codes:\n"
    "    0  ran, and every required objective holds\n"
    "    1  our fault: an internal error, or results that could not be written in the end\n"
    "    2  bad usage, a scenario that is wrong, an output folder that cannot be written, or an engine that takes no job\n"
    "    3  inconclusive: an interval straddles its limit (--inconclusive pass makes it 0), or what a plan asks was not decided "
    "in its time; plan limit ends by the documented load\n"
    "    4  a run did not complete (--keep-going judges without it)\n"
    "   99  a required objective failed (compare: in every variant)\n"
    "  130  interrupted\n"
    "  141  whatever read the output stopped reading (head, a pager)\n";

}  // namespace headroom::cli
