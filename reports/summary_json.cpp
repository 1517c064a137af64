// summary.json: everything a program may want of a study, and nothing that differs between equal studies. No wall time, no
// command line (it names the output folder and the number of workers), no absolute path.
#include <filesystem>

#include <nlohmann/json.hpp>

#include "reports/bill.hpp"
#include "reports/budget_verdict.hpp"
#include "reports/comparison.hpp"
#include "reports/critical_path_forms.hpp"
#include "reports/display.hpp"
#include "reports/ranking.hpp"
#include "reports/scaling_waterfall.hpp"
#include "reports/settings_echo.hpp"
#include "reports/study_report.hpp"
#include "reports/verdict_json.hpp"

namespace headroom {
namespace {

using nlohmann::json;

// Raised when a field changes its meaning or goes away; new fields do not count.
constexpr int summary_format = 1;

std::string_view unit_name(Dimension dimension) {
  switch (dimension) {
    case Dimension::time: return "seconds";
    case Dimension::bytes: return "bytes";
    case Dimension::rate: return "per_second";
    case Dimension::ratio: return "ratio";
    case Dimension::money: return "usd";
    case Dimension::money_rate: return "usd_per_second";
    case Dimension::bandwidth: return "bytes_per_second";
    case Dimension::count: break;
  }
  return "count";
}

json interval_json(const Interval& interval) {
  if (interval.count == 0) return nullptr;
  json value{{"mean", interval.mean}, {"observations", interval.count}};
  if (interval.known) value.update({{"low", interval.low}, {"high", interval.high}});
  return value;
}

json settings_json(const std::vector<std::pair<std::string, std::string>>& settings) {
  json object = json::object();
  for (const auto& [pointer, value] : settings) object[pointer] = value;
  return object;
}

json settings_json(const std::vector<Setting>& settings) {
  json object = json::object();
  for (const Setting& setting : settings) object[setting.pointer] = setting.value;
  return object;
}

json assumptions_json(const Scenario& scenario) {
  json list = json::array();
  for (const AssumptionSpec& assumption : scenario.assumptions) {
    list.push_back(
        {{"name", assumption.name}, {"value", assumption.value}, {"range", assumption.range}, {"why", assumption.why}});
  }
  return list;
}

json inputs_json(const ScenarioFile& file) {
  json list = json::array();
  for (const InputHash& input : file.inputs) {
    const std::filesystem::path path{input.path};
    list.push_back({{"path", path.is_absolute() ? path.filename().string() : input.path}, {"sha256", input.sha256}});
  }
  return list;
}

// Between what the mean lies for all that a histogram tells; null for what is kept exactly.
json within_json(const Verdict& verdict) {
  if (verdict.known.low == verdict.known.high) return nullptr;
  return {{"low", verdict.known.low}, {"high", verdict.known.high}};
}

json verdict_json(const Verdict& verdict) {
  return {{"objective", verdict.objective.that.text}, {"severity", verdict.objective.severity},
          {"source", verdict.objective.source},       {"outcome", to_text(verdict.outcome)},
          {"value", interval_json(verdict.value)},    {"unit", unit_name(verdict.dimension)},
          {"mean_within", within_json(verdict)},      {"margin", verdict.margin ? json(*verdict.margin) : json(nullptr)},
          {"explanation", verdict.explanation},       {"error_budget", budget_json(verdict)},
          {"binding", binding_json(verdict.binding)}};
}

json ledger_json(const std::vector<LedgerEntry>& ledger) {
  json list = json::array();
  for (const LedgerEntry& entry : ledger) {
    list.push_back({{"name", entry.name},
                    {"entered", entry.entered},
                    {"completed", entry.completed},
                    {"failed", entry.failed},
                    {"in_flight", entry.in_flight}});
  }
  return list;
}

json run_json(const RunResult& run, std::size_t variant, const std::vector<ComparisonRow>& rows) {
  json values = json::object();
  for (const ComparisonRow& row : rows) {
    const std::optional<double> value = row_value(row, variant, run);
    values[row.title] = value ? json(*value) : json(nullptr);
  }
  return {{"replication", run.replication},
          {"seed", run.seed},
          {"duration_seconds", run.duration_seconds},
          {"warm_up_seconds", run.warm_up_seconds},
          {"warm_up_rule", run.warm_up_rule},
          {"events", run.events},
          {"users", run.users},
          {"values", std::move(values)},
          {"scale_outs", scale_outs_json(run)},
          {"ledger", ledger_json(run.ledger)}};
}

// By arithmetic, not from the runs.
json headroom_json(const std::optional<LoadHeadroom>& headroom) {
  if (!headroom) return nullptr;
  return {{"load", headroom->load}, {"station", headroom->station}, {"resource", headroom->resource}, {"scaled_out", headroom->scaled_out}};
}

json variant_json(const StudyReport& report, std::size_t v) {
  const NamedScenario& variant = report.file.variants[v];
  json verdicts = json::array();
  for (const Verdict& verdict : report.verdicts[v]) verdicts.push_back(verdict_json(verdict));
  json runs = json::array();
  for (const RunResult& run : report.study.runs[v]) runs.push_back(run_json(run, v, report.comparison));
  return {{"name", variant.name},
          {"outcome", to_text(overall(report.verdicts[v]))},
          {"differs_in", settings_json(variant.settings)},
          {"assumptions", assumptions_json(variant.scenario)},
          {"verdicts", std::move(verdicts)},
          {"headroom", headroom_json(report.headrooms[v])},
          {"bill", bill_json(report, v)},
          {"critical_paths", critical_paths_json(report.study.runs[v])},
          {"runs", std::move(runs)}};
}

json cell_json(const StudyReport& report, const ComparisonCell& cell, std::size_t v) {
  json value{{"variant", report.file.variants[v].name}, {"value", interval_json(cell.value)}};
  if (!cell.difference) return value;
  value["difference"] = interval_json(cell.difference->difference);
  value["p_value"] = cell.difference->p_value;
  value["distinguishable"] = cell.standing == Standing::differs;
  if (!cell.paired) value["paired"] = false;
  value["too_few_runs"] = cell.standing == Standing::too_few_runs;
  return value;
}

json comparison_json(const StudyReport& report) {
  json rows = json::array();
  for (const ComparisonRow& row : report.comparison) {
    json cells = json::array();
    for (std::size_t v = 0; v < row.cells.size(); ++v) cells.push_back(cell_json(report, row.cells[v], v));
    rows.push_back({{"title", row.title},
                    {"metric", to_text(row.selector)},
                    {"phase", row.phase},
                    {"unit", unit_name(row.dimension)},
                    {"variants", std::move(cells)}});
  }
  return rows;
}

json failed_json(const StudyReport& report) {
  json list = json::array();
  for (const FailedRun& run : report.study.failed) {
    list.push_back({{"variant", report.file.variants[run.request.variant].name},
                    {"replication", run.request.replication},
                    {"exit_code", run.exit_code},
                    {"message", run.message}});
  }
  return list;
}

}  // namespace

json to_json(const StudyReport& report) {
  const Scenario& scenario = report.file.variants.front().scenario;
  json variants = json::array();
  for (std::size_t v = 0; v < report.file.variants.size(); ++v) variants.push_back(variant_json(report, v));
  json summary{{"headroom", {{"version", headroom_version()}, {"summary_format", summary_format}}},
               {"name", scenario.name},
               {"description", scenario.description},
               {"source", scenario.source},
               {"seed", scenario.seed},
               {"duration_seconds", to_seconds(scenario.duration)},
               {"inputs", inputs_json(report.file)},
               {"settings", settings_json(settings_of(scenario))},
               {"variants", std::move(variants)},
               {"comparison", comparison_json(report)},
               {"failed_runs", failed_json(report)},
               {"interrupted", report.study.interrupted}};
  if (report.is_tournament) summary["ranking"] = ranking_json(report);
  return summary;
}

json to_json(const Interval& interval) { return interval_json(interval); }
json to_json(const Verdict& verdict) { return verdict_json(verdict); }

}  // namespace headroom
