// Everything that is wrong with a scenario, at once and in file order.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace headroom {

struct Issue {
  std::string file;
  int line = 0;    // 1-based; 0: the file as a whole
  int column = 0;
  std::string pointer;     // JSON Pointer: /services/0/autoscaler/targt
  std::string message;     // "is not a field here"
  std::string suggestion;  // "did you mean \"target\"?"; may be empty
};

// "FILE:LINE:COLUMN: /pointer: message; suggestion"
std::string to_text(const Issue& issue);

class ScenarioError : public std::runtime_error {
 public:
  explicit ScenarioError(std::vector<Issue> issues);
  const std::vector<Issue>& issues() const { return issues_; }

 private:
  std::vector<Issue> issues_;
};

}  // namespace headroom
