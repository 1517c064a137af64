// Starts the built program as a process and keeps what it said.
#pragma once

#include <sys/types.h>
#include <nlohmann/json.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace headroom::cli_test {

struct Ended {
  int exit_code = -1;  // 128 + signal when it was killed by one
  std::string out;
  std::string err;
};

struct Start {
  std::vector<std::string> arguments;
  std::vector<std::pair<std::string, std::string>> environment;  // set besides the present one
  std::string out_file;                                          // stdout goes there; empty: kept in Ended::out
  bool closed_pipe = false;                                      // stdout is a pipe that nobody reads
  std::size_t largest_file_bytes = 0;                            // no file may grow beyond it, as on a full disk; 0: no limit
  double interrupt_after_seconds = 0.0;                          // 0: never
  std::function<void(pid_t)> meanwhile;                          // called with the process beside it; may be empty
  bool without_rights = false;                                   // root keeps to the rights of files like anybody
};

// Runs the program in a folder of the test's own. Fails the test if it cannot be started.
Ended headroom(const Start& start);
inline Ended headroom(std::vector<std::string> arguments) {
  Start start;
  start.arguments = std::move(arguments);
  return headroom(start);
}

// tests/cli/data/NAME
std::string data(const std::string& name);
// A folder below the test's own temporary one, which goes with the process.
std::string temporary(const std::string& name);
// The path of a file of that content in such a folder.
std::string written(const std::string& folder, const std::string& name, const std::string& content);
std::string content_of(const std::string& path);

// What `--json` printed, without what the machine took for it.
inline nlohmann::json results_of(const Ended& ended) {
  nlohmann::json summary = nlohmann::json::parse(ended.out);
  summary.erase("machine");
  return summary;
}

}  // namespace headroom::cli_test
