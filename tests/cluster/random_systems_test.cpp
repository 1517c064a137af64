// What holds of any system: nothing is created and nothing lost, no level is below zero, at no instant has anything more than it
// may have, nothing is served twice unless it was delivered again. Systems made up at random, with replicas that come, drain and
// die meanwhile.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <numeric>
#include <set>
#include <utility>

#include "sim/cluster/replica_disk.hpp"
#include "sim/cluster/resharding.hpp"
#include "sim/cluster/steps.hpp"
#include "tests/support/random_systems.hpp"
#include "tests/support/sanitizers.hpp"

namespace headroom::test {
namespace {

constexpr double quiet_after = 10'000.0;  // by then all that was asked for until 100 s has ended

struct Outcome {
  RunResult result;
  std::uint64_t left = 0;           // in replicas, at the end
  int killed = 0;                   // for their memory
  std::vector<Charge> charges;      // by quantities
  std::vector<std::string> broken;  // bounds, at the first instant at which any were
};

enum class Watch { windows, instants };

// A thousandth of a dollar is nothing to a ledger of cents: what anything costs at all costs a million times as much here.
void make_dear(Blueprint& blueprint) {
  constexpr double dear = 1e6;
  for (LinkBlueprint& link : blueprint.links) link.price *= dear;
  for (LoadBalancerBlueprint& balancer : blueprint.load_balancers) balancer.price_per_byte *= dear;
  for (DatabaseBlueprint& database : blueprint.databases) database.read_price = 0.25, database.write_price = 1.25;
  for (LanguageModelBlueprint& model : blueprint.language_models) {
    for (double* price : {&model.hosted.prices.input, &model.hosted.prices.cached_input, &model.hosted.prices.output}) *price *= dear;
  }
  for (StoreBlueprint& store : blueprint.stores) {
    for (StorageTierBlueprint& tier : store.tiers) {
      for (double* price : {&tier.read_price, &tier.write_price, &tier.retrieval_price}) *price *= dear;
    }
  }
  TransferPrices& transfers = blueprint.network.transfer_prices;
  for (double* price : {&transfers.cross_zone, &transfers.cross_region, &transfers.internet}) *price *= dear;
}

// Half of the systems lose and gain replicas while they are asked; all have one of each service in the end.
class RandomRun {
 public:
  RandomRun(std::uint64_t seed, Watch watch)
      : system_{seed}, blueprint_{system_.blueprint}, watch_{watch}, is_shaken_{seed % 2 == 0} {
    blueprint_.duration = to_duration(quiet_after);
    make_dear(blueprint_);
    const std::vector<std::string> problems = check_blueprint(blueprint_);
    if (!problems.empty()) throw std::logic_error{problems.front()};
    for (double end = 1.0; end <= quiet_after; end += end < 500.0 ? 1.0 : 100.0) windows_.push_back(end);
    streams_ = std::make_unique<RandomStreams>(seed, 0);
    recorder_ = std::make_unique<Recorder>(windows_, std::vector<double>{});
    plane_ = std::make_unique<ExactRequestPlane>(blueprint_, *streams_, *recorder_);
    for (Index i = 0; i < blueprint_.services.size(); ++i) {
      for (int n = 0; n < blueprint_.services[i].replicas; ++n) replicas_.push_back(add_replica(i));
    }
    for (const DatabaseBlueprint& database : blueprint_.databases)
      plans_.push_back(database.resharding ? plan_resharding(database) : ReshardingPlan{});
  }

  Outcome run() {
    for (const double end : windows_) {
      advance(at_seconds(end));
      reshard(end);
      replace_killed();
      for (const ReplicaRef& back : std::exchange(unready_, {})) plane_->restore_replica(back);
      if (is_shaken_ && end < system_.load_ends && system_.chance(0.3)) shake();
      if (end < system_.load_ends) resize();
      plane_->refresh_instruments();
      recorder_->record(at_seconds(end));
    }
    for (const auto* list : {&replicas_, &draining_}) {
      for (const ReplicaRef& replica : *list) outcome_.left += plane_->sample(replica).in_flight;
    }
    outcome_.result.duration_seconds = quiet_after;
    outcome_.charges = plane_->charges();
    plane_->finish(outcome_.result);
    recorder_->finish(outcome_.result);
    return std::move(outcome_);
  }

 private:
  ReplicaRef add_replica(Index service, std::shared_ptr<ReplicaDisk> disk = nullptr) {
    const bool has_node = blueprint_.services[service].node_pool != no_index;
    const std::uint32_t node = has_node && !system_.option(0.5) ? 1 : 0;
    const ReplicaRef added{service, plane_->add_replica(service, has_node ? node : no_index, std::move(disk))};
    if (has_node) plane_->run_on(added, {0, node});
    return added;
  }

  // From instant to instant, until one is found at which something has more than it may have.
  void advance(SimTime until) {
    while (watch_ == Watch::instants && outcome_.broken.empty() && plane_->next_instant() <= until) {
      plane_->advance_to(plane_->next_instant());
      outcome_.broken = plane_->broken_bounds();
    }
    plane_->advance_to(until);
  }

  // Copies what moves in 20 steps of a second, and lets nodes go as they become idle.
  void reshard(double now) {
    for (Index i = 0; i < blueprint_.databases.size(); ++i) {
      const DatabaseBlueprint& database = blueprint_.databases[i];
      if (!database.resharding) continue;
      const double step = std::floor(now - to_seconds(database.resharding->at));
      if (step == 0.0) plane_->begin_resharding(i);
      for (Index move = 0; step >= 0.0 && step <= 20.0 && move < plans_[i].moves.size(); ++move)
        plane_->copied(i, move, step / 20.0);
      if (step == 20.0) plane_->end_resharding(i);
      if (step > 20.0) plane_->draining_nodes(i);
    }
  }

  // Those that were not to go anyway come back at once, and find their disks.
  void replace_killed() {
    std::vector<std::pair<Index, std::shared_ptr<ReplicaDisk>>> wanted;
    for (const ReplicaRef& killed : plane_->take_killed()) {
      ++outcome_.killed;
      const auto is_it = [&](const ReplicaRef& one) { return one.service == killed.service && one.replica == killed.replica; };
      std::erase_if(unready_, is_it);
      if (std::erase_if(draining_, is_it) > 0) continue;
      std::erase_if(replicas_, is_it);
      wanted.emplace_back(killed.service, plane_->take_disk(killed));
    }
    for (auto& [service, disk] : wanted) replicas_.push_back(add_replica(service, std::move(disk)));
  }

  void resize() {
    for (const ReplicaRef& replica : replicas_) {
      const ServiceBlueprint& service = blueprint_.services[replica.service];
      if (!service.vertical_autoscaler.chosen() || !system_.option(0.2)) continue;
      const double factor = system_.option(0.5) ? 0.5 : 2.0;
      plane_->resize(replica, {service.cpu * factor, service.requested_cpu() * factor, service.memory});
    }
  }

  // Off the balancer, and back at once or with the next; or another in its place.
  void shake() {
    const auto chosen = replicas_.begin() + system_.below(static_cast<int>(replicas_.size()));
    const ReplicaRef gone = *chosen;
    if (blueprint_.services[gone.service].readiness && system_.option(0.5)) {
      plane_->drain_replica(gone);
      return unready_.push_back(gone);
    }
    *chosen = add_replica(gone.service);
    plane_->drain_replica(gone);
    if (system_.chance(0.5))
      plane_->remove_replica(gone);
    else
      draining_.push_back(gone);
  }

  RandomSystem system_;
  Blueprint& blueprint_;
  Watch watch_;
  bool is_shaken_;
  std::vector<double> windows_;
  std::vector<ReshardingPlan> plans_;  // by database
  std::unique_ptr<RandomStreams> streams_;
  std::unique_ptr<Recorder> recorder_;
  std::unique_ptr<ExactRequestPlane> plane_;
  std::vector<ReplicaRef> replicas_, draining_, unready_;
  Outcome outcome_;
};

Outcome run_system(std::uint64_t seed, Watch watch = Watch::windows) { return RandomRun{seed, watch}.run(); }

// What a column of the metric comes to, of the series with this label.
double total_of(const RunResult& result, const std::string& metric, const Label& label) {
  double total = 0.0;
  for (const Series& series : result.series) {
    if (series.metric != metric || std::find(series.labels.begin(), series.labels.end(), label) == series.labels.end()) continue;
    for (const double amount : series.columns[0]) total += amount;
  }
  return total;
}

class RandomSystems : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomSystems, LoseNothingAndCreateNothing) {
  const Outcome outcome = run_system(GetParam());
  for (const LedgerEntry& entry : outcome.result.ledger) {
    EXPECT_TRUE(entry.balanced()) << entry.name;
    EXPECT_EQ(entry.in_flight, 0U) << entry.name << " that never end, of replicas killed " << outcome.killed;
  }
  EXPECT_EQ(outcome.left, 0U);
}

TEST_P(RandomSystems, SpendInTheirWindowsWhatTheirQuantitiesComeTo) {
  const Outcome outcome = run_system(GetParam());
  const LedgerEntry money = money_ledger(outcome.charges, outcome.result.series);
  EXPECT_TRUE(money.balanced()) << money.name;
}

TEST(RandomSystemsTogether, AlmostAllSpendMoreThanADollar) {
  int spenders = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Outcome outcome = run_system(seed);
    spenders += money_ledger(outcome.charges, outcome.result.series).entered > 1'000'000U ? 1 : 0;
  }
  EXPECT_GE(spenders, 6) << "of ten; otherwise their ledgers show nothing";
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
      // What stays in a cache or a store is not in flight, nor are members of load balancers, what replicas would let in, the floor
      // of a serverless service, and circuits that nobody has tried since they opened.
      const double stays = series.metric == "instances" ? floor_of(series.labels[0].value) : 0.0;
      const bool is_kept = series.metric == "cache_bytes" || series.metric == "stored" || series.metric == "members" ||
                           series.metric == "admission_limit" || series.metric.starts_with("circuits_");
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

TEST_P(RandomSystems, HaveNothingAboveItsBoundAtAnyInstant) {
  const Outcome outcome = run_system(GetParam(), Watch::instants);
  EXPECT_EQ(outcome.broken, std::vector<std::string>{});
}

// Every message that a worker took ends once, and is counted with its endpoint: a slot is had so often, and again for each
// redelivery. What was done for nothing is one of those, or of a message that was a dead letter by then.
TEST_P(RandomSystems, ServeNothingTwiceUnlessItWasDeliveredAgain) {
  const Blueprint blueprint = RandomSystem{GetParam()}.blueprint;
  const RunResult result = run_system(GetParam()).result;
  for (const ServiceBlueprint& worker : blueprint.services) {
    if (worker.queue == no_index) continue;
    const QueueBlueprint& queue = blueprint.queues[worker.queue];
    const Label of_queue{"queue", queue.name};
    const double messages = total_of(result, "requests", {"endpoint", blueprint.endpoints[worker.worker_endpoint].name});
    const double served = total_of(result, "queue_wait", of_queue), again = total_of(result, "redeliveries", of_queue);
    const double duplicates = total_of(result, "duplicates", of_queue), dead = total_of(result, "dead_letters", of_queue);
    EXPECT_LE(served, messages + again) << queue.name;
    EXPECT_LE(duplicates, again + dead) << queue.name;
    EXPECT_LE(served, messages * queue.deliveries.value_or(1)) << queue.name << ": those with a visibility have a bound";
    if (!queue.visibility) {
      EXPECT_EQ(again + duplicates, 0.0) << queue.name;
    }
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

INSTANTIATE_TEST_SUITE_P(Seeds, RandomSystems, testing::Range<std::uint64_t>(1, 1 + repetitions(plain_systems)));
INSTANTIATE_TEST_SUITE_P(SeedsOfMoreParts, RandomSystems, testing::Range<std::uint64_t>(plain_systems + 1, plain_systems + 1 + repetitions(30)));

// The generator reaches what it is there for.
TEST(RandomSystemsTogether, UseEveryOption) {
  bool probes = false, shares = false, redelivers = false, waits = false, delays = false, buries = false;
  int limits = 0, changes = 0, impatient = 0;
  std::vector<bool> disciplines(4, false), routes(3, false), writes(4, false);
  bool coalesces = false, refreshes = false, connects = false, partitions = false, persists = false, limits_clients = false;
  bool known = false, written_down = false, struck_off = false, retried = false;  // members of load balancers
  bool grows = false, shrinks = false;  // in shards
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
      grows = grows || (database.resharding && database.resharding->shards > database.shards);
      shrinks = shrinks || (database.resharding && database.resharding->shards < database.shards);
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
      for_each_action<CallStep>(workload.journeys[0].steps,
                                [&](const CallStep& call) { impatient += call.patience.has_value(); });
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
  EXPECT_TRUE(grows && shrinks);
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

TEST(RandomSystemsTogether, AskBothShardsWhileKeysMove) {
  std::uint64_t visits = 0;
  for (std::uint64_t seed = 1; seed <= 40 && visits < 50; ++seed) {
    for (const LedgerEntry& entry : run_system(seed).result.ledger) visits += entry.name == "visits" ? entry.completed : 0;
  }
  EXPECT_GE(visits, 50U);
}

// The same for the parts that the later ones have besides, and what they are there for happens.
TEST(RandomSystemsTogether, UseEveryFurtherPart) {
  std::vector<bool> scopes(3, false);
  int hosted = 0, own = 0, levels = 0, pages = 0, operations = 0, regions = 0, compressed = 0, killed = 0;
  std::set<std::string> policies;
  std::set<std::string> lost;  // generations, by reason
  for (std::uint64_t seed = plain_systems + 1; seed <= plain_systems + 30; ++seed) {
    const RandomSystem system{seed};
    regions += system.blueprint.network.regions.size() > 1;
    for (const CacheBlueprint& cache : system.blueprint.caches) {
      policies.insert(cache.policy.name);
      scopes[static_cast<std::size_t>(cache.scope)] = true;
    }
    for (const EndpointBlueprint& endpoint : system.blueprint.endpoints) {
      for_each_action<GenerateStep>(endpoint.steps, [&](const GenerateStep& step) { ++(step.model == 0 ? hosted : own); });
      for_each_action<QueryStep>(endpoint.steps, [&](const QueryStep& step) { operations += step.operation != no_index; });
      for_each_action<TransferStep>(endpoint.steps, [&](const TransferStep& step) { compressed += step.compression < 1.0; });
      for_each_action<CacheStep>(endpoint.steps, [&](const CacheStep& step) {
        pages += step.key == 1;
        levels += step.cache == 1;
      });
    }
    if (seed > plain_systems + 12) continue;
    const Outcome outcome = run_system(seed);
    killed += outcome.killed;
    for (const LedgerEntry& entry : outcome.result.ledger) {
      if (entry.name != "generations") continue;
      for (const auto& [reason, count] : entry.failed) lost.insert(reason);
    }
  }
  EXPECT_EQ(scopes, std::vector<bool>(3, true));
  EXPECT_EQ(policies, (std::set<std::string>{"fifo", "lru", "s3-fifo"}));
  for (const int part : {hosted, own, levels, pages, operations, compressed}) EXPECT_GT(part, 2);
  EXPECT_GT(regions, 2);
  EXPECT_GT(killed, 10);
  EXPECT_TRUE(lost.contains("lost") && lost.contains("out_of_memory") && lost.contains("rejected"));
}

TEST(RandomSystemsTogether, UseEveryPartOfAClient) {
  std::map<std::string, double> counted;
  for (std::uint64_t seed = plain_systems + 1; seed <= plain_systems + 12; ++seed) {
    const Outcome outcome = run_system(seed);
    for (const Series& series : outcome.result.series) {
      if (series.kind != MetricKind::share && series.kind != MetricKind::counter) continue;
      const std::string reason = series.labels.size() > 1 ? " " + series.labels[1].value : "";
      counted[series.metric + reason] += std::accumulate(series.columns[0].begin(), series.columns[0].end(), 0.0);
    }
  }
  for (const char* const part : {"calls_rejected circuit_open", "calls_rejected bulkhead_full", "retries_denied", "circuits_opened", "hedges",
                                 "hedges_won", "hedges_denied", "degraded"})
    EXPECT_GT(counted[part], 5) << part;
}

}  // namespace
}  // namespace headroom::test
