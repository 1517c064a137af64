// Runs another program and keeps what it says: a scheduler's commands are its interface.
#pragma once

#include <limits>
#include <string>
#include <vector>

namespace headroom {

struct CommandOutput {
  bool found = false;  // false: there is no such program on the PATH, and nothing was run
  int exit_code = -1;  // 128 + signal if it was killed
  std::string out, err;
};

// How long a program may take: it is killed after that, or when the descriptor becomes readable (-1: none).
struct CommandPatience {
  double seconds = std::numeric_limits<double>::infinity();
  int wake_descriptor = -1;
};

// Waits for its end, or as long as there is patience. It stands in a process group of its own: an interrupt from the keyboard
// must not reach a submission that is half made. Throws std::system_error if no process can be started for another reason than
// that there is no such program.
CommandOutput output_of_command(const std::vector<std::string>& words, const CommandPatience& patience = {});

}  // namespace headroom
