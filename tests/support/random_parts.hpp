// What a random system has beside the stations of random_systems.hpp: language models, a second cache and a second key in the
// first, regions, operations, sizes, prices, a limit of memory. It is added to a system that is there already, with random
// numbers of its own, so that each system is what it was and then some.
#pragma once

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "sim/cluster/steps.hpp"
#include "tests/support/plane_under_test.hpp"

namespace headroom::test {

class RandomParts {
 public:
  RandomParts(Blueprint& blueprint, std::uint64_t seed) : blueprint_{blueprint}, random_{seed * 0x9e37'79b9'7f4a'7c15} {}

  void add() {
    add_keys_and_caches();
    add_language_models();
    add_operations();
    price_store();
    if (chance(0.5)) spread_over_regions();
    for (ServiceBlueprint& service : blueprint_.services) change_service(service);
    for (EndpointBlueprint& endpoint : blueprint_.endpoints) {
      if (chance(0.5)) endpoint.request_size = Distribution::exponential(300.0);
      runs_engine_ = blueprint_.services[endpoint.service].language_model != no_index;
      change_steps(endpoint.steps);
    }
  }

 private:
  int below(int n) { return static_cast<int>(random_() % static_cast<std::uint64_t>(n)); }
  double uniform() { return (static_cast<double>(random_() >> 11U) + 0.5) * 0x1.0p-53; }
  bool chance(double p) { return uniform() < p; }
  template <class Value>
  void perhaps(double p, Value& value, Value other) {
    if (chance(p)) value = std::move(other);
  }

  PolicyChoice any_policy() {
    static constexpr const char* names[] = {"lru", "fifo", "s3-fifo"};
    return choice_of<CachePolicy>(names[below(3)]);
  }

  void add_keys_and_caches() {
    blueprint_.keys.push_back({.name = "page",
                               .items = 20,
                               .zipf = 1.0,
                               .per = chance(0.5) ? KeyPer::arrival : KeyPer::request,
                               .size = Distribution::exponential(3.0)});
    CacheBlueprint& first = blueprint_.caches[0];
    first.policy = any_policy();
    if (first.scope == CacheScope::shared && chance(0.4)) first.scope = CacheScope::region;
    CacheBlueprint second{
        .name = "second", .scope = static_cast<CacheScope>(below(3)), .capacity = Bytes{25}, .policy = any_policy()};
    second.latency = Distribution::exponential(0.002);
    if (chance(0.5)) second.time_to_live = to_duration(1.0 + 10.0 * uniform());
    second.coalesce = chance(0.5);
    second.coalesce_limit = to_duration(1.0);
    blueprint_.caches.push_back(std::move(second));
  }

  void add_language_models() {
    LanguageModelBlueprint hosted{.name = "hosted"};
    hosted.hosted.first_token = Distribution::exponential(0.05);
    hosted.hosted.input_token = 1e-4;
    hosted.hosted.token = Distribution::exponential(0.002);
    if (chance(0.5)) hosted.hosted.requests = PerSecond{10.0 + 20.0 * uniform()};
    if (chance(0.5)) hosted.hosted.tokens = PerSecond{500.0 + 500.0 * uniform()};
    hosted.hosted.burst = to_duration(1.0 + uniform());
    if (chance(0.6)) hosted.hosted.concurrency = 1 + below(4);
    hosted.hosted.waits = chance(0.5);
    hosted.hosted.failures = 0.1 * uniform();
    hosted.hosted.prices = {1e-6, 1e-7, 3e-6};
    LanguageModelBlueprint own{.name = "own"};
    EngineBlueprint engine;
    engine.times.prefill = StepTimeCurve{{{0.0, 0.005}, {100.0, 0.02}}};
    engine.times.decode = StepTimeCurve{{{1.0, 0.005}, {8.0, 0.008}}};
    engine.times.context_token = 1e-6;
    engine.kv_tokens = 80 + below(200);
    engine.batch = 1 + below(6);
    engine.step_tokens = 30 + below(100);
    engine.chunked = chance(0.5);
    own.engine = engine;
    blueprint_.language_models = {std::move(hosted), std::move(own)};
  }

  void add_operations() {
    for (DatabaseBlueprint& database : blueprint_.databases) {
      database.operations = {{"scan", false, Distribution::exponential(0.03), Distribution::exponential(0.02)},
                             {"bulk", true, Distribution::exponential(0.03), Distribution::exponential(0.02)}};
    }
  }

  void price_store() {
    StoreBlueprint& store = blueprint_.stores[0];
    store.tiers[1].minimum = to_duration(5.0 * uniform());
    store.tiers[0].bandwidth = BytesPerSecond{1000.0};
    for (StorageTierBlueprint& tier : store.tiers) {
      tier.price = 1e-3;
      tier.read_price = tier.write_price = 1e-4;
      tier.retrieval_price = 1e-5;
    }
  }

  // All but what shares nodes, which are in the first.
  void spread_over_regions() {
    blueprint_.network.regions = {"here", "there", "far"};
    const Duration near = to_duration(0.02), wide = to_duration(0.1), none{};
    blueprint_.network.round_trip = {{none, near, wide}, {near, none, wide}, {wide, wide, none}};
    blueprint_.network.transfer_prices = {1e-8, 2e-8, 9e-8};
    for (ServiceBlueprint& service : blueprint_.services) {
      if (service.node_pool == no_index) service.region = static_cast<Index>(below(3));
      if (service.load_balancer != no_index) blueprint_.load_balancers[service.load_balancer].region = service.region;
    }
    for (DatabaseBlueprint& database : blueprint_.databases) database.region = static_cast<Index>(below(3));
    for (WorkloadBlueprint& workload : blueprint_.workloads) {
      workload.region = static_cast<Index>(below(3));
      if (chance(0.5)) workload.region_shares = {0.5, 0.3, 0.2};
    }
  }

  // Some die of their memory when all slots are taken, or once their caches are full.
  void change_service(ServiceBlueprint& service) {
    if (service.serverless) return;
    if (chance(0.5)) service.language_model = 1;
    if (!chance(0.5)) return;
    service.memory_base = Bytes{100};
    service.memory_per_task = Bytes{10};
    service.memory = Bytes{100 + 10 * service.concurrency + below(15) - 5};
  }

  void change_steps(Steps& steps) {
    for (Step& step : steps) {
      // What is const in a walk is part of `steps`, which is not.
      for_each_inner(step, [this](const Steps& inner) { change_steps(const_cast<Steps&>(inner)); });
      std::visit([this](auto& action) { change(action); }, step.action);
    }
    if (chance(0.25)) insert(steps, generation_of(0));
    if (runs_engine_ && chance(0.4)) insert(steps, generation_of(1));
  }
  void insert(Steps& steps, Step step) {
    steps.insert(steps.begin() + below(static_cast<int>(steps.size()) + 1), std::move(step));
  }
  Step generation_of(Index model) {
    return {GenerateStep{model, Distribution::exponential(30.0), Distribution::exponential(10.0), chance(0.5) ? 0.5 : 0.0}};
  }

  template <class Action>
  void change(Action&) {}
  // The second level behind the first, or the first behind the second.
  void change(CacheStep& step) {
    perhaps(0.4, step.key, Index{1});
    if (chance(0.5)) return;
    CacheStep inner = step;
    inner.cache = 1;
    if (chance(0.3)) std::swap(inner.cache, step.cache);
    step.on_miss = {{std::move(inner)}};
  }
  void change(WriteCacheStep& step) {
    perhaps(0.4, step.key, Index{1});
    perhaps(0.3, step.cache, Index{1});
  }
  void change(InvalidateStep& step) {
    if (step.key != no_index) perhaps(0.4, step.key, Index{1});
    perhaps(0.3, step.cache, Index{1});
  }
  void change(QueryStep& step) {
    if (chance(0.5)) step.operation = step.write ? 1 : 0;
  }
  void change(TransferStep& step) {
    perhaps(0.5, step.compression, 0.3);
    if (!chance(0.4)) return;
    step.bytes.reset();
    step.key = 1;
  }

  Blueprint& blueprint_;
  std::mt19937_64 random_;
  bool runs_engine_ = false;  // the service whose steps are changed
};

}  // namespace headroom::test
