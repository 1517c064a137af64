// headroom check: every issue of every file, with its place; nothing runs.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/exit_code.hpp"
#include "cli/output.hpp"
#include "cli/scenario_arguments.hpp"
#include "cli/verb.hpp"

namespace headroom::cli {
namespace {

std::vector<Issue> issues_of(const std::string& path, const ReadOptions& options) {
  try {
    read_scenario(path, options);
    return {};
  } catch (const ScenarioError& error) {
    return error.issues();
  }
}

nlohmann::json to_json(const Issue& issue) {
  return {{"file", issue.file},       {"line", issue.line},       {"column", issue.column},
          {"pointer", issue.pointer}, {"message", issue.message}, {"suggestion", issue.suggestion}};
}

std::string counted(std::size_t number, std::string_view thing) {
  return fmt::format("{} {}{}", number, thing, number == 1 ? "" : "s");
}

int check_all(const CommandLine& line) {
  if (line.positional().empty()) throw UsageError{"names no scenario file; usage: headroom check SCENARIO... [options]"};
  const ReadOptions read = read_options(line);
  nlohmann::json list = nlohmann::json::array();
  std::string text;
  std::size_t issues = 0, wrong_files = 0;
  for (const std::string& path : line.positional()) {
    const std::vector<Issue> found = issues_of(path, read);
    issues += found.size();
    wrong_files += found.empty() ? 0 : 1;
    for (const Issue& issue : found) {
      list.push_back(to_json(issue));
      text += to_text(issue) + "\n";
    }
  }
  const std::string files = counted(line.positional().size(), "file");
  text += issues == 0 ? fmt::format("{} checked, no issue\n", files)
                      : fmt::format("{} in {} of {}\n", counted(issues, "issue"), wrong_files, files);
  write_results(line.has("json") ? list.dump(2) + "\n" : text);
  return issues == 0 ? exit_success : exit_bad_input;
}

}  // namespace

int check_verb(const Arguments& arguments) {
  constexpr Usage usage{.verb = "check",
                        .arguments = "SCENARIO... [options]",
                        .purpose =
                            "Reads scenario files and says everything that is wrong with them, in file order. Nothing runs.\n"
                            "Ends with 0 when all are right, 2 otherwise.",
                        .examples = "  headroom check scenarios/ugc-video/*.json\n"};
  return act_on_command_line(usage, reading_options(), arguments, check_all);
}

}  // namespace headroom::cli
