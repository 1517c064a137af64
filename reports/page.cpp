// report.html: one file that opens from disk. The template says how it looks; here is what it says.
#include <algorithm>
#include <cmath>
#include <span>
#include <stdexcept>

#include <fmt/format.h>
#include <kainjow/mustache.hpp>
#include <nlohmann/json.hpp>

#include "reports/answer.hpp"
#include "reports/assets.hpp"
#include "reports/bill.hpp"
#include "reports/chart_tables.hpp"
#include "reports/charts.hpp"
#include "reports/comparison.hpp"
#include "reports/critical_path_forms.hpp"
#include "reports/demand_bound.hpp"
#include "reports/display.hpp"
#include "reports/evidence.hpp"
#include "reports/heat_map.hpp"
#include "reports/page_record.hpp"
#include "reports/ranking.hpp"
#include "reports/scaling_waterfall.hpp"
#include "reports/settings_differences.hpp"
#include "reports/station_use.hpp"
#include "reports/study_report.hpp"
#include "sim/measure/evaluate.hpp"

namespace headroom {
namespace {

using nlohmann::json;

// Colours in the palette of the page.
constexpr std::size_t palette = 8;

std::string_view mark_of(Outcome outcome) { return outcome == Outcome::pass ? "✓" : outcome == Outcome::fail ? "✗" : "?"; }

// Texts, lists and objects as mustache wants them. An empty text is false, so that a section of its name is left out.
kainjow::mustache::data to_mustache(const json& value) {
  using kainjow::mustache::data;
  if (value.is_object()) {
    data object{data::type::object};
    for (const auto& [name, member] : value.items()) object.set(name, to_mustache(member));
    return object;
  }
  if (value.is_array()) {
    data list{data::type::list};
    for (const json& item : value) list.push_back(to_mustache(item));
    return list;
  }
  if (value.is_boolean()) return data{value.get<bool>() ? data::type::bool_true : data::type::bool_false};
  const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  return text.empty() ? data{data::type::bool_false} : data{text};
}

// A month's cost of a user where that is known, else the whole bill; a dash where nothing has a price.
std::string cost_text(const std::vector<RunResult>& runs) {
  const auto of = [&](const MetricSelector& selector) {
    std::vector<double> values;
    for (const RunResult& run : runs) {
      if (const auto value = evaluate(selector, run, {run.warm_up_seconds, run.duration_seconds})) values.push_back(*value);
    }
    return t_interval(values);
  };
  const auto shown = [](const Interval& cost) { return display(cost, unit_for(Dimension::money_rate, {&cost.mean, 1}), "±"); };
  const Interval user = of({.aggregation = Aggregation::last, .metric = "cost_per_user", .labels = {}});
  if (user.count > 0) return shown(user) + " per user";
  const Interval all = of({.aggregation = Aggregation::rate, .metric = "cost", .labels = {}});
  return all.count > 0 ? shown(all) : "–";
}

json answers_json(const StudyReport& report) {
  json list = json::array();
  const std::vector<VariantAnswer> answers = answers_of(report);
  for (std::size_t v = 0; v < answers.size(); ++v) {
    const std::optional<LoadHeadroom>& room = report.headrooms[v];
    list.push_back({{"variant", answers[v].variant},
                    {"outcome", to_text(answers[v].outcome)},
                    {"mark", mark_of(answers[v].outcome)},
                    {"colour", v % palette},
                    {"sentence", answers[v].sentence + "."},
                    {"cost", cost_text(report.study.runs[v])},
                    {"room", demand_bound_text(room)},
                    {"is_short", room && room->load < 1.0}});
  }
  return list;
}

// The answer in a paragraph's first sentence.
std::string lead_answer(const StudyReport& report) {
  if (report.file.variants.size() > 1) return answer_line(report) + ".";
  switch (overall(report.verdicts.front())) {
    case Outcome::pass: return answer_line(report) + ".";
    case Outcome::fail: return "the promises are not kept: " + answer_line(report) + ".";
    case Outcome::inconclusive: break;
  }
  return "these runs cannot tell: " + answer_line(report) + ".";
}

json verdict_cell(const Verdict* verdict) {
  if (verdict == nullptr) return {{"judged", false}};
  return {{"judged", true},
          {"outcome", to_text(verdict->outcome)},
          {"mark", mark_of(verdict->outcome)},
          {"value", value_text(*verdict, "±")},
          {"margin", margin_text(*verdict)},
          {"explanation", explanation_text(*verdict)}};
}

// A row per objective of any variant, in the order in which they first appear.
json objectives_json(const StudyReport& report) {
  json rows = json::array();
  std::vector<std::string> seen;
  for (const std::vector<Verdict>& verdicts : report.verdicts) {
    for (const Verdict& first : verdicts) {
      const std::string& text = first.objective.that.text;
      if (std::find(seen.begin(), seen.end(), text) != seen.end()) continue;
      seen.push_back(text);
      json cells = json::array();
      for (const std::vector<Verdict>& others : report.verdicts) {
        const auto own = std::find_if(others.begin(), others.end(),
                                      [&](const Verdict& verdict) { return verdict.objective.that.text == text; });
        cells.push_back(verdict_cell(own == others.end() ? nullptr : &*own));
      }
      rows.push_back({{"text", text},
                      {"advisory", first.objective.severity == "advisory"},
                      {"source", first.objective.source},
                      {"cells", std::move(cells)}});
    }
  }
  return rows;
}

// "+12 %" against the first variant, or that it cannot be told from it.
json difference_json(const ComparisonCell& cell, const ComparisonCell& reference, const DisplayUnit& unit) {
  if (!cell.difference) return {{"difference", ""}, {"kind", "same"}};
  const double difference = cell.difference->difference.mean;
  // A difference of percents that is written in percent could be either kind.
  const DisplayUnit shown = unit.name == "%" ? DisplayUnit{unit.size, "points"} : unit;
  std::string text = difference == 0.0 ? "±0" : signed_text(difference, shown);
  if (reference.value.mean != 0.0 && difference != 0.0 && unit.name != "%") {
    text +=
        fmt::format(" ({}{} %)", difference > 0 ? "+" : "", number_text(100.0 * difference / std::fabs(reference.value.mean)));
  }
  if (!cell.difference->difference.known) return {{"difference", text}, {"kind", "same"}};
  if (cell.standing == Standing::equal) return {{"difference", "not distinguishable"}, {"kind", "same"}};
  if (cell.standing == Standing::too_few_runs) return {{"difference", "too few runs: " + text}, {"kind", "same"}};
  return {{"difference", text}, {"kind", "differs"}};
}

json comparison_rows(const StudyReport& report) {
  json rows = json::array();
  for (const ComparisonRow& row : report.comparison) {
    std::vector<double> means;
    for (const ComparisonCell& cell : row.cells) means.push_back(cell.value.mean);
    const DisplayUnit unit = unit_for(row.dimension, means);
    json cells = json::array();
    for (const ComparisonCell& cell : row.cells) {
      json entry = difference_json(cell, row.cells.front(), unit);
      entry["value"] = cell.value.count == 0 ? "–" : display(cell.value, unit, "±");
      cells.push_back(std::move(entry));
    }
    rows.push_back({{"title", row.title}, {"cells", std::move(cells)}});
  }
  return rows;
}

std::string difference_note(const StudyReport& report) {
  std::string note = "Differences are against " + report.file.variants.front().name +
                     (is_paired(report) ? ", paired by replication" : "") +
                     "; \"not distinguishable\" at 95 % after Holm's correction over the whole table.";
  const auto too_few = [](const ComparisonCell& cell) { return cell.standing == Standing::too_few_runs; };
  const auto has_too_few = [&](const ComparisonRow& row) { return std::any_of(row.cells.begin(), row.cells.end(), too_few); };
  if (std::any_of(report.comparison.begin(), report.comparison.end(), has_too_few)) {
    note += fmt::format(" \"Too few runs\": {} runs that go on like these would tell (--replications {}).", enough_runs_to_tell,
                        enough_runs_to_tell);
  }
  return note;
}

json variants_json(const StudyReport& report) {
  json list = json::array();
  for (const NamedScenario& variant : report.file.variants)
    list.push_back({{"name", variant.name}, {"colour", list.size() % palette}});
  return list;
}

// What is set otherwise than in the base: a row per setting, a column per variant.
json changes_json(const StudyReport& report) {
  std::vector<std::string> pointers;
  for (const NamedScenario& variant : report.file.variants) {
    for (const auto& [pointer, value] : variant.settings) {
      if (std::find(pointers.begin(), pointers.end(), pointer) == pointers.end()) pointers.push_back(pointer);
    }
  }
  json rows = json::array();
  if (pointers.empty()) return rows;
  FirstSettings first{report.file.variants.front()};
  for (const std::string& pointer : pointers) {
    const std::string before = first.at(pointer);
    json cells = json::array();
    cells.push_back({{"value", before.empty() ? "(not set)" : before}});
    for (const NamedScenario& variant : std::span{report.file.variants}.subspan(1)) {
      const auto own = std::find_if(variant.settings.begin(), variant.settings.end(), [&](const auto& setting) { return setting.first == pointer; });
      cells.push_back({{"value", own == variant.settings.end() ? "" : own->second}});
    }
    rows.push_back({{"pointer", pointer}, {"cells", std::move(cells)}});
  }
  return rows;
}

// Beside each other columns have headings; under each other, on a narrow screen, each value says whose it is.
void label_cells(json& rows, const json& columns, const char* name) {
  for (json& row : rows) {
    json& cells = row["cells"];
    for (std::size_t i = 0; i < cells.size(); ++i) cells[i]["label"] = columns.at(i).at(name);
  }
}

void label_cells(json& page) {
  if (page["many"]) {
    for (const char* rows : {"objectives", "rows", "changes", "stations"}) label_cells(page[rows], page["variants"], "name");
  }
  if (page["is_tournament"]) label_cells(page["ranking_matrix"], page["ranking_columns"], "contestant");
  for (json& table : page["path_tables"]) label_cells(table["rows"], page["path_causes"], "title");
  if (page["has_scale_outs"]) {
    for (json& table : page["scaling_tables"]) label_cells(table["rows"], page["scaling_parts"], "title");
  }
}

std::string details_title(const Chart& chart) {
  const std::size_t step = table_step(chart), rows = chart.x.size() / step;
  return step == 1 ? fmt::format("All values ({} rows)", rows) : fmt::format("Values, one window in {} ({} rows; all are in results.sqlite)", step, rows);
}

json groups_json(const std::vector<ChartGroup>& groups) {
  json list = json::array();
  std::size_t index = 0;
  for (const ChartGroup& group : groups) {
    json charts = json::array();
    for (const Chart& chart : group.charts) {
      charts.push_back({{"title", chart.title},
                        {"index", index++},
                        {"summary", summary_table(chart)},
                        {"details", details_title(chart)},
                        {"table", values_table(chart)}});
    }
    std::string omitted;
    for (const std::string& sentence : group.omitted) omitted += (omitted.empty() ? "Not drawn: " : "; ") + sentence;
    list.push_back({{"title", group.title}, {"charts", std::move(charts)}, {"omitted", omitted + (omitted.empty() ? "" : ".")}});
  }
  return list;
}

std::string facts_of(const StudyReport& report) {
  const Scenario& scenario = report.file.variants.front().scenario;
  std::size_t runs = 0;
  for (const auto& of_variant : report.study.runs) runs += of_variant.size();
  const std::size_t variants = report.file.variants.size();
  return fmt::format("{} simulated · {} variant{} · {} run{} · seed {} · headroom {}", span_text(to_seconds(scenario.duration)),
                     variants, variants == 1 ? "" : "s", runs, runs == 1 ? "" : "s", scenario.seed, headroom_version());
}

std::string chart_note(const StudyReport& report, const std::vector<ChartSpan>& spans) {
  const bool banded =
      std::any_of(report.study.runs.begin(), report.study.runs.end(), [](const auto& runs) { return runs.size() > 1; });
  std::string note = banded ? "Lines are means over replications, window by window; bands reach from the smallest to the largest."
                            : "One run per variant.";
  if (std::any_of(spans.begin(), spans.end(), [](const ChartSpan& span) { return span.deleted; })) {
    note += " The shaded front was deleted as warm-up from all values above.";
  }
  return note;
}

json page_json(const StudyReport& report, const std::vector<ChartGroup>& groups, const std::vector<HeatMap>& heat_maps) {
  const Scenario& scenario = report.file.variants.front().scenario;
  json page{{"name", scenario.name},
            {"description", scenario.description},
            {"facts", facts_of(report)},
            {"version", headroom_version()}};
  page["answer"] = lead_answer(report);
  page["answers"] = answers_json(report);
  const bool knows_demand = std::ranges::any_of(report.headrooms, [](const auto& room) { return room.has_value(); });
  page["limit_command"] = knows_demand ? limit_command(report.file.path) : std::string{};
  page["caveats"] = json::array();
  for (const std::string& caveat : caveats_of(report)) page["caveats"].push_back({{"text", caveat}});
  page["variants"] = variants_json(report);
  page["objectives"] = objectives_json(report);
  page["has_objectives"] = !page["objectives"].empty();
  page["interval_note"] = "Values are means over replications, ± the half width of the 95 % confidence interval.";
  const bool many = report.file.variants.size() > 1;
  page["many"] = many;
  page["comparison_title"] = many ? "Comparison" : "Measures";
  page["rows"] = comparison_rows(report);
  page["difference_note"] = many ? difference_note(report) : "";
  page["changes"] = changes_json(report);
  page["has_changes"] = !page["changes"].empty();
  page["chart_note"] = chart_note(report, chart_spans(report));
  page["groups"] = groups_json(groups);
  page["heat_maps"] = heat_map_page(heat_maps);
  page["has_heat_maps"] = !heat_maps.empty();
  page.update(station_use_page(report));
  page.update(evidence_page(report));
  page.update(ranking_page(report));
  page.update(critical_paths_page(report));
  page.update(scaling_page(report));
  page.update(bill_page(report));
  page.update(page_record(report));
  label_cells(page);
  return page;
}

}  // namespace

std::string to_html(const StudyReport& report) {
  const std::vector<ChartGroup> groups = charts_of(report);
  const std::vector<HeatMap> heat_maps = heat_maps_of(report);
  json page = page_json(report, groups, heat_maps);
  page["style"] = assets::page_style;
  page["script"] = assets::page_script;
  page["chart_style"] = assets::chart_style;
  page["chart_script"] = assets::chart_script;
  page["chart_licence"] = assets::chart_licence;
  page["data"] = chart_data(groups, chart_spans(report), heat_map_data(heat_maps));
  kainjow::mustache::mustache page_template{std::string{assets::page_template}};
  if (!page_template.is_valid()) throw std::logic_error{"the page's template: " + page_template.error_message()};
  return page_template.render(to_mustache(page));
}

}  // namespace headroom
