// Stores with tiers: latencies, moves and bills by hand.
#include <gtest/gtest.h>

#include <cmath>

#include "sim/cluster/object_store.hpp"
#include "sim/cluster/tier_shares.hpp"
#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

constexpr double exact = 1e-8;
constexpr double day = 86'400.0;
constexpr double gigabyte = 1e9;
constexpr double month = 30 * day;

Duration time_of(double seconds) { return to_duration(seconds); }

std::vector<Arrival> asking(const std::vector<std::pair<double, std::uint64_t>>& times_and_keys) {
  std::vector<Arrival> arrivals;
  for (const auto& [at, key] : times_and_keys) arrivals.push_back({.at = at_seconds(at), .key = key});
  return arrivals;
}

// 100 objects of 1 GB. "hot" answers after 0.1 s at 1 GB/s, "cold", for what nobody has used for 100 s, after 10 s at 0.5 GB/s.
struct Stored {
  explicit Stored(std::vector<Arrival> arrivals, bool write = false) {
    blueprint = one_service({{StoreStep{.store = 0, .write = write}}}, scripted(std::move(arrivals)));
    blueprint.services[0].concurrency = 1000;
    blueprint.keys.push_back({.name = "file", .items = 100, .per = KeyPer::arrival, .size = Distribution::constant(gigabyte)});
    StoreBlueprint store;
    store.name = "files";
    store.key = 0;
    store.tiers = {{.name = "hot", .latency = seconds(0.1), .bandwidth = {gigabyte}},
                   {.name = "cold", .latency = seconds(10), .bandwidth = {gigabyte / 2}, .after = time_of(100)}};
    blueprint.stores.push_back(store);
  }
  StoreBlueprint& store() { return blueprint.stores[0]; }
  Blueprint blueprint;
};

double spent(const PlaneUnderTest& run, const std::string& component) {
  return run.value("last cost{component=\"" + component + "\"}");
}
double reads(const PlaneUnderTest& run, const std::string& tier) { return run.value("count store_requests{tier=" + tier + "}"); }

// Read at 0 (age 0: hot), at 50 (hot), at 200 (cold since 150) and at 250, cold still without promotion.
TEST(ExactStores, WhatNobodyUsesForSoLongGrowsCold) {
  Stored system{asking({{0, 7}, {50, 7}, {200, 7}, {250, 7}})};
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(reads(run, "hot"), 2);
  EXPECT_EQ(reads(run, "cold"), 2);
  EXPECT_NEAR(run.value("avg store_time{store=files}"), (2 * (0.1 + 1) + 2 * (10 + 2)) / 4, exact);
  EXPECT_NEAR(run.value("avg latency{workload=users}"), (2 * (0.1 + 1) + 2 * (10 + 2)) / 4, exact);
}

// Brought back by the read at 200, whose first byte comes at 210: who asks at 205 waits 5 s for that and reads it hot, who asks
// at 250 waits for nothing.
TEST(ExactStores, AReadBringsAnObjectBackAndOthersWaitForTheSame) {
  Stored system{asking({{0, 7}, {200, 7}, {205, 7}, {250, 7}})};
  system.store().promote_on_read = true;
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(reads(run, "cold"), 1);
  EXPECT_EQ(reads(run, "hot"), 3);
  EXPECT_NEAR(run.value("avg latency{workload=users}"), (1.1 + 12 + (5 + 1.1) + 1.1) / 4, exact);
}

// By frequency: every use counts 1, halved in 100 s; cold is what counts less than 1.5. At the start all were used once, at 0:
// cold. The read at 0 makes it 2, and brings the object back; that at 20 s 2 × 2^-0.2 + 1 = 2.741, which is 1.5 at 20 + 100 ×
// log2(2.741 / 1.5) = 107.0 s: it is hot at 106 s and cold at 108 s.
TEST(ExactStores, WhatIsUsedOftenStaysHotForAsLongAsItsCountLasts) {
  for (const bool in_time : {true, false}) {
    Stored system{asking({{0, 7}, {20, 7}, {in_time ? 106 : 108, 7}})};
    system.store().half_life = time_of(100);
    system.store().tiers[1].after = time_of(-100 * std::log2(1.5));
    PlaneUnderTest run{system.blueprint};
    run.finish();
    EXPECT_EQ(reads(run, "hot"), in_time ? 2 : 1);
    EXPECT_EQ(reads(run, "cold"), in_time ? 1 : 2);
  }
}

// Long unused, so the first read counts 1: it stays cold. The second, 10 s later, makes 2^-0.1 + 1 = 1.933 of it: cold as it is
// read, hot from then on.
TEST(ExactStores, OneReadAloneBringsNothingBack) {
  Stored system{asking({{0, 7}, {10, 7}, {40, 7}})};
  system.store().half_life = time_of(100);
  system.store().ages = seconds(1e6);
  system.store().tiers[1].after = time_of(-100 * std::log2(1.5));
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(reads(run, "cold"), 2);
  EXPECT_EQ(reads(run, "hot"), 1);
  EXPECT_NEAR(run.value("avg store_time{store=files}"), (2 * (10 + 2) + 0.1 + 1) / 3, exact);
}

// Objects of odd sizes whose versions are a third of them, all touched: they have left the hot tier at 200 s, to the last byte.
TEST(ExactStores, ATierThatAllHaveLeftHoldsNothing) {
  std::vector<Arrival> arrivals;
  for (std::uint64_t key = 0; key < 100; ++key)
    arrivals.push_back({.at = at_seconds(0.1 * static_cast<double>(key)), .key = key});
  Stored system{arrivals, true};
  system.blueprint.keys[0].size = Distribution::uniform(1.1e6, 9.7e6);
  system.store().chain.snapshot_every = 3;
  system.store().chain.share = 1.0 / 3.0;
  PlaneUnderTest run{system.blueprint, 1, 200.0};
  run.finish();
  EXPECT_EQ(run.value("last stored{tier=hot}"), 0.0);
  EXPECT_GT(run.value("last stored{tier=cold}"), 100 * 1.1e6);
  EXPECT_EQ(std::fmod(run.value("last stored{tier=cold}"), 1.0), 0.0) << "whole bytes";
}

// Ages are all 100 s or none: nobody is in the tier before or behind.
TEST(ExactStores, ASharePastAllAgesIsExactlyNothing) {
  Stored system{{}};
  system.store().ages = Distribution::constant(50.0);
  EXPECT_EQ(tier_shares(system.store(), 0.0)[1], 0.0);
  EXPECT_EQ(tier_shares(system.store(), 49.0)[1], 0.0);
  EXPECT_EQ(tier_shares(system.store(), 50.0)[0], 0.0);
}

TEST(ExactStores, AWriteMakesAnObjectHot) {
  Stored system{asking({{200, 7}}), true};
  system.blueprint.endpoints[0].steps.push_back({StoreStep{.store = 0}});
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(reads(run, "hot"), 2);
  EXPECT_NEAR(run.value("avg latency{workload=users}"), 1.1 + 1.1, exact);
}

// Ages exponential with mean τ: of objects at the start e^(-a/τ) are older than a, and a run of t makes that e^(-(a-t)/τ).
TEST(ExactStores, ExponentialAgesPutTheirTailIntoTheColdTier) {
  StoreBlueprint store = Stored{{}}.store();
  store.tiers = {{.name = "hot"}, {.name = "warm", .after = time_of(30 * day)}, {.name = "cold", .after = time_of(90 * day)}};
  const double mean = 40 * day;
  store.ages = Distribution::exponential(mean);
  for (const double later : {0.0, 10 * day}) {
    const std::vector<double> shares = tier_shares(store, later);
    const double warm = std::exp(-(30 * day - later) / mean), cold = std::exp(-(90 * day - later) / mean);
    EXPECT_NEAR(shares[0], 1 - warm, 1e-9);
    EXPECT_NEAR(shares[1], warm - cold, 1e-9);
    EXPECT_NEAR(shares[2], cold, 1e-9);
  }
}

// Touched one by one, objects have the ages that they were said to have: within four standard errors.
TEST(ExactStores, ObjectsTouchedHaveTheAgesOfThoseThatAreNot) {
  constexpr int objects = 4000;
  std::vector<std::pair<double, std::uint64_t>> all;
  for (int i = 0; i < objects; ++i) all.emplace_back(0.0, i);
  Stored system{asking(all)};
  system.blueprint.services[0].concurrency = objects;
  system.blueprint.keys[0].items = objects;
  system.store().ages = Distribution::exponential(100);
  PlaneUnderTest run{system.blueprint};
  const double older = std::exp(-1.0);
  run.finish();
  EXPECT_NEAR(reads(run, "cold") / objects, older, 4 * std::sqrt(older * (1 - older) / objects));
}

// 100 objects of 1 GB at 0.03 USD per GB and month, all hot for 100 s and cold, at a tenth of that, for the other 900. One of
// them is written at 500: hot for 100 s more.
TEST(ExactStores, BytesArePaidForWhereTheyLie) {
  Stored system{asking({{500, 7}}), true};
  const double price = 0.03 / gigabyte / month;
  system.store().tiers[0].price = price;
  system.store().tiers[1].price = price / 10;
  system.store().tiers[0].write_price = 0.005;
  system.store().ages = Distribution::constant(0);
  PlaneUnderTest run{system.blueprint};
  run.advance(100 - 1e-9);
  run.plane().refresh_instruments();
  run.advance(100);
  run.plane().refresh_instruments();
  run.finish();
  EXPECT_NEAR(spent(run, "files (hot)"), 0.03 / month * (100 * 100 + 100), 1e-12);
  EXPECT_NEAR(spent(run, "files (cold)"), 0.003 / month * (100 * 900 - 100), 1e-12);
  EXPECT_NEAR(spent(run, "files (requests)"), 0.005, 1e-12);
}

// What is brought back after 200 of at least 500 s in the cold tier pays for the other 300, and for each byte read.
TEST(ExactStores, LeavingATierEarlyIsPaidFor) {
  Stored system{asking({{300, 7}})};
  const double price = 1.0 / gigabyte / 1000;  // a USD per GB and 1000 s
  system.store().promote_on_read = true;
  system.store().tiers[1].price = price;
  system.store().tiers[1].minimum = time_of(500);
  system.store().tiers[1].retrieval_price = 0.02 / gigabyte;
  PlaneUnderTest run{system.blueprint};
  run.advance(100 - 1e-9);
  run.plane().refresh_instruments();
  run.advance(100);
  run.plane().refresh_instruments();
  run.finish();
  // 99 objects for 900 s; the other one from 100 to 300, the rest of 500 s, and again from 400 on.
  EXPECT_NEAR(spent(run, "files (cold)"), 0.001 * (99 * 900 + 200 + 300 + 600), 1e-9);
  EXPECT_NEAR(spent(run, "files (retrieval)"), 0.02, 1e-12);
}

// Whole every 4 versions, a tenth of it in between: versions 1 to 6 take 1, .1, .1, .1, 1, .1.
TEST(ExactStores, ADeltaChainIsReadFromItsLastSnapshotOn) {
  const DeltaChain chain{.snapshot_every = 4, .share = 0.1};
  EXPECT_NEAR(chain.stored_with(6), 2.4, exact);
  EXPECT_NEAR(chain.read_of(4), 1.3, exact);
  EXPECT_NEAR(chain.read_of(5), 1.0, exact);
  EXPECT_NEAR(chain.read_of(6), 1.1, exact);

  // Of 4 versions; written at 0 it has 5 and the whole is written: 0.1 + 1 s. At 10 a sixth: 0.1 + 0.1 s.
  Stored system{asking({{0, 7}, {10, 7}}), true};
  system.store().chain = chain;
  system.store().versions = 4;
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_NEAR(run.value("avg latency{workload=users}"), (1.1 + 0.2) / 2, exact);
  // 99 objects of 4 versions, 1.3 GB each, and one of 6.
  const double cold = run.value("last stored{tier=cold}");
  EXPECT_NEAR(cold, (99 * 1.3 + 2.4) * gigabyte, 1.0);
}

// One object after the other, one a second, brought back to the first tier by its read where that is so.
std::size_t in_use_after(int reads, bool promote, std::int64_t versions_per_snapshot = 1, bool write = false) {
  Stored system{{}};
  system.blueprint.keys[0].items = 1'000'000;
  system.store().promote_on_read = promote;
  system.store().chain.snapshot_every = versions_per_snapshot;
  RandomStreams streams{1, 0};
  Recorder recorder{{1e6}, {}};
  ObjectStore store{system.blueprint, system.store(), streams, recorder};
  for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(reads); ++i) {
    const SimTime now = at_seconds(static_cast<double>(i));
    if (write)
      store.write(i, Bytes{1}, i, now);
    else
      store.read(i, Bytes{1}, i, now);
  }
  return store.in_use();
}

// For 100 s after its last use an object is hot; then it is cold, as it would be had nobody touched it.
TEST(ExactStores, ForgetWhatIsBackInTheLastTier) {
  EXPECT_EQ(in_use_after(100, false), 100U);
  EXPECT_EQ(in_use_after(10'000, true), 100U);
  EXPECT_EQ(in_use_after(10'000, false), 0U) << "cold before and after it was read";
  EXPECT_EQ(in_use_after(10'000, false, 1, true), 100U) << "hot since it was written";
  EXPECT_EQ(in_use_after(10'000, false, 10, true), 10'000U) << "versions of its own";
}

// Hot at 0 and, forgotten at 100, cold at 200: then it is brought back, forgotten at 301, and brought back again at 400.
TEST(ExactStores, FindWhatTheyForgotWhereItWas) {
  Stored system{asking({{0, 7}, {200, 7}, {250, 8}, {301, 9}, {400, 7}})};
  const double price = 0.03 / gigabyte / month;
  system.store().promote_on_read = true;
  system.store().tiers[0].price = system.store().tiers[1].price = price;
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(reads(run, "hot"), 1);
  EXPECT_EQ(reads(run, "cold"), 4);
  EXPECT_NEAR(run.value("avg latency{workload=users}"), (1.1 + 4 * 12) / 5, exact);
  EXPECT_NEAR(run.value("last stored{store=files}"), 100 * gigabyte, 1.0);
  EXPECT_NEAR(spent(run, "files (hot)") + spent(run, "files (cold)"), price * 100 * gigabyte * 1000, 1e-9);
}

}  // namespace
}  // namespace headroom::test
