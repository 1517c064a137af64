// Quantities with their units: strong types inside, text with a unit at the door ("300 ms", "8 GiB", "50 /s",
// "70 %", "0.02 USD/month"). Every reader of quantities goes through parse_quantity, so there is one table of units.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/core/time.hpp"

namespace headroom {

struct Bytes {
  std::int64_t count = 0;
  constexpr auto operator<=>(const Bytes&) const = default;
  constexpr Bytes& operator+=(Bytes other) { count += other.count; return *this; }
  constexpr Bytes& operator-=(Bytes other) { count -= other.count; return *this; }
};
constexpr Bytes operator+(Bytes a, Bytes b) { return {a.count + b.count}; }
constexpr Bytes operator-(Bytes a, Bytes b) { return {a.count - b.count}; }

// Events per second.
struct PerSecond {
  double value = 0.0;
  constexpr auto operator<=>(const PerSecond&) const = default;
};

// A share, 0 to 1 (written "70 %" or 0.7 in files, never percent inside).
struct Ratio {
  double value = 0.0;
  constexpr auto operator<=>(const Ratio&) const = default;
};

// An amount of money, US dollars.
struct Dollars {
  double value = 0.0;
  constexpr auto operator<=>(const Dollars&) const = default;
};

// Money per time, held as US dollars per second; written "0.384 USD/h" or "0.02 USD/month" (30 days).
struct DollarsPerSecond {
  double value = 0.0;
  constexpr auto operator<=>(const DollarsPerSecond&) const = default;
};

// Bytes per second; written "10 Gbit/s" or "125 MB/s".
struct BytesPerSecond {
  double value = 0.0;
  constexpr auto operator<=>(const BytesPerSecond&) const = default;
};

// What a number is a number of. `count` is a plain number.
enum class Dimension { count, time, bytes, rate, ratio, money, money_rate, bandwidth };

// "a time", "a size in bytes", … for messages.
std::string_view name_of(Dimension dimension);
// A correct example of the dimension: "300 ms", "8 GiB", …
std::string_view example_of(Dimension dimension);

// A number in the base unit of its dimension: seconds, bytes, 1/s, ratio 0-1, USD, USD/s, bytes/s.
struct Quantity {
  double value = 0.0;
  Dimension dimension = Dimension::count;
};

struct QuantityError {
  std::string message;     // "has an unknown unit \"sec\""
  std::string suggestion;  // "write \"300 s\""; may be empty
};

// Reads "NUMBER [UNIT]" ("1.5 h", "200ms", "1e6", "-3 s"). The whole text must be used.
// Returns the quantity, or fills `error`. Units: ns us ms s min h d week month(30 d) year(365 d); B kB MB GB TB
// KiB MiB GiB TiB; "/s /min /h /d /month" and "1/s"; "%"; USD and "USD/h" etc., "$"; bit/s kbit/s Mbit/s Gbit/s, B/s … GiB/s.
std::optional<Quantity> parse_quantity(std::string_view text, QuantityError& error);
// The same, but the dimension is known; a quantity of another dimension is an error that says what would be right.
std::optional<double> parse_as(Dimension dimension, std::string_view text, QuantityError& error);

// A short text that reads back to the very same value, in the unit a person would choose: "300 ms", "1.5 GiB", "70 %", "50 /s".
// A value that is not round keeps all its digits; round it first where that is too much.
std::string to_text(double value, Dimension dimension);
std::string to_text(Duration span);
std::string to_text(Bytes size);
std::string to_text(Ratio ratio);
std::string to_text(PerSecond rate);

// The nearest of `candidates` to `word` by edit distance, when near enough to be a likely slip; else empty.
template <class Candidates>
std::string nearest_name(std::string_view word, const Candidates& candidates);
// Edit distance with transpositions (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b);

template <class Candidates>
std::string nearest_name(std::string_view word, const Candidates& candidates) {
  std::string best;
  std::size_t best_distance = word.size() / 3 + 2;
  for (const auto& candidate : candidates) {
    const std::string_view name{candidate};
    const std::size_t longer = word.size() > name.size() ? word.size() - name.size() : name.size() - word.size();
    if (longer >= best_distance) continue;
    const std::size_t distance = edit_distance(word, name);
    const bool mostly_alike = 2 * distance <= std::max(word.size(), name.size());
    if (distance < best_distance && mostly_alike) {
      best_distance = distance;
      best = std::string{name};
    }
  }
  return best;
}

}  // namespace headroom
