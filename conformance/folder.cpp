#include "conformance/folder.hpp"

#include <algorithm>
#include <fstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace headroom::conformance {
namespace {

namespace files = std::filesystem;

std::vector<files::path> json_files(const files::path& folder) {
  std::vector<files::path> found;
  for (const auto& entry : files::recursive_directory_iterator{folder}) {
    if (entry.is_regular_file() && entry.path().extension() == ".json") found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

void check_rows(const Json& table, const files::path& folder, CheckTable check, TableOutcome& outcome) {
  TableCheck rows{folder};
  try {
    check(table, rows);
  } catch (const std::exception& error) {
    outcome.problem = fmt::format("cannot be read as this table: {}", error.what());
    return;
  }
  outcome.passed = rows.passed();
  outcome.total = rows.total();
  outcome.differences = rows.differences();
  if (rows.total() == 0) outcome.problem = "has no row";
}

TableOutcome run_file(const files::path& file, const files::path& below) {
  TableOutcome outcome;
  outcome.file = files::relative(file, below).generic_string();
  const std::string folder = files::weakly_canonical(file).parent_path().filename().string();
  std::ifstream input{file};
  const Json table = Json::parse(input, nullptr, false);
  if (!table.is_object() || !table.contains("table") || !table.at("table").is_string()) {
    outcome.table = fmt::format("{}/{}", folder, file.stem().string());
    outcome.problem = table.is_discarded() ? "is not JSON" : "has no field \"table\" that names it";
    return outcome;
  }
  const std::string name = table.at("table").get<std::string>();
  outcome.table = fmt::format("{}/{}", folder, name);
  outcome.checked_elsewhere = folder == "queueing";
  if (outcome.checked_elsewhere) return outcome;
  if (const CheckTable check = find_table(folder, name))
    check_rows(table, file.parent_path(), check, outcome);
  else
    outcome.problem = fmt::format("is a table that nobody here can check; known are {}", fmt::join(known_tables(), ", "));
  return outcome;
}

}  // namespace

std::vector<TableOutcome> run_folder(const files::path& folder) {
  std::vector<TableOutcome> outcomes;
  for (const files::path& file : json_files(folder)) outcomes.push_back(run_file(file, folder));
  return outcomes;
}

}  // namespace headroom::conformance
