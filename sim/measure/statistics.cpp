#include "sim/measure/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <boost/math/distributions/students_t.hpp>

namespace headroom {
namespace {

struct Moments {
  double mean = 0.0;
  double standard_error = 0.0;
};

// Mean and squared deviations, value by value (Welford, 1962): exact for equal values, and no difference of large sums.
struct RunningMoments {
  double count = 0.0;
  double mean = 0.0;
  double squares = 0.0;
  void add(double value) {
    count += 1.0;
    const double deviation = value - mean;
    mean += deviation / count;
    squares += deviation * (value - mean);
  }
};

Moments moments_of(std::span<const double> values) {
  RunningMoments running;
  for (const double value : values) running.add(value);
  Moments moments{running.mean, 0.0};
  if (values.size() > 1) moments.standard_error = std::sqrt(running.squares / (running.count - 1.0) / running.count);
  return moments;
}

// Two-sided, of "the mean is nothing".
double p_value_of(const Moments& moments, std::size_t count) {
  // Every value is the same: certain, unless that is nothing.
  if (moments.standard_error == 0.0) return moments.mean == 0.0 ? 1.0 : 0.0;
  const boost::math::students_t distribution{static_cast<double>(count - 1)};
  return 2.0 * boost::math::cdf(boost::math::complement(distribution, std::abs(moments.mean / moments.standard_error)));
}

}  // namespace

Interval t_interval(std::span<const double> observations, double confidence) {
  if (observations.empty()) return {};
  const Moments moments = moments_of(observations);
  Interval interval{moments.mean, moments.mean, moments.mean, observations.size(), observations.size() > 1};
  if (!interval.known || !std::isfinite(moments.standard_error)) return interval;
  const boost::math::students_t distribution{static_cast<double>(observations.size() - 1)};
  const double half = boost::math::quantile(distribution, 0.5 + confidence / 2.0) * moments.standard_error;
  interval.low -= half;
  interval.high += half;
  return interval;
}

PairedDifference paired_difference(std::span<const double> a, std::span<const double> b, double confidence) {
  std::vector<double> differences;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) differences.push_back(a[i] - b[i]);
  PairedDifference result{t_interval(differences, confidence), 1.0, 0.0};
  if (differences.size() < 2) return result;
  const Moments moments = moments_of(differences);
  result.standard_error = moments.standard_error;
  result.p_value = p_value_of(moments, differences.size());
  return result;
}

MeanDifference welch_difference(std::span<const double> a, std::span<const double> b, double confidence) {
  const Moments of_a = moments_of(a), of_b = moments_of(b);
  const double mean = of_a.mean - of_b.mean;
  const std::size_t smaller = std::min(a.size(), b.size());
  MeanDifference result{{mean, mean, mean, smaller, smaller > 1}, 1.0, 0.0};
  if (smaller < 2) return result;
  const double variance_a = of_a.standard_error * of_a.standard_error, variance_b = of_b.standard_error * of_b.standard_error;
  const double variance = variance_a + variance_b;
  result.standard_error = std::sqrt(variance);
  if (variance == 0.0) {
    result.p_value = mean == 0.0 ? 1.0 : 0.0;
    return result;
  }
  const double freedom = variance * variance /
                         (variance_a * variance_a / static_cast<double>(a.size() - 1) +
                          variance_b * variance_b / static_cast<double>(b.size() - 1));
  if (!std::isfinite(freedom)) return result;
  const boost::math::students_t distribution{freedom};
  const double half = boost::math::quantile(distribution, 0.5 + confidence / 2.0) * result.standard_error;
  result.difference.low -= half;
  result.difference.high += half;
  result.p_value = 2.0 * boost::math::cdf(boost::math::complement(distribution, std::abs(mean / result.standard_error)));
  return result;
}

double p_value_with(const PairedDifference& difference, std::size_t pairs) {
  const std::size_t count = difference.difference.count;
  if (count < 2 || pairs < 2) return 1.0;
  const double error = difference.standard_error * std::sqrt(static_cast<double>(count) / static_cast<double>(pairs));
  return p_value_of({difference.difference.mean, error}, pairs);
}

std::vector<bool> holm_rejects(std::span<const double> p_values, double alpha) {
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  std::vector<bool> rejected(p_values.size(), false);
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    if (p_values[order[rank]] > alpha / static_cast<double>(order.size() - rank)) break;
    rejected[order[rank]] = true;
  }
  return rejected;
}

std::size_t mser5(std::span<const double> observations) {
  constexpr std::size_t batch = 5, fewest = 10;
  const std::size_t batches = observations.size() / batch;
  if (batches < fewest) return 0;
  std::vector<double> means(batches, 0.0);
  for (std::size_t i = 0; i < batches * batch; ++i) means[i / batch] += observations[i] / static_cast<double>(batch);
  // Over the batches that are left, from the back.
  RunningMoments left;
  double best = std::numeric_limits<double>::infinity();
  std::size_t truncation = 0;
  for (std::size_t i = batches; i-- > 0;) {
    left.add(means[i]);
    if (i >= batches / 2) continue;
    const double statistic = left.squares / (left.count * left.count);
    // <=: of equal ones the shortest truncation, which comes last.
    if (statistic <= best) {
      best = statistic;
      truncation = i;
    }
  }
  return truncation * batch;
}

}  // namespace headroom
