#include "reports/page_record.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/answer.hpp"
#include "reports/chart_tables.hpp"
#include "reports/display.hpp"
#include "reports/settings_echo.hpp"

namespace headroom {
namespace {

using nlohmann::json;

// A page with more events than this would be slow to open, and nobody would read them.
constexpr std::size_t most_notes = 1000;

// Of the first replication of each variant: events of many replications side by side would say nothing.
json notes_json(const StudyReport& report) {
  json tables = json::array();
  for (std::size_t v = 0; v < report.study.runs.size(); ++v) {
    if (report.study.runs[v].empty() || report.study.runs[v].front().notes.empty()) continue;
    const RunResult& run = report.study.runs[v].front();
    json notes = json::array();
    for (std::size_t i = 0; i < std::min(run.notes.size(), most_notes); ++i) {
      const Note& note = run.notes[i];
      notes.push_back({{"at", clock_text(note.at_seconds)}, {"subject", note.subject}, {"text", note.text}});
    }
    std::string title = fmt::format("{}: {} event{}, replication {}", report.file.variants[v].name, count_text(run.notes.size()),
                                    run.notes.size() == 1 ? "" : "s", run.replication);
    if (run.notes.size() > most_notes) title += fmt::format(" (the first {})", count_text(most_notes));
    tables.push_back({{"title", title}, {"notes", std::move(notes)}, {"open", run.notes.size() <= 12 ? "open" : ""}});
  }
  return tables;
}

json assumptions_json(const Scenario& scenario) {
  json list = json::array();
  for (const AssumptionSpec& assumption : scenario.assumptions) {
    const std::string range = assumption.range.size() == 2 ? assumption.range[0] + " to " + assumption.range[1] : "";
    list.push_back({{"name", assumption.name}, {"value", assumption.value}, {"range", range}, {"why", assumption.why}});
  }
  return list;
}

json record_json(const StudyReport& report) {
  const Scenario& scenario = report.file.variants.front().scenario;
  json list = json::array();
  const auto say = [&](const std::string& name, const std::string& value) {
    if (!value.empty()) list.push_back({{"name", name}, {"value", value}});
  };
  say("command", report.command);
  say("program", "headroom " + std::string{headroom_version()});
  say("document", scenario.source);
  say("simulated time", span_text(to_seconds(scenario.duration)));
  say("seed", std::to_string(scenario.seed));
  for (std::size_t v = 0; v < report.study.runs.size(); ++v) {
    const std::vector<RunResult>& runs = report.study.runs[v];
    double events = 0.0;
    for (const RunResult& run : runs) events += static_cast<double>(run.events);
    const std::string of = report.study.runs.size() > 1 ? " of " + report.file.variants[v].name : "";
    say("replications" + of, fmt::format("{}, {} simulated events", runs.size(), number_text(events)));
    say("warm-up" + of, warm_up_text(runs));
  }
  return list;
}

// Entries of the same name, over all replications.
std::vector<LedgerEntry> summed(const std::vector<RunResult>& runs) {
  std::vector<LedgerEntry> sums;
  for (const RunResult& run : runs) {
    for (const LedgerEntry& entry : run.ledger) {
      auto sum = std::find_if(sums.begin(), sums.end(), [&](const LedgerEntry& other) { return other.name == entry.name; });
      if (sum == sums.end()) sum = sums.insert(sums.end(), LedgerEntry{.name = entry.name});
      sum->entered += entry.entered;
      sum->completed += entry.completed;
      sum->in_flight += entry.in_flight;
      for (const auto& [reason, count] : entry.failed) sum->failed[reason] += count;
    }
  }
  return sums;
}

json entry_json(const std::string& variant, const LedgerEntry& entry) {
  std::uint64_t failed = 0;
  std::string reasons;
  for (const auto& [reason, count] : entry.failed) {
    if (count == 0) continue;
    failed += count;
    reasons += fmt::format("{}{} {}", reasons.empty() ? "" : ", ", reason, count_text(count));
  }
  return {{"variant", variant},
          {"who", entry.name},
          {"entered", count_text(entry.entered)},
          {"completed", count_text(entry.completed)},
          {"failed", count_text(failed)},
          {"reasons", reasons},
          {"in_flight", count_text(entry.in_flight)}};
}

json ledger_json(const StudyReport& report) {
  json list = json::array();
  for (std::size_t v = 0; v < report.study.runs.size(); ++v) {
    for (const LedgerEntry& sum : summed(report.study.runs[v])) list.push_back(entry_json(report.file.variants[v].name, sum));
  }
  return list;
}

json inputs_json(const ScenarioFile& file) {
  json list = json::array();
  for (const InputHash& input : file.inputs) list.push_back({{"path", input.path}, {"sha256", input.sha256}});
  return list;
}

json settings_json(const Scenario& scenario) {
  json list = json::array();
  for (const Setting& setting : settings_of(scenario)) list.push_back({{"pointer", setting.pointer}, {"value", setting.value}});
  return list;
}

}  // namespace

json page_record(const StudyReport& report) {
  const Scenario& scenario = report.file.variants.front().scenario;
  json page{{"base_name", report.file.variants.front().name}, {"record", record_json(report)}, {"ledger", ledger_json(report)}};
  page["note_tables"] = notes_json(report);
  page["has_notes"] = !page["note_tables"].empty();
  page["assumptions"] = assumptions_json(scenario);
  page["has_assumptions"] = !page["assumptions"].empty();
  page["inputs"] = inputs_json(report.file);
  page["settings"] = settings_json(scenario);
  page["setting_count"] = page["settings"].size();
  return page;
}

}  // namespace headroom
