// The page of miss ratios: tables, and curves over the size drawn by uPlot from the same numbers.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/chart_page.hpp"
#include "reports/miss_ratios.hpp"

namespace headroom {
namespace {

using RatioOf = double (MissRatios::*)(const MissRatios::Cell&) const;

std::string html_table(const MissRatios& ratios, RatioOf ratio_of) {
  std::string text = "<div class=\"scroll\"><table><thead><tr><th scope=\"col\">policy</th>";
  for (const std::int64_t size : ratios.sizes) text += fmt::format("<th scope=\"col\">{}</th>", escaped_html(size_text(ratios, size)));
  text += "</tr></thead><tbody>";
  for (const MissRatios::Row& row : ratios.rows) {
    text += fmt::format("<tr><th scope=\"row\">{}</th>", escaped_html(row.policy));
    for (const MissRatios::Cell& cell : row.cells)
      text += fmt::format("<td class=\"number\">{:.2f} %</td>", 100.0 * (ratios.*ratio_of)(cell));
    text += "</tr>";
  }
  return text + "</tbody></table></div>";
}

nlohmann::json chart_data(const MissRatios& ratios, const std::string& title, RatioOf ratio_of) {
  nlohmann::json lines = nlohmann::json::array();
  for (const MissRatios::Row& row : ratios.rows) {
    nlohmann::json values = nlohmann::json::array();
    for (const MissRatios::Cell& cell : row.cells) values.push_back(100.0 * (ratios.*ratio_of)(cell));
    lines.push_back({{"label", row.policy}, {"values", std::move(values)}});
  }
  nlohmann::json labels = nlohmann::json::array();
  for (const std::int64_t size : ratios.sizes) labels.push_back(size_text(ratios, size));
  return {{"title", title}, {"sizes", ratios.sizes}, {"size_labels", std::move(labels)}, {"lines", std::move(lines)}};
}

// Sizes stand at even distances, whatever lies between them.
constexpr std::string_view draw_script = R"JS(
for (const place of document.querySelectorAll("[data-curve]")) {
  const chart = data[Number(place.dataset.curve)];
  const x = chart.sizes.map((_, i) => i);
  const ink = getComputedStyle(document.body).color;
  const colours = chart.lines.map((_, i) => `hsl(${Math.round(360 * i / chart.lines.length)} 65% 45%)`);
  new uPlot({
    width: Math.min(1000, document.body.clientWidth - 40), height: 420,
    scales: { x: { time: false, range: [-0.2, x.length - 0.8] }, y: { range: [0, 100] } },
    axes: [{ stroke: ink, splits: () => x, values: () => chart.size_labels }, { stroke: ink, values: (u, s) => s.map((v) => v + " %") }],
    series: [{ label: "size", value: (u, v) => (v == null ? "" : chart.size_labels[v]) },
      ...chart.lines.map((line, i) => ({ label: line.label, stroke: colours[i], width: 2, points: { show: true },
        value: (u, v) => (v == null ? "" : v.toFixed(2) + " %") }))],
  }, [x, ...chart.lines.map((line) => line.values)], place);
}
)JS";

}  // namespace

std::string miss_ratio_page(const MissRatios& ratios) {
  nlohmann::json curves = nlohmann::json::array();
  std::string body;
  const auto add = [&](const std::string& title, RatioOf ratio_of) {
    body += fmt::format(
        "<section><h2>{}</h2><div data-curve=\"{}\" role=\"img\" aria-label=\"{}; the numbers are in the table "
        "below\"></div>{}</section>\n",
        title, curves.size(), title, html_table(ratios, ratio_of));
    curves.push_back(chart_data(ratios, title, ratio_of));
  };
  add("Requests missed", &MissRatios::request_ratio);
  if (!ratios.unit_sizes) add("Bytes missed", &MissRatios::byte_ratio);
  return chart_page({.title = ratios.trace,
                     .heading = "Miss ratios of " + ratios.trace,
                     .facts = fmt::format("{} requests", ratios.requests),
                     .body = body,
                     .data = curves,
                     .script = draw_script});
}

}  // namespace headroom
