#include "reports/critical_path_forms.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <tuple>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/display.hpp"

namespace headroom {
namespace {

using nlohmann::json;

constexpr std::size_t most_rows = 100;

std::string title_of(PathCause cause) {
  std::string title{to_text(cause)};
  std::replace(title.begin(), title.end(), '_', ' ');
  return title;
}

std::string title_of_band(const std::string& band) { return band == "all" ? "served" : band == "slow" ? "at or above p95" : band; }

std::string title_of_request(const CriticalPath& path) {
  if (!path.request.empty()) return path.request;
  return path.workload.empty() ? "all requests" : "all of " + path.workload;
}

// Means become sums over requests, so that runs can be added.
void add(CriticalPath& sum, const CriticalPath& path) {
  sum.count += path.count;
  sum.weight += path.weight;
  sum.mean_seconds += path.weight * path.mean_seconds;
  for (const PathPart& part : path.parts) {
    const auto same = [&](const PathPart& one) { return one.cause == part.cause && one.component == part.component; };
    auto found = std::ranges::find_if(sum.parts, same);
    if (found == sum.parts.end()) found = sum.parts.insert(found, {part.cause, part.component, 0.0});
    found->mean_seconds += path.weight * part.mean_seconds;
  }
  for (const PathFailure& failure : path.failures) {
    const auto same = [&](const PathFailure& one) { return one.reason == failure.reason && one.component == failure.component; };
    auto found = std::ranges::find_if(sum.failures, same);
    if (found == sum.failures.end()) found = sum.failures.insert(found, {failure.reason, failure.component, 0});
    found->count += failure.count;
  }
}

double share_of(double part, double whole) { return whole > 0.0 ? part / whole : 0.0; }

json parts_json(const CriticalPath& path) {
  json parts = json::array();
  for (const PathPart& part : path.parts)
    parts.push_back({{"cause", to_text(part.cause)},
                     {"component", part.component},
                     {"mean_seconds", part.mean_seconds},
                     {"share", share_of(part.mean_seconds, path.mean_seconds)}});
  return parts;
}

std::string percent_text(double share) { return fmt::format("{:.0f} %", 100.0 * share); }

using Causes = std::array<bool, path_causes.size()>;

Causes causes_of(const StudyReport& report) {
  Causes seen{};
  for (const std::vector<RunResult>& runs : report.study.runs) {
    for (const RunResult& run : runs) {
      for (const CriticalPath& path : run.critical_paths) {
        for (const PathPart& part : path.parts) seen[static_cast<std::size_t>(part.cause)] = true;
      }
    }
  }
  return seen;
}

// A cell per cause that is shown.
json cells_json(const CriticalPath& path, double longest, const Causes& shown, json& bars, std::string& label) {
  std::array<double, path_causes.size()> seconds{};
  for (const PathPart& part : path.parts) seconds[static_cast<std::size_t>(part.cause)] += part.mean_seconds;
  json cells = json::array();
  for (std::size_t cause = 0; cause < seconds.size(); ++cause) {
    const std::string value = display(seconds[cause], Dimension::time),
                      share = percent_text(share_of(seconds[cause], path.mean_seconds));
    if (!shown[cause]) continue;
    if (!(seconds[cause] > 0.0)) {
      cells.push_back({{"value", "–"}, {"share", ""}});
      continue;
    }
    cells.push_back({{"value", value}, {"share", share}});
    const std::string text = fmt::format("{} {}, {}", title_of(static_cast<PathCause>(cause)), value, share);
    label += (label.empty() ? "" : "; ") + text;
    bars.push_back(
        {{"colour", cause}, {"width", fmt::format("{:.3f}", 100.0 * share_of(seconds[cause], longest))}, {"text", text}});
  }
  return cells;
}

json row_json(const CriticalPath& path, double longest, const Causes& shown) {
  json bars = json::array();
  std::string label;
  json cells = cells_json(path, longest, shown, bars, label);
  std::string largest, failures;
  if (!path.parts.empty())
    largest = fmt::format("{} {}", percent_text(share_of(path.parts.front().mean_seconds, path.mean_seconds)),
                          cause_text(path.parts.front().cause, path.parts.front().component));
  for (std::size_t i = 0; i < std::min<std::size_t>(path.failures.size(), 2); ++i)
    failures += fmt::format("{}{} {} at {}", i == 0 ? "" : ", ", count_text(path.failures[i].count), path.failures[i].reason,
                            path.failures[i].component);
  return {{"request", title_of_request(path)},
          {"band", title_of_band(path.band)},
          {"count", count_text(path.count)},
          {"mean", display(path.mean_seconds, Dimension::time)},
          {"largest", largest},
          {"failures", failures},
          {"label", label},
          {"cells", std::move(cells)},
          {"bars", std::move(bars)}};
}

// What one kind of request says, all requests together say too.
bool has_one_kind(const std::vector<CriticalPath>& paths) {
  const auto names_request = [](const CriticalPath& path) { return !path.request.empty(); };
  const auto first = std::ranges::find_if(paths, names_request);
  return std::ranges::all_of(paths,
                             [&](const CriticalPath& path) { return path.request.empty() || path.request == first->request; });
}

json table_json(const std::string& variant, std::span<const RunResult> runs, const Causes& shown) {
  const std::vector<CriticalPath> paths = pooled_paths(runs);
  const bool leaves_out_all = has_one_kind(paths);
  double longest = 0.0;
  for (const CriticalPath& path : paths) longest = std::max(longest, path.mean_seconds);
  json rows = json::array();
  for (const CriticalPath& path : paths) {
    if (rows.size() < most_rows && !(leaves_out_all && path.request.empty())) rows.push_back(row_json(path, longest, shown));
  }
  return {{"title", fmt::format("{}: {} run{}", variant, runs.size(), runs.size() == 1 ? "" : "s")}, {"rows", std::move(rows)}};
}

}  // namespace

std::vector<CriticalPath> pooled_paths(std::span<const RunResult> runs) {
  std::vector<CriticalPath> pooled;
  for (const RunResult& run : runs) {
    for (const CriticalPath& path : run.critical_paths) {
      const auto same = [&](const CriticalPath& one) {
        return std::tie(one.workload, one.request, one.band) == std::tie(path.workload, path.request, path.band);
      };
      auto found = std::ranges::find_if(pooled, same);
      if (found == pooled.end()) {
        found = pooled.emplace(found);
        found->workload = path.workload;
        found->request = path.request;
        found->band = path.band;
      }
      add(*found, path);
    }
  }
  for (CriticalPath& path : pooled) {
    path.mean_seconds /= path.weight;
    for (PathPart& part : path.parts) part.mean_seconds /= path.weight;
    std::ranges::stable_sort(path.parts, std::greater{}, &PathPart::mean_seconds);
    std::ranges::stable_sort(path.failures, std::greater{}, &PathFailure::count);
  }
  return pooled;
}

json critical_paths_json(std::span<const RunResult> runs) {
  json list = json::array();
  for (const CriticalPath& path : pooled_paths(runs)) {
    json failures = json::array();
    for (const PathFailure& failure : path.failures)
      failures.push_back({{"reason", failure.reason}, {"component", failure.component}, {"count", failure.count}});
    list.push_back({{"workload", path.workload},
                    {"request", path.request},
                    {"band", path.band},
                    {"followed", path.count},
                    {"stand_for", path.weight},
                    {"mean_seconds", path.mean_seconds},
                    {"parts", parts_json(path)},
                    {"failures", std::move(failures)}});
  }
  return list;
}

json binding_json(const std::optional<Binding>& binding) {
  if (!binding) return nullptr;
  json parts = json::array();
  for (const BindingPart& part : binding->parts)
    parts.push_back({{"what", part.what}, {"component", part.component}, {"share", part.share}});
  json share = nullptr;
  if (binding->share.known) share = {{"low", binding->share.low}, {"high", binding->share.high}};
  return {{"component", binding->parts.front().component},
          {"what", binding->parts.front().what},
          {"of", binding->of},
          {"share", binding->parts.front().share},
          {"share_within", std::move(share)},
          {"parts", std::move(parts)},
          {"sentence", binding->sentence}};
}

json critical_paths_page(const StudyReport& report) {
  json tables = json::array(), causes = json::array();
  const Causes shown = causes_of(report);
  for (std::size_t v = 0; v < report.study.runs.size(); ++v) {
    json table = table_json(report.file.variants[v].name, report.study.runs[v], shown);
    if (!table["rows"].empty()) tables.push_back(std::move(table));
  }
  for (std::size_t cause = 0; cause < path_causes.size(); ++cause) {
    if (shown[cause]) causes.push_back({{"title", title_of(static_cast<PathCause>(cause))}, {"colour", cause}});
  }
  return {{"has_paths", !tables.empty()}, {"path_tables", std::move(tables)}, {"path_causes", std::move(causes)}};
}

}  // namespace headroom
