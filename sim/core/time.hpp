// Simulated time: instants and spans as integer nanoseconds.
//
// Range: +-292 years. The only two doors between real-valued seconds and integer time are
// to_duration (rounds to the nearest nanosecond) and to_seconds.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>

namespace headroom {

using Duration = std::chrono::nanoseconds;

// The clock of a run: zero is the start of the run. It has no now(); whoever owns a run owns its time.
struct SimulatedClock {
  using rep = Duration::rep;
  using period = Duration::period;
  using duration = Duration;
  using time_point = std::chrono::time_point<SimulatedClock>;
  static constexpr bool is_steady = true;
};

using SimTime = SimulatedClock::time_point;

inline constexpr SimTime start_of_time{};
inline constexpr SimTime end_of_time = SimTime::max();

// Spans are at most 2^62 ns (146 years), so that a span may be added to any instant of a run without overflow.
// Rounds to the nearest nanosecond; values outside the range (and NaN) clamp to the longest span.
inline constexpr Duration longest_span{std::int64_t{1} << 62};
inline Duration to_duration(double seconds) {
  constexpr double largest = 4.6e9;  // seconds; just inside 2^62 ns
  if (!(seconds < largest)) return longest_span;
  if (seconds < -largest) return -longest_span;
  const double nanoseconds = seconds * 1e9;
  // Not llround: that is a call, and this is on every event's path. The cast cuts towards zero.
  return Duration{static_cast<std::int64_t>(nanoseconds + (nanoseconds < 0.0 ? -0.5 : 0.5))};
}

// Divided, not multiplied by 1e-9, so that 300 ms is the double nearest to 0.3.
constexpr double to_seconds(Duration span) { return static_cast<double>(span.count()) / 1e9; }
constexpr double to_seconds(SimTime instant) { return to_seconds(instant.time_since_epoch()); }
inline SimTime at_seconds(double seconds) { return SimTime{to_duration(seconds)}; }

}  // namespace headroom
