// Scraped samples of one series and how Prometheus reads them: the newest within the look-back, and increase() and rate() over a
// range. Staleness markers end a series at once.
//
// Source:  prometheus/prometheus, promql/engine.go (look-back, range selectors), promql/functions.go (extrapolatedRate),
//          rules/group.go (markers of a rule's result that is gone).
// Differs: times there are whole milliseconds.
#pragma once

#include <chrono>
#include <deque>
#include <optional>

#include "sim/core/time.hpp"

namespace headroom {

// What releases differ in. Look-back and ranges are closed on the left in release 2, so a sample exactly as old as the range is
// seen, and open in release 3. Where a counter's samples begin late in a range, release 2 asks first how far back its zero
// lies and then whether the range's border is near; release 3 the other way round.
enum class PrometheusRelease { v2, v3 };

inline constexpr Duration prometheus_lookback{std::chrono::minutes{5}};

class SampleSeries {
 public:
  // Instants strictly increase.
  void add(SimTime at, double value) { samples_.push_back({at, value}); }
  void add_stale(SimTime at) { samples_.push_back({at, std::nullopt}); }
  // What a rule or a scrape found: a value; or nothing, which is a staleness marker where the sample before was a value. Whether
  // anything was written.
  bool record(SimTime at, std::optional<double> value);
  // Forgets all that no look at `now` or later reaches back to, `span` at most.
  void forget(SimTime now, Duration span);

  std::optional<double> newest(SimTime now, PrometheusRelease release, Duration lookback = prometheus_lookback) const;
  // Of a counter, resets made good, extrapolated to the borders of the range. None with fewer than two samples in it.
  std::optional<double> increase(SimTime now, Duration range, PrometheusRelease release) const;
  std::optional<double> rate(SimTime now, Duration range, PrometheusRelease release) const;

 private:
  struct Sample {
    SimTime at;
    std::optional<double> value;  // none: a staleness marker
  };
  struct Reach {
    Sample first, last;
    std::size_t count = 0;
    double increase = 0.0;  // between first and last
  };
  Reach reach_of(SimTime now, Duration range, PrometheusRelease release) const;
  static double extrapolation(const Reach& reach, SimTime now, Duration range, PrometheusRelease release);

  std::deque<Sample> samples_;
};

}  // namespace headroom
