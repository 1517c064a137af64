// The works of the benchmark as the engine runs them: a Blueprint on the exact request plane with all its instruments on.
#pragma once

#include <memory>

#include "sim/cluster/exact_request_plane.hpp"
#include "sim/measure/recorder.hpp"
#include "tests/bench/tiers_loop.hpp"

namespace headroom::bench {

struct EngineRun {
  double mean_latency_seconds = 0.0;
  std::uint64_t requests = 0;
  std::uint64_t events = 0;
};

inline WorkloadBlueprint users_of(Index endpoint, double arrival_rate) {
  WorkloadBlueprint users{
      .name = "users", .model = choice_of<Workload>("users"), .journeys = {{"visit", 1.0, {{CallStep{.endpoint = endpoint}}}}}};
  struct RateSetter final : Visitor {
    explicit RateSetter(double wanted) : rate{wanted} {}
    void visit(const FieldInfo& info, FieldValue value) override {
      if (info.name != "rate") return;
      if (auto* optional = std::get_if<std::shared_ptr<OptionalAccess>>(&value)) value = (*optional)->emplace();
      if (auto* target = std::get_if<PerSecond*>(&value)) (*target)->value = rate;
    }
    double rate;
  } setter{arrival_rate};
  Fields fields{setter};
  users.model.options->describe(fields);
  return users;
}

// Stations in series with `servers` exponential servers of mean 1 s each. With one station the users ask it directly; with more a
// front service without limits calls one after another.
inline Blueprint tandem_blueprint(unsigned stations, unsigned servers, double arrival_rate) {
  Blueprint blueprint;
  Steps calls;
  for (unsigned i = 0; i < stations; ++i) {
    ServiceBlueprint service;
    service.name = "s" + std::to_string(i);
    service.concurrency = static_cast<int>(servers);
    service.cpu = servers;
    service.balancer = choice_of<Balancer>("round-robin");
    blueprint.services.push_back(service);
    blueprint.endpoints.push_back({service.name + ".work", i, {{ComputeStep{Distribution::exponential(1.0)}}}});
    calls.push_back({CallStep{.endpoint = i}});
  }
  Index asked = 0;
  if (stations > 1) {
    ServiceBlueprint front;
    front.name = "front";
    front.concurrency = 1'000'000;
    front.balancer = choice_of<Balancer>("round-robin");
    blueprint.services.push_back(front);
    asked = static_cast<Index>(blueprint.endpoints.size());
    blueprint.endpoints.push_back({"front.work", stations, calls});
  }
  blueprint.workloads.push_back(users_of(asked, arrival_rate));
  return blueprint;
}

// The engine's side of tiers_loop.hpp.
inline Blueprint tiers_blueprint() {
  Blueprint blueprint;
  for (unsigned i = 0; i < TiersWork::tiers; ++i) {
    ServiceBlueprint service;
    service.name = "tier" + std::to_string(i);
    service.replicas = TiersWork::replicas;
    service.concurrency = TiersWork::slots;
    service.cpu = TiersWork::slots;
    service.balancer = choice_of<Balancer>("least-connections");
    blueprint.services.push_back(service);
    Steps steps{{ComputeStep{Distribution::lognormal(TiersWork::median, TiersWork::sigma)}}};
    if (i + 1 < TiersWork::tiers) {
      CallStep call{.endpoint = i + 1};
      call.timeout = to_duration(TiersWork::timeout);
      call.retry.attempts = TiersWork::attempts;
      call.retry.base = call.retry.cap = to_duration(TiersWork::back_off);
      steps.push_back({call});
    }
    blueprint.endpoints.push_back({service.name + ".work", i, steps});
  }
  blueprint.workloads.push_back(users_of(0, TiersWork::arrival_rate()));
  return blueprint;
}

inline EngineRun run_engine(Blueprint blueprint, double seconds, std::uint64_t seed) {
  blueprint.duration = to_duration(seconds);
  RandomStreams streams{seed, 0};
  Recorder recorder{{seconds}, {}};
  const std::unique_ptr<RequestPlane> plane = make_exact_request_plane(blueprint, streams, recorder);
  for (Index i = 0; i < blueprint.services.size(); ++i) {
    for (int replica = 0; replica < blueprint.services[i].replicas; ++replica) plane->add_replica(i);
  }
  constexpr int ticks = 100;
  for (int i = 1; i <= ticks; ++i) {
    const SimTime now = at_seconds(seconds * i / ticks);
    plane->advance_to(now);
    plane->refresh_instruments();
    recorder.scrape(now);
    recorder.record(now);
  }
  RunResult result;
  plane->finish(result);
  recorder.finish(result);
  EngineRun run{.events = result.events};
  for (const Series& series : result.series) {
    if (series.metric != "latency" || series.labels != std::vector<Label>{{"workload", "users"}}) continue;
    Histogram all;
    for (const Histogram& slice : series.slices) all.merge(slice);
    run.requests = all.count();
    run.mean_latency_seconds = all.mean_seconds();
  }
  return run;
}

}  // namespace headroom::bench
