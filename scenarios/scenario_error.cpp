#include "scenarios/scenario_error.hpp"

#include <utility>

namespace headroom {

namespace {

std::string all_of(const std::vector<Issue>& issues) {
  std::string text;
  for (const Issue& issue : issues) {
    if (!text.empty()) text += '\n';
    text += to_text(issue);
  }
  return text;
}

}  // namespace

std::string to_text(const Issue& issue) {
  std::string text = issue.file;
  if (issue.line > 0) text += ":" + std::to_string(issue.line) + ":" + std::to_string(issue.column);
  text += ": ";
  if (!issue.pointer.empty()) text += issue.pointer + ": ";
  text += issue.message;
  if (!issue.suggestion.empty()) text += "; " + issue.suggestion;
  return text;
}

ScenarioError::ScenarioError(std::vector<Issue> issues) : std::runtime_error{all_of(issues)}, issues_{std::move(issues)} {}

}  // namespace headroom
