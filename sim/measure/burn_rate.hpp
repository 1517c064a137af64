// Multi-window burn-rate alerts: how much faster than its objective allows a service fails, over a long window (that it matters)
// and a short one (that it goes on).
//
//   true if for one of the pairs, over its long AND over its short window:  errors / requests > factor × (1 - objective)
//
// A step of the error share to r under steady traffic is noticed factor × (1 - objective) × long / r after it began.
// Source: Beyer et al., The Site Reliability Workbook, chapter 5, "Multiwindow, Multi-Burn-Rate Alerts"; the shares are
//         increase(errors[window]) / increase(requests[window]) as Prometheus computes them.
#pragma once

#include <optional>
#include <span>

#include "sim/core/time.hpp"
#include "sim/measure/sample_series.hpp"

namespace headroom {

struct BurnWindows {
  Duration long_window{};
  Duration short_window{};
  double factor = 0.0;
};

// None where a counter has fewer than two samples in the window or no request was counted.
std::optional<double> error_share(const SampleSeries& errors, const SampleSeries& requests, SimTime now, Duration window,
                                  PrometheusRelease release);

// `objective`: the share of requests that shall succeed, 0.999.
bool burns_too_fast(const SampleSeries& errors, const SampleSeries& requests, double objective,
                    std::span<const BurnWindows> pairs, SimTime now, PrometheusRelease release);

}  // namespace headroom
