#include "cli/conformance_table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/exit_code.hpp"
#include "cli/text_table.hpp"
#include "reports/text_layout.hpp"

namespace headroom::cli {
namespace {

using conformance::Difference;
using conformance::TableOutcome;

std::string passed_of(const TableOutcome& outcome) {
  if (outcome.checked_elsewhere) return "-";
  return fmt::format("{} of {}", outcome.passed, outcome.total);
}

std::string remark(const TableOutcome& outcome) {
  if (outcome.checked_elsewhere) return "means of long runs, no policy's arithmetic: the tests check them by simulation";
  return outcome.problem;
}

std::string totals(const std::vector<TableOutcome>& outcomes) {
  std::size_t passed = 0, total = 0, tables = 0;
  for (const TableOutcome& outcome : outcomes) {
    passed += outcome.passed;
    total += outcome.total;
    tables += outcome.checked_elsewhere ? 0U : 1U;
  }
  return fmt::format("{} of {} rows of {} tables hold\n", passed, total, tables);
}

}  // namespace

std::string conformance_text(const std::vector<TableOutcome>& outcomes, std::size_t width) {
  std::vector<std::vector<std::string>> rows{{"table", "passed", ""}};
  std::string differences;
  for (const TableOutcome& outcome : outcomes) {
    rows.push_back({outcome.table, passed_of(outcome), outcome.holds() ? "" : "differs"});
    for (const Difference& one : outcome.differences)
      differences +=
          wrapped(fmt::format("{} {}: {}: expected {}, got {}", outcome.table, one.row, one.what, one.expected, one.got), width,
                  2) +
          "\n";
  }
  return text_table_with_notes(
             rows, [&](std::size_t row) { return remark(outcomes[row]); }, width) +
         "\n" + (differences.empty() ? "" : differences + "\n") + totals(outcomes);
}

std::string conformance_json(const std::vector<TableOutcome>& outcomes) {
  nlohmann::json list = nlohmann::json::array();
  for (const TableOutcome& outcome : outcomes) {
    nlohmann::json differences = nlohmann::json::array();
    for (const Difference& one : outcome.differences)
      differences.push_back({{"row", one.row}, {"what", one.what}, {"expected", one.expected}, {"got", one.got}});
    list.push_back({{"table", outcome.table},
                    {"file", outcome.file},
                    {"passed", outcome.passed},
                    {"total", outcome.total},
                    {"checked_elsewhere", outcome.checked_elsewhere},
                    {"problem", outcome.problem},
                    {"differences", std::move(differences)}});
  }
  return list.dump(2) + "\n";
}

int conformance_exit_code(const std::vector<TableOutcome>& outcomes) {
  bool unread = false;
  for (const TableOutcome& outcome : outcomes) {
    if (outcome.problem.empty() && !outcome.holds()) return exit_objective_failed;
    unread |= !outcome.problem.empty();
  }
  return unread ? exit_bad_input : exit_success;
}

}  // namespace headroom::cli
