// What holds of any system: nothing is created and nothing lost, no level is below zero, no more is in slots than there are,
// nothing is served twice unless it was delivered again. Systems made up at random, with replicas that come, drain and die
// meanwhile.
#include <gtest/gtest.h>

#include <utility>

#include "sim/cluster/steps.hpp"
#include "tests/support/random_systems.hpp"

namespace headroom::test {
namespace {

constexpr double quiet_after = 10'000.0;  // by then all that was asked for until 100 s has ended

struct Outcome {
  RunResult result;
  std::uint64_t left = 0;  // in replicas, at the end
};

// Half of the systems lose and gain replicas while they are asked; all have one of each service in the end.
Outcome run_system(std::uint64_t seed) {
  RandomSystem system{seed};
  Blueprint& blueprint = system.blueprint;
  blueprint.duration = to_duration(quiet_after);
  const std::vector<std::string> problems = check_blueprint(blueprint);
  if (!problems.empty()) throw std::logic_error{problems.front()};
  RandomStreams streams{seed, 0};
  std::vector<double> windows;
  for (double end = 1.0; end <= quiet_after; end += end < 500.0 ? 1.0 : 100.0) windows.push_back(end);
  Recorder recorder{windows, {}};
  const auto plane = make_exact_request_plane(blueprint, streams, recorder);
  const auto add_replica = [&](Index service) {
    const ReplicaRef added{service, plane->add_replica(service)};
    if (blueprint.services[service].node_pool != no_index) plane->run_on(added, {0, system.option(0.5) ? 0U : 1U});
    return added;
  };
  std::vector<ReplicaRef> replicas, draining, unready;
  for (Index i = 0; i < blueprint.services.size(); ++i) {
    for (int n = 0; n < blueprint.services[i].replicas; ++n) replicas.push_back(add_replica(i));
  }
  const bool is_shaken = seed % 2 == 0;
  for (const double end : windows) {
    plane->advance_to(at_seconds(end));
    for (const ReplicaRef& back : std::exchange(unready, {})) plane->restore_replica(back);
    if (is_shaken && end < system.load_ends && system.chance(0.3)) {
      const auto chosen = replicas.begin() + system.below(static_cast<int>(replicas.size()));
      const ReplicaRef gone = *chosen;
      if (blueprint.services[gone.service].readiness && system.option(0.5)) {  // off the balancer, and back at once or with the next
        plane->drain_replica(gone);
        unready.push_back(gone);
      } else {
        *chosen = add_replica(gone.service);
        plane->drain_replica(gone);
        if (system.chance(0.5))
          plane->remove_replica(gone);
        else
          draining.push_back(gone);
      }
    }
    for (const ReplicaRef& replica : replicas) {
      const ServiceBlueprint& service = blueprint.services[replica.service];
      if (!service.vertical_autoscaler.chosen() || end >= system.load_ends || !system.option(0.2)) continue;
      const double factor = system.option(0.5) ? 0.5 : 2.0;
      plane->resize(replica, {service.cpu * factor, service.requested_cpu() * factor, service.memory});
    }
    plane->refresh_instruments();
    recorder.record(at_seconds(end));
  }
  Outcome outcome;
  for (const auto* list : {&replicas, &draining}) {
    for (const ReplicaRef& replica : *list) outcome.left += plane->sample(replica).in_flight;
  }
  outcome.result.duration_seconds = quiet_after;
  plane->finish(outcome.result);
  recorder.finish(outcome.result);
  return outcome;
}

// Of all queues.
double total_of(const RunResult& result, const std::string& metric) {
  double total = 0.0;
  for (const Series& series : result.series) {
    if (series.metric != metric || series.labels[0].name != "queue") continue;
    for (const double amount : series.columns[0]) total += amount;
  }
  return total;
}

const LedgerEntry* entry_of(const RunResult& result, const std::string& name) {
  for (const LedgerEntry& entry : result.ledger) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

class RandomSystems : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomSystems, LoseNothingAndCreateNothing) {
  const Outcome outcome = run_system(GetParam());
  for (const LedgerEntry& entry : outcome.result.ledger) {
    EXPECT_TRUE(entry.balanced()) << entry.name;
    EXPECT_EQ(entry.in_flight, 0U) << entry.name << " that never end";
  }
  EXPECT_EQ(outcome.left, 0U);
}

TEST_P(RandomSystems, HaveNoLevelBelowZeroAndNoMoreInSlotsThanThereAre) {
  const Outcome outcome = run_system(GetParam());
  const Blueprint blueprint = RandomSystem{GetParam()}.blueprint;
  const auto floor_of = [&](const std::string& name) {
    const auto service = std::find_if(blueprint.services.begin(), blueprint.services.end(),
                                      [&](const ServiceBlueprint& one) { return one.name == name; });
    return service->serverless->floor;
  };
  for (const Series& series : outcome.result.series) {
    const std::string name = series.metric + " of " + (series.labels.empty() ? "" : series.labels[0].value);
    if (series.kind == MetricKind::gauge) {
      for (const std::vector<double>& column : series.columns)
        EXPECT_GE(*std::min_element(column.begin(), column.end()), -1e-9) << name;
      // What stays in a cache or a store is not in flight, nor are members of load balancers and the floor of a serverless service.
      const double stays = series.metric == "instances" ? floor_of(series.labels[0].value) : 0.0;
      const bool is_kept = series.metric == "cache_bytes" || series.metric == "stored" || series.metric == "members";
      const double left = is_kept ? 0.0 : series.columns[2].back() - stays;
      EXPECT_NEAR(left, 0.0, 1e-9) << name;
    } else if (series.kind == MetricKind::share) {
      for (std::size_t i = 0; i < series.columns[0].size(); ++i) {
        EXPECT_GE(series.columns[0][i], -1e-6) << name;
        EXPECT_LE(series.columns[0][i], series.columns[1][i] + 1e-6) << name << " in window " << i;
      }
    }
  }
}

TEST_P(RandomSystems, ServeNothingTwiceUnlessItWasDeliveredAgain) {
  RandomSystem system{GetParam()};
  const Outcome outcome = run_system(GetParam());
  const double redeliveries = total_of(outcome.result, "redeliveries"), duplicates = total_of(outcome.result, "duplicates");
  const LedgerEntry *messages = entry_of(outcome.result, "messages"), *deliveries = entry_of(outcome.result, "deliveries");
  const std::size_t again =
      static_cast<std::size_t>(std::count_if(system.blueprint.queues.begin(), system.blueprint.queues.end(),
                                             [](const QueueBlueprint& queue) { return queue.visibility.has_value(); }));
  if (again == 0) {
    EXPECT_EQ(deliveries, nullptr);
    EXPECT_EQ(redeliveries + duplicates, 0.0);
  } else if (again == system.blueprint.queues.size() && deliveries != nullptr) {
    // Each message that completed did so by exactly one delivery; every other that completed is a duplicate.
    EXPECT_EQ(static_cast<double>(deliveries->completed), static_cast<double>(messages->completed) + duplicates);
    EXPECT_LE(static_cast<double>(deliveries->entered), static_cast<double>(messages->entered) + redeliveries);
  }
}

TEST_P(RandomSystems, GiveTheSameResultAgain) {
  const Outcome first = run_system(GetParam()), second = run_system(GetParam());
  EXPECT_EQ(first.result.events, second.result.events);
  ASSERT_EQ(first.result.series.size(), second.result.series.size());
  for (std::size_t i = 0; i < first.result.series.size(); ++i)
    EXPECT_EQ(first.result.series[i].columns, second.result.series[i].columns);
}

// 50 objects of a byte.
TEST_P(RandomSystems, KeepEveryObjectInOneTier) {
  if (RandomSystem{GetParam()}.blueprint.stores[0].chain.snapshot_every > 1) return;  // versions add up
  double stored = 0.0;
  for (const Series& series : run_system(GetParam()).result.series) {
    if (series.metric == "stored") stored += series.columns[2].back();
  }
  EXPECT_NEAR(stored, 50.0, 1e-6);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomSystems, testing::Range<std::uint64_t>(1, 41));

// The generator reaches what it is there for.
TEST(RandomSystemsTogether, UseEveryOption) {
  bool probes = false, shares = false, redelivers = false, waits = false, delays = false, buries = false;
  int limits = 0, changes = 0, impatient = 0;
  std::vector<bool> disciplines(4, false), routes(3, false), writes(4, false);
  bool coalesces = false, refreshes = false, connects = false, partitions = false, persists = false, limits_clients = false;
  bool known = false, written_down = false, struck_off = false, retried = false;  // members of load balancers
  int flushes = 0, restarts = 0, serverless = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const RandomSystem system{seed};
    for (const QueueBlueprint& queue : system.blueprint.queues) {
      redelivers = redelivers || queue.visibility;
      waits = waits || queue.publishers_wait;
      delays = delays || !queue.delay.is_zero();
      buries = buries || queue.dead_letters != no_index;
    }
    for (const DatabaseBlueprint& database : system.blueprint.databases) {
      connects = connects || database.connections;
      partitions = partitions || database.partition_period;
    }
    coalesces = coalesces || system.blueprint.caches[0].coalesce;
    for (const LoadBalancerBlueprint& balancer : system.blueprint.load_balancers) {
      (balancer.membership == Membership::dynamic ? known : written_down) = true;
      struck_off = struck_off || balancer.health_checks;
      retried = retried || balancer.retries > 0;
    }
    refreshes = refreshes || system.blueprint.caches[0].soft_time_to_live;
    persists = persists || system.blueprint.caches[0].persistent;
    limits_clients = limits_clients || system.blueprint.caches[0].connections > 0;
    for (const FaultBlueprint& fault : system.blueprint.faults) {
      flushes += std::holds_alternative<FlushCache>(fault.what);
      restarts += std::holds_alternative<RestartCache>(fault.what);
    }
    for (const EndpointBlueprint& endpoint : system.blueprint.endpoints) {
      for_each_action<LimitStep>(endpoint.steps, [&](const LimitStep&) { ++limits; });
      for_each_action<WhenChangedStep>(endpoint.steps, [&](const WhenChangedStep&) { ++changes; });
      for_each_action<WriteCacheStep>(endpoint.steps,
                                      [&](const WriteCacheStep& write) { writes[static_cast<std::size_t>(write.mode)] = true; });
    }
    for (const WorkloadBlueprint& workload : system.blueprint.workloads)
      for_each_action<CallStep>(workload.journeys[0].steps, [&](const CallStep& call) { impatient += call.patience.has_value(); });
    for (const RouteBlueprint& route : system.blueprint.routes) routes[static_cast<std::size_t>(route.policy)] = true;
    for (const ServiceBlueprint& service : system.blueprint.services) {
      disciplines[static_cast<std::size_t>(service.discipline)] = true;
      serverless += service.serverless.has_value();
      probes = probes || service.readiness;
      shares = shares || service.requested_cpu() < service.cpu;
    }
  }
  EXPECT_TRUE(probes && shares && redelivers && waits && delays && buries && coalesces && refreshes && connects && partitions);
  EXPECT_TRUE(persists && limits_clients);
  EXPECT_TRUE(known && written_down && struck_off && retried);
  EXPECT_GT(flushes, 10);
  EXPECT_GT(restarts, 5);
  EXPECT_EQ(writes, std::vector<bool>(4, true));
  EXPECT_GT(serverless, 10);
  EXPECT_GT(limits, 10);
  EXPECT_GT(changes, 10);
  EXPECT_GT(impatient, 10);
  EXPECT_EQ(disciplines, std::vector<bool>(4, true));
  EXPECT_EQ(routes, std::vector<bool>(3, true));
}

}  // namespace
}  // namespace headroom::test
