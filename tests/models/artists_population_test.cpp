// Artists who become inactive, come back, and become more.
#include <cmath>
#include <map>
#include <set>

#include "models/workloads/inactivity.hpp"
#include "tests/models/workload_under_test.hpp"

namespace headroom {
namespace {

const Json thousand{{"model", "artists"}, {"accounts", 1000}, {"requests_per_day", 864.0}, {"zipf", 0.0}};  // 10 /s in all

Json with(Json options, const Json& more) {
  options.update(more);
  return options;
}

Duration seconds(double value) { return to_duration(value); }

std::set<std::uint64_t> tenants_of(const std::vector<Arrival>& arrivals) {
  std::set<std::uint64_t> tenants;
  for (const Arrival& arrival : arrivals) tenants.insert(arrival.subject);
  return tenants;
}

// A share of n independent tenants lies within 4.5 standard deviations but for 7 in a million.
void expect_share(double count, double n, double share, const std::string& what) {
  EXPECT_NEAR(count / n, share, 4.5 * std::sqrt(share * (1.0 - share) / n)) << what;
}

// Active for 10 s and inactive for 30 s in the mean: 0.25 active in the long run, rate of change 1/10 + 1/30 = 2/15 /s. Nobody is
// active at 0: P(active at t) = 0.25 (1 - e^(-2 t / 15)), and of those the share active at t + u as well is
// 0.25 + 0.75 e^(-2 u / 15).
TEST(TenantActivity, IsAMarkovChainOfTwoStates) {
  const TenantActivity activity{{.active = seconds(10), .inactive = seconds(30), .dormant_at_start = Ratio{1.0}}, 42};
  constexpr int tenants = 40'000;
  for (const double t : {0.0, 0.5, 4.0, 20.0, 300.0}) {
    const double expected = 0.25 * (1.0 - std::exp(-2.0 * t / 15.0));
    EXPECT_NEAR(activity.share_at(t), expected, 1e-12);
    for (const double u : {0.3, 5.0, 40.0}) {
      double active = 0.0, both = 0.0;
      for (std::uint64_t tenant = 0; tenant < tenants; ++tenant) {
        if (!activity.active(tenant, t)) continue;
        ++active;
        both += activity.active(tenant, t + u);
      }
      expect_share(active, tenants, expected, "at " + std::to_string(t));
      if (active > 0.0)
        expect_share(both, active, 0.25 + 0.75 * std::exp(-2.0 * u / 15.0), "after " + std::to_string(u) + " more");
    }
  }
}

// Looked at every 20 ms: e^(-t / 10) of them have never been inactive until t (a return within 20 ms is missed once in 3000
// leavings).
TEST(TenantActivity, LastsForAnExponentialTime) {
  const TenantActivity activity{{.active = seconds(10), .inactive = seconds(30), .dormant_at_start = Ratio{0.0}}, 42};
  constexpr int tenants = 4000;
  std::map<int, double> still;  // by whole seconds
  for (std::uint64_t tenant = 0; tenant < tenants; ++tenant) {
    for (int i = 0; i <= 1000 && activity.active(tenant, 0.02 * i); ++i) still[i / 50] += i % 50 == 0;
  }
  EXPECT_EQ(still[0], tenants);
  for (const int t : {1, 5, 10, 20}) expect_share(still[t], tenants, std::exp(-t / 10.0), std::to_string(t) + " s");
}

TEST(TenantActivity, WithoutReturnEndsForEver) {
  const TenantActivity activity{{.active = seconds(10)}, 42};
  for (std::uint64_t tenant = 0; tenant < 1000; ++tenant) {
    bool before = true;
    for (double t = 0.0; t < 40.0; t += 1.0) {
      const bool now = activity.active(tenant, t);
      EXPECT_TRUE(before || !now) << tenant << " at " << t;
      before = now;
    }
  }
  EXPECT_FALSE(activity.steady());
  EXPECT_TRUE((TenantActivity{{.active = seconds(10), .inactive = seconds(30)}, 42}.steady())) << "the long-run share by default";
}

TEST(ArtistsPopulation, WhoIsDormantAsksNothing) {
  for (const double cv : {1.0, 2.0}) {
    const Json options = with(thousand, {{"cv", cv}, {"inactivity", {{"dormant_at_start", "60 %"}}}});
    const auto artists = workload(options, {.end_seconds = 5000.0});
    EXPECT_NEAR(artists->mean_rate(), 4.0, 1e-12);
    EXPECT_TRUE(artists->stationary());
    EXPECT_EQ(artists->users(), 1000.0) << "who is dormant is a tenant still";
    const auto arrivals = all_arrivals(*artists);
    // Each active one asks 50 times in the mean: e^-50 of them are not seen (more with bursts, but of gaps of 100 s none is
    // 5000).
    const double seen = static_cast<double>(tenants_of(arrivals).size());
    expect_share(seen, 1000.0, 0.4, "seen");
    EXPECT_NEAR(static_cast<double>(arrivals.size()), seen * 50.0, 4.5 * cv * std::sqrt(seen * 50.0));
  }
}

// Active for 1000 s in the mean, and never back: of 10 /s the expected number until 2000 s is 10 × 1000 (1 - e^-2) = 8646.6; and
// in the second half e^-1 of those in the first.
TEST(ArtistsPopulation, AChurningOneFades) {
  const Json options =
      with(thousand, {{"accounts", 100'000}, {"requests_per_day", 8.64}, {"inactivity", {{"active", "1000 s"}}}});
  const auto artists = workload(options, {.end_seconds = 2000.0});
  const double expected = 10.0 * 1000.0 * (1.0 - std::exp(-2.0));
  EXPECT_NEAR(artists->mean_rate() * 2000.0, expected, 1e-4 * expected);
  EXPECT_NEAR(artists->peak_rate(), 10.0, 1e-9);
  EXPECT_FALSE(artists->stationary());
  const auto arrivals = all_arrivals(*artists);
  expect_poisson_count(static_cast<double>(arrivals.size()), expected);
  expect_share(count_between(arrivals, 1000.0, 2000.0), static_cast<double>(arrivals.size()), 1.0 / (1.0 + std::exp(1.0)),
               "late");
}

// 100, growing to 300 in 1000 s, then 300 for 1000 s, at 8640 a day = 0.1 /s each: 0.1 × 200 × 1000 and 0.1 × 300 × 1000.
TEST(ArtistsPopulation, MayGrow) {
  Json options = with(thousand, {{"requests_per_day", 8640.0},
                                 {"zipf", 1.0},
                                 {"growth",
                                  {{{"name", "launch"}, {"duration", "1000 s"}, {"accounts", 100}, {"grow_to", 300}},
                                   {{"duration", "1000 s"}, {"accounts", 300}}}}});
  options.erase("accounts");
  const auto artists = workload(options, {.end_seconds = 2000.0});
  EXPECT_NEAR(artists->mean_rate(), 25.0, 1e-9);
  EXPECT_NEAR(artists->peak_rate(), 30.0, 1e-9);
  EXPECT_NEAR(artists->users(), 250.0, 1e-9);
  EXPECT_TRUE(artists->users_change());
  EXPECT_NEAR(artists->users_at(at_seconds(500.0)), 200.0, 1e-9);
  EXPECT_FALSE(artists->stationary());
  ASSERT_EQ(artists->phases().size(), 2U);
  EXPECT_EQ(artists->phases()[0].name, "launch");
  const auto arrivals = all_arrivals(*artists);
  expect_poisson_count(count_between(arrivals, 0.0, 1000.0), 20'000.0);
  expect_poisson_count(count_between(arrivals, 1000.0, 2000.0), 30'000.0);
  double first = 0.0, late = 0.0;
  for (const Arrival& arrival : arrivals) {
    ASSERT_LT(static_cast<double>(arrival.subject), artists->users_at(arrival.at)) << "nobody asks before he is there";
    if (arrival.at < at_seconds(1000.0)) continue;
    ++late;
    first += arrival.subject == 0;
  }
  double harmonic = 0.0;
  for (int rank = 1; rank <= 300; ++rank) harmonic += 1.0 / rank;
  expect_share(first, late, 1.0 / harmonic, "of the most active of 300");
}

// 5,000 to 15,000 at 86.4 a day = 0.001 /s each, half of them active: 5 /s in the mean, 7.5 /s at the end.
TEST(ArtistsPopulation, GrowsAndChurnsAtOnce) {
  Json options = with(thousand, {{"requests_per_day", 86.4},
                                 {"growth", {{{"duration", "4000 s"}, {"accounts", 5000}, {"grow_to", 15'000}}}},
                                 {"inactivity", {{"active", "50 s"}, {"inactive", "50 s"}}}});
  options.erase("accounts");
  const auto artists = workload(options, {.end_seconds = 4000.0});
  EXPECT_NEAR(artists->mean_rate(), 5.0, 1e-9);
  EXPECT_NEAR(artists->peak_rate(), 7.5, 1e-9);
  expect_poisson_count(static_cast<double>(all_arrivals(*artists).size()), 20'000.0);
}

TEST(ArtistsPopulation, SaysWhatDoesNotGoTogether) {
  const auto first = [](const Json& options) { return problems_of<Workload>(options).at(0).first; };
  const Json growth = {{"growth", {{{"duration", "1 h"}, {"accounts", 10}, {"grow_to", 20}}}}};
  Json growing = with(thousand, growth);
  EXPECT_EQ(first(growing), "accounts");
  growing.erase("accounts");
  EXPECT_TRUE(problems_of<Workload>(growing).empty());
  EXPECT_EQ(first(with(growing, {{"cv", 2.0}})), "growth");
  EXPECT_EQ(first(with(thousand, {{"inactivity", {{"inactive", "1 h"}}}})), "inactivity") << "nobody becomes inactive";
  EXPECT_EQ(first(with(thousand, {{"inactivity", {{"dormant_at_start", "100 %"}}}})), "inactivity") << "nobody comes back";
  EXPECT_EQ(workload(growing, {.end_seconds = 7200.0})->problems().size(), 0U);
  const Json two = {{"growth", {{{"duration", "1 h"}, {"accounts", 10}}, {{"duration", "1 h"}, {"accounts", 20}}}}};
  EXPECT_EQ(workload(with(growing, two), {.end_seconds = 1800.0})->problems().at(0).first, "growth");
}

}  // namespace
}  // namespace headroom
