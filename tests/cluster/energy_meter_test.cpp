// Energy and GPU-hours of nodes. The first oracle is SimGrid's host_energy: a host of two cores that draws 100 W idle and 220 W
// with both in use takes 2 s × 160 W + 2 s × 100 W = 520 J for one core in use for 2 s and 2 s of rest.
#include "sim/cluster/energy_meter.hpp"

#include <gtest/gtest.h>

#include "tests/cluster/infrastructure_support.hpp"

namespace headroom {
namespace {

using namespace headroom::testing;

double total(const Series& series) {
  double sum = 0.0;
  for (const double amount : series.columns[0]) sum += amount;
  return sum;
}

// Two-core nodes that draw 50 W to 110 W a core.
Blueprint metered() {
  Blueprint blueprint = on_nodes(1, 1, 2);
  NodePoolBlueprint& pool = blueprint.node_pools.front();
  pool.cpu = 2.0;
  pool.power = PowerBlueprint{.idle = 50.0, .full = 110.0};
  return blueprint;
}

double watt_hours(const Blueprint& blueprint, Index nodes, double used_core_seconds, double gpu_seconds, SimTime end) {
  Recorder recorder{{to_seconds(end)}, {}};
  EnergyMeter meter{blueprint, recorder};
  for (Index i = 0; i < nodes; ++i) {
    const Node node{i, Node::Machine{}, start_of_time, Purchase::on_demand};
    meter.add_node(0, node, start_of_time, +1);
  }
  meter.accrue(0, end, used_core_seconds, gpu_seconds);
  recorder.record(end);
  RunResult result;
  recorder.finish(result);
  return total(series_of(result, "energy"));
}

TEST(EnergyMeter, DrawsWhatSimGridsHostEnergyDraws) {
  EXPECT_NEAR(watt_hours(metered(), 1, 2.0, 0.0, at(4s)), 520.0 / 3600.0, 1e-12);
}

TEST(EnergyMeter, AddsNodesAndGpus) {
  Blueprint blueprint = metered();
  blueprint.node_pools.front().gpus = 2;
  blueprint.node_pools.front().power->gpu_idle = 46.0;
  blueprint.node_pools.front().power->gpu_full = 407.0;
  // Three nodes for an hour: 6 cores idle, 6 GPUs of which a replica has one for half of the hour.
  EXPECT_NEAR(watt_hours(blueprint, 3, 0.0, 1800.0, at(1h)), 6 * 50.0 + 6 * 46.0 + 0.5 * (407.0 - 46.0), 1e-9);
}

// A run of ten minutes: a node all the time, a second from 100 s on, 40 s of them booting. The plane does nothing.
TEST(EnergyMeter, ANodeDrawsFromAskingForItUntilItIsGivenBack) {
  Blueprint blueprint = metered();
  blueprint.node_pools.front().power->pue = 1.2;
  blueprint.node_pools.front().power->grams_per_kilowatt_hour = 300.0;
  size_pool_by(blueprint, [](const NodePoolView& pool) {
    return pool.now == at(100s) ? NodeDecision{1, {}, "now"} : NodeDecision{};
  });
  PlaneHistory history;
  const RunResult result = run(blueprint, history);
  const double energy = (600.0 + 500.0) * 100.0 / 3600.0;
  EXPECT_NEAR(total(series_of(result, "energy")), energy, 1e-9);
  EXPECT_NEAR(total(series_of(result, "carbon")), energy / 1000.0 * 1.2 * 300.0, 1e-9);
}

TEST(EnergyMeter, SaysNothingOfPoolsThatDoNotSayTheirPower) {
  PlaneHistory history;
  const RunResult result = run(on_nodes(1, 1, 1), history);
  for (const Series& series : result.series) EXPECT_NE(series.metric, "energy");
}

// Eight GPUs a node, one node for ten minutes, a second for 500 s.
TEST(GpuHours, AreThoseOfTheNodesThatArePaidFor) {
  Blueprint blueprint = on_nodes(1, 1, 2);
  blueprint.node_pools.front().gpus = 8;
  blueprint.node_pools.front().price = {0.01};
  size_pool_by(blueprint, [](const NodePoolView& pool) {
    return pool.now == at(100s) ? NodeDecision{1, {}, "now"} : NodeDecision{};
  });
  PlaneHistory history;
  const RunResult result = run(blueprint, history);
  EXPECT_NEAR(total(series_of(result, "gpu_hours")), 8 * (600.0 + 500.0) / 3600.0, 1e-9);
  EXPECT_NEAR(total(series_of(result, "cost")), 0.01 * (600.0 + 500.0), 1e-9);
}

// One core requested of four; after the run's start nothing changes.
TEST(NodePools, ShowWhatIsRequestedOfEveryResource) {
  Blueprint blueprint = on_nodes(2, 1, 1);
  blueprint.services.front().memory = Bytes{1000};
  blueprint.services.front().gpus = 1;
  blueprint.node_pools.front().memory = Bytes{8000};
  blueprint.node_pools.front().gpus = 8;
  PlaneHistory history;
  const RunResult result = run(blueprint, history);
  const auto share = [&](const char* metric) {
    const Series& series = series_of(result, metric);
    return series.columns[0].back() / series.columns[1].back();
  };
  EXPECT_DOUBLE_EQ(share("node_cpu_requested"), 2.0 / 4.0);
  EXPECT_DOUBLE_EQ(share("node_memory_requested"), 2.0 / 8.0);
  EXPECT_DOUBLE_EQ(share("node_gpus_requested"), 2.0 / 8.0);
  EXPECT_EQ(share("node_cpu_used"), 0.0);
}

}  // namespace
}  // namespace headroom
