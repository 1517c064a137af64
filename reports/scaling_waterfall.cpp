#include "reports/scaling_waterfall.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/chart_tables.hpp"
#include "reports/display.hpp"

namespace headroom {
namespace {

using nlohmann::json;

constexpr std::size_t most_rows = 100;
constexpr std::size_t title_width = 14;

// "metric_lag" as a person reads it.
std::string title_of_part(std::size_t part) {
  std::string title{scaling_parts[part]};
  if (title == "start_up") return "start-up";
  std::replace(title.begin(), title.end(), '_', ' ');
  return title;
}

double share_of(const ScaleOut& scale_out, std::size_t part) {
  const double total = scale_out.total_seconds();
  return total > 0.0 ? scale_out.seconds[part] / total : 0.0;
}

std::string seconds_text(double seconds) { return number_text(seconds) + " s"; }
std::string percent_text(double share) { return fmt::format("{:.0f} %", share * 100.0); }

bool is_slower(const ScaleOut& a, const ScaleOut& b) {
  if (a.complete != b.complete) return !a.complete;
  return a.total_seconds() > b.total_seconds();
}

struct Slowest {
  std::string service;
  std::size_t all = 0, complete = 0;
  const ScaleOut* scale_out = nullptr;
  std::uint64_t replication = 0;
};

// In order of first appearance.
std::vector<Slowest> slowest_by_service(const std::vector<RunResult>& runs) {
  std::vector<Slowest> services;
  for (const RunResult& run : runs) {
    for (const ScaleOut& scale_out : run.scale_outs) {
      auto found = std::ranges::find(services, scale_out.service, &Slowest::service);
      if (found == services.end()) found = services.insert(found, {.service = scale_out.service});
      ++found->all;
      found->complete += scale_out.complete ? 1 : 0;
      if (found->scale_out != nullptr && !is_slower(scale_out, *found->scale_out)) continue;
      found->scale_out = &scale_out;
      found->replication = run.replication;
    }
  }
  return services;
}

// Where a part lies between the change of load and the end: "      ####".
std::string bar_text(const ScaleOut& scale_out, std::size_t part, std::size_t columns) {
  const double total = scale_out.total_seconds();
  if (!(total > 0.0) || scale_out.seconds[part] <= 0.0) return "";
  double before = 0.0;
  for (std::size_t i = 0; i < part; ++i) before += scale_out.seconds[i];
  const auto column = [&](double seconds) {
    return static_cast<std::size_t>(std::lround(seconds / total * static_cast<double>(columns)));
  };
  const std::size_t begin = std::min(column(before), columns - 1),
                    end = std::max(column(before + scale_out.seconds[part]), begin + 1);
  return std::string(begin, ' ') + std::string(end - begin, '#');
}

std::string line_text(const std::string& title, double seconds, double share, const std::string& bar) {
  std::string line =
      fmt::format("  {}{:>10}{:>8}  {}", padded(title, title_width), seconds_text(seconds), percent_text(share), bar);
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string waterfall_text(const Slowest& slowest, std::size_t runs, const Paint& paint, std::size_t width) {
  const ScaleOut& scale_out = *slowest.scale_out;
  const double begin = scale_out.load_changed_seconds();
  const std::string counted =
      fmt::format("{}: {} scale-out{} in {} run{}{}", slowest.service, slowest.all, slowest.all == 1 ? "" : "s", runs,
                  runs == 1 ? "" : "s", slowest.complete == slowest.all ? "" : fmt::format(", {} complete", slowest.complete));
  const std::string which =
      fmt::format("; the slowest, of replication {}: {} to {} replicas, {} from the change of load at {} {}", slowest.replication,
                  scale_out.from, scale_out.to, seconds_text(scale_out.total_seconds()), clock_text(begin),
                  scale_out.complete ? "until the last of them got requests" : "until the end of the run, and not complete");
  constexpr std::size_t numbers = 2 + title_width + 10 + 8 + 2;
  const std::size_t columns = std::clamp<std::size_t>(width > numbers ? width - numbers : 0, 10, 60);
  std::string text = paint.strong(wrapped(counted + which, width, 2)) + "\n";
  for (std::size_t part = 0; part < scaling_parts.size(); ++part)
    text +=
        line_text(title_of_part(part), scale_out.seconds[part], share_of(scale_out, part), bar_text(scale_out, part, columns));
  return text;
}

json row_json(const ScaleOut& scale_out, double longest) {
  json cells = json::array(), bars = json::array();
  std::string label;
  for (std::size_t part = 0; part < scaling_parts.size(); ++part) {
    const double seconds = scale_out.seconds[part];
    const std::string share = percent_text(share_of(scale_out, part));
    cells.push_back({{"value", seconds_text(seconds)}, {"share", share}});
    if (seconds <= 0.0) continue;
    const std::string text = fmt::format("{} {}, {}", title_of_part(part), seconds_text(seconds), share);
    label += (label.empty() ? "" : "; ") + text;
    bars.push_back(
        {{"colour", part}, {"width", fmt::format("{:.3f}", longest > 0.0 ? seconds / longest * 100.0 : 0.0)}, {"text", text}});
  }
  return {{"at", clock_text(scale_out.decided_seconds)},
          {"service", scale_out.service},
          {"replicas", fmt::format("{} → {}", scale_out.from, scale_out.to)},
          {"total", seconds_text(scale_out.total_seconds())},
          {"open", !scale_out.complete},
          {"label", label},
          {"cells", std::move(cells)},
          {"bars", std::move(bars)}};
}

json table_json(const std::string& variant, const RunResult& run) {
  const std::vector<ScaleOut>& all = run.scale_outs;
  double longest = 0.0;
  for (const ScaleOut& scale_out : all) longest = std::max(longest, scale_out.total_seconds());
  json rows = json::array();
  for (std::size_t i = 0; i < std::min(all.size(), most_rows); ++i) rows.push_back(row_json(all[i], longest));
  std::string title =
      fmt::format("{}: {} scale-out{}, replication {}", variant, all.size(), all.size() == 1 ? "" : "s", run.replication);
  if (all.size() > most_rows) title += fmt::format(" (the first {})", most_rows);
  return {{"title", title}, {"rows", std::move(rows)}};
}

}  // namespace

std::string scaling_text(const StudyReport& report, const Paint& paint, std::size_t width) {
  const std::vector<RunResult>& runs = report.study.runs.front();
  std::string text;
  for (const Slowest& slowest : slowest_by_service(runs)) text += waterfall_text(slowest, runs.size(), paint, width);
  return text.empty() ? "" : "SCALE-OUTS\n" + text + "\n";
}

json scaling_page(const StudyReport& report) {
  json tables = json::array(), parts = json::array();
  for (std::size_t v = 0; v < report.study.runs.size(); ++v) {
    const std::vector<RunResult>& runs = report.study.runs[v];
    if (!runs.empty() && !runs.front().scale_outs.empty())
      tables.push_back(table_json(report.file.variants[v].name, runs.front()));
  }
  for (std::size_t part = 0; part < scaling_parts.size(); ++part)
    parts.push_back({{"title", title_of_part(part)}, {"colour", part}});
  return {{"has_scale_outs", !tables.empty()}, {"scaling_tables", std::move(tables)}, {"scaling_parts", std::move(parts)}};
}

json scale_outs_json(const RunResult& run) {
  json list = json::array();
  for (const ScaleOut& scale_out : run.scale_outs) {
    json seconds = json::object();
    for (std::size_t part = 0; part < scaling_parts.size(); ++part)
      seconds[std::string{scaling_parts[part]}] = scale_out.seconds[part];
    list.push_back({{"service", scale_out.service},
                    {"decided_seconds", scale_out.decided_seconds},
                    {"from", scale_out.from},
                    {"to", scale_out.to},
                    {"complete", scale_out.complete},
                    {"seconds", std::move(seconds)}});
  }
  return list;
}

}  // namespace headroom
