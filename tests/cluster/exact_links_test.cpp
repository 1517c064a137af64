// Links on the exact plane: shares of bandwidth by hand, and processor sharing against its closed forms.
#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "sim/measure/statistics.hpp"
#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

constexpr double exact = 1e-7;

struct Linked {
  explicit Linked(PolicyChoice arrivals) : blueprint{one_service({}, std::move(arrivals))} {
    blueprint.services[0].concurrency = 100'000;
    blueprint.links.push_back({.name = "line", .bandwidth = {10.0}});
  }
  // Adds a service that sends; asked for at these times.
  void add_sender(const std::string& name, TransferStep transfer, const std::vector<double>& times) {
    transfer.link = 0;
    const Index sender = add_service(blueprint, name, {{std::move(transfer)}}, 1000);
    blueprint.workloads.push_back({name, 0, arriving_at(times), {{"ask", 1.0, {{CallStep{.endpoint = sender}}}}}});
  }
  Blueprint blueprint;
};

TransferStep of_bytes(double bytes) { return {.bytes = Distribution::constant(bytes)}; }
TransferStep at_most(double bit_rate, double bytes) {
  TransferStep transfer = of_bytes(bytes);
  transfer.bit_rate = BytesPerSecond{bit_rate};
  return transfer;
}

// 100 bytes alone for 4 s, 40 sent; then side by side at 5 until the second's 30 are through at 10; the rest of 30 by 13.
TEST(ExactLinks, FlowsShareTheBandwidth) {
  Linked system{arriving_at({})};
  system.add_sender("first", of_bytes(100), {0});
  system.add_sender("second", of_bytes(30), {4});
  system.blueprint.links[0].price = 0.5;
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_NEAR(run.value("avg latency{workload=first}"), 13.0, exact);
  EXPECT_NEAR(run.value("avg latency{workload=second}"), 6.0, exact);
  EXPECT_NEAR(run.value("last bytes_sent{link=line}"), 130.0, 1e-5);
  EXPECT_NEAR(run.value("avg link_utilization{link=line}"), 13.0 / 1000, exact);
  EXPECT_NEAR(run.value("avg flows{link=line}"), (13.0 + 6.0) / 1000, exact);
  EXPECT_NEAR(run.value("avg transfer_time{link=line}"), (13.0 + 6.0) / 2, exact);
  EXPECT_NEAR(run.value("last cost{component=line}"), 65.0, 1e-5);
}

// Of 10, one takes 2 and the others 4 each; alone with it, one takes 8.
TEST(ExactLinks, WhatOneDoesNotTakeIsTheOthers) {
  Linked system{arriving_at({})};
  system.add_sender("slow", at_most(2, 40), {0});
  system.add_sender("even", of_bytes(20), {0});
  system.add_sender("more", of_bytes(60), {0});  // 20 by 5, then 8 per second
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_NEAR(run.value("avg latency{workload=slow}"), 20.0, exact);
  EXPECT_NEAR(run.value("avg latency{workload=even}"), 5.0, exact);
  EXPECT_NEAR(run.value("avg latency{workload=more}"), 10.0, exact);
}

// Three at most 4 of 10: each gets 10 / 3 until the first is through.
TEST(ExactLinks, ALimitAboveTheFairShareIsNone) {
  Linked system{arriving_at({})};
  system.add_sender("viewers", at_most(4, 20), {0, 0, 0});
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_NEAR(run.value("avg latency{workload=viewers}"), 6.0, exact);
}

TEST(ExactLinks, CompressionLeavesFewerBytesAndAKeyHasItsSize) {
  Linked system{arriving_at({})};
  system.blueprint.keys.push_back({.name = "page", .items = 5, .size = Distribution::constant(50)});
  system.add_sender("pages", {.key = 0, .compression = 0.4}, {0});
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_NEAR(run.value("avg latency{workload=pages}"), 2.0, exact);
}

// 100 bytes of the first are on the way when it dies at 2; the second is then alone: 10 by 2, 50 by 6.
TEST(ExactLinks, WhoDiesLeavesItsBandwidthToTheOthers) {
  Linked system{arriving_at({})};
  system.add_sender("first", of_bytes(100), {0});
  system.add_sender("second", of_bytes(50), {0});
  PlaneUnderTest run{system.blueprint};
  run.advance(2);
  run.plane().remove_replica(run.replicas(1)[0]);
  run.finish();
  EXPECT_NEAR(run.value("avg latency{workload=second}"), 6.0, exact);
  EXPECT_EQ(run.ledger("requests").failed.at("lost"), 1U);
  EXPECT_NEAR(run.value("avg flows{link=line}"), (2.0 + 6.0) / 1000, exact);
}

TEST(ExactLinks, ALinkPerRegionIsSharedByItsRegionAlone) {
  Linked system{arriving_at({})};
  Blueprint& blueprint = system.blueprint;
  blueprint.network.regions = {"here", "there"};
  blueprint.network.round_trip.assign(2, std::vector<Duration>(2));
  blueprint.links[0].per_region = true;
  system.add_sender("first", of_bytes(100), {0});
  system.add_sender("second", of_bytes(100), {0});
  blueprint.services[2].region = 1;
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_NEAR(run.value("avg latency{workload=first}"), 10.0, exact);
  EXPECT_NEAR(run.value("avg link_utilization{link=line}"), 20.0 / 2000, exact);
}

// Mean time of transfers of so many bytes on average, asked for at random.
Interval mean_time(const Distribution& bytes, double gap, std::optional<BytesPerSecond> bit_rate) {
  constexpr double end = 20'000;
  std::vector<double> means;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    std::mt19937_64 random{seed};
    std::vector<Arrival> arrivals;
    for (double at = 0.0;;) {
      at -= gap * std::log((static_cast<double>(random() >> 11U) + 0.5) * 0x1.0p-53);
      if (at >= end) break;
      arrivals.push_back({.at = at_seconds(at)});
    }
    Linked system{scripted(std::move(arrivals))};
    TransferStep transfer{.link = 0, .bytes = bytes};
    transfer.bit_rate = bit_rate;
    system.blueprint.endpoints[0].steps = {{transfer}};
    PlaneUnderTest run{system.blueprint, seed, end};
    run.finish();
    means.push_back(run.value("avg latency{workload=users}"));
  }
  return t_interval(means, 0.999);
}

// M/G/1 with processor sharing: E[T] = E[S] / (1 - rho), whatever the sizes; 10 bytes at 10 per second, rho = 0.5.
TEST(ExactLinks, TheMeanTimeDependsOnTheMeanSizeAlone) {
  for (const Distribution& bytes : {Distribution::constant(10), Distribution::exponential(10), Distribution::gamma(10, 2.0)}) {
    const Interval interval = mean_time(bytes, 2.0, std::nullopt);
    EXPECT_TRUE(interval.low <= 2.0 && 2.0 <= interval.high) << interval.low << " to " << interval.high;
    EXPECT_LE(interval.half_width(), 0.2);
  }
}

// Flows of at most half the bandwidth: two servers. M/M/2 at rho = 0.5 has L = 2 rho / (1 - rho^2) = 4/3; lambda 0.5 gives 8/3.
TEST(ExactLinks, LimitedFlowsAreServersOfTheirOwn) {
  const Interval interval = mean_time(Distribution::exponential(10), 2.0, BytesPerSecond{5.0});
  EXPECT_TRUE(interval.low <= 8.0 / 3 && 8.0 / 3 <= interval.high) << interval.low << " to " << interval.high;
  EXPECT_LE(interval.half_width(), 0.2);
}

}  // namespace
}  // namespace headroom::test
