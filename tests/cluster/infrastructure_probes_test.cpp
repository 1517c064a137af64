// Probes as the kubelet sends them, as timelines by hand; and what they do to a service that is overloaded.
#include <gtest/gtest.h>

#include "tests/cluster/infrastructure_support.hpp"
#include "tests/support/plane_under_test.hpp"

namespace headroom {
namespace {

using namespace headroom::testing;
using Times = std::vector<SimTime>;

ProbeAnswer waits_if(bool waits) { return waits ? ProbeAnswer::waits : ProbeAnswer::answered; }

double restarts_for(const RunResult& result, const std::string& reason) {
  double total = 0.0;
  for (const double count : series_of(result, "restarts", reason).columns[0]) total += count;
  return total;
}

// Two failures at 30 and 40 s change nothing. Those of 100, 110 and 120 s have no answer by 122 s: killed then, restarted at
// once, up 3 s later.
TEST(Probes, LivenessKillsAfterSoManyFailuresInARow) {
  Blueprint blueprint = one_service(1);
  blueprint.services.front().liveness = ProbeBlueprint{.period = 10s, .timeout = 2s};
  PlaneHistory history;
  history.answers = [](Index, SimTime sent, SimTime) {
    return waits_if(sent == at(30s) || sent == at(40s) || (sent >= at(100s) && sent <= at(120s)));
  };
  const RunResult result = run(blueprint, history);
  EXPECT_EQ(history.times("remove"), Times{at(122s)});
  EXPECT_EQ(history.times("add"), (Times{at(0s), at(125s)}));
  EXPECT_EQ(restarts_for(result, "liveness"), 1.0);
  EXPECT_EQ(history.disks, (std::vector<bool>{false, true})) << "a container finds what the one before it left";
}

TEST(Probes, AnAnswerWithinTheTimeoutPasses) {
  Blueprint blueprint = one_service(1);
  blueprint.services.front().liveness = ProbeBlueprint{.period = 10s, .timeout = 2s, .failures = 1};
  PlaneHistory history;
  history.answers = [](Index, SimTime sent, SimTime now) { return waits_if(now - sent < 1900ms); };
  run(blueprint, history);
  EXPECT_EQ(history.times("remove"), Times{});
}

// One failure kills; the first probe comes 5 s after the start of a container. Restarts are put off by 0, 10, 20, 40 s …
TEST(Probes, RestartsAreBackedOff) {
  Blueprint blueprint = one_service(1);
  blueprint.duration = 2min;
  blueprint.services.front().liveness = ProbeBlueprint{.period = 10s, .timeout = 1s, .initial_delay = 5s, .failures = 1};
  PlaneHistory history;
  history.answers = [](Index, SimTime, SimTime) { return ProbeAnswer::waits; };
  run(blueprint, history);
  EXPECT_EQ(history.times("remove"), (Times{at(6s), at(12s), at(28s), at(54s), at(100s)}));
  EXPECT_EQ(history.times("add"), (Times{at(0s), at(9s), at(25s), at(51s), at(97s)}));
}

// A start-up of 30 s: probes at 0, 10 and 20 s find nobody.
TEST(Probes, LivenessNeverLetsAContainerUpThatStartsTooSlowly) {
  Blueprint blueprint = one_service(1);
  blueprint.services.front().start_up = Distribution::constant(30.0);
  blueprint.services.front().liveness = ProbeBlueprint{.period = 10s};
  scale_by(blueprint, [](const ServiceView&) { return 2; });
  PlaneHistory history;
  const RunResult result = run(blueprint, history);
  EXPECT_EQ(history.times("add"), Times{at(0s)});
  // Started at 10, 30, 60, 100, 160, 260 and 440 s, killed 20 s later each.
  EXPECT_EQ(restarts_for(result, "liveness"), 7.0);
}

TEST(Probes, AnInitialDelayGivesAContainerTimeToStart) {
  Blueprint blueprint = one_service(1);
  blueprint.services.front().start_up = Distribution::constant(30.0);
  blueprint.services.front().liveness = ProbeBlueprint{.period = 10s, .initial_delay = 10s};
  scale_by(blueprint, [](const ServiceView&) { return 2; });
  PlaneHistory history;
  run(blueprint, history);
  EXPECT_EQ(history.times("add"), (Times{at(0s), at(40s)}));
}

TEST(Probes, ReadinessTakesAReplicaOffTheBalancerUntilItPasses) {
  Blueprint blueprint = one_service(1);
  blueprint.services.front().readiness = ProbeBlueprint{.period = 10s, .timeout = 1s, .successes = 2};
  PlaneHistory history;
  history.answers = [](Index, SimTime sent, SimTime) { return waits_if(sent >= at(100s) && sent <= at(150s)); };
  const RunResult result = run(blueprint, history);
  EXPECT_EQ(history.times("drain"), Times{at(121s)});
  EXPECT_EQ(history.times("restore"), Times{at(170s)});
  EXPECT_EQ(history.times("remove"), Times{});
  const Series& replicas = series_of(result, "replicas");
  double replica_seconds = 0.0;
  for (std::size_t window = 0; window < result.window_ends.size(); ++window)
    replica_seconds +=
        replicas.columns[0][window] * (result.window_ends[window] - (window == 0 ? 0.0 : result.window_ends[window - 1]));
  EXPECT_NEAR(replica_seconds, 600.0 - (170 - 121), 1e-6);
}

// Started at 10 s, up at 13: the probes of 20 and 30 s find it up.
TEST(Probes, ANewReplicaIsRegisteredAfterSoManySuccesses) {
  Blueprint blueprint = one_service(1);
  blueprint.services.front().readiness = ProbeBlueprint{.period = 10s, .successes = 2};
  scale_by(blueprint, [](const ServiceView&) { return 2; });
  PlaneHistory history;
  run(blueprint, history);
  EXPECT_EQ(history.times("add"), (Times{at(0s), at(30s)}));
}

TEST(Probes, AnUnreadyReplicaThatIsNotWantedAnyMoreIsDrained) {
  Blueprint blueprint = one_service(2);
  blueprint.services.front().readiness = ProbeBlueprint{.period = 10s, .failures = 1};
  scale_by(blueprint, [](const ServiceView& service) { return service.now < at(100s) ? 2 : 1; });
  PlaneHistory history;
  history.answers = [](Index replica, SimTime sent, SimTime) { return waits_if(replica == 0 && sent >= at(50s)); };
  const RunResult result = run(blueprint, history);
  EXPECT_EQ(history.times("drain"),
            (Times{at(51s), at(100s)}));  // first off the balancer, then deleted: it goes before the ready one
  ASSERT_EQ(history.times("remove"), Times{at(100s)});
  EXPECT_EQ(history.changes.back().replica, 0U);
  EXPECT_EQ(series_of(result, "replicas").columns[0].back(), 1.0);
}

// One replica that serves 10 /s is asked 12 /s. A probe waits 0.2 s more for each second that the replica has been up, so those
// that come 5 s after it or later fail. Probes at 10, 20 and 30 s: killed at 31, started at once, up at 34. The probe of 31 finds
// it starting, those of 41 and 51 the line too long: killed at 52, after 18 s of work; and so on, each time after 18 s, with 10,
// 20, 40, 80, 160 and 300 s of waiting before: 31 + 6 × 18 s of work in ten minutes. Without the probe it works all the time.
TEST(Probes, LivenessInTheLineOfAnOverloadedServiceMakesItWorse) {
  std::vector<double> arrivals;
  for (int i = 1; i <= 12 * 600; ++i) arrivals.push_back(i / 12.0 - 0.01);
  Blueprint blueprint = test::one_service({{WaitStep{test::seconds(0.1)}}}, test::arriving_at(arrivals));
  blueprint.duration = 10min;
  blueprint.windows = 60;
  blueprint.services[0].start_up = test::seconds(3.0);
  blueprint.services[0].liveness = ProbeBlueprint{.period = 10s, .timeout = 1s};
  const RunResult result = simulate(blueprint, RunIdentity{.variant = "", .seed = 1, .replication = 0});
  EXPECT_EQ(restarts_for(result, "liveness"), 7.0);
  EXPECT_NEAR(static_cast<double>(result.ledger.front().completed), 10.0 * (31 + 6 * 18), 14.0);  // one more or less each time
}

TEST(Probes, TheSameServiceWithoutAProbeWorksAllTheTime) {
  std::vector<double> arrivals;
  for (int i = 1; i <= 12 * 600; ++i) arrivals.push_back(i / 12.0 - 0.01);
  Blueprint blueprint = test::one_service({{WaitStep{test::seconds(0.1)}}}, test::arriving_at(arrivals));
  blueprint.duration = 10min;
  const RunResult result = simulate(blueprint, RunIdentity{.variant = "", .seed = 1, .replication = 0});
  EXPECT_NEAR(static_cast<double>(result.ledger.front().completed), 6000.0, 2.0);
}

}  // namespace
}  // namespace headroom
