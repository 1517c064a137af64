// The page of a dry run: replicas against what the load needed, each metric as the policy was shown it, the changes.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/chart_page.hpp"
#include "reports/display.hpp"
#include "reports/scaling_history.hpp"

namespace headroom {
namespace {

using nlohmann::json;

constexpr std::size_t most_points = 1500;  // more than a screen has columns
constexpr std::size_t most_rows = 500;

// Of passes that share a point the one with the largest value, so that no peak is lost.
template <class Value>
json points_of(const std::vector<Value>& values) {
  const std::size_t count = std::min(most_points, values.size());
  json points = json::array();
  for (std::size_t p = 0; p < count; ++p) {
    const std::size_t begin = p * values.size() / count, end = (p + 1) * values.size() / count;
    std::optional<double> largest;
    for (std::size_t i = begin; i < end; ++i) {
      const std::optional<double> value{values[i]};
      if (value && (!largest || *value > *largest)) largest = value;
    }
    points.push_back(largest ? json(*largest) : json());
  }
  return points;
}

json times_of(const ScalingHistory& history) {
  const std::size_t count = std::min(most_points, history.times.size());
  const double hours = history.is_calendar ? 1.0 : 3600.0;
  json times = json::array();
  for (std::size_t p = 0; p < count; ++p)
    times.push_back(((history.is_calendar ? history.begin : 0.0) + history.times[p * history.times.size() / count]) / hours);
  return times;
}

json line(const std::string& label, int colour, json values) {
  return {{"label", label}, {"colour", colour}, {"values", std::move(values)}};
}

json replicas_chart(const ScalingHistory& history) {
  json lines = json::array();
  if (!history.recorded.empty()) lines.push_back(line("recorded", 6, points_of(history.recorded)));
  if (history.ready != history.replicas) lines.push_back(line("ready", 2, points_of(history.ready)));
  lines.push_back(line("asked for", 0, points_of(history.replicas)));
  if (!history.needed.empty()) lines.push_back(line("needed at the target", 1, points_of(history.needed)));
  return {{"title", "Replicas"}, {"lines", std::move(lines)}};
}

json load_chart(const ScalingHistory::Load& load) {
  const std::string title = load.name + (load.per_replica ? " per ready replica" : "");
  json lines = json::array({line(title, 3, points_of(load.values))});
  if (load.target)
    lines.push_back(line("target", 1, points_of(std::vector<std::optional<double>>(load.values.size(), load.target))));
  return {{"title", title}, {"lines", std::move(lines)}};
}

std::string row(const std::string& name, const std::string& text) {
  return fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td></tr>", escaped_html(name), escaped_html(text));
}

std::string summary_table(const ScalingHistory& history) {
  const ScalingSummary summary = summary_of(history);
  std::string text = "<div class=\"scroll\"><table><tbody>";
  text += row("Replicas", fmt::format("{} to {}, {} on average", summary.least, summary.most, number_text(summary.mean)));
  text += row("Changes", fmt::format("{} up, {} down", count_text(summary.up), count_text(summary.down)));
  text += row("Replica-hours asked for", number_text(summary.replica_hours));
  if (summary.recorded_hours) text += row("Replica-hours recorded", number_text(*summary.recorded_hours));
  if (summary.needed_hours) text += row("Replica-hours that the load takes at its target", number_text(*summary.needed_hours));
  if (summary.worst) {
    text += row("Short: load more than 10 % above what ready replicas carry at the target",
                fmt::format("{} % of the time", number_text(100.0 * summary.short_share)));
    text += row("Worst", fmt::format("{} % of what ready replicas carry at the target, at {}",
                                     number_text(100.0 * *summary.worst), time_text(history, summary.worst_at)));
  }
  for (const ScalingHistory::Load& load : history.loads)
    text += row(
        load.name,
        load.from + (load.target ? fmt::format("; target {:g}{}", *load.target, load.per_replica ? " per replica" : "") : ""));
  return text + "</tbody></table></div>";
}

std::string changes_table(const ScalingHistory& history) {
  const std::size_t shown = std::min(most_rows, history.changes.size());
  std::string text = fmt::format(
      "<section><h2>Changes</h2><details{}><summary>{} of {}</summary><div class=\"scroll\"><table><thead><tr>"
      "<th scope=\"col\">time</th><th scope=\"col\">from</th><th scope=\"col\">to</th>"
      "<th scope=\"col\">reason</th></tr></thead><tbody>",
      shown <= 50 ? " open" : "", shown, count_text(history.changes.size()));
  for (std::size_t i = 0; i < shown; ++i) {
    const ScalingHistory::Change& change = history.changes[i];
    text += fmt::format("<tr><th scope=\"row\">{}</th><td class=\"number\">{}</td><td class=\"number\">{}</td><td>{}</td></tr>",
                        time_text(history, change.time), change.from, change.to, escaped_html(change.reason));
  }
  return text + "</tbody></table></div></details></section>\n";
}

constexpr std::string_view draw_script = R"JS(
const colour = (i) => getComputedStyle(document.documentElement).getPropertyValue("--c" + i).trim() || "#0072b2";
const stepped = uPlot.paths.stepped({ align: 1 });
for (const place of document.querySelectorAll("[data-chart]")) {
  const chart = data.charts[Number(place.dataset.chart)];
  const ink = getComputedStyle(document.body).color;
  new uPlot({
    width: Math.min(1200, document.body.clientWidth - 40), height: 360,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
    scales: { x: { time: data.is_calendar }, y: { range: (u, low, high) => [0, high > 0 ? high * 1.05 : 1] } },
    axes: [{ stroke: ink, label: data.is_calendar ? "UTC" : "hours since the beginning" }, { stroke: ink, size: 70 }],
    series: [{ label: data.is_calendar ? "time" : "hours", value: data.is_calendar ? undefined : (u, v) => (v == null ? "" : v.toFixed(2)) },
      ...chart.lines.map((line) => ({ label: line.label, stroke: colour(line.colour), width: 1.5, points: { show: false },
        paths: stepped, value: (u, v) => (v == null ? "" : String(Number(v.toPrecision(4)))) }))],
  }, [data.times, ...chart.lines.map((line) => line.values)], place);
}
)JS";

}  // namespace

std::string scaling_history_page(const ScalingHistory& history) {
  json charts = json::array({replicas_chart(history)});
  for (const ScalingHistory::Load& load : history.loads) charts.push_back(load_chart(load));
  std::string body = summary_table(history);
  if (history.changes.empty())
    body += "<p class=\"note\">No change; the first pass said: " + escaped_html(history.first_reason) + "</p>";
  for (std::size_t i = 0; i < charts.size(); ++i) {
    const std::string title = escaped_html(charts[i].at("title").get<std::string>());
    body += fmt::format(
        "<section><h2>{}</h2><div data-chart=\"{}\" role=\"img\" aria-label=\"{} over time; the numbers are in "
        "decisions.csv\"></div></section>\n",
        title, i, title);
  }
  if (history.times.size() > most_points)
    body += fmt::format("<p class=\"note\">Each point is the largest of {:.0f} passes.</p>",
                        std::ceil(static_cast<double>(history.times.size()) / static_cast<double>(most_points)));
  body += changes_table(history);
  return chart_page({.title = history.policy + " for " + history.service,
                     .heading = fmt::format("Dry run of {} for {}", history.policy, history.service),
                     .facts = fmt::format("{} of {} · a pass every {}", span_text(summary_of(history).span), history.source,
                                          span_text(history.period)),
                     .body = body,
                     .data = {{"is_calendar", history.is_calendar}, {"times", times_of(history)}, {"charts", std::move(charts)}},
                     .script = draw_script});
}

}  // namespace headroom
