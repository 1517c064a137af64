// A cron schedule of five fields (minute, hour, day of month, month, day of week) or a descriptor ("@daily"), in UTC.
//
// Lists, ranges, steps, names of months and days, ? as *. A day of month and a day of week that are both given match when either
// does. Sunday is 0, and only 0.
//
// Source: github.com/robfig/cron v3, ParseStandard and SpecSchedule.Next.
#pragma once

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace headroom {

// UTC, before or after 1970.
using UtcSeconds = std::chrono::sys_seconds;

class CronSchedule {
 public:
  // Throws std::invalid_argument with what is wrong.
  explicit CronSchedule(std::string_view text) {
    const std::vector<std::string> parts = split(expanded(text), " \t");
    if (parts.size() != 5)
      throw std::invalid_argument{fmt::format("expected exactly 5 fields, found {}: {}", parts.size(), text)};
    for (std::size_t i = 0; i < parts.size(); ++i) fields_[i] = parse_field(parts[i], bounds()[i]);
  }

  // The first hit after an instant; none within five years: never.
  std::optional<UtcSeconds> next(UtcSeconds after) const {
    using std::chrono::days;
    const UtcSeconds earliest = after + std::chrono::seconds{1};
    const auto last_year = std::chrono::year_month_day{std::chrono::floor<days>(earliest)}.year() + std::chrono::years{5};
    for (auto day = std::chrono::floor<days>(earliest); std::chrono::year_month_day{day}.year() <= last_year; day += days{1}) {
      if (!matches(day)) continue;
      for (int minute = 0; minute < 24 * 60; ++minute) {
        const UtcSeconds hit = day + std::chrono::minutes{minute};
        if (hit >= earliest && has(0, minute % 60) && has(1, minute / 60)) return hit;
      }
    }
    return std::nullopt;
  }

 private:
  struct Bounds {
    int low, high;
    std::span<const std::string_view> names{};  // of low, low + 1, …
  };
  struct Field {
    std::uint64_t values = 0;
    bool is_star = false;
  };

  static std::span<const Bounds> bounds() {
    static constexpr std::string_view months[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                                  "jul", "aug", "sep", "oct", "nov", "dec"};
    static constexpr std::string_view days[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
    static const Bounds all[] = {{0, 59}, {0, 23}, {1, 31}, {1, 12, months}, {0, 6, days}};
    return all;
  }

  static std::string expanded(std::string_view text) {
    if (!text.starts_with('@')) return std::string{text};
    if (text == "@yearly" || text == "@annually") return "0 0 1 1 *";
    if (text == "@monthly") return "0 0 1 * *";
    if (text == "@weekly") return "0 0 * * 0";
    if (text == "@daily" || text == "@midnight") return "0 0 * * *";
    if (text == "@hourly") return "0 * * * *";
    throw std::invalid_argument{fmt::format("unrecognized descriptor: {}", text)};
  }

  // Empty parts are left out.
  static std::vector<std::string> split(std::string_view text, std::string_view at) {
    std::vector<std::string> parts;
    std::string part;
    for (const char letter : text) {
      if (at.find(letter) == std::string_view::npos) {
        part += letter;
        continue;
      }
      if (!part.empty()) parts.push_back(std::exchange(part, {}));
    }
    if (!part.empty()) parts.push_back(std::move(part));
    return parts;
  }

  static int number_of(std::string text, const Bounds& bounds) {
    std::ranges::transform(text, text.begin(), [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    if (const auto name = std::ranges::find(bounds.names, text); name != bounds.names.end())
      return bounds.low + static_cast<int>(name - bounds.names.begin());
    const auto is_digit = [](unsigned char letter) { return std::isdigit(letter) != 0; };
    if (text.empty() || text.size() > 6 || !std::ranges::all_of(text, is_digit))
      throw std::invalid_argument{fmt::format("failed to parse int from {}", text)};
    return std::stoi(text);
  }

  static Field parse_field(const std::string& text, const Bounds& bounds) {
    Field field;
    for (const std::string& part : split(text, ",")) {
      const Field one = parse_range(part, bounds);
      field.values |= one.values;
      field.is_star = field.is_star || one.is_star;
    }
    return field;
  }

  // *, 5, 5-9, and each with /step; 5/step runs to the end.
  static Field parse_range(const std::string& text, const Bounds& bounds) {
    const std::vector<std::string> range_and_step = split(text, "/");
    if (range_and_step.empty() || range_and_step.size() > 2)
      throw std::invalid_argument{fmt::format("too many slashes: {}", text)};
    const std::vector<std::string> ends = split(range_and_step[0], "-");
    if (ends.empty() || ends.size() > 2) throw std::invalid_argument{fmt::format("too many hyphens: {}", text)};
    Field field;
    int low = bounds.low, high = bounds.high;
    if (ends[0] == "*" || ends[0] == "?") {
      field.is_star = true;
    } else {
      low = number_of(ends[0], bounds);
      high = ends.size() == 2 ? number_of(ends[1], bounds) : range_and_step.size() == 2 ? bounds.high : low;
    }
    const int step = range_and_step.size() == 2 ? number_of(range_and_step[1], {0, 0}) : 1;
    if (step > 1) field.is_star = false;
    refuse_wrong(text, bounds, low, high, step);
    for (int value = low; value <= high; value += step) field.values |= std::uint64_t{1} << value;
    return field;
  }

  static void refuse_wrong(const std::string& text, const Bounds& bounds, int low, int high, int step) {
    if (low < bounds.low)
      throw std::invalid_argument{fmt::format("beginning of range ({}) below minimum ({}): {}", low, bounds.low, text)};
    if (high > bounds.high)
      throw std::invalid_argument{fmt::format("end of range ({}) above maximum ({}): {}", high, bounds.high, text)};
    if (low > high)
      throw std::invalid_argument{fmt::format("beginning of range ({}) beyond end of range ({}): {}", low, high, text)};
    if (step == 0) throw std::invalid_argument{fmt::format("step of range should be a positive number: {}", text)};
  }

  bool has(std::size_t field, int value) const { return (fields_[field].values >> value & 1U) != 0; }
  bool matches(std::chrono::sys_days day) const {
    const std::chrono::year_month_day date{day};
    if (!has(3, static_cast<int>(static_cast<unsigned>(date.month())))) return false;
    const bool of_month = has(2, static_cast<int>(static_cast<unsigned>(date.day())));
    const bool of_week = has(4, static_cast<int>(std::chrono::weekday{day}.c_encoding()));
    return fields_[2].is_star || fields_[4].is_star ? of_month && of_week : of_month || of_week;
  }

  std::array<Field, 5> fields_;
};

// "2026-01-05T00:00:00Z", also with an offset ("+01:00"); throws std::invalid_argument.
inline UtcSeconds parse_utc(const std::string& text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, taken = 0;
  const bool read = std::sscanf(text.c_str(), "%d-%d-%dT%d:%d:%d%n", &year, &month, &day, &hour, &minute, &second, &taken) == 6;
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  const bool in_range = date.ok() && hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
  const std::string zone = read ? text.substr(static_cast<std::size_t>(taken)) : "";
  int zone_hours = 0, zone_minutes = 0;
  char sign = '+';
  int zone_taken = 0;
  const bool has_offset = std::sscanf(zone.c_str(), "%c%2d:%2d%n", &sign, &zone_hours, &zone_minutes, &zone_taken) == 3 &&
                          (sign == '+' || sign == '-') && std::cmp_equal(zone_taken, zone.size()) && zone_hours >= 0 &&
                          zone_hours <= 14 && zone_minutes >= 0 && zone_minutes < 60;
  if (!read || !in_range || !(zone == "Z" || has_offset))
    throw std::invalid_argument{fmt::format("\"{}\" is no time like 2026-01-05T00:00:00Z", text)};
  const auto offset = std::chrono::hours{zone_hours} + std::chrono::minutes{zone_minutes};
  return std::chrono::sys_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} + std::chrono::seconds{second} -
         (sign == '-' ? -offset : offset);
}

}  // namespace headroom
