// RunResult as MessagePack: what travels from a child process to its parent, and what can be stored.
//
// A number with a fraction is written so that the same bits come back (as a 4-byte float where nothing is lost, else as 8 bytes), keys are
// sorted, empty histogram buckets are left out: equal results have equal bytes.
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "sim/experiment/study.hpp"

namespace headroom {
namespace {

using Json = nlohmann::json;

constexpr int format_version = 1;

Json to_json(const Histogram& histogram) {
  Json buckets = Json::array();
  for (const Histogram::Bucket& bucket : histogram.buckets()) {
    buckets.push_back(bucket.index);
    buckets.push_back(bucket.count);
  }
  return {std::move(buckets), histogram.sum_ns_high(), histogram.sum_ns_low(), histogram.largest_ns()};
}

Histogram histogram_from(const Json& json) {
  // More than the largest index that 64-bit nanoseconds have: a damaged one must not ask for gigabytes.
  constexpr std::uint64_t index_limit = 1U << 13;
  std::vector<Histogram::Bucket> buckets;
  const Json& flat = json.at(0);
  for (std::size_t i = 0; i + 1 < flat.size(); i += 2) {
    const auto index = flat[i].get<std::uint64_t>();
    if (index >= index_limit) throw std::invalid_argument{"a histogram bucket is out of range"};
    buckets.push_back({static_cast<std::uint32_t>(index), flat[i + 1].get<std::uint64_t>()});
  }
  return Histogram::restore(buckets, json.at(1), json.at(2), json.at(3));
}

Json to_json(const Series& series) {
  Json labels = Json::array();
  for (const Label& label : series.labels) labels.push_back({label.name, label.value});
  Json slices = Json::array();
  for (const Histogram& slice : series.slices) slices.push_back(to_json(slice));
  return {{"metric", series.metric}, {"labels", std::move(labels)}, {"kind", static_cast<int>(series.kind)},
          {"columns", series.columns}, {"slices", std::move(slices)}};
}

Series series_from(const Json& json) {
  Series series;
  series.metric = json.at("metric");
  for (const Json& label : json.at("labels")) series.labels.push_back({label.at(0), label.at(1)});
  const int kind = json.at("kind").get<int>();
  if (kind < 0 || kind > static_cast<int>(MetricKind::durations)) throw std::invalid_argument{"a series is of no known kind"};
  series.kind = static_cast<MetricKind>(kind);
  series.columns = json.at("columns").get<std::vector<std::vector<double>>>();
  for (const Json& slice : json.at("slices")) series.slices.push_back(histogram_from(slice));
  return series;
}

}  // namespace

std::vector<std::uint8_t> to_bytes(const RunResult& result) {
  Json series = Json::array(), phases = Json::array(), ledger = Json::array(), notes = Json::array();
  for (const Series& one : result.series) series.push_back(to_json(one));
  for (const PhaseResult& phase : result.phases) phases.push_back({phase.workload, phase.name, phase.begin_seconds, phase.end_seconds});
  for (const LedgerEntry& entry : result.ledger) ledger.push_back({entry.name, entry.entered, entry.completed, entry.failed, entry.in_flight});
  for (const Note& note : result.notes) notes.push_back({note.at_seconds, note.subject, note.text});
  return Json::to_msgpack({{"format", format_version},
                           {"variant", result.variant},
                           {"seed", result.seed},
                           {"replication", result.replication},
                           {"duration", result.duration_seconds},
                           {"warm_up", result.warm_up_seconds},
                           {"warm_up_rule", result.warm_up_rule},
                           {"window_ends", result.window_ends},
                           {"slice_ends", result.slice_ends},
                           {"extra_percentiles", result.extra_percentiles},
                           {"series", std::move(series)},
                           {"phases", std::move(phases)},
                           {"ledger", std::move(ledger)},
                           {"notes", std::move(notes)},
                           {"users", result.users},
                           {"events", result.events},
                           {"wall", result.wall_seconds}});
}

namespace {

RunResult result_from(const Json& json) {
  if (json.at("format").get<int>() != format_version) throw std::invalid_argument{"it is written in another format"};
  RunResult result;
  result.variant = json.at("variant");
  result.seed = json.at("seed");
  result.replication = json.at("replication");
  result.duration_seconds = json.at("duration");
  result.warm_up_seconds = json.at("warm_up");
  result.warm_up_rule = json.at("warm_up_rule");
  result.window_ends = json.at("window_ends").get<std::vector<double>>();
  result.slice_ends = json.at("slice_ends").get<std::vector<double>>();
  result.extra_percentiles = json.at("extra_percentiles").get<std::vector<double>>();
  for (const Json& series : json.at("series")) result.series.push_back(series_from(series));
  for (const Json& phase : json.at("phases")) result.phases.push_back({phase.at(0), phase.at(1), phase.at(2), phase.at(3)});
  for (const Json& entry : json.at("ledger")) {
    result.ledger.push_back({entry.at(0), entry.at(1), entry.at(2), entry.at(3).get<std::map<std::string, std::uint64_t>>(), entry.at(4)});
  }
  for (const Json& note : json.at("notes")) result.notes.push_back({note.at(0), note.at(1), note.at(2)});
  result.users = json.at("users");
  result.events = json.at("events");
  result.wall_seconds = json.at("wall");
  return result;
}

}  // namespace

RunResult run_result_from(const std::vector<std::uint8_t>& bytes) {
  try {
    return result_from(Json::from_msgpack(bytes));
  } catch (const std::exception& error) {
    throw std::invalid_argument{std::string{"these bytes are not the result of a run: "} + error.what()};
  }
}

}  // namespace headroom
