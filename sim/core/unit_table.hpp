// The one table of units, shared by the reading and the writing of quantities and by nothing else.
#pragma once

#include <string_view>

#include "sim/core/units.hpp"

namespace headroom {

// value in base units = number * multiplier / divisor. Kept apart, because 300 / 1e3 is the double nearest to 0.3 and
// 300 * 1e-3 is not.
struct Unit {
  std::string_view text;
  double multiplier;
  double divisor;
  Dimension dimension;
  bool is_written;  // to_text may choose it
};

constexpr double minute = 60, hour = 3600, day = 86400, week = 7 * day, month = 30 * day, year = 365 * day;
constexpr double kibi = 1024, mebi = kibi * kibi, gibi = mebi * kibi, tebi = gibi * kibi;

// Within a dimension: largest first.
constexpr Unit units[] = {
    {"year", year, 1, Dimension::time, false},
    {"month", month, 1, Dimension::time, false},
    {"week", week, 1, Dimension::time, false},
    {"d", day, 1, Dimension::time, true},
    {"h", hour, 1, Dimension::time, true},
    {"min", minute, 1, Dimension::time, true},
    {"s", 1, 1, Dimension::time, true},
    {"ms", 1, 1e3, Dimension::time, true},
    {"us", 1, 1e6, Dimension::time, true},
    {"ns", 1, 1e9, Dimension::time, true},
    {"TiB", tebi, 1, Dimension::bytes, true},
    {"TB", 1e12, 1, Dimension::bytes, true},
    {"GiB", gibi, 1, Dimension::bytes, true},
    {"GB", 1e9, 1, Dimension::bytes, true},
    {"MiB", mebi, 1, Dimension::bytes, true},
    {"MB", 1e6, 1, Dimension::bytes, true},
    {"KiB", kibi, 1, Dimension::bytes, true},
    {"kB", 1e3, 1, Dimension::bytes, true},
    {"B", 1, 1, Dimension::bytes, true},
    {"/s", 1, 1, Dimension::rate, true},
    {"/min", 1, minute, Dimension::rate, true},
    {"/h", 1, hour, Dimension::rate, true},
    {"/d", 1, day, Dimension::rate, true},
    {"/week", 1, week, Dimension::rate, false},
    {"/month", 1, month, Dimension::rate, true},
    {"/year", 1, year, Dimension::rate, false},
    {"%", 1, 100, Dimension::ratio, true},
    {"USD", 1, 1, Dimension::money, true},
    {"USD/s", 1, 1, Dimension::money_rate, false},
    {"USD/min", 1, minute, Dimension::money_rate, false},
    {"USD/h", 1, hour, Dimension::money_rate, true},
    {"USD/d", 1, day, Dimension::money_rate, false},
    {"USD/week", 1, week, Dimension::money_rate, false},
    {"USD/month", 1, month, Dimension::money_rate, true},
    {"USD/year", 1, year, Dimension::money_rate, false},
    {"GiB/s", gibi, 1, Dimension::bandwidth, true},
    {"GB/s", 1e9, 1, Dimension::bandwidth, true},
    {"Gbit/s", 1e9, 8, Dimension::bandwidth, true},
    {"MiB/s", mebi, 1, Dimension::bandwidth, true},
    {"MB/s", 1e6, 1, Dimension::bandwidth, true},
    {"Mbit/s", 1e6, 8, Dimension::bandwidth, true},
    {"KiB/s", kibi, 1, Dimension::bandwidth, true},
    {"kB/s", 1e3, 1, Dimension::bandwidth, true},
    {"kbit/s", 1e3, 8, Dimension::bandwidth, true},
    {"B/s", 1, 1, Dimension::bandwidth, true},
    {"bit/s", 1, 8, Dimension::bandwidth, true},
};

}  // namespace headroom
