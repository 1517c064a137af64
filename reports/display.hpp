// Numbers and names as a person reads them: few digits, a unit that fits, the words of the field.
//
// sim/core/units.hpp prints values that read back exactly; here a measured 0.41234567 s is "412 ms".
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "sim/core/condition.hpp"
#include "sim/core/units.hpp"
#include "sim/measure/run_result.hpp"
#include "sim/measure/statistics.hpp"

namespace headroom {

// What a selector's value is a number of: the metric's dimension, changed by the aggregation (rate of requests: per second,
// rate of cost: money per time, time_to: time).
Dimension dimension_of(const MetricSelector& selector);

// A unit to show values in: value / size, followed by the name ("ms", "%"; empty for plain numbers).
struct DisplayUnit {
  double size = 1.0;
  std::string name;
};
// One unit for all values of a row or a chart: the one that suits the largest, or the smallest when that would become unreadable.
// Money per time is shown per hour, or per month (30 days) when that is less than a cent.
DisplayUnit unit_for(Dimension dimension, std::span<const double> values);

// Three significant digits, thousands separated by commas, no zeros that say nothing: "0.412", "14.2", "29,956".
std::string number_text(double number);
std::string count_text(std::size_t number);                             // "29,956"
std::string display(double value, const DisplayUnit& unit);             // "412 ms"
std::string display(double value, Dimension dimension);
// "412 ms ± 9", as many digits as the half width gives sense to; without an interval, only the value. `plus_minus`: "±" or "+-".
std::string display(const Interval& interval, const DisplayUnit& unit, std::string_view plus_minus);
// "[398, 431]", never below zero, as no metric is; empty when there is no interval or it is too narrow to show.
std::string bounds_text(const Interval& interval, const DisplayUnit& unit);
// "+12 ms", "-3.1 %".
std::string signed_text(double value, const DisplayUnit& unit);
// "2 h", "90 s", "1 h 30 min": a span of simulated time, seconds.
std::string span_text(double seconds);

// "p95 latency of api.feed", "errors", "requests ended of users", "mean replicas of api".
std::string title_of(const MetricSelector& selector);

}  // namespace headroom
