// Circuit breakers: the rules of resilience4j, case by case.
#include <gtest/gtest.h>

#include "sim/cluster/circuit_breaker.hpp"

namespace headroom::test {
namespace {

using State = CircuitBreaker::State;
constexpr Duration quick = std::chrono::milliseconds{10};

CircuitBreakerBlueprint ten_calls() {
  return {
      .slow = std::chrono::seconds{1}, .calls = 10, .minimum_calls = 10, .open = std::chrono::seconds{60}, .half_open_calls = 4};
}

void record(CircuitBreaker& breaker, int failed, int good, double second = 0.0, Duration took = quick) {
  for (int call = 0; call < failed + good; ++call) {
    ASSERT_TRUE(breaker.try_acquire(at_seconds(second)));
    breaker.record(call < failed, took, at_seconds(second));
  }
}

// "If only 9 calls have been evaluated the CircuitBreaker will not trip open even if all 9 calls have failed."
TEST(CircuitBreaker, NineFailuresOfAMinimumOfTenSayNothing) {
  CircuitBreaker breaker{ten_calls()};
  record(breaker, 9, 0);
  EXPECT_EQ(breaker.state(), State::closed);
  record(breaker, 0, 1);
  EXPECT_EQ(breaker.state(), State::open) << "9 of 10";
}

TEST(CircuitBreaker, ItOpensAtItsRateAndNotBelow) {
  CircuitBreaker below{ten_calls()}, at{ten_calls()};
  record(below, 4, 6);
  record(at, 4, 5);
  record(at, 1, 0);
  EXPECT_EQ(below.state(), State::closed);
  EXPECT_EQ(at.state(), State::open);
  EXPECT_FALSE(at.try_acquire(at_seconds(1)));
}

// Ten good calls after four bad ones: the bad are forgotten, so that four more of ten do not open it.
TEST(CircuitBreaker, OnlyTheLastCallsCount) {
  CircuitBreaker breaker{ten_calls()};
  record(breaker, 4, 10);
  record(breaker, 4, 0);
  EXPECT_EQ(breaker.state(), State::closed);
  record(breaker, 1, 0);
  EXPECT_EQ(breaker.state(), State::open) << "5 of the last 10";
}

TEST(CircuitBreaker, AMinimumBeyondTheWindowIsTheWindow) {
  CircuitBreakerBlueprint options = ten_calls();
  options.minimum_calls = 100;
  CircuitBreaker breaker{options};
  record(breaker, 10, 0);
  EXPECT_EQ(breaker.state(), State::open);
}

TEST(CircuitBreaker, SlowCallsOpenItThoughTheySucceed) {
  CircuitBreakerBlueprint options = ten_calls();
  options.slow_rate = 0.3;
  CircuitBreaker just{options}, slow{options};
  record(just, 0, 10, 0.0, std::chrono::seconds{1});
  EXPECT_EQ(just.state(), State::closed) << "what takes exactly so long is not slow";
  record(slow, 0, 7);
  record(slow, 0, 3, 0.0, std::chrono::milliseconds{1001});
  EXPECT_EQ(slow.state(), State::open);
}

TEST(CircuitBreaker, ItStaysOpenForItsTimeAndThenLetsSoManyTry) {
  CircuitBreaker breaker{ten_calls()};
  record(breaker, 10, 0);
  EXPECT_FALSE(breaker.try_acquire(at_seconds(60))) << "strictly longer";
  EXPECT_EQ(breaker.state(), State::open);
  for (int call = 0; call < 4; ++call) EXPECT_TRUE(breaker.try_acquire(at_seconds(60.001)));
  EXPECT_EQ(breaker.state(), State::half_open);
  EXPECT_FALSE(breaker.try_acquire(at_seconds(60.001)));
  breaker.release();
  EXPECT_TRUE(breaker.try_acquire(at_seconds(60.001))) << "one of them said nothing";
}

// Of the four that may try, all have to end: the smaller of 10 and 4.
TEST(CircuitBreaker, HalfOpenItClosesBelowItsRateAndOpensAtIt) {
  for (const int failures : {1, 2}) {
    CircuitBreaker breaker{ten_calls()};
    record(breaker, 10, 0);
    record(breaker, failures, 3 - failures, 61.0);
    EXPECT_EQ(breaker.state(), State::half_open);
    record(breaker, 0, 1, 61.0);
    EXPECT_EQ(breaker.state(), failures == 1 ? State::closed : State::open);
    if (failures == 2) continue;
    record(breaker, 9, 0, 62.0);
    EXPECT_EQ(breaker.state(), State::closed) << "it begins anew";
  }
}

TEST(CircuitBreaker, WhatEndsWhileItIsOpenChangesNothing) {
  CircuitBreaker breaker{ten_calls()};
  ASSERT_TRUE(breaker.try_acquire(at_seconds(0)));
  record(breaker, 10, 0);
  breaker.record(false, quick, at_seconds(1));
  EXPECT_EQ(breaker.state(), State::open);
  EXPECT_FALSE(breaker.try_acquire(at_seconds(60)));
}

// Seconds 0, 1 and 2 are the window of three seconds at 2.9 s; at 3.0 s second 0 is out of it.
TEST(CircuitBreaker, AWindowOfTimeIsTheLastWholeSeconds) {
  CircuitBreakerBlueprint options = ten_calls();
  options.seconds = 3;
  options.minimum_calls = 4;
  CircuitBreaker within{options}, without{options};
  for (CircuitBreaker* breaker : {&within, &without}) record(*breaker, 3, 0, 0.9);
  record(within, 1, 0, 2.9);
  EXPECT_EQ(within.state(), State::open);
  record(without, 3, 0, 3.0);
  EXPECT_EQ(without.state(), State::closed) << "three calls, not six";
  record(without, 1, 0, 5.9);
  EXPECT_EQ(without.state(), State::open) << "and one of the fifth second";
}

TEST(CircuitBreaker, ConsecutiveFailuresOpenItAndASuccessBreaksTheRow) {
  CircuitBreakerBlueprint options = ten_calls();
  options.consecutive_failures = 5;
  CircuitBreaker breaker{options};
  record(breaker, 4, 1);
  record(breaker, 4, 0);
  EXPECT_EQ(breaker.state(), State::closed);
  record(breaker, 1, 0);
  EXPECT_EQ(breaker.state(), State::open);
  record(breaker, 0, 3, 61.0);
  EXPECT_EQ(breaker.state(), State::half_open);
  record(breaker, 1, 0, 61.0);
  EXPECT_EQ(breaker.state(), State::open) << "one failure is enough";
  record(breaker, 0, 4, 122.0);
  EXPECT_EQ(breaker.state(), State::closed);
}

}  // namespace
}  // namespace headroom::test
