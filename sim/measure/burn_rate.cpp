#include "sim/measure/burn_rate.hpp"

#include <algorithm>

namespace headroom {

std::optional<double> error_share(const SampleSeries& errors, const SampleSeries& requests, SimTime now, Duration window,
                                  PrometheusRelease release) {
  const auto failed = errors.increase(now, window, release);
  const auto all = requests.increase(now, window, release);
  if (!failed || !all || !(*all > 0.0)) return std::nullopt;
  return *failed / *all;
}

bool burns_too_fast(const SampleSeries& errors, const SampleSeries& requests, double objective,
                    std::span<const BurnWindows> pairs, SimTime now, PrometheusRelease release) {
  return std::ranges::any_of(pairs, [&](const BurnWindows& pair) {
    const double limit = pair.factor * (1.0 - objective);
    const auto exceeds = [&](Duration window) {
      const auto share = error_share(errors, requests, now, window, release);
      return share && *share > limit;
    };
    return exceeds(pair.short_window) && exceeds(pair.long_window);
  });
}

}  // namespace headroom
