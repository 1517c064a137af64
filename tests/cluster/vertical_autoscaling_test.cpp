// Replicas whose requests change: replaced or resized where they are, what they may use then, and room on their nodes.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/cluster/infrastructure_support.hpp"
#include "tests/policies/policy_under_test.hpp"
#include "tests/support/plane_under_test.hpp"

namespace headroom::testing {
namespace {

// Asked every 10 s.
std::function<ResizeDecision(const ServiceView&)> resize_script;

class ScriptedVerticalAutoscaler final : public VerticalAutoscaler {
 public:
  struct Options {
    void describe(Fields&) {}
  };
  ScriptedVerticalAutoscaler(const Options&, const Context&) {}
  Duration period() const override { return 10s; }
  ResizeDecision decide(const ServiceView& service) override { return resize_script(service); }
};
const bool vertical_offered = offer<VerticalAutoscaler, ScriptedVerticalAutoscaler>("scripted", "follows the script of a test");

void resize_by(Blueprint& blueprint, std::function<ResizeDecision(const ServiceView&)> script) {
  ASSERT_TRUE(vertical_offered);
  blueprint.services.front().vertical_autoscaler = choose<VerticalAutoscaler>("scripted");
  resize_script = std::move(script);
}

ResizeDecision once(const ServiceView& service, ResizeDecision decision) {
  return service.now == at(10s) ? std::move(decision) : ResizeDecision{};
}

// Two of four are replaced at 10 s by what starts in 3 s: twice the request, so twice the limit of 2 cores.
TEST(VerticalAutoscaling, EvictedReplicasComeBackWithTheNewRequest) {
  Blueprint blueprint = one_service(4);
  blueprint.services.front().cpu = 2.0;
  blueprint.services.front().cpu_request = 1.0;
  resize_by(blueprint, [](const ServiceView& service) {
    return once(service, {.request = PodResources{2.0, {}}, .evict = {0, 1}, .resize = {}, .reason = "test"});
  });
  PlaneHistory history;
  run(blueprint, history);
  EXPECT_EQ(history.times("drain"), (std::vector<SimTime>{at(10s), at(10s)}));
  const std::vector<SimTime> added = history.times("add");
  ASSERT_EQ(added.size(), 6U);
  EXPECT_EQ(added[4], at(13s));
  ASSERT_EQ(history.sizes.size(), 6U);
  EXPECT_DOUBLE_EQ(history.sizes[3].cores, 2.0);
  EXPECT_DOUBLE_EQ(history.sizes[4].cores, 4.0);
  EXPECT_DOUBLE_EQ(history.sizes[5].cpu_request, 2.0);
}

TEST(VerticalAutoscaling, InPlaceNothingIsDrained) {
  Blueprint blueprint = one_service(2);
  resize_by(blueprint, [](const ServiceView& service) {
    return once(service, {.request = PodResources{3.0, {}}, .evict = {}, .resize = {0, 1}, .reason = "test"});
  });
  PlaneHistory history;
  run(blueprint, history);
  EXPECT_TRUE(history.times("drain").empty());
  EXPECT_EQ(history.times("resize"), (std::vector<SimTime>{at(0s), at(0s), at(10s), at(10s)}));
  EXPECT_DOUBLE_EQ(history.sizes.back().cores, 3.0);
}

TEST(VerticalAutoscaling, PodsAddedLaterHaveTheNewRequest) {
  Blueprint blueprint = one_service(1);
  resize_by(blueprint, [](const ServiceView& service) {
    return once(service, {.request = PodResources{3.0, {}}, .evict = {}, .resize = {}, .reason = "test"});
  });
  scale_by(blueprint, [](const ServiceView& service) { return service.now < at(20s) ? 1 : 2; });
  PlaneHistory history;
  run(blueprint, history);
  ASSERT_EQ(history.sizes.size(), 2U);
  EXPECT_DOUBLE_EQ(history.sizes[0].cores, 1.0);
  EXPECT_DOUBLE_EQ(history.sizes[1].cores, 3.0);
}

// Three of one core on a node of four: 3 + 1 fits for the first, then the node is full, and the others stay as they are.
TEST(VerticalAutoscaling, APodWhoseNodeIsFullStaysAsItIs) {
  Blueprint blueprint = on_nodes(3, 1, 1);
  std::vector<double> requests;
  resize_by(blueprint, [&requests](const ServiceView& service) {
    requests.clear();
    for (const PodView& pod : service.pods) requests.push_back(pod.cpu_request);
    return once(service, {.request = PodResources{2.0, {}}, .evict = {}, .resize = {0, 1, 2}, .reason = "test"});
  });
  PlaneHistory history;
  run(blueprint, history);
  EXPECT_EQ(requests, (std::vector<double>{2.0, 1.0, 1.0}));
}

// The fifth of one core finds no room on a node of four, until two at 10 s request half a core each.
TEST(VerticalAutoscaling, WhatASmallerRequestLeavesGoesToPodsThatWait) {
  Blueprint blueprint = on_nodes(5, 1, 1);
  resize_by(blueprint, [](const ServiceView& service) {
    return once(service, {.request = PodResources{0.5, {}}, .evict = {}, .resize = {0, 1}, .reason = "test"});
  });
  PlaneHistory history;
  run(blueprint, history);
  const std::vector<SimTime> added = history.times("add");
  ASSERT_EQ(added.size(), 5U);
  EXPECT_EQ(added.back(), at(13s));
}

// ---- what a replica may use --------------------------------------------------------------------------------------------------

// Two computations of 1 s share one core: half of each is done after 1 s. With two cores the rest takes 0.5 s.
TEST(VerticalAutoscaling, AResizedReplicaGoesOnWithItsNewCores) {
  Blueprint blueprint = test::one_service({{ComputeStep{test::seconds(1.0)}}}, test::arriving_at({0, 0}));
  blueprint.services[0].concurrency = 2;
  blueprint.services[0].vertical_autoscaler = choose<VerticalAutoscaler>("scripted");
  test::PlaneUnderTest plane_run{blueprint};
  plane_run.plane().advance_to(at(1s));
  plane_run.plane().resize(plane_run.replicas(0)[0], {.cores = 2.0, .cpu_request = 2.0, .memory = {}});
  plane_run.finish();
  EXPECT_NEAR(plane_run.value("avg latency{service=api}"), 1.5, 1e-8);
}

// ---- with an HPA on the same metric ------------------------------------------------------------------------------------------

// 0.4 core-seconds every 0.1 s: one core each of four replicas, which request two.
Blueprint half_used(bool resized) {
  std::vector<double> arrivals;
  for (int i = 0; i < 12'000; ++i) arrivals.push_back(0.1 * i);
  Blueprint blueprint = test::one_service({{ComputeStep{test::seconds(0.4)}}}, test::arriving_at(arrivals));
  blueprint.duration = 20min;
  ServiceBlueprint& api = blueprint.services.front();
  api.replicas = 4;
  api.concurrency = 8;
  api.cpu = 2.0;
  api.start_up = Distribution::constant(2.0);
  api.autoscaler = chosen_policy<Autoscaler>(
      {{"policy", "hpa"}, {"metrics", {{{"resource", "cpu"}, {"target", 0.5}}}}, {"replicas", {1, 40}}, {"stabilization", 0}});
  if (resized)
    api.vertical_autoscaler =
        chosen_policy<VerticalAutoscaler>({{"policy", "vpa"}, {"mode", "in-place"}, {"in_bounds_lifetime", 0}});
  return blueprint;
}

std::vector<std::string> scaled(const RunResult& result) {
  std::vector<std::string> told;
  for (const Note& note : result.notes) {
    if (note.text.starts_with("scaled")) told.push_back(fmt::format("{:g}: {}", note.at_seconds, note.text));
  }
  return told;
}

const RunIdentity only_run{.variant = "", .seed = 1, .replication = 0};

TEST(VerticalAutoscaling, AnHpaAloneLeavesALoadAtItsTargetAlone) {
  EXPECT_TRUE(scaled(simulate(half_used(false), only_run)).empty());
}

// At 60 s the VPA takes the request to 1168 milli cores (1.016 and 15 %), of which the same core is 85 %: at 75 s the HPA wants
// ceil(4 × 85 / 50) = 7. Those use 4 / 7 of a core; when that is the 90th percentile the request follows, and so on.
TEST(VerticalAutoscaling, AnHpaOnTheSameMetricChasesTheRequests) {
  const std::vector<std::string> told = scaled(simulate(half_used(true), only_run));
  ASSERT_GE(told.size(), 2U);
  EXPECT_EQ(told[0], "75: scaled from 4 to 7: cpu 85 % against 50 %, ratio 1.70: 7 wanted of 4");
  EXPECT_NE(told[1].find("scaled from 7 to 1"), std::string::npos) << told[1] << ": to ten and more";
}

}  // namespace
}  // namespace headroom::testing
