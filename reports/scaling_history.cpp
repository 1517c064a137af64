#include "reports/scaling_history.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/display.hpp"
#include "reports/text_layout.hpp"

namespace headroom {
namespace {

constexpr std::size_t shown_changes = 20;

// How long pass i lasts: until the next one; the last one is the end, unless it is the only one.
double lasting(const ScalingHistory& history, std::size_t i) {
  if (i + 1 < history.times.size()) return history.times[i + 1] - history.times[i];
  return i == 0 ? history.period : 0.0;
}

std::optional<double> hours_of(const ScalingHistory& history, const std::vector<std::optional<double>>& values) {
  if (values.empty()) return std::nullopt;
  double sum = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) sum += values[i].value_or(0.0) * lasting(history, i) / 3600.0;
  return sum;
}

std::string percent(double share) { return number_text(100.0 * share) + " %"; }

std::string summary_text(const ScalingHistory& history, const ScalingSummary& summary) {
  const auto row = [](const char* name, const std::string& text) { return padded(name, 15) + text + "\n"; };
  std::string text = row("replicas", fmt::format("{} to {}, {} on average; {} up, {} down", summary.least, summary.most,
                                                 number_text(summary.mean), count_text(summary.up), count_text(summary.down)));
  std::string hours = number_text(summary.replica_hours);
  if (summary.recorded_hours) hours += fmt::format("; recorded were {}", number_text(*summary.recorded_hours));
  if (summary.needed_hours) hours += fmt::format("; the load at its target takes {}", number_text(*summary.needed_hours));
  text += row("replica-hours", hours);
  if (summary.worst) {
    text += row("short", fmt::format("{} of the time, when the load was more than {} of what ready replicas carry at the target",
                                     percent(summary.short_share), percent(1.0 + ScalingSummary::margin)));
    text += row("worst", fmt::format("{} of that, at {}", percent(*summary.worst), time_text(history, summary.worst_at)));
  }
  for (const ScalingHistory::Load& load : history.loads) {
    std::string line = load.from;
    if (load.target) line += fmt::format("; target {:g}{}", *load.target, load.per_replica ? " per replica" : "");
    text += row("load", load.name + ": " + line);
  }
  return text;
}

// The largest numbers within each of so many equal spans.
struct Span {
  double begin = 0.0;
  int replicas = 0;
  std::optional<double> needed;
};

std::vector<Span> spans_of(const ScalingHistory& history, std::size_t count) {
  const std::size_t passes = history.times.size();
  std::vector<Span> spans(std::min(count, passes));
  for (std::size_t s = 0; s < spans.size(); ++s) {
    const std::size_t begin = s * passes / spans.size(), end = (s + 1) * passes / spans.size();
    spans[s].begin = history.times[begin];
    for (std::size_t i = begin; i < end; ++i) {
      spans[s].replicas = std::max(spans[s].replicas, history.replicas[i]);
      if (!history.needed.empty() && history.needed[i])
        spans[s].needed = std::max(spans[s].needed.value_or(0.0), *history.needed[i]);
    }
  }
  return spans;
}

std::string bars(const ScalingHistory& history, std::size_t width) {
  constexpr std::size_t lines = 24, numbers = 18;
  const std::vector<Span> spans = spans_of(history, lines);
  double most = 1.0;
  std::size_t first = 0;
  for (const Span& span : spans) {
    most = std::max({most, static_cast<double>(span.replicas), span.needed.value_or(0.0)});
    first = std::max(first, width_of(time_text(history, span.begin)) + 2);
  }
  const std::size_t columns = std::clamp<std::size_t>(width, first + numbers + 20, 100) - first - numbers;
  std::string text =
      fmt::format("most replicas asked for in each {}{}\n",
                  span_text(history.period * static_cast<double>(history.times.size()) / static_cast<double>(spans.size())),
                  history.needed.empty() ? "" : "; | marks the most that the load needed at its target");
  for (const Span& span : spans) {
    std::string drawn = padded(bar(span.replicas / most, columns), columns);
    if (span.needed) drawn = marked(drawn, static_cast<std::size_t>(*span.needed / most * static_cast<double>(columns - 1)));
    text += padded(time_text(history, span.begin), first) + drawn + fmt::format("{:>5}", span.replicas);
    if (span.needed) text += fmt::format("  of {:>7}", number_text(*span.needed));
    text += "\n";
  }
  return text;
}

std::string changes_text(const ScalingHistory& history, std::size_t width) {
  const std::size_t shown = std::min(shown_changes, history.changes.size());
  if (shown == 0) return wrapped("no change; the first pass said: " + history.first_reason, width, 2) + "\n";
  std::size_t first = 0;
  for (std::size_t i = 0; i < shown; ++i) first = std::max(first, width_of(time_text(history, history.changes[i].time)));
  std::string text = shown < history.changes.size() ? fmt::format("changes, the first {} of {} (--json has all)\n", shown,
                                                                  count_text(history.changes.size()))
                                                    : "changes\n";
  for (std::size_t i = 0; i < shown; ++i) {
    const ScalingHistory::Change& change = history.changes[i];
    const std::string left =
        padded(time_text(history, change.time), first) + fmt::format("  {:>4} -> {:<4}  ", change.from, change.to);
    text += left + wrapped(change.reason, width, width_of(left), width_of(left)) + "\n";
  }
  return text;
}

}  // namespace

ScalingSummary summary_of(const ScalingHistory& history) {
  ScalingSummary summary;
  for (const ScalingHistory::Change& change : history.changes) (change.to > change.from ? summary.up : summary.down) += 1;
  summary.least = *std::ranges::min_element(history.replicas);
  summary.most = *std::ranges::max_element(history.replicas);
  double known = 0.0, too_little = 0.0;
  for (std::size_t i = 0; i < history.times.size(); ++i) {
    const double seconds = lasting(history, i);
    summary.span += seconds;
    summary.replica_hours += history.replicas[i] * seconds / 3600.0;
    if (history.needed.empty() || !history.needed[i]) continue;
    known += seconds;
    const double load = *history.needed[i];
    const double ratio = load / std::max(history.ready[i], 1);
    const bool none = history.ready[i] == 0 && load > 0.0;
    if (none || ratio > 1.0 + ScalingSummary::margin) too_little += seconds;
    if (ratio <= summary.worst.value_or(-1.0)) continue;
    summary.worst = ratio;
    summary.worst_at = history.times[i];
  }
  summary.mean = summary.replica_hours * 3600.0 / summary.span;
  summary.short_share = known > 0.0 ? too_little / known : 0.0;
  summary.recorded_hours = hours_of(history, history.recorded);
  summary.needed_hours = hours_of(history, history.needed);
  return summary;
}

std::string time_text(const ScalingHistory& history, double time) {
  if (!history.is_calendar) return span_text(time);
  const auto seconds = static_cast<std::int64_t>(std::floor(history.begin + time));
  const std::chrono::sys_seconds instant{std::chrono::seconds{seconds}};
  const auto days = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date{days};
  const std::int64_t rest = (instant - days).count();
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", int{date.year()}, unsigned{date.month()}, unsigned{date.day()},
                     rest / 3600, rest / 60 % 60, rest % 60);
}

std::string scaling_history_text(const ScalingHistory& history, std::size_t width) {
  const ScalingSummary summary = summary_of(history);
  std::string text = fmt::format("{} for {}, over {} of {}: a pass every {}\n\n", history.policy, history.service,
                                 span_text(summary.span), history.source, span_text(history.period));
  return text + summary_text(history, summary) + "\n" + bars(history, width) + "\n" + changes_text(history, width);
}

nlohmann::json scaling_history_json(const ScalingHistory& history) {
  const ScalingSummary summary = summary_of(history);
  const auto or_null = [](const std::optional<double>& value) { return value ? nlohmann::json(*value) : nlohmann::json(); };
  nlohmann::json changes = nlohmann::json::array();
  for (const ScalingHistory::Change& change : history.changes)
    changes.push_back(
        {{"time", history.begin + change.time}, {"from", change.from}, {"to", change.to}, {"reason", change.reason}});
  return {{"policy", history.policy},
          {"service", history.service},
          {"source", history.source},
          {"passes", history.times.size()},
          {"period", history.period},
          {"seconds", summary.span},
          {"replicas", {{"least", summary.least}, {"most", summary.most}, {"mean", summary.mean}}},
          {"replica_hours", summary.replica_hours},
          {"recorded_replica_hours", or_null(summary.recorded_hours)},
          {"needed_replica_hours", or_null(summary.needed_hours)},
          {"short_share", summary.worst ? nlohmann::json(summary.short_share) : nlohmann::json()},
          {"worst", or_null(summary.worst)},
          {"up", summary.up},
          {"down", summary.down},
          {"changes", std::move(changes)}};
}

std::string scaling_history_csv(const ScalingHistory& history) {
  std::string text = "time,replicas,ready_replicas,recorded_replicas,needed_replicas";
  for (const ScalingHistory::Load& load : history.loads) text += ",\"" + load.name + "\"";
  text += "\n";
  const auto cell = [](const std::vector<std::optional<double>>& values, std::size_t i) {
    return values.empty() || !values[i] ? std::string{","} : fmt::format(",{}", *values[i]);
  };
  for (std::size_t i = 0; i < history.times.size(); ++i) {
    text += fmt::format("{},{},{}", history.begin + history.times[i], history.replicas[i], history.ready[i]);
    text += cell(history.recorded, i) + cell(history.needed, i);
    for (const ScalingHistory::Load& load : history.loads) text += cell(load.values, i);
    text += "\n";
  }
  return text;
}

}  // namespace headroom
