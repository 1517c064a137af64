// What holds of any infrastructure: every pod and node that came has gone or is there, and the requests on them are conserved,
// whatever boots, is pulled, is interrupted, runs out of memory or does not answer its probes. The systems of random_systems.hpp
// on nodes of their own, asked by the workload models that scenarios name, closed populations among them. A run each, so a
// process each.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>

#include "tests/cluster/infrastructure_support.hpp"
#include "tests/policies/policy_under_test.hpp"
#include "tests/support/random_systems.hpp"
#include "tests/support/sanitizers.hpp"

namespace headroom::test {
namespace {

using testing::autoscaler_script;
using testing::node_script;

class RandomInfrastructure {
 public:
  explicit RandomInfrastructure(std::uint64_t seed)
      : random_{seed * 31}, blueprint{RandomSystem{plain_systems + seed}.blueprint} {
    blueprint.duration = std::chrono::seconds{150};
    blueprint.windows = 150;
    blueprint.percentiles = {90.0};
    add_pools();
    for (ServiceBlueprint& service : blueprint.services) put_on_nodes(service);
    for (WorkloadBlueprint& workload : blueprint.workloads) ask_by_model(workload);
    autoscaler_script = [this](const ServiceView&) { return below(5); };
    node_script = [this](const NodePoolView& pool) {
      return NodeDecision{pool.pending.empty() ? below(2) : 1 + below(2), {}, "by chance"};
    };
  }

 private:
  std::mt19937_64 random_;

 public:
  Blueprint blueprint;

 private:
  int below(int n) { return static_cast<int>(random_() % static_cast<std::uint64_t>(n)); }
  bool chance(double p) { return static_cast<double>(random_() >> 11U) * 0x1.0p-53 < p; }

  void add_pools() {
    blueprint.node_pools.clear();
    for (int i = 0; i < 2; ++i) {
      NodePoolBlueprint& pool = blueprint.node_pools.emplace_back();
      pool.name = "pool " + std::to_string(i);
      pool.zones = 1 + below(3);
      pool.nodes = 1 + below(3);
      pool.minimum = 1;
      pool.maximum = 8;
      pool.cpu = 12.0;
      pool.memory = Bytes{4000};
      pool.boot = Distribution::exponential(5.0);
      pool.bandwidth = BytesPerSecond{1e6};
      pool.price = DollarsPerSecond{0.01};
      pool.gpus = i == 1 ? 2 : 0;
      if (chance(0.6))
        pool.purchase = {1, 0.7, DollarsPerSecond{0.005}, DollarsPerSecond{0.003}, PerSecond{0.02}, to_duration(3.0)};
      pool.placement = testing::choose<PlacementPolicy>("best-fit");
      pool.autoscaler = chance(0.5)
                            ? testing::choose<NodeAutoscaler>("scripted")
                            : chosen_policy<NodeAutoscaler>(
                                  {{"policy", "cluster-autoscaler"}, {"unneeded_time", "20 s"}, {"delay_after_add", "10 s"}});
    }
    blueprint.network.registry_bandwidth = BytesPerSecond{2e6};
  }

  void put_on_nodes(ServiceBlueprint& service) {
    service.node_pool = no_index;
    if (service.serverless) return;
    if (chance(0.6)) service.autoscaler = testing::choose<Autoscaler>("scripted");
    service.start_up = Distribution::exponential(2.0);
    service.drain_limit = to_duration(1.0);
    if (service.discipline == Discipline::fifo && service.queue == no_index) {
      const ProbeBlueprint probe{.period = to_duration(1.0), .timeout = to_duration(0.2), .failures = 2};
      if (chance(0.7)) service.liveness = probe;
      if (chance(0.5)) service.readiness = probe;
    }
    if (!chance(0.8)) return;
    service.node_pool = static_cast<Index>(below(2));
    service.region = 0;
    if (service.load_balancer != no_index) blueprint.load_balancers[service.load_balancer].region = 0;
    service.image = Bytes{1'000'000 + below(3'000'000)};
    if (service.node_pool == 1 && chance(0.5)) service.gpus = 1;
  }

  // With a pause first: a member of a closed population who fails at once comes again later.
  void ask_by_model(WorkloadBlueprint& workload) {
    Steps& steps = workload.journeys[0].steps;
    steps.insert(steps.begin(), Step{WaitStep{Distribution::exponential(0.5)}});
    const std::vector<Json> models{{{"model", "users"}, {"population", 5 + below(10)}},
                                   {{"model", "users"}, {"rate", "4 /s"}, {"cv", 3.0}},
                                   {{"model", "monitors"},
                                    {"users", 10},
                                    {"monitors_per_user", 10},
                                    {"period", "20 s"},
                                    {"phase", chance(0.5) ? "aligned" : "hashed"}},
                                   {{"model", "artists"}, {"accounts", 30}, {"requests_per_day", 10'000}, {"zipf", 1.0}}};
    workload.model = chosen_policy<Workload>(models[static_cast<std::size_t>(below(4))]);
  }
};

const LedgerEntry& entry_of(const RunResult& result, const std::string& name) {
  for (const LedgerEntry& entry : result.ledger) {
    if (entry.name == name) return entry;
  }
  throw std::runtime_error{"no " + name + " in the books"};
}

class RandomInfrastructures : public ::testing::TestWithParam<std::uint64_t> {};

// That the books balance is what a run ends with: one whose books do not throws.
TEST_P(RandomInfrastructures, LoseNothingAndCreateNothing) {
  RandomInfrastructure random{GetParam()};
  const RunResult result = simulate(random.blueprint, RunIdentity{.variant = "", .seed = GetParam(), .replication = 0});
  for (const LedgerEntry& entry : result.ledger) EXPECT_TRUE(entry.balanced()) << entry.name;
  EXPECT_GT(entry_of(result, "requests").entered, 200U);
  const LedgerEntry &pods = entry_of(result, "pods"), &nodes = entry_of(result, "nodes");
  EXPECT_GE(pods.entered, 1U);
  EXPECT_GE(nodes.entered, 2U);
  EXPECT_LE(nodes.in_flight, 2U * 8U) << "more nodes than their pools may have";
}

TEST_P(RandomInfrastructures, HaveNoLevelBelowZeroAndNoMoreInUseThanThereIs) {
  RandomInfrastructure random{GetParam()};
  const RunResult result = simulate(random.blueprint, RunIdentity{.variant = "", .seed = GetParam(), .replication = 0});
  for (const Series& series : result.series) {
    const std::string name = series.metric + " of " + (series.labels.empty() ? "" : series.labels[0].value);
    for (std::size_t i = 0; i < series.columns[0].size(); ++i) {
      EXPECT_GE(series.columns[0][i], -1e-6) << name << " in window " << i;
      if (series.kind != MetricKind::share) continue;
      EXPECT_LE(series.columns[0][i], series.columns[1][i] + 1e-6) << name << " in window " << i;
    }
  }
}

// Of every scale-out, finished or not, whatever became of its replicas meanwhile.
TEST_P(RandomInfrastructures, HaveScaleOutsWhosePartsAreInOrderAndAddUp) {
  RandomInfrastructure random{GetParam()};
  const RunResult result = simulate(random.blueprint, RunIdentity{.variant = "", .seed = GetParam(), .replication = 0});
  double complete = 0.0, recorded = 0.0, parts = 0.0;
  for (const ScaleOut& scale_out : result.scale_outs) {
    for (const double seconds : scale_out.seconds) EXPECT_GE(seconds, 0.0) << scale_out.service;
    EXPECT_GE(scale_out.load_changed_seconds(), 0.0);
    EXPECT_LE(scale_out.load_changed_seconds() + scale_out.total_seconds(), 150.0 + 1e-6);
    EXPECT_LT(scale_out.from, scale_out.to);
    if (scale_out.complete) complete += scale_out.total_seconds();
  }
  for (const Series& series : result.series) {
    if (!series.metric.starts_with("scaling_")) continue;
    for (const double seconds : series.columns[1]) (series.metric == "scaling_time" ? recorded : parts) += seconds;
  }
  EXPECT_NEAR(recorded, complete, 1e-6);
  EXPECT_NEAR(parts, complete, 1e-6);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomInfrastructures, ::testing::Range<std::uint64_t>(1, 1 + repetitions(45)));

}  // namespace
}  // namespace headroom::test
