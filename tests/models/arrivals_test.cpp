#include "models/arrivals/arrival_process.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "models/arrivals/periodic.hpp"
#include "tests/models/workload_under_test.hpp"

namespace headroom {
namespace {

RandomStream stream(std::uint64_t key) { return RandomStream{key}; }

TEST(UnitProcess, PoissonGapsAreExponential) {
  UnitProcess unit = UnitProcess::poisson(stream(1));
  std::vector<double> gaps;
  for (double last = 0.0; gaps.size() < 20'000;) {
    const double now = unit.next();
    gaps.push_back(now - last);
    last = now;
  }
  EXPECT_LT(kolmogorov_smirnov(gaps, [](double x) { return -std::expm1(-x); }), 1.95);
}

TEST(UnitProcess, GammaGapsHaveTheAskedVariation) {
  for (const double cv : {0.5, 2.0}) {
    UnitProcess unit = UnitProcess::gamma(cv, stream(2));
    double last = unit.next(), sum = 0.0, squares = 0.0;
    constexpr int n = 200'000;
    for (int i = 0; i < n; ++i) {
      const double now = unit.next();
      sum += now - last;
      squares += (now - last) * (now - last);
      last = now;
    }
    const double mean = sum / n;
    EXPECT_NEAR(mean, 1.0, 4.5 * cv / std::sqrt(n)) << cv;
    EXPECT_NEAR(std::sqrt(squares / n - mean * mean) / mean, cv, 0.05 * cv) << cv;
  }
}

TEST(UnitProcess, GammaIsStationaryFromItsStart) {
  // The expected number in the first unit of time is 1 whatever the variation; starting with a whole gap it would be 2.2 at cv 2.
  constexpr int runs = 20'000;
  double events = 0.0, squares = 0.0;
  for (int run = 0; run < runs; ++run) {
    UnitProcess unit = UnitProcess::gamma(2.0, stream(1000 + static_cast<std::uint64_t>(run)));
    double here = 0.0;
    while (unit.next() < 1.0) ++here;
    events += here;
    squares += here * here;
  }
  const double mean = events / runs;
  const double error = std::sqrt((squares / runs - mean * mean) / runs);
  EXPECT_NEAR(mean, 1.0, 4.0 * error);
}

TEST(RatePiece, InvertsARampExactly) {
  // 0 to 10 /s in 10 s: x seconds collect x²/2 events.
  const RatePiece ramp{0.0, 10.0, 0.0, 10.0};
  EXPECT_EQ(ramp.area(), 50.0);
  for (const double x : {0.001, 1.0, 5.0, 9.999}) EXPECT_NEAR(ramp.time_of(x * x / 2.0), x, 1e-12);
  // Downwards, in mirror image.
  const RatePiece down{0.0, 10.0, 10.0, 0.0};
  for (const double x : {0.001, 1.0, 5.0, 9.99}) EXPECT_NEAR(down.time_of(10.0 * x - x * x / 2.0), x, 1e-9);
}

TEST(RateArrivals, EvenArrivalsFollowTheIntegratedRate) {
  // 1 /s for 2 s, nothing for 3 s, 2 /s for 1 s: at 0.5, 1.5, then at 5.25 and 5.75.
  std::vector<RatePiece> pieces{{0.0, 2.0, 1.0, 1.0}, {2.0, 5.0, 0.0, 0.0}, {5.0, 6.0, 2.0, 2.0}};
  RateArrivals arrivals{std::make_unique<PieceList>(pieces), UnitProcess::even()};
  EXPECT_NEAR(arrivals.next(), 0.5, 1e-12);
  EXPECT_NEAR(arrivals.next(), 1.5, 1e-12);
  EXPECT_NEAR(arrivals.next(), 5.25, 1e-12);
  EXPECT_NEAR(arrivals.next(), 5.75, 1e-12);
  EXPECT_EQ(arrivals.next(), never);
}

TEST(RateArrivals, ARampOfPoissonHasTheDensityOfTheRamp) {
  RateArrivals arrivals{std::make_unique<PieceList>(std::vector<RatePiece>{{0.0, 100.0, 0.0, 400.0}}),
                        UnitProcess::poisson(stream(3))};
  std::vector<double> times;
  for (double t = arrivals.next(); t < never; t = arrivals.next()) times.push_back(t);
  expect_poisson_count(static_cast<double>(times.size()), 20'000.0);
  EXPECT_LT(kolmogorov_smirnov(times, [](double t) { return t * t / 1e4; }), 1.95);
}

TEST(DiurnalRate, HasTheAskedPeakAndMean) {
  for (const double peak_to_mean : {1.0, 1.8, 6.0, 20.0}) {
    DiurnalRate day{100.0, peak_to_mean, 20.0 * 3600.0 + 12.5};
    const RateSummary summary = summarize(day, 86'400.0);
    EXPECT_NEAR(summary.expected / 86'400.0, 100.0, 1e-6) << peak_to_mean;
    EXPECT_NEAR(summary.peak, 100.0 * peak_to_mean, 1e-6 * summary.peak) << peak_to_mean;
    EXPECT_NEAR(day.rate_at(20.0 * 3600.0 + 12.5), summary.peak, 1e-6 * summary.peak);
    EXPECT_GT(day.rate_at(8.0 * 3600.0), 0.0);
  }
}

TEST(DiurnalRate, IsTheVonMisesCurve) {
  // k = 1: I0(1) = 1.2660658777520084 (Abramowitz and Stegun, table 9.8), so peak / mean = e / I0(1).
  const double peak_to_mean = std::exp(1.0) / 1.2660658777520084;
  EXPECT_NEAR(diurnal_concentration(peak_to_mean), 1.0, 1e-12);
  const DiurnalRate day{1.0, peak_to_mean, 0.0};
  EXPECT_NEAR(day.rate_at(12.0 * 3600.0), std::exp(-1.0) / 1.2660658777520084, 1e-12);
}

TEST(SortedUniforms, AreOrderStatisticsOfUniforms) {
  SortedUniforms uniforms{20'000, stream(4)};
  std::vector<double> sample;
  while (!uniforms.empty()) sample.push_back(uniforms.next());
  EXPECT_EQ(sample.size(), 20'000U);
  EXPECT_TRUE(std::is_sorted(sample.begin(), sample.end()));
  EXPECT_LT(kolmogorov_smirnov(sample, [](double x) { return x; }), 1.95);
}

TEST(SortedUniforms, TheLargestOfNIsDistributedAsThePower) {
  std::vector<double> largest;
  for (std::uint64_t run = 0; run < 5000; ++run) {
    SortedUniforms uniforms{5, stream(50'000 + run)};
    double last = 0.0;
    while (!uniforms.empty()) last = uniforms.next();
    largest.push_back(last);
  }
  EXPECT_LT(kolmogorov_smirnov(largest, [](double x) { return std::pow(x, 5); }), 1.95);
}

TEST(CountedArrivals, AreExactlyAsMany) {
  for (const bool even : {true, false}) {
    CountedArrivals arrivals{10.0, 20.0, 100, even, stream(5)};
    int count = 0;
    for (double t = arrivals.next(); t < never; t = arrivals.next(), ++count) {
      EXPECT_GE(t, 10.0);
      EXPECT_LE(t, 20.0);
      if (even) {
        EXPECT_NEAR(t, 10.0 + (count + 0.5) * 0.1, 1e-12);
      }
    }
    EXPECT_EQ(count, 100);
  }
}

TEST(ArrivalSequence, GivesTheSameInstantsOneByOneAndInBatches) {
  const auto sequence = [] {
    std::vector<std::unique_ptr<ArrivalProcess>> parts;
    parts.push_back(std::make_unique<CountedArrivals>(0.0, 10.0, 50, false, stream(11)));
    parts.push_back(std::make_unique<RateArrivals>(std::make_unique<PieceList>(std::vector{RatePiece{10.0, 20.0, 5.0, 20.0}}),
                                                   UnitProcess::poisson(stream(12))));
    parts.push_back(std::make_unique<CountedArrivals>(20.0, 30.0, 0, false, stream(13)));
    parts.push_back(std::make_unique<CountedArrivals>(30.0, 40.0, 7, true, stream(14)));
    return ArrivalSequence{std::move(parts)};
  };
  ArrivalSequence single = sequence();
  std::vector<double> expected;
  for (double time = single.next(); time < never; time = single.next()) expected.push_back(time);
  ASSERT_GT(expected.size(), 57U);
  for (const std::size_t size : {1U, 7U, 64U, 1000U}) {  // borders of parts fall within batches and on them
    ArrivalSequence batched = sequence();
    std::vector<double> instants, batch(size);
    for (std::size_t got = size; got == size;) {
      got = batched.next(std::span{batch});
      instants.insert(instants.end(), batch.begin(), batch.begin() + static_cast<std::ptrdiff_t>(got));
    }
    EXPECT_EQ(instants, expected) << size;
    EXPECT_EQ(batched.next(std::span{batch}), 0U);
  }
}

TEST(PeriodicJobs, HashedJobsKeepTheirPhase) {
  PeriodicJobs jobs{1000, 60.0, PhaseRule::hashed, 0.0, stream(6)};
  std::vector<double> first, second;
  for (int i = 0; i < 1000; ++i) first.push_back(jobs.next().at);
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const PeriodicRun run = jobs.next();
    EXPECT_EQ(run.job, i);
    second.push_back(run.at);
  }
  for (std::size_t i = 0; i < 1000; ++i) EXPECT_NEAR(second[i] - first[i], 60.0, 1e-9);
  EXPECT_LT(kolmogorov_smirnov(first, [](double x) { return x / 60.0; }), 1.95);
}

TEST(PeriodicJobs, JitteredJobsDrawAnewAndStayWithinTheJitter) {
  PeriodicJobs jobs{1000, 60.0, PhaseRule::jittered, 10.0, stream(7)};
  std::vector<double> first, second;
  for (int i = 0; i < 1000; ++i) first.push_back(jobs.next().at);
  for (int i = 0; i < 1000; ++i) second.push_back(jobs.next().at - 60.0);
  EXPECT_NE(first, second);
  EXPECT_LT(kolmogorov_smirnov(first, [](double x) { return std::min(1.0, x / 10.0); }), 1.95);
  EXPECT_LT(kolmogorov_smirnov(second, [](double x) { return std::min(1.0, x / 10.0); }), 1.95);
}

TEST(PeriodicJobs, AlignedJobsAllStartWithThePeriod) {
  PeriodicJobs jobs{3, 60.0, PhaseRule::aligned, 0.0, stream(8)};
  for (const double at : {0.0, 0.0, 0.0, 60.0, 60.0, 60.0, 120.0}) EXPECT_EQ(jobs.next().at, at);
}

}  // namespace
}  // namespace headroom
