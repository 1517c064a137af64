// Reading scenarios in tests: from text, with the issues as lines.
#pragma once

#include <string>
#include <utility>

#include "scenarios/reader.hpp"
#include "tests/scenarios/temporary_folder.hpp"

namespace headroom::test {

// A scenario that is right, with more fields of the service and of the whole.
inline std::string small_scenario(const std::string& of_service = {}, const std::string& of_scenario = {}) {
  return R"({"name": "small", "duration": "10 min", )" + of_scenario + R"(
  "services": [{"name": "api", )" + of_service + R"( "endpoints": [{"name": "get", "steps": [{"compute": "4 ms"}]}]}],
  "workloads": [{"model": "users", "name": "web", "rate": "10 /s", "journeys": [{"steps": [{"request": "api.get"}]}]}]})";
}

inline ScenarioFile read_text(const std::string& text, const ReadOptions& options = {}, const std::string& name = "scenario.json") {
  const TemporaryFolder folder;
  return read_scenario(folder.write(name, text), options);
}
inline Scenario scenario_of(const std::string& text, const ReadOptions& options = {}, const std::string& name = "scenario.json") {
  return std::move(read_text(text, options, name).variants.front().scenario);
}

inline std::string without(std::string text, const std::string& part) {
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part)) text.erase(at, part.size());
  return text;
}

// Every issue as a line, folders left out; empty if the file can be read.
inline std::string issues_of(const std::string& path, const ReadOptions& options = {}) {
  try {
    read_scenario(path, options);
    return {};
  } catch (const ScenarioError& error) {
    std::string text;
    for (const Issue& issue : error.issues()) text += to_text(issue) + "\n";
    return without(text, std::filesystem::path{path}.parent_path().string() + "/");
  }
}
inline std::string issues_of_text(const std::string& text, const ReadOptions& options = {}, const std::string& name = "scenario.json") {
  const TemporaryFolder folder;
  return issues_of(folder.write(name, text), options);
}

}  // namespace headroom::test
