// Makes a workload as a scenario would and collects what it produces.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "sim/seams/workload.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {

struct WorkloadSetting {
  double end_seconds = 3600.0;
  std::vector<double> journey_weights{1.0};
  std::uint64_t seed = 7;
  std::string directory{};
  double load = 1.0;
};

// workload({{"model", "users"}, {"rate", "50 /s"}}, {.end_seconds = 60.0})
inline std::unique_ptr<Workload> workload(const Json& options, const WorkloadSetting& setting = {}) {
  RandomStreams streams{setting.seed, 0};
  Workload::Context context;
  context.name = "tested";
  context.end = at_seconds(setting.end_seconds);
  for (const double weight : setting.journey_weights) context.journeys.push_back({"", weight, false});
  context.streams = &streams;
  context.directory = setting.directory;
  context.load = setting.load;
  return policy<Workload>(options, context);
}

// All arrivals, asked for in batches of odd size; checks their order.
inline std::vector<Arrival> all_arrivals(Workload& workload) {
  std::vector<Arrival> arrivals;
  std::vector<Arrival> batch(97);
  for (std::size_t got = workload.next(batch); got > 0; got = workload.next(batch)) {
    arrivals.insert(arrivals.end(), batch.begin(), batch.begin() + static_cast<std::ptrdiff_t>(got));
  }
  EXPECT_TRUE(std::is_sorted(arrivals.begin(), arrivals.end(), [](const Arrival& a, const Arrival& b) { return a.at < b.at; }));
  EXPECT_EQ(workload.next(batch), 0U) << "no more means no more, ever";
  return arrivals;
}

inline std::vector<Arrival> all_arrivals(const Json& options, const WorkloadSetting& setting = {}) {
  return all_arrivals(*workload(options, setting));
}

inline double count_between(const std::vector<Arrival>& arrivals, double begin, double end) {
  return static_cast<double>(std::count_if(
      arrivals.begin(), arrivals.end(), [&](const Arrival& a) { return to_seconds(a.at) >= begin && to_seconds(a.at) < end; }));
}

// A Poisson count lies within 4.5 standard deviations of its mean but for 7 in a million.
inline void expect_poisson_count(double count, double mean) { EXPECT_NEAR(count, mean, 4.5 * std::sqrt(mean) + 1e-9); }

// Kolmogorov-Smirnov: largest distance between the empirical and the given distribution function, times sqrt(n); above 1.95 once
// in a thousand when the distribution is right.
template <class Cdf>
double kolmogorov_smirnov(std::vector<double> sample, Cdf cdf) {
  std::sort(sample.begin(), sample.end());
  const double n = static_cast<double>(sample.size());
  double distance = 0.0;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    const double p = cdf(sample[i]);
    distance = std::max({distance, p - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - p});
  }
  return distance * std::sqrt(n);
}

}  // namespace headroom
