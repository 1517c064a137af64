#include "reports/machine_facts.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/display.hpp"

namespace headroom {
namespace {

std::string short_count(double count) {
  if (count >= 1e9) return number_text(count / 1e9) + " G";
  if (count >= 1e6) return number_text(count / 1e6) + " M";
  return number_text(count);
}

}  // namespace

MachineFacts machine_facts_of(const Study& study) {
  MachineFacts facts;
  double seconds = 0.0;
  for (const std::vector<RunResult>& runs : study.runs) {
    for (const RunResult& run : runs) {
      facts.events += run.events;
      facts.peak_memory_bytes = std::max(facts.peak_memory_bytes, run.peak_memory_bytes);
      seconds += run.wall_seconds;
    }
  }
  if (seconds > 0.0) facts.events_per_second = static_cast<double>(facts.events) / seconds;
  return facts;
}

std::string to_text(const MachineFacts& facts) {
  if (facts.events_per_second <= 0.0) return {};
  std::string text =
      fmt::format("{} events at {}/s of one process", short_count(static_cast<double>(facts.events)), short_count(facts.events_per_second));
  if (facts.peak_memory_bytes > 0)
    text +=
        fmt::format(", at most {} of memory in a run", display(static_cast<double>(facts.peak_memory_bytes), Dimension::bytes));
  return text;
}

nlohmann::json to_json(const MachineFacts& facts) {
  return {
      {"events", facts.events}, {"events_per_second", facts.events_per_second}, {"peak_memory_bytes", facts.peak_memory_bytes}};
}

}  // namespace headroom
