// M/M/c, a three-tier tandem, a pool with time-outs, shared cores: exact plane and SimGrid agree.
#include <cmath>

#include "tests/twins/twin.hpp"

namespace headroom::test {
namespace {

using simgrid::s4u::Semaphore;
using simgrid::s4u::SemaphorePtr;
using simgrid::s4u::this_actor::sleep_for;

constexpr int replications = 10;

std::vector<double> poisson(double rate, double end, std::uint64_t seed) {
  RandomStream random{mix(seed, 4711)};
  std::vector<double> times;
  for (double now = 0.0;;) {
    now -= std::log(random.uniform()) / rate;
    if (now >= end) return times;
    times.push_back(now);
  }
}

// What the exact plane measures of a blueprint whose users' requests arrive as Poisson.
Measured on_exact_plane(const std::function<Blueprint(PolicyChoice)>& make, double rate, double end, std::uint64_t replication) {
  PlaneUnderTest run{make(arriving_at(poisson(rate, end, replication))), replication + 1, end * 1.5};
  run.finish();
  return {{"latency", run.value("avg latency{workload=users}")}, {"errors", run.value("rate errors{workload=users}")}};
}

void hold(const SemaphorePtr& slots, double span) {
  slots->acquire();
  sleep_for(span);
  slots->release();
}

TEST(Twins, MMc) {
  constexpr double rate = 3.2, end = 10'000;
  const auto exact = replicate(replications, [&](std::uint64_t replication) {
    return on_exact_plane([](PolicyChoice arrivals) {
      Blueprint blueprint = one_service({{ComputeStep{Distribution::exponential(1.0)}}}, std::move(arrivals));
      blueprint.services[0].concurrency = 4;
      blueprint.services[0].cpu = 4;
      return blueprint;
    }, rate, end, replication);
  });
  const auto twin = replicate(replications, [&](std::uint64_t replication) {
    Twin system{replication};
    const SemaphorePtr slots = Semaphore::create(4);
    system.arrive(rate, end, [&] { hold(slots, system.exponential(1.0)); });
    system.run();
    return Measured{{"latency", system.mean_latency()}};
  });
  expect_agreement("mean latency", exact.at("latency"), twin.at("latency"), 0.15);
}

TEST(Twins, TandemOfThreeTiersWhereCallersHoldTheirSlots) {
  constexpr double rate = 2.0, end = 10'000;
  const auto exact = replicate(replications, [&](std::uint64_t replication) {
    return on_exact_plane([](PolicyChoice arrivals) {
      Blueprint blueprint = one_service({}, std::move(arrivals));
      const Index database = add_service(blueprint, "database", {{WaitStep{Distribution::exponential(0.5)}}}, 2);
      const Index logic = add_service(blueprint, "logic", {{WaitStep{Distribution::exponential(0.3)}}, {CallStep{.endpoint = database}}}, 4);
      blueprint.services[0].concurrency = 8;
      blueprint.endpoints[0].steps = {{WaitStep{Distribution::exponential(0.1)}}, {CallStep{.endpoint = logic}}};
      return blueprint;
    }, rate, end, replication);
  });
  const auto twin = replicate(replications, [&](std::uint64_t replication) {
    Twin system{replication};
    const SemaphorePtr web = Semaphore::create(8), logic = Semaphore::create(4), database = Semaphore::create(2);
    system.arrive(rate, end, [&] {
      web->acquire();
      sleep_for(system.exponential(0.1));
      logic->acquire();
      sleep_for(system.exponential(0.3));
      hold(database, system.exponential(0.5));
      logic->release();
      web->release();
    });
    system.run();
    return Measured{{"latency", system.mean_latency()}};
  });
  expect_agreement("mean latency", exact.at("latency"), twin.at("latency"), 0.15);
}

TEST(Twins, APoolWhoseCallersGiveUpWaiting) {
  constexpr double rate = 2.5, end = 10'000, patience = 1.0;
  const auto exact = replicate(replications, [&](std::uint64_t replication) {
    return on_exact_plane([](PolicyChoice arrivals) {
      Blueprint blueprint = one_service({{QueryStep{.database = 0}}}, std::move(arrivals));
      blueprint.services[0].concurrency = 10'000;
      DatabaseBlueprint store;
      store.name = "store";
      store.sharding = choice_of<ShardPolicy>("modulo");
      store.pool = 2;
      store.read_wait = Distribution::exponential(1.0);
      store.wait_limit = Distribution::constant(patience);
      blueprint.databases.push_back(store);
      return blueprint;
    }, rate, end, replication);
  });
  const auto twin = replicate(replications, [&](std::uint64_t replication) {
    Twin system{replication};
    const SemaphorePtr pool = Semaphore::create(2);
    double gave_up = 0, served = 0, served_seconds = 0;
    system.arrive(rate, end, [&] {
      const double begun = simgrid::s4u::Engine::get_clock();
      if (pool->acquire_timeout(patience)) {
        ++gave_up;
        return;
      }
      sleep_for(system.exponential(1.0));
      pool->release();
      ++served;
      served_seconds += simgrid::s4u::Engine::get_clock() - begun;
    });
    system.run();
    return Measured{{"latency", served_seconds / served}, {"errors", gave_up / system.requests()}};
  });
  expect_agreement("mean latency", exact.at("latency"), twin.at("latency"), 0.1);
  expect_agreement("share that gave up", exact.at("errors"), twin.at("errors"), 0.15);
}

TEST(Twins, CoresAreSharedAlike) {
  // Two cores, shared by all that compute: SimGrid's processor model against ours.
  constexpr double rate = 1.5, end = 10'000;
  const auto exact = replicate(replications, [&](std::uint64_t replication) {
    return on_exact_plane([](PolicyChoice arrivals) {
      Blueprint blueprint = one_service({{ComputeStep{Distribution::uniform(0.0, 2.0)}}}, std::move(arrivals));
      blueprint.services[0].concurrency = 10'000;
      blueprint.services[0].cpu = 2.0;
      return blueprint;
    }, rate, end, replication);
  });
  const auto twin = replicate(replications, [&](std::uint64_t replication) {
    Twin system{replication, 2};
    system.arrive(rate, end, [&] { simgrid::s4u::this_actor::execute(1e9 * 2.0 * (1.0 - std::exp(-system.exponential(1.0)))); });
    system.run();
    return Measured{{"latency", system.mean_latency()}};
  });
  expect_agreement("mean latency", exact.at("latency"), twin.at("latency"), 0.15);
}

}  // namespace
}  // namespace headroom::test
