// The load of a scenario: every model asks for that many times as much, as if its numbers were so much larger.
#include <gtest/gtest.h>

#include "tests/models/workload_under_test.hpp"
#include "tests/scenarios/temporary_folder.hpp"

namespace headroom {
namespace {

const Json monitors = {{"model", "monitors"}, {"users", 500}, {"monitors_per_user", 3}, {"period", "1 min"}};

void expect_equal(const std::vector<Arrival>& a, const std::vector<Arrival>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].at, b[i].at) << i;
    EXPECT_EQ(a[i].subject, b[i].subject) << i;
    EXPECT_EQ(a[i].journey, b[i].journey) << i;
    EXPECT_EQ(a[i].priority, b[i].priority) << i;
  }
}

// At load 2.5 the model with `numbers` is the one with `larger` at load 1, arrival by arrival.
void expect_same(const Json& numbers, const Json& larger) {
  const auto scaled = workload(numbers, {.load = 2.5}), written = workload(larger);
  EXPECT_DOUBLE_EQ(scaled->mean_rate(), written->mean_rate());
  EXPECT_DOUBLE_EQ(scaled->peak_rate(), written->peak_rate());
  EXPECT_EQ(scaled->users(), written->users());
  EXPECT_EQ(scaled->population(), written->population());
  EXPECT_EQ(scaled->stationary(), written->stationary());
  expect_equal(all_arrivals(*scaled), all_arrivals(*written));
}

TEST(Load, OfUsersMultipliesRatesAndCounts) {
  expect_same({{"model", "users"}, {"rate", "2 /s"}}, {{"model", "users"}, {"rate", "5 /s"}});
  expect_same({{"model", "users"}, {"accounts", 1001}, {"sessions_per_day", 40}},
              {{"model", "users"}, {"accounts", 2503}, {"sessions_per_day", 40}});  // 2502.5, rounded
  expect_same({{"model", "users"}, {"population", 10}}, {{"model", "users"}, {"population", 25}});
  const auto phases = [](const char* from, const char* to, int count) {
    return Json{{"model", "users"},
                {"phases",
                 {{{"duration", "10 min"}, {"arrival_rate", from}, {"ramp_to", to}},
                  {{"pause", "1 min"}},
                  {{"duration", "10 min"}, {"arrival_count", count}}}}};
  };
  expect_same(phases("1 /s", "2 /s", 30), phases("2.5 /s", "5 /s", 75));
  const auto growth = [](int from, int to) {
    return Json{
        {"model", "users"}, {"sessions_per_day", 50}, {"growth", {{{"duration", "1 h"}, {"accounts", from}, {"grow_to", to}}}}};
  };
  expect_same(growth(100, 1000), growth(250, 2500));
}

TEST(Load, OfArtistsMultipliesTenants) {
  const auto tenants = [](int accounts, double cv) {
    return Json{{"model", "artists"}, {"accounts", accounts}, {"requests_per_day", 30}, {"cv", cv}, {"priority_share", 0.2}};
  };
  expect_same(tenants(100, 1.0), tenants(250, 1.0));
  expect_same(tenants(40, 3.0), tenants(100, 3.0));
}

TEST(Load, OfMonitorsMultipliesUsers) {
  Json larger = monitors;
  larger["users"] = 1250;
  expect_same(monitors, larger);
}

TEST(Load, OfATraceMultipliesItsScale) {
  const test::TemporaryFolder folder;
  folder.write("rates.csv", "t_s,requests\n0,600\n600,1200\n1200,0\n");
  const Json rates = {{"model", "trace"}, {"file", "rates.csv"}, {"scale", 2.0}};
  Json larger = rates;
  larger["scale"] = 5.0;
  const auto scaled = workload(rates, {.directory = folder.path(), .load = 2.5});
  const auto written = workload(larger, {.directory = folder.path()});
  EXPECT_DOUBLE_EQ(scaled->mean_rate(), written->mean_rate());
  EXPECT_DOUBLE_EQ(scaled->mean_rate(), 2.5 * workload(rates, {.directory = folder.path()})->mean_rate());
  expect_equal(all_arrivals(*scaled), all_arrivals(*written));
}

// A session is the same one at any load: it comes earlier and takes the same journey.
TEST(Load, KeepsTheOrderAndTheJourneysOfSessions) {
  const Json options = {{"model", "users"}, {"rate", "3 /s"}};
  const auto once = all_arrivals(options, {.journey_weights = {1.0, 2.0}});
  const auto twice = all_arrivals(options, {.journey_weights = {1.0, 2.0}, .load = 2.0});
  ASSERT_GT(twice.size(), once.size());
  for (std::size_t i = 0; i < once.size(); ++i) {
    EXPECT_EQ(once[i].journey, twice[i].journey);
    EXPECT_EQ(once[i].subject, twice[i].subject);
    EXPECT_NEAR(to_seconds(once[i].at), 2.0 * to_seconds(twice[i].at), 1e-8);
  }
}

TEST(Load, LeavesAtLeastOneOfEverything) {
  EXPECT_EQ(workload({{"model", "users"}, {"population", 3}}, {.load = 0.01})->population(), 1.0);
  EXPECT_EQ(workload(monitors, {.load = 1e-6})->users(), 1.0);
}

TEST(Load, OfMoreBurstyTenantsThanCanBeKeptIsAProblemOfTheRun) {
  const Json options = {{"model", "artists"}, {"accounts", 1000}, {"requests_per_day", 30}, {"cv", 3.0}};
  EXPECT_TRUE(workload(options, {.load = 1000.0})->problems().empty());
  ASSERT_EQ(workload(options, {.load = 1001.0})->problems().size(), 1U);
  EXPECT_EQ(workload(options, {.load = 1001.0})->problems().front().first, "accounts");
}

}  // namespace
}  // namespace headroom
