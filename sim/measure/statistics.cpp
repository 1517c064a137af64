#include "sim/measure/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <boost/math/distributions/students_t.hpp>

namespace headroom {
namespace {

struct Moments {
  double mean = 0.0;
  double standard_error = 0.0;
};

Moments moments_of(std::span<const double> values) {
  Moments moments;
  const auto count = static_cast<double>(values.size());
  for (const double value : values) moments.mean += value / count;
  double squares = 0.0;
  for (const double value : values) squares += (value - moments.mean) * (value - moments.mean);
  if (values.size() > 1) moments.standard_error = std::sqrt(squares / (count - 1) / count);
  return moments;
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
  PairedDifference result{t_interval(differences, confidence), 1.0};
  if (differences.size() < 2) return result;
  const Moments moments = moments_of(differences);
  if (moments.standard_error == 0.0) {
    // Every pair differs by the same amount: certain, unless that amount is nothing.
    result.p_value = moments.mean == 0.0 ? 1.0 : 0.0;
    return result;
  }
  const boost::math::students_t distribution{static_cast<double>(differences.size() - 1)};
  result.p_value = 2.0 * boost::math::cdf(boost::math::complement(distribution, std::abs(moments.mean / moments.standard_error)));
  return result;
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
  // Sums over the batches that are left, from the back.
  double sum = 0.0, squares = 0.0, best = 0.0;
  std::size_t truncation = 0;
  bool first = true;
  for (std::size_t i = batches; i-- > 0;) {
    sum += means[i];
    squares += means[i] * means[i];
    if (i >= batches / 2) continue;
    const auto left = static_cast<double>(batches - i);
    const double statistic = (squares - sum * sum / left) / (left * left);
    // <=: of equal ones the shortest truncation, which comes last.
    if (first || statistic <= best) {
      best = statistic;
      truncation = i;
      first = false;
    }
  }
  return truncation * batch;
}

}  // namespace headroom
