// Weights of language models on their way to the nodes of engines, in seconds.
#include <gtest/gtest.h>

#include "tests/cluster/infrastructure_support.hpp"

namespace headroom {
namespace {

using namespace headroom::testing;
using Times = std::vector<SimTime>;

// A one-core service without replicas at first, with an image of 2 GB and an engine with so many bytes of weights. The registry
// and the nodes have links of 1 GB/s; start-up takes 3 s.
Blueprint with_weights(Bytes weights, int nodes) {
  Blueprint blueprint = on_nodes(0, nodes, nodes);
  LanguageModelBlueprint& model = blueprint.language_models.emplace_back();
  model.name = "llama";
  model.engine = EngineBlueprint{.weights = weights};
  blueprint.services.front().language_model = 0;
  blueprint.services.front().image = Bytes{2'000'000'000};
  return blueprint;
}

TEST(Weights, AreLoadedAfterTheImageAndBeforeTheStartUp) {
  const Blueprint blueprint = [] {
    Blueprint one = with_weights(Bytes{140'000'000'000}, 1);
    scale_by(one, [](const ServiceView& service) { return service.now < at(200s) ? 1 : 2; });
    return one;
  }();
  PlaneHistory history;
  run(blueprint, history);
  // Asked for at 10 s: 2 GB and 140 GB at 1 GB/s, then 3 s of initialisation; the next one on the node finds both.
  EXPECT_EQ(history.times("add"), (Times{at(10s + 2s + 140s + 3s), at(200s + 3s)}));
}

TEST(Weights, OfTwoNodesContendForTheLinkOfTheRegistry) {
  Blueprint blueprint = with_weights(Bytes{140'000'000'000}, 2);
  blueprint.node_pools.front().cpu = 1.0;
  scale_by(blueprint, [](const ServiceView&) { return 2; });
  PlaneHistory history;
  run(blueprint, history);
  // Half of 1 GB/s for each of them: 4 s and 280 s.
  ASSERT_EQ(history.times("add").size(), 2U);
  for (const SimTime ready : history.times("add")) EXPECT_NEAR(to_seconds(ready), 10 + 4 + 280 + 3, 1e-6);
}

TEST(Weights, OfOneLaterThanAnotherShareTheLinkWhileBothLoad) {
  Blueprint blueprint = with_weights(Bytes{40'000'000'000}, 2);
  blueprint.services.front().image = {};
  blueprint.node_pools.front().cpu = 1.0;
  scale_by(blueprint, [](const ServiceView& service) { return service.now < at(30s) ? 1 : 2; });
  PlaneHistory history;
  run(blueprint, history);
  // The first has 20 of its 40 GB at 30 s and the rest at half the speed, at 70 s. The other has 20 by then, and all at 90 s.
  ASSERT_EQ(history.times("add").size(), 2U);
  EXPECT_NEAR(to_seconds(history.times("add")[0]), 70 + 3, 1e-6);
  EXPECT_NEAR(to_seconds(history.times("add")[1]), 90 + 3, 1e-6);
}

TEST(Weights, OfOneModelAreLoadedOnceForTwoServicesOnANode) {
  Blueprint blueprint = with_weights(Bytes{20'000'000'000}, 1);
  blueprint.services.front().image = {};
  scale_by(blueprint, [](const ServiceView&) { return 1; });
  ServiceBlueprint other = blueprint.services.front();
  other.name = "other";
  blueprint.services.push_back(other);
  PlaneHistory history;
  run(blueprint, history);
  EXPECT_EQ(history.times("add", 0), Times{at(10s + 20s + 3s)});
  EXPECT_EQ(history.times("add", 1), Times{at(10s + 20s + 3s)});
}

TEST(Weights, AreThereForTheReplicasOfTheStart) {
  Blueprint blueprint = with_weights(Bytes{140'000'000'000}, 1);
  blueprint.services.front().replicas = 2;
  PlaneHistory history;
  run(blueprint, history);
  EXPECT_EQ(history.times("add"), Times(2, at(0s)));
}

}  // namespace
}  // namespace headroom
