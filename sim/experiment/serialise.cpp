// RunResult as MessagePack: what travels from a worker's process, and what is stored.
#include <nlohmann/json.hpp>

#include "sim/experiment/study.hpp"

namespace headroom {
namespace {

using Json = nlohmann::json;

Json to_json(const Histogram& histogram) {
  Json buckets = Json::array();
  for (const Histogram::Bucket& bucket : histogram.buckets()) {
    buckets.push_back(bucket.index);
    buckets.push_back(bucket.count);
  }
  return {std::move(buckets), histogram.sum_ns_high(), histogram.sum_ns_low(), histogram.largest_ns()};
}

Histogram histogram_from(const Json& json) {
  std::vector<Histogram::Bucket> buckets;
  const Json& flat = json.at(0);
  for (std::size_t i = 0; i + 1 < flat.size(); i += 2) buckets.push_back({flat[i].get<std::uint32_t>(), flat[i + 1].get<std::uint64_t>()});
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
  series.kind = static_cast<MetricKind>(json.at("kind").get<int>());
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
  return Json::to_msgpack({{"variant", result.variant},
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

RunResult run_result_from(const std::vector<std::uint8_t>& bytes) {
  const Json json = Json::from_msgpack(bytes);
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

}  // namespace headroom
