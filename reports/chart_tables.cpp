#include "reports/chart_tables.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <string_view>

#include <fmt/format.h>
#include <kainjow/mustache.hpp>
#include <nlohmann/json.hpp>

#include "reports/display.hpp"

namespace headroom {
namespace {

using nlohmann::json;

std::string escaped(const std::string& text) { return kainjow::mustache::html_escape(text); }

std::string cell(const std::optional<double>& value) { return "<td>" + (value ? number_text(*value) : std::string{"–"}); }

// `dropped`: a column that narrow screens do without.
std::string table_begin(const std::string& first, const std::vector<std::string>& titles, std::string_view dropped = {}) {
  std::string html = "<table class=\"values\"><thead><tr><th scope=\"col\">" + escaped(first);
  for (const std::string& title : titles)
    html += (title == dropped ? "<th scope=\"col\" class=\"dropped\">" : "<th scope=\"col\">") + escaped(title);
  return html + "<tbody>";
}

std::string in_unit(const std::string& title, const std::string& unit) {
  return unit.empty() ? title : title + " (" + unit + ")";
}

// The heading of a column of names whose rows are numbers in that unit.
std::string in_words(const std::string& unit) { return unit.empty() ? "number" : unit == "/s" ? "per second" : "in " + unit; }

std::string line_title(const ChartLine& line) {
  return fmt::format("<span class=\"swatch {}c{}\" aria-hidden=\"true\"></span>", line.dashed ? "dashed " : "", line.colour % 8) +
         escaped(line.label);
}

std::string time_summary(const Chart& chart) {
  std::string html = table_begin(in_words(chart.unit), {"smallest", "mean over time", "largest", "last"}, "smallest");
  for (const ChartLine& line : chart.lines) {
    std::vector<double> seen;
    for (const std::optional<double>& value : line.values) {
      if (value) seen.push_back(*value);
    }
    html += "<tr><th scope=\"row\">" + line_title(line);
    if (seen.empty()) {
      html += "<td class=\"dropped\">–<td>–<td>–<td>–";
      continue;
    }
    double sum = 0.0;
    for (const double value : seen) sum += value;
    const auto [smallest, largest] = std::minmax_element(seen.begin(), seen.end());
    html += "<td class=\"dropped\">" + number_text(*smallest) + cell(sum / static_cast<double>(seen.size())) + cell(*largest) +
            cell(seen.back());
  }
  return html + "</table>";
}

// From the histograms, not from the line: a quantile in a steep place lies between the points of the line.
std::string distribution_summary(const Chart& chart) {
  std::vector<std::string> titles;
  titles.reserve(distribution_levels.size());
  for (const double level : distribution_levels) titles.push_back(fmt::format("p{:g}", 100.0 * level));
  std::string html = table_begin(in_words(chart.x_unit), titles);
  for (const ChartLine& line : chart.lines) {
    html += "<tr><th scope=\"row\">" + line_title(line);
    for (const double quantile : line.quantiles) html += cell(quantile);
  }
  return html + "</table>";
}

// Five digits are more than a screen shows; the rest would double the size of the page.
json rounded(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? json(std::strtod(fmt::format("{:.5g}", *value).c_str(), nullptr)) : json(nullptr);
}

json rounded(const std::vector<std::optional<double>>& values) {
  json list = json::array();
  for (const std::optional<double>& value : values) list.push_back(rounded(value));
  return list;
}

json line_json(const ChartLine& line) {
  json object{{"label", line.label}, {"colour", line.colour}, {"dashed", line.dashed}, {"values", rounded(line.values)}};
  if (!line.low.empty()) object.update({{"low", rounded(line.low)}, {"high", rounded(line.high)}});
  return object;
}

json chart_json(const Chart& chart) {
  json lines = json::array();
  for (const ChartLine& line : chart.lines) lines.push_back(line_json(line));
  json limits = json::array();
  for (const ChartLimit& limit : chart.limits) limits.push_back({{"value", limit.value}, {"label", limit.label}});
  json object{{"title", chart.title},         {"unit", chart.unit},
              {"over_time", chart.over_time}, {"logarithmic", chart.logarithmic},
              {"stepped", chart.stepped},     {"x_title", chart.x_title},
              {"x_unit", chart.x_unit},       {"y_title", chart.y_title},
              {"lines", std::move(lines)},    {"limits", std::move(limits)}};
  // The times are the same for all charts: once in the page is enough.
  if (!chart.over_time) object["x"] = rounded({chart.x.begin(), chart.x.end()});
  return object;
}

}  // namespace

std::string clock_text(double seconds) {
  const auto whole = static_cast<long long>(std::floor(seconds));
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

std::size_t table_step(const Chart& chart) {
  constexpr std::size_t most_rows = 1000;
  return (std::max<std::size_t>(chart.x.size(), 1) + most_rows - 1) / most_rows;
}

std::string summary_table(const Chart& chart) { return chart.over_time ? time_summary(chart) : distribution_summary(chart); }

std::string values_table(const Chart& chart) {
  std::vector<std::string> titles;
  for (const ChartLine& line : chart.lines) titles.push_back(in_unit(line.label, chart.unit));
  std::string html = table_begin(chart.over_time ? "time" : in_unit(chart.x_title, chart.x_unit), titles);
  const std::size_t step = table_step(chart);
  for (std::size_t i = step - 1; i < chart.x.size(); i += step) {
    html += "<tr><td>" + (chart.over_time ? clock_text(chart.x[i]) : number_text(chart.x[i]));
    for (const ChartLine& line : chart.lines) html += cell(line.values[i]);
  }
  return html + "</table>";
}

std::string chart_data(const std::vector<ChartGroup>& groups, const std::vector<ChartSpan>& spans, const json& heat_maps) {
  json charts = json::array();
  json time = json::array();
  for (const ChartGroup& group : groups) {
    for (const Chart& chart : group.charts) {
      charts.push_back(chart_json(chart));
      if (chart.over_time) time = chart.x;
    }
  }
  json marked = json::array();
  for (const ChartSpan& span : spans) {
    marked.push_back(
        {{"label", span.label}, {"begin", span.begin_seconds}, {"end", span.end_seconds}, {"deleted", span.deleted}});
  }
  const std::string text = json{
      {"time", std::move(time)},
      {"charts", std::move(charts)},
      {"spans", std::move(marked)},
      {"heat_maps", heat_maps}}.dump();
  // No "</script>" and no "<!--" may appear inside a script element, whatever a label says.
  std::string safe;
  safe.reserve(text.size());
  for (const char c : text) {
    if (c == '<')
      safe += "\\u003c";
    else
      safe += c;
  }
  return safe;
}

}  // namespace headroom
