#include <gtest/gtest.h>

#include "sim/cluster/network.hpp"
#include "sim/cluster/simulation_engine.hpp"

namespace headroom {
namespace {

using namespace std::chrono_literals;

constexpr Bytes gibibyte{std::int64_t{1} << 30};

NodePoolBlueprint pool_of(int nodes, double bandwidth) {
  NodePoolBlueprint pool;
  pool.name = "general";
  pool.zones = 3;
  pool.maximum = nodes;
  pool.bandwidth = BytesPerSecond{bandwidth};
  return pool;
}

NetworkBlueprint two_regions() {
  NetworkBlueprint network;
  network.regions = {"us-east", "eu-west"};
  network.round_trip = {{0s, 64ms}, {64ms, 0s}};
  network.registry_bandwidth = BytesPerSecond{1e9};
  network.registry_latency = 500us;
  return network;
}

// Pulls `image` on each of the given nodes at once; returns when the last has arrived, in seconds.
double time_to_pull(SimulationEngine& engine, const Network& network, const std::vector<simgrid::s4u::Host*>& nodes, Bytes image) {
  double last = 0.0;
  for (simgrid::s4u::Host* node : nodes) {
    node->turn_on();
    engine.start_main_actor("pull", node, {}, [&, node](ActorClock& clock) {
      clock.finish_turn();
      network.pull_image(image, node);
      last = std::max(last, simgrid::s4u::Engine::get_clock());
    });
  }
  engine.run();
  return last;
}

TEST(Network, ATransferTakesLatencyPlusBytesOverTheNarrowestLink) {
  SimulationEngine engine{"CM02", SimTime{1h}};
  const Network network{two_regions(), {pool_of(3, 0.25e9)}};
  EXPECT_NEAR(time_to_pull(engine, network, {network.node_hosts(0)[1]}, Bytes{1'000'000'000}), 0.0005 + 4.0, 1e-9);
}

TEST(Network, LongFatLinksAreNotCappedByATcpWindow) {
  NetworkBlueprint far = two_regions();
  far.registry_latency = 200ms;
  SimulationEngine engine{"CM02", SimTime{1h}};
  const Network network{far, {pool_of(3, 1e9)}};
  // A window of 4 MiB over a round trip of 400 ms would allow 10 MB/s: 100 s instead of 1.
  EXPECT_NEAR(time_to_pull(engine, network, {network.node_hosts(0)[2]}, Bytes{1'000'000'000}), 0.2 + 1.0, 1e-9);
}

TEST(Network, AHundredPullsThroughTheRegistryLinkTakeAsLongAsTheLinkSays) {
  NodePoolBlueprint far_away = pool_of(50, 1.25e9);
  far_away.name = "europe";
  far_away.region = 1;
  SimulationEngine engine{"CM02", SimTime{1h}};
  const Network network{two_regions(), {pool_of(50, 1.25e9), far_away}};
  std::vector<simgrid::s4u::Host*> nodes = network.node_hosts(0);
  nodes.insert(nodes.end(), network.node_hosts(1).begin(), network.node_hosts(1).end());
  const double expected = 100.0 * static_cast<double>(gibibyte.count) / 1e9;  // 107.4 s
  EXPECT_NEAR(time_to_pull(engine, network, nodes, gibibyte), expected, 0.01 * expected);
}

TEST(Network, APullEndsWithItsNodeAndLeavesTheLinkToTheOthers) {
  SimulationEngine engine{"CM02", SimTime{1h}};
  const Network network{two_regions(), {pool_of(2, 10e9)}};
  simgrid::s4u::Host* doomed = network.node_hosts(0)[0];
  simgrid::s4u::Host* other = network.node_hosts(0)[1];
  doomed->turn_on();
  bool arrived_on_doomed = false;
  engine.start_actor_without_turns("pull", doomed, [&] {
    network.pull_image(gibibyte, doomed);
    arrived_on_doomed = true;
  });
  engine.start_actor("switch", network.control(), {}, [&](ActorClock& clock) {
    clock.sleep_for(1s);
    doomed->turn_off();
  });
  // Half of 1 GB/s for a second, then all of it: 0.5 GB + 0.5 GB.
  EXPECT_NEAR(time_to_pull(engine, network, {other}, Bytes{1'000'000'000}), 0.0005 + 1.5, 0.001);
  EXPECT_FALSE(arrived_on_doomed);
}

TEST(Network, RefusesAPoolWhoseLinksCarryNothing) {
  SimulationEngine engine{"CM02", SimTime{1h}};
  EXPECT_THROW((Network{two_regions(), {pool_of(1, 0.0)}}), std::invalid_argument);
}

}  // namespace
}  // namespace headroom
