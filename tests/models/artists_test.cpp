#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "tests/models/workload_under_test.hpp"

namespace headroom {
namespace {

const Json hundred{{"model", "artists"}, {"accounts", 100}, {"requests_per_day", 8640.0}, {"zipf", 1.0}};  // 10 /s in all

Json with(Json options, const Json& more) {
  options.update(more);
  return options;
}

std::map<std::uint64_t, double> count_by_tenant(const std::vector<Arrival>& arrivals) {
  std::map<std::uint64_t, double> counts;
  for (const Arrival& arrival : arrivals) ++counts[arrival.subject];
  return counts;
}

TEST(Artists, ActivityFollowsZipfWhateverTheBurstiness) {
  double harmonic = 0.0;
  for (int rank = 1; rank <= 100; ++rank) harmonic += 1.0 / rank;
  for (const double cv : {1.0, 2.0}) {
    const auto arrivals = all_arrivals(with(hundred, {{"cv", cv}}), {.end_seconds = 20'000.0});
    EXPECT_NEAR(static_cast<double>(arrivals.size()), 200'000.0, 4.5 * cv * std::sqrt(200'000.0)) << cv;
    auto counts = count_by_tenant(arrivals);
    for (const std::uint64_t tenant : {0ULL, 1ULL, 9ULL, 99ULL}) {
      const double mean = 200'000.0 / harmonic / static_cast<double>(tenant + 1);
      EXPECT_NEAR(counts[tenant], mean, 4.5 * cv * std::sqrt(mean)) << tenant << " at cv " << cv;
    }
  }
}

TEST(Artists, BurstinessIsThatOfEachTenantsGaps) {
  const auto arrivals = all_arrivals(
      with(hundred, {{"cv", 2.0}, {"zipf", 0.0}, {"accounts", 10}, {"requests_per_day", 86'400.0}}), {.end_seconds = 20'000.0});
  double last = -1.0, n = 0.0, sum = 0.0, squares = 0.0;
  for (const Arrival& arrival : arrivals) {
    if (arrival.subject != 3) continue;
    const double now = to_seconds(arrival.at);
    if (last >= 0.0) ++n, sum += now - last, squares += (now - last) * (now - last);
    last = now;
  }
  const double mean = sum / n;
  EXPECT_NEAR(std::sqrt(squares / n - mean * mean) / mean, 2.0, 0.15);
}

TEST(Artists, ATierIsAShareOfTenantsAndAlwaysTheSameOnes) {
  const Json options =
      with(hundred, {{"accounts", 2000}, {"requests_per_day", 864.0}, {"zipf", 0.0}, {"priority_share", "20 %"}});
  std::map<std::uint64_t, int> tiers;
  for (const std::uint64_t seed : {1ULL, 2ULL}) {
    for (const Arrival& arrival : all_arrivals(options, {.seed = seed})) {
      const auto [place, is_new] = tiers.emplace(arrival.subject, arrival.priority);
      EXPECT_EQ(place->second, arrival.priority) << arrival.subject;
    }
  }
  double urgent = 0.0;
  for (const auto& [tenant, priority] : tiers) urgent += priority == 0 ? 1.0 : 0.0;
  const double n = static_cast<double>(tiers.size());
  EXPECT_NEAR(urgent / n, 0.2, 4.5 * std::sqrt(0.2 * 0.8 / n));
}

TEST(Artists, ThereMayBeSeveralTiers) {
  const Json options = with(hundred, {{"accounts", 2000},
                                      {"requests_per_day", 864.0},
                                      {"zipf", 0.0},
                                      {"tiers",
                                       {{{"name", "label"}, {"share", "10 %"}, {"priority", 0}},
                                        {{"name", "pro"}, {"share", "30 %"}, {"priority", 2}},
                                        {{"name", "free"}, {"share", "60 %"}, {"priority", 5}}}}});
  std::map<std::uint64_t, int> tiers;
  for (const Arrival& arrival : all_arrivals(options)) tiers[arrival.subject] = arrival.priority;
  const double n = static_cast<double>(tiers.size());
  for (const auto& [priority, share] : {std::pair{0, 0.1}, std::pair{2, 0.3}, std::pair{5, 0.6}}) {
    const auto count = std::count_if(tiers.begin(), tiers.end(), [&](const auto& tier) { return tier.second == priority; });
    EXPECT_NEAR(static_cast<double>(count) / n, share, 4.5 * std::sqrt(share * (1 - share) / n)) << priority;
  }
}

// Tenants of 1 request a second with a cv between 0.5 and 3.5 each: the variation of each one's gaps is his own.
TEST(Artists, EveryTenantMayHaveABurstinessOfHisOwn) {
  const Json options = with(
      hundred,
      {{"cv", {{"uniform", {{"low", 0.5}, {"high", 3.5}}}}}, {"zipf", 0.0}, {"accounts", 40}, {"requests_per_day", 86'400.0}});
  std::map<std::uint64_t, std::vector<double>> times;
  for (const Arrival& arrival : all_arrivals(options, {.end_seconds = 20'000.0}))
    times[arrival.subject].push_back(to_seconds(arrival.at));
  std::vector<double> cvs;
  for (const auto& [tenant, at] : times) {
    double sum = 0.0, squares = 0.0;
    for (std::size_t i = 1; i < at.size(); ++i) sum += at[i] - at[i - 1], squares += (at[i] - at[i - 1]) * (at[i] - at[i - 1]);
    const double n = static_cast<double>(at.size() - 1), mean = sum / n;
    cvs.push_back(std::sqrt(squares / n - mean * mean) / mean);
  }
  ASSERT_EQ(cvs.size(), 40U);
  // Uniform: mean 2, deviation 3 / sqrt(12); of 40 the smallest and the largest lie near the ends.
  EXPECT_NEAR(std::accumulate(cvs.begin(), cvs.end(), 0.0) / 40.0, 2.0, 4.5 * 3.0 / std::sqrt(12.0 * 40.0));
  EXPECT_LT(*std::min_element(cvs.begin(), cvs.end()), 1.0);
  EXPECT_GT(*std::max_element(cvs.begin(), cvs.end()), 3.0);
}

TEST(Artists, MayHaveADeadline) {
  EXPECT_FALSE(workload(hundred)->has_deadlines());
  const auto jobs = workload(with(hundred, {{"deadline", "8 h"}}));
  EXPECT_TRUE(jobs->has_deadlines());
  EXPECT_EQ(jobs->deadline_of(7), to_duration(8 * 3600.0));
  EXPECT_EQ(jobs->rhythm_of(7), Duration{}) << "they do not come again at fixed times";
}

TEST(Artists, WithoutATierAllAreAlike) {
  for (const Arrival& arrival : all_arrivals(hundred, {.end_seconds = 100.0})) EXPECT_EQ(arrival.priority, 0);
}

TEST(Artists, FollowTheDay) {
  const Json options = with(hundred, {{"cv", 2.0}, {"shape", {{"diurnal", {{"peak_to_mean", 3.0}, {"peak_at", "12 h"}}}}}});
  const auto artists = workload(options, {.end_seconds = 86'400.0});
  EXPECT_NEAR(artists->mean_rate(), 10.0, 1e-6);
  EXPECT_NEAR(artists->peak_rate(), 30.0, 1e-6);
  EXPECT_FALSE(artists->stationary());
  const auto arrivals = all_arrivals(*artists);
  EXPECT_GT(count_between(arrivals, 11 * 3600, 13 * 3600), 2.5 * 10.0 * 7200);
  EXPECT_LT(count_between(arrivals, 0, 7200), 0.5 * 10.0 * 7200);
}

TEST(Artists, TellTheirRateAndNumber) {
  const auto artists = workload(hundred);
  EXPECT_NEAR(artists->mean_rate(), 10.0, 1e-12);
  EXPECT_EQ(artists->users(), 100.0);
  EXPECT_TRUE(artists->stationary());
}

TEST(Artists, TooManyForBurstsOfTheirOwnAreRefused) {
  const Json many = with(hundred, {{"accounts", 2'000'000}});
  EXPECT_TRUE(problems_of<Workload>(many).empty());
  EXPECT_EQ(problems_of<Workload>(with(many, {{"cv", 2.0}})).at(0).first, "accounts");
}

}  // namespace
}  // namespace headroom
