#include "models/queueing/slots_and_cores.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "models/queueing/multi_server.hpp"
#include "models/queueing/single_server.hpp"

namespace headroom {
namespace {

TEST(SlotsAndCores, WithoutComputingItIsErlangsQueue) {
  const SlotsAndCores station = slots_and_cores(30.0, 0.0, 0.3, 12, 2.0);
  const MultiServerQueue queue{30.0, 1.0 / 0.3, 12};
  EXPECT_NEAR(station.mean_wait, queue.mean_wait(), 1e-12);
  EXPECT_NEAR(station.mean_held, 0.3, 1e-12);
}

TEST(SlotsAndCores, WithACoreForEverySlotItIsErlangsQueue) {
  EXPECT_NEAR(slots_and_cores(30.0, 0.1, 0.2, 12, 12.0).mean_wait, MultiServerQueue(30.0, 1.0 / 0.3, 12).mean_wait(), 1e-12);
}

// Only computing: as many as the cores allow are served at a time, whoever of those in the slots it is. M/M/c then, of which
// those beyond the slots wait outside: mean wait × rho^(slots - c); the rest of the time is spent in a slot.
TEST(SlotsAndCores, OnlyComputingItIsErlangsQueueSeenThroughTheSlots) {
  const double rho = 0.9;
  const MultiServerQueue queue{rho * 2 / 0.1, 1.0 / 0.1, 2};
  const SlotsAndCores station = slots_and_cores(rho * 2 / 0.1, 0.1, 1e-15, 6, 2.0);
  EXPECT_NEAR(station.mean_wait, queue.mean_wait() * std::pow(rho, 4), 1e-9);
  EXPECT_NEAR(station.mean_wait + station.mean_held, queue.mean_sojourn(), 1e-9);
  EXPECT_NEAR(station.most, 20.0, 1e-9);
}

// With so many slots that nobody waits for one: M/M/1-PS and a delay, whose means add up.
TEST(SlotsAndCores, WithSlotsForAllTheTimesAddUp) {
  const SlotsAndCores station = slots_and_cores(8.0, 0.1, 0.5, 400, 1.0);
  EXPECT_NEAR(station.mean_wait, 0.0, 1e-12);
  EXPECT_NEAR(station.mean_held, 0.1 / (1.0 - 0.8) + 0.5, 1e-9);
}

// Two slots, one core, 1 s on it and 1 s elsewhere. X(1) = 1/2; X(2) = G(1)/G(2) = 2 / (1 + 1 + 1/2) = 0.8.
// At 0.4 /s: p = 1, 0.8, 0.4, 0.2, …: sum 2.6; waiting 0.4 × 0.5 / 0.25 = 0.8, so 0.8 / 2.6 / 0.4 s.
TEST(SlotsAndCores, TwoSlotsAndOneCoreByHand) {
  const SlotsAndCores station = slots_and_cores(0.4, 1.0, 1.0, 2, 1.0);
  EXPECT_NEAR(station.most, 0.8, 1e-12);
  EXPECT_NEAR(station.mean_wait, 0.8 / 2.6 / 0.4, 1e-12);
  EXPECT_NEAR(station.mean_held, (0.8 + 2 * 0.8) / 2.6 / 0.4, 1e-12);
}

TEST(SlotsAndCores, BusyCoresMakeSlotsGrowWithoutEnd) {
  EXPECT_FALSE(slots_and_cores(21.0, 0.1, 0.1, 100, 2.0).stable) << "two cores carry 20 /s";
  EXPECT_TRUE(slots_and_cores(19.0, 0.1, 0.1, 100, 2.0).stable);
}

TEST(SlotsAndCores, ManySlotsAreCountedTogetherWithoutAJump) {
  const SlotsAndCores one_by_one = slots_and_cores(1500.0, 0.1, 0.4, 1024, 200.0);
  const SlotsAndCores together = slots_and_cores(1500.0, 0.1, 0.4, 1025, 200.0);
  EXPECT_NEAR(together.mean_held, one_by_one.mean_held, 0.01 * one_by_one.mean_held);
  EXPECT_NEAR(together.most, one_by_one.most, 0.05 * one_by_one.most);
}

}  // namespace
}  // namespace headroom
