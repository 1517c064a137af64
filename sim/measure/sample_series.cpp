#include "sim/measure/sample_series.hpp"

#include <algorithm>

namespace headroom {
namespace {

bool is_within(SimTime at, SimTime now, Duration range, PrometheusRelease release) {
  return at <= now && (release == PrometheusRelease::v2 ? now - at <= range : now - at < range);
}

// How far the increase is carried beyond the samples at one end, in seconds: to the border of the range, or half a step if no
// sample is near it.
double carried(double to_border, double step) { return to_border < step * 1.1 ? to_border : step / 2.0; }

}  // namespace

bool SampleSeries::record(SimTime at, std::optional<double> value) {
  if (!value && (samples_.empty() || !samples_.back().value)) return false;
  samples_.push_back({at, value});
  return true;
}

void SampleSeries::forget(SimTime now, Duration span) {
  while (!samples_.empty() && now - samples_.front().at > span) samples_.pop_front();
}

std::optional<double> SampleSeries::newest(SimTime now, PrometheusRelease release, Duration lookback) const {
  const auto after = std::upper_bound(samples_.begin(), samples_.end(), now,
                                      [](SimTime instant, const Sample& sample) { return instant < sample.at; });
  if (after == samples_.begin()) return std::nullopt;
  const Sample& sample = *(after - 1);
  return is_within(sample.at, now, lookback, release) ? sample.value : std::nullopt;
}

SampleSeries::Reach SampleSeries::reach_of(SimTime now, Duration range, PrometheusRelease release) const {
  Reach reach;
  double made_good = 0.0;
  for (const Sample& sample : samples_) {
    if (!sample.value || !is_within(sample.at, now, range, release)) continue;
    if (reach.count == 0) reach.first = sample;
    if (reach.count > 0 && *sample.value < *reach.last.value) made_good += *reach.last.value;
    reach.last = sample;
    ++reach.count;
  }
  if (reach.count > 0) reach.increase = *reach.last.value - *reach.first.value + made_good;
  return reach;
}

double SampleSeries::extrapolation(const Reach& reach, SimTime now, Duration range, PrometheusRelease release) {
  const double sampled = to_seconds(reach.last.at - reach.first.at);
  const double step = sampled / static_cast<double>(reach.count - 1);
  double to_start = to_seconds(reach.first.at - (now - range));
  if (release == PrometheusRelease::v3) to_start = carried(to_start, step);
  // A counter was never below zero.
  if (reach.increase > 0.0 && *reach.first.value >= 0.0)
    to_start = std::min(to_start, sampled * (*reach.first.value / reach.increase));
  if (release == PrometheusRelease::v2) to_start = carried(to_start, step);
  return (sampled + to_start + carried(to_seconds(now - reach.last.at), step)) / sampled;
}

std::optional<double> SampleSeries::increase(SimTime now, Duration range, PrometheusRelease release) const {
  const Reach reach = reach_of(now, range, release);
  if (reach.count < 2) return std::nullopt;
  return reach.increase * extrapolation(reach, now, range, release);
}

std::optional<double> SampleSeries::rate(SimTime now, Duration range, PrometheusRelease release) const {
  const Reach reach = reach_of(now, range, release);
  if (reach.count < 2) return std::nullopt;
  return reach.increase * (extrapolation(reach, now, range, release) / to_seconds(range));
}

}  // namespace headroom
