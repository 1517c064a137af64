// The chain of a scale-out, part by part, against arithmetic by hand.
#include "sim/cluster/scale_outs.hpp"

#include <gtest/gtest.h>

#include "tests/cluster/infrastructure_support.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

using namespace headroom::testing;
using Seconds = std::array<double, scaling_parts.size()>;

// Durations are whole nanoseconds; those of transfers are SimGrid's.
void expect_parts(const ScaleOut& scale_out, const Seconds& expected) {
  for (std::size_t part = 0; part < expected.size(); ++part)
    EXPECT_NEAR(scale_out.seconds[part], expected[part], 1e-6) << scaling_parts[part];
}

double recorded_seconds(const RunResult& result, const std::string& metric, const std::string& first_label) {
  double sum = 0.0;
  for (const double window : series_of(result, metric, first_label).columns[1]) sum += window;
  return sum;
}

// Three replicas on one of three four-core nodes; ten times the load from 60 s on. Scrapes come every 15 s, decisions every 10 s.
Blueprint surge_at_60_s() {
  Blueprint blueprint = on_nodes(3, 1, 3);
  ServiceBlueprint& api = blueprint.services.front();
  api.image = Bytes{2'000'000'000};  // 2 s at 1 GB/s
  api.readiness = ProbeBlueprint{.period = 5s, .timeout = 1s};
  api.registration = 4s;
  WorkloadBlueprint& users = blueprint.workloads.emplace_back();
  users.name = "users";
  users.journeys.emplace_back().name = "journey";
  users.model = chosen_policy<Workload>({{"model", "users"},
                                         {"phases",
                                          {{{"name", "before"}, {"duration", "60 s"}, {"arrival_rate", "1 /s"}},
                                           {{"name", "surge"}, {"duration", "540 s"}, {"arrival_rate", "10 /s"}}}}});
  // One booting node at a time, asked for when somebody waits.
  size_pool_by(blueprint, [](const NodePoolView& pool) {
    const bool boots = std::ranges::any_of(pool.nodes, &NodeView::booting);
    return NodeDecision{!pool.pending.empty() && !boots ? 1 : 0, {}, "somebody waits"};
  });
  return blueprint;
}

// The load rises at 60 s. At 70 s the newest scrape is that of 60 s, which has nothing of it; that of 75 s has, and is seen at 80
// s. Of the two replicas asked for then one finds room; the other waits 40 s for its node, 2 s for the image (122 s), starts in 3
// s (125 s), passes the probe at 5 s after its start (127 s) and is registered 4 s later.
TEST(ScaleOuts, EveryPartOfTheChainIsAsByHand) {
  Blueprint blueprint = surge_at_60_s();
  scale_by(blueprint, [](const ServiceView& service) { return service.now < at(80s) ? 3 : 5; });
  PlaneHistory history;
  const RunResult result = run(blueprint, history);
  ASSERT_EQ(result.scale_outs.size(), 1U);
  const ScaleOut& scale_out = result.scale_outs[0];
  EXPECT_EQ(scale_out.service, "api");
  EXPECT_EQ(scale_out.decided_seconds, 80.0);
  EXPECT_EQ(scale_out.from, 3);
  EXPECT_EQ(scale_out.to, 5);
  EXPECT_TRUE(scale_out.complete);
  expect_parts(scale_out, {15.0, 5.0, 40.0, 2.0, 3.0, 2.0, 4.0});
  EXPECT_NEAR(scale_out.load_changed_seconds(), 60.0, 1e-9);
  EXPECT_NEAR(scale_out.total_seconds(), 131.0 - 60.0, 1e-6);
  EXPECT_EQ(history.times("add").back(), at(131s));
}

// 3 -> 5 at 80 s, 5 -> 6 at 90 s: the same load, the same scrape, 10 s more for the decision. The node that was asked for at 80 s
// has room for both, so that the second waits for it for 30 s.
TEST(ScaleOuts, StepsThatFollowEachOtherHaveOneChangeOfLoad) {
  Blueprint blueprint = surge_at_60_s();
  scale_by(blueprint, [](const ServiceView& service) { return service.now < at(80s) ? 3 : service.now < at(90s) ? 5 : 6; });
  PlaneHistory history;
  const RunResult result = run(blueprint, history);
  ASSERT_EQ(result.scale_outs.size(), 2U);
  expect_parts(result.scale_outs[1], {15.0, 15.0, 30.0, 2.0, 3.0, 2.0, 4.0});
}

// Asked for at 560 s and still without a node at 600 s. The surge had its scale-out at 80 s: this one is counted from the begin
// of the window that ends with the scrape of 555 s.
TEST(ScaleOuts, OneThatTheRunEndsBeforeIsCountedAsFarAsItIs) {
  Blueprint blueprint = surge_at_60_s();
  scale_by(blueprint, [](const ServiceView& service) { return service.now < at(80s) ? 3 : service.now < at(560s) ? 5 : 12; });
  PlaneHistory history;
  const RunResult result = run(blueprint, history);
  ASSERT_EQ(result.scale_outs.size(), 2U);
  EXPECT_FALSE(result.scale_outs[1].complete);
  expect_parts(result.scale_outs[1], {15.0, 5.0, 40.0, 0.0, 0.0, 0.0, 0.0});
}

// 71 s of the first, and of the second 71 s as well.
TEST(ScaleOuts, MetricsAreOfThoseThatAreCompleteAndAddUp) {
  Blueprint blueprint = surge_at_60_s();
  scale_by(blueprint, [](const ServiceView& service) {
    return service.now < at(80s) ? 3 : service.now < at(90s) ? 5 : service.now < at(560s) ? 6 : 12;
  });
  PlaneHistory history;
  const RunResult result = run(blueprint, history);
  const Seconds expected{30.0, 20.0, 70.0, 4.0, 6.0, 4.0, 8.0};
  double sum = 0.0;
  for (std::size_t part = 0; part < expected.size(); ++part) {
    const double seconds = recorded_seconds(result, "scaling_delay", std::string{scaling_parts[part]});
    EXPECT_NEAR(seconds, expected[part], 1e-6) << scaling_parts[part];
    sum += seconds;
  }
  EXPECT_NEAR(recorded_seconds(result, "scaling_time", "api"), 142.0, 1e-6);
  EXPECT_NEAR(sum, 142.0, 1e-6);
}

// Ready 9 s after it was asked for (3 s, the probe at 5 s, registration), and sent requests from 200 s on: seen at the scrape of
// 210 s.
TEST(ScaleOuts, WhoGetsNoRequestsIsNotRegistered) {
  Blueprint blueprint = surge_at_60_s();
  scale_by(blueprint, [](const ServiceView& service) { return service.now < at(80s) ? 3 : 4; });
  PlaneHistory history;
  history.sends_to = [](Index, SimTime now) { return now >= at(200s); };
  const RunResult result = run(blueprint, history);
  ASSERT_EQ(result.scale_outs.size(), 1U);
  expect_parts(result.scale_outs[0], {15.0, 5.0, 0.0, 0.0, 3.0, 2.0, 125.0});
}

// ---- when the load changed ---------------------------------------------------------------------------------------------------

struct Followed {
  Blueprint blueprint = one_service(1);
  Recorder recorder{{600.0}, {}};
  std::optional<ScaleOuts> scale_outs;

  explicit Followed(std::vector<SimTime> rises) {
    scale_by(blueprint, [](const ServiceView&) { return 1; });
    scale_outs.emplace(blueprint, std::move(rises), recorder);
  }
  // One replica more, there at once.
  void scale_out(const DecisionTiming& timing) {
    Pod pod;
    const Index number = scale_outs->decided(0, 1, 2, timing);
    scale_outs->add(number, pod);
    scale_outs->all_added(number);
    pod.ascent.placed = pod.ascent.pulled = pod.ascent.passed = timing.now;
    pod.up = timing.now;
    scale_outs->registered(pod, timing.now);
  }
  std::pair<double, double> metric_lag_and_decision() const {
    const ScaleOut last = scale_outs->finish(at(10min)).back();
    return {last.seconds[0], last.seconds[1]};
  }
};

// Held since 100 s, and looked at every 15 s: the first scrape after the look at 85 s is that of 90 s.
TEST(ScaleOuts, AConditionThatHadToLastCrossedWhenItBegan) {
  Followed followed{{at(60s)}};
  followed.scale_out({.now = at(400s), .period = 15s, .since = at(100s)});
  EXPECT_EQ(followed.metric_lag_and_decision(), std::pair(30.0, 310.0));
}

TEST(ScaleOuts, WhatNoScrapeCanHaveShownWentByTheClock) {
  Followed followed{{at(60s)}};
  followed.scale_out({.now = at(70s), .period = 10s, .since = {}});
  EXPECT_EQ(followed.metric_lag_and_decision(), std::pair(0.0, 10.0));
}

// The next scrape after the look at 190 s is that of 195 s, of the window from 180 s on.
TEST(ScaleOuts, AfterAScaleInTheLoadHasChangedAnew) {
  Followed followed{{at(60s)}};
  EXPECT_EQ(followed.scale_outs->decided(0, 2, 1, {.now = at(100s), .period = 10s, .since = {}}), no_index);
  followed.scale_out({.now = at(200s), .period = 10s, .since = {}});
  EXPECT_EQ(followed.metric_lag_and_decision(), std::pair(15.0, 5.0));
}

// Scrapes of a minute and decisions every 10 s: what was decided at 200 s rests on the scrape of 180 s.
TEST(ScaleOuts, ADecisionBetweenScrapesRestsOnTheNewest) {
  Followed followed{{}};
  followed.blueprint.scrape = 60s;
  followed.scale_out({.now = at(200s), .period = 10s, .since = {}});
  EXPECT_EQ(followed.metric_lag_and_decision(), std::pair(60.0, 20.0));
}

// Of 110 s: still for the load of 60 s, which the scrape of 75 s showed; unless at 90 s all was there and that was enough.
TEST(ScaleOuts, AChainGoesOnUntilWhatIsThereIsEnough) {
  Followed steps{{at(60s)}};
  steps.scale_out({.now = at(80s), .period = 10s, .since = {}});
  steps.scale_out({.now = at(110s), .period = 10s, .since = {}});
  EXPECT_EQ(steps.metric_lag_and_decision(), std::pair(15.0, 35.0));
  Followed two_loads{{at(60s)}};
  two_loads.scale_out({.now = at(80s), .period = 10s, .since = {}});
  EXPECT_EQ(two_loads.scale_outs->decided(0, 2, 2, {.now = at(90s), .period = 10s, .since = {}}), no_index);
  two_loads.scale_out({.now = at(110s), .period = 10s, .since = {}});
  EXPECT_EQ(two_loads.metric_lag_and_decision(), std::pair(15.0, 5.0));
}

TEST(ScaleOuts, ASecondRiseBeginsAChainOfItsOwn) {
  Followed followed{{at(300s), at(60s)}};
  followed.scale_out({.now = at(80s), .period = 10s, .since = {}});
  followed.scale_out({.now = at(320s), .period = 10s, .since = {}});
  EXPECT_EQ(followed.metric_lag_and_decision(), std::pair(15.0, 5.0));
}

// Taken away before it was there, and no other: nothing came of it.
TEST(ScaleOuts, OneThatIsWithdrawnIsNone) {
  Followed followed{{}};
  Pod pod;
  const Index number = followed.scale_outs->decided(0, 1, 2, {.now = at(80s), .period = 10s, .since = {}});
  followed.scale_outs->add(number, pod);
  followed.scale_outs->all_added(number);
  followed.scale_outs->gone(pod);
  EXPECT_TRUE(followed.scale_outs->finish(at(10min)).empty());
}

// The replacement of one whose node goes was waited for in its place: 20 s later.
TEST(ScaleOuts, AReplacementIsWaitedForAsTheOneItReplaces) {
  Followed followed{{}};
  Pod pod, replacement;
  const Index number = followed.scale_outs->decided(0, 1, 2, {.now = at(80s), .period = 10s, .since = {}});
  followed.scale_outs->add(number, pod);
  followed.scale_outs->all_added(number);
  followed.scale_outs->add(number, replacement);
  followed.scale_outs->gone(pod);
  replacement.ascent.placed = replacement.ascent.pulled = replacement.ascent.passed = replacement.up = at(100s);
  followed.scale_outs->registered(replacement, at(100s));
  const std::vector<ScaleOut> all = followed.scale_outs->finish(at(10min));
  ASSERT_EQ(all.size(), 1U);
  EXPECT_TRUE(all[0].complete);
  expect_parts(all[0], {15.0, 5.0, 20.0, 0.0, 0.0, 0.0, 0.0});
}

}  // namespace
}  // namespace headroom
