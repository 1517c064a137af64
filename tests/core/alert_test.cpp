#include "sim/core/alert.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace headroom {
namespace {

using namespace std::chrono_literals;

// One evaluation a minute; 't': the condition is true.
std::string states_of(Alert& alert, std::string_view truths, int first_minute = 0) {
  std::string states;
  for (const char truth : truths) {
    const AlertState state = alert.update(at_seconds(60.0 * first_minute++), truth == 't');
    states += state == AlertState::firing ? 'F' : state == AlertState::pending ? 'P' : '-';
  }
  return states;
}

std::string states_of(AlertTiming timing, std::string_view truths) {
  Alert alert{timing};
  return states_of(alert, truths);
}

TEST(Alert, FiresOnceItsHoldHasPassedAndNotBefore) {
  EXPECT_EQ(states_of({.hold = 3min}, ".tttt."), "-PPPF-");
  EXPECT_EQ(states_of({.hold = 2min + 30s}, "tttt"), "PPPF");
}

TEST(Alert, WithoutHoldIsNeverPending) { EXPECT_EQ(states_of({}, ".t.tt"), "-F-FF"); }

TEST(Alert, BeginsItsHoldAnewAfterOneFalseEvaluation) { EXPECT_EQ(states_of({.hold = 2min}, "tt.ttt"), "PP-PPF"); }

// Upstream's example (TestKeepFiringFor): 75 85 70 70 10 10 > 50, for 1 min, kept 1 min.
TEST(Alert, FiresOnForAsLongAsItIsKept) {
  EXPECT_EQ(states_of({.hold = 1min, .keep_firing = 1min}, "tttt.."), "PFFFF-");
  EXPECT_EQ(states_of({.hold = 0min, .keep_firing = 5min}, "t......"), "FFFFFF-");
}

TEST(Alert, IsKeptAnewAfterATrueEvaluationWithoutAnotherHold) {
  EXPECT_EQ(states_of({.hold = 1min, .keep_firing = 2min}, "tt..t..."), "PFFFFFF-");
}

TEST(Alert, IsNotKeptWhilePending) { EXPECT_EQ(states_of({.hold = 2min, .keep_firing = 1h}, "tt.t"), "PP-P"); }

TEST(Alert, GoesBackToPendingWhereItsHoldIsRaised) {
  Alert alert{{.hold = 1min}};
  EXPECT_EQ(states_of(alert, "ttt"), "PFF");
  alert.set_timing({.hold = 4min});
  EXPECT_EQ(states_of(alert, "ttt", 3), "PFF");  // true since minute 0
}

TEST(Alert, TellsWhenItMayFire) {
  Alert alert{{.hold = 3min}};
  EXPECT_EQ(alert.may_fire_at(), std::nullopt);
  alert.update(at_seconds(60.0), true);
  EXPECT_EQ(alert.active_since(), at_seconds(60.0));
  EXPECT_EQ(alert.may_fire_at(), at_seconds(240.0));
}

// What upstream's TestForStateRestore walks through: hold 25 min, outages of at most 30 min, grace 10 min.
struct Restart {
  double active_since, evaluated, restarted;  // minutes
};

double fires_after_restart(const Restart& at, Duration hold = 25min) {
  Alert alert{{.hold = hold}};
  alert.update(at_seconds(60.0 * at.restarted), true);
  alert.restore(at_seconds(60.0 * at.restarted), {at_seconds(60.0 * at.active_since), at_seconds(60.0 * at.evaluated)},
                {.outage_tolerance = 30min, .grace_period = 10min});
  return to_seconds(alert.may_fire_at().value_or(SimTime{})) / 60.0;
}

TEST(AlertRestart, TimeDownDoesNotCountTowardsHold) {
  EXPECT_EQ(fires_after_restart({0, 5, 15}), 35.0);  // 5 of 25 min had passed: 20 more
}

TEST(AlertRestart, LeavesAGracePeriod) {
  EXPECT_EQ(fires_after_restart({0, 20, 25}), 35.0);  // 5 min were left, fewer than 10
  EXPECT_EQ(fires_after_restart({0, 15, 25}), 35.0);  // 10 min were left: 25 + 10 either way
}

TEST(AlertRestart, WhatWasFiringFiresAtTheNextEvaluation) {
  EXPECT_EQ(fires_after_restart({0, 25, 30}), 25.0);
  EXPECT_EQ(fires_after_restart({0, 24, 30}), 40.0);
}

TEST(AlertRestart, RestoresNothingAfterTooLongAnOutage) {
  EXPECT_EQ(fires_after_restart({0, 5, 35}), 55.0);    // 30 min down: 5 of 25 had passed
  EXPECT_EQ(fires_after_restart({0, 5, 35.1}), 60.1);  // from the start
}

TEST(AlertRestart, RestoresNoHoldShorterThanTheGracePeriod) {
  EXPECT_EQ(fires_after_restart({0, 4, 6}, 5min), 11.0);
  EXPECT_EQ(fires_after_restart({0, 4, 6}, 10min), 16.0);  // 6 min were left: a grace period
}

TEST(AlertRestart, ShippedTimesAreThoseOfTheSource) {
  EXPECT_EQ(AlertRecovery{}.outage_tolerance, 1h);
  EXPECT_EQ(AlertRecovery{}.grace_period, 10min);
}

}  // namespace
}  // namespace headroom
