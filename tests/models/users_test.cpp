#include <cmath>

#include "tests/models/workload_under_test.hpp"

namespace headroom {
namespace {

const Json load_test{{"model", "users"},
                     {"phases",
                      {{{"name", "warm up"}, {"duration", "60 s"}, {"arrival_rate", "10 /s"}},
                       {{"name", "ramp"}, {"duration", "100 s"}, {"arrival_rate", "10 /s"}, {"ramp_to", "50 /s"}},
                       {{"pause", "40 s"}},
                       {{"duration", "100 s"}, {"arrival_count", 250}}}}};

TEST(Users, PhasesFollowEachOtherAsALoadTestSays) {
  const auto arrivals = all_arrivals(load_test);
  expect_poisson_count(count_between(arrivals, 0, 60), 600.0);
  expect_poisson_count(count_between(arrivals, 60, 110), 1000.0);   // 10 to 30 /s
  expect_poisson_count(count_between(arrivals, 110, 160), 2000.0);  // 30 to 50 /s
  EXPECT_EQ(count_between(arrivals, 160, 200), 0.0);
  EXPECT_EQ(count_between(arrivals, 200, 300), 250.0);
  EXPECT_EQ(count_between(arrivals, 300, 3600), 0.0);
}

TEST(Users, EvenPhasesAreClockwork) {
  Json options = load_test;
  options["arrivals"] = "even";
  const auto arrivals = all_arrivals(options);
  EXPECT_EQ(count_between(arrivals, 0, 60), 600.0);
  EXPECT_EQ(count_between(arrivals, 60, 160), 3000.0);
  EXPECT_NEAR(to_seconds(arrivals[0].at), 0.05, 1e-9);
  EXPECT_NEAR(to_seconds(arrivals[1].at), 0.15, 1e-9);
}

TEST(Users, ReportPhasesByNameOrNumber) {
  const auto phases = workload(load_test, {.end_seconds = 250.0})->phases();
  ASSERT_EQ(phases.size(), 4U);
  EXPECT_EQ(phases[1].name, "ramp");
  EXPECT_EQ(phases[1].begin, at_seconds(60.0));
  EXPECT_EQ(phases[1].end, at_seconds(160.0));
  EXPECT_EQ(phases[3].name, "phase 4");
  EXPECT_EQ(phases[3].end, at_seconds(250.0)) << "cut at the end of the run";
}

// 10 /s, a ramp to 50 /s, a pause, 2.5 /s: the last is more than none.
TEST(Users, SayWhichPhasesRaiseTheLoad) {
  const auto phases = workload(load_test, {.end_seconds = 300.0})->phases();
  ASSERT_EQ(phases.size(), 4U);
  EXPECT_TRUE(phases[1].more);
  EXPECT_FALSE(phases[2].more);
  EXPECT_TRUE(phases[3].more);
  Json options = load_test;
  options["phases"] = {{{"duration", "60 s"}, {"arrival_rate", "10 /s"}}, {{"duration", "60 s"}, {"arrival_rate", "10 /s"}}};
  EXPECT_FALSE(workload(options, {.end_seconds = 120.0})->phases()[1].more);
}

TEST(Users, NameThePhasesThatTheRunNeverReaches) {
  const Json options = {{"model", "users"},
                        {"phases",
                         {{{"name", "calm"}, {"duration", "5 min"}, {"arrival_rate", "10 /s"}},
                          {{"name", "rise"}, {"duration", "10 min"}, {"arrival_rate", "20 /s"}},
                          {{"name", "stress"}, {"duration", "15 min"}, {"arrival_rate", "40 /s"}}}}};
  EXPECT_TRUE(workload(options, {.end_seconds = 1800.0})->problems().empty());
  EXPECT_TRUE(workload(options, {.end_seconds = 901.0})->problems().empty()) << "a phase may be cut short";
  const FieldProblems problems = workload(options, {.end_seconds = 300.0})->problems();
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].first, "phases");
  EXPECT_EQ(problems[0].second,
            "last 30 min, but the run ends after 5 min and never reaches rise (from 5 min on), stress (from 15 min on); write "
            "\"duration\": \"30 min\", or remove them");
}

TEST(Users, RatesOfPhasesAreAveragedOverTheRun) {
  // 600 + 3000 + 0 + 250 sessions in 1000 s; the ramp ends at 50 /s.
  const auto users = workload(load_test, {.end_seconds = 1000.0});
  EXPECT_NEAR(users->mean_rate(), 3.85, 1e-12);
  EXPECT_NEAR(users->peak_rate(), 50.0, 1e-12);
  EXPECT_FALSE(users->stationary());
  // Cut in the middle of the ramp at 110 s: 600 + 1000.
  EXPECT_NEAR(workload(load_test, {.end_seconds = 110.0})->mean_rate(), 1600.0 / 110.0, 1e-12);
}

TEST(Users, AConstantRateIsPoissonAndStationary) {
  const auto users = workload({{"model", "users"}, {"rate", "50 /s"}}, {.end_seconds = 400.0});
  EXPECT_TRUE(users->stationary());
  EXPECT_EQ(users->mean_rate(), 50.0);
  EXPECT_EQ(users->peak_rate(), 50.0);
  const auto arrivals = all_arrivals(*users);
  expect_poisson_count(static_cast<double>(arrivals.size()), 20'000.0);
  std::vector<double> gaps;
  for (std::size_t i = 1; i < arrivals.size(); ++i) gaps.push_back(to_seconds(arrivals[i].at - arrivals[i - 1].at));
  EXPECT_LT(kolmogorov_smirnov(gaps, [](double x) { return -std::expm1(-50.0 * x); }), 1.95);
}

TEST(Users, BurstsVaryMoreThanPoisson) {
  // Counts of a renewal process over long spans have variance cv² × mean.
  const auto arrivals = all_arrivals({{"model", "users"}, {"rate", "50 /s"}, {"cv", 3.0}}, {.end_seconds = 4000.0});
  double sum = 0.0, squares = 0.0;
  constexpr int spans = 200;
  for (int i = 0; i < spans; ++i) {
    const double count = count_between(arrivals, i * 20.0, (i + 1) * 20.0);
    sum += count;
    squares += count * count;
  }
  const double mean = sum / spans;
  const double index_of_dispersion = (squares / spans - mean * mean) / mean;
  EXPECT_GT(index_of_dispersion, 9.0 * 0.6);  // chi-square with 199 degrees: ±30 % is beyond 4 standard deviations
  EXPECT_LT(index_of_dispersion, 9.0 * 1.4);
}

TEST(Users, AccountsMakeSessionsOverTheDay) {
  const Json options{{"model", "users"},
                     {"accounts", 8640},
                     {"sessions_per_day", 10.0},
                     {"shape", {{"diurnal", {{"peak_to_mean", 1.8}, {"peak_at", "20 h"}}}}}};
  const auto users = workload(options, {.end_seconds = 86'400.0});
  EXPECT_NEAR(users->mean_rate(), 1.0, 1e-9);
  EXPECT_NEAR(users->peak_rate(), 1.8, 1e-9);
  EXPECT_EQ(users->users(), 8640.0);
  EXPECT_FALSE(users->stationary());
  const auto arrivals = all_arrivals(*users);
  expect_poisson_count(static_cast<double>(arrivals.size()), 86'400.0);
  // Symmetric around 20 h, and the hour of the peak above that of the trough.
  expect_poisson_count(count_between(arrivals, 19.5 * 3600, 20.5 * 3600), 1.8 * 3600 * 0.992);
  EXPECT_LT(count_between(arrivals, 7.5 * 3600, 8.5 * 3600), 0.5 * 3600);
  for (const Arrival& arrival : arrivals) ASSERT_LT(arrival.subject, 8640U);
}

TEST(Users, WithoutAShapeAccountsComeAtAConstantRate) {
  const auto users = workload({{"model", "users"}, {"accounts", 86'400}, {"sessions_per_day", 2.0}});
  EXPECT_NEAR(users->mean_rate(), 2.0, 1e-12);
  EXPECT_TRUE(users->stationary());
}

TEST(Users, APopulationBeginsOverItsRampUpAndRepeats) {
  const auto users = workload({{"model", "users"}, {"population", 4}, {"ramp_up", "20 s"}});
  EXPECT_EQ(users->population(), 4.0);
  EXPECT_TRUE(users->repeats());
  EXPECT_EQ(users->mean_rate(), 0.0);
  EXPECT_TRUE(users->stationary());
  const auto arrivals = all_arrivals(*users);
  ASSERT_EQ(arrivals.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(to_seconds(arrivals[i].at), 5.0 * static_cast<double>(i), 1e-9);
    EXPECT_EQ(arrivals[i].subject, i);
  }
  EXPECT_FALSE(workload({{"model", "users"}, {"population", 4}, {"ramp_up", "20 s"}}, {.end_seconds = 30.0})->stationary());
}

TEST(Users, JourneysAreDrawnByWeight) {
  const auto arrivals =
      all_arrivals({{"model", "users"}, {"rate", "50 /s"}}, {.end_seconds = 400.0, .journey_weights = {1.0, 0.0, 3.0}});
  std::array<double, 3> count{};
  for (const Arrival& arrival : arrivals) ++count.at(arrival.journey);
  const double n = static_cast<double>(arrivals.size());
  EXPECT_NEAR(count[0] / n, 0.25, 4.5 * std::sqrt(0.25 * 0.75 / n));
  EXPECT_EQ(count[1], 0.0);
}

TEST(Users, EverySessionIsANewUserWhereNoAccountsAreGiven) {
  const auto arrivals = all_arrivals({{"model", "users"}, {"rate", "5 /s"}}, {.end_seconds = 20.0});
  for (std::size_t i = 0; i < arrivals.size(); ++i) EXPECT_EQ(arrivals[i].subject, i);
}

TEST(Users, TheSameSeedGivesTheSameArrivals) {
  const auto times = [](std::uint64_t seed) {
    std::vector<SimTime> list;
    for (const Arrival& arrival : all_arrivals(load_test, {.seed = seed})) list.push_back(arrival.at);
    return list;
  };
  EXPECT_EQ(times(1), times(1));
  EXPECT_NE(times(1), times(2));
}

std::vector<std::string> fields_with_problems(const Json& options) {
  std::vector<std::string> fields;
  for (const auto& [field, sentence] : problems_of<Workload>(options)) fields.push_back(field);
  return fields;
}

TEST(Users, SayWhatIsWrongWithTheirOptions) {
  using Fields = std::vector<std::string>;
  EXPECT_EQ(fields_with_problems({{"model", "users"}}), Fields{"accounts"});
  EXPECT_EQ(fields_with_problems({{"model", "users"}, {"rate", "1 /s"}, {"population", 5}}), Fields{"rate"});
  EXPECT_EQ(fields_with_problems({{"model", "users"}, {"accounts", 5}}), Fields{"sessions_per_day"});
  EXPECT_EQ(fields_with_problems({{"model", "users"}, {"rate", "1 /s"}, {"ramp_up", "5 s"}}), Fields{"ramp_up"});
  EXPECT_EQ(fields_with_problems({{"model", "users"}, {"population", 5}, {"cv", 2.0}}), Fields{"cv"});
  EXPECT_EQ(fields_with_problems({{"model", "users"}, {"phases", Json::array()}}), Fields{"phases"});
  EXPECT_EQ(fields_with_problems(load_test), Fields{});
  EXPECT_EQ(fields_with_problems({{"model", "users"}, {"rate", "1 /s"}, {"accounts", 100}}), Fields{})
      << "who the sessions belong to";
}

TEST(Users, SayWhichPhaseIsWrong) {
  const Json options{
      {"model", "users"},
      {"phases",
       {{{"name", "peak"}, {"arrival_rate", "5 /s"}, {"arrival_count", 3}, {"duration", "1 s"}}, {{"arrival_rate", "5 /s"}}}}};
  const auto problems = problems_of<Workload>(options);
  ASSERT_EQ(problems.size(), 2U);
  EXPECT_EQ(problems[0].second, "phase \"peak\" must have exactly one of arrival_rate (and ramp_to), arrival_count and pause");
  EXPECT_EQ(problems[1].second, "phase 2 has no duration; for example \"duration\": \"2 min\"");
}

// 1,000 accounts of 8.64 sessions a day for 1000 s, then growing to 3,000 within 2000 s: 0.1 /s, then up to 0.3 /s.
TEST(Users, BecomeMore) {
  const Json growing{{"model", "users"},
                     {"sessions_per_day", 8.64},
                     {"growth",
                      {{{"name", "launch"}, {"duration", "1000 s"}, {"accounts", 1000}},
                       {{"duration", "2000 s"}, {"accounts", 1000}, {"grow_to", 3000}}}}};
  const auto users = workload(growing, {.end_seconds = 3000.0});
  EXPECT_TRUE(users->users_change());
  EXPECT_NEAR(users->users_at(at_seconds(500)), 1000.0, 1e-9);
  EXPECT_NEAR(users->users_at(at_seconds(2000)), 2000.0, 1e-9);
  EXPECT_NEAR(users->users_at(at_seconds(9000)), 3000.0, 1e-9);
  EXPECT_NEAR(users->users(), (1000 * 1000.0 + 2000 * 2000.0) / 3000, 1e-6);
  EXPECT_NEAR(users->mean_rate(), 0.1 * users->users() / 1000, 1e-9);
  EXPECT_NEAR(users->peak_rate(), 0.3, 1e-9);
  EXPECT_FALSE(users->stationary());
  ASSERT_EQ(users->phases().size(), 2U);
  EXPECT_EQ(users->phases()[0].name, "launch");
  EXPECT_EQ(users->phases()[1].begin, at_seconds(1000));
  Json often = growing;
  often["sessions_per_day"] = 8640.0;
  const auto arrivals = all_arrivals(often, {.end_seconds = 3000.0});
  expect_poisson_count(count_between(arrivals, 0, 1000), 100'000.0);
  expect_poisson_count(count_between(arrivals, 1000, 2000), 150'000.0);
  expect_poisson_count(count_between(arrivals, 2000, 3000), 250'000.0);
  for (const Arrival& arrival : arrivals) ASSERT_LT(static_cast<double>(arrival.subject), users->users_at(arrival.at));
}

TEST(Users, GrowFromPhaseToPhaseWithinTheRun) {
  const Json options{{"model", "users"},
                     {"sessions_per_day", 1.0},
                     {"growth",
                      {{{"name", "first"}, {"duration", "1 h"}, {"accounts", 1000}},
                       {{"name", "second"}, {"duration", "1 h"}, {"accounts", 10'000}}}}};
  EXPECT_TRUE(workload(options, {.end_seconds = 7200.0})->problems().empty());
  EXPECT_EQ(workload(options, {.end_seconds = 3600.0})->problems().at(0).first, "growth");
  Json both = options;
  both["accounts"] = 10;
  EXPECT_EQ(problems_of<Workload>(both).at(0).first, "accounts");
}

}  // namespace
}  // namespace headroom
