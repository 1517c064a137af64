// The one table of units, shared by the reading and the writing of quantities and by nothing else.
#pragma once

#include <string_view>

#include "sim/core/units.hpp"

namespace headroom {

// value in base units = number * multiplier / divisor. Kept apart, because 300 / 1e3 is the double nearest to 0.3 and
// 300 * 1e-3 is not.
struct Unit {
  std::string_view text;
  Dimension dimension;
  double multiplier;
  double divisor;
  bool is_written;  // to_text may choose it
};

constexpr double minute = 60, hour = 3600, day = 86400, week = 7 * day, month = 30 * day, year = 365 * day;
constexpr double kibi = 1024, mebi = kibi * kibi, gibi = mebi * kibi, tebi = gibi * kibi;

// Within a dimension: largest first.
constexpr Unit units[] = {
    {"year", Dimension::time, year, 1, false},
    {"month", Dimension::time, month, 1, false},
    {"week", Dimension::time, week, 1, false},
    {"d", Dimension::time, day, 1, true},
    {"h", Dimension::time, hour, 1, true},
    {"min", Dimension::time, minute, 1, true},
    {"s", Dimension::time, 1, 1, true},
    {"ms", Dimension::time, 1, 1e3, true},
    {"us", Dimension::time, 1, 1e6, true},
    {"ns", Dimension::time, 1, 1e9, true},
    {"TiB", Dimension::bytes, tebi, 1, true},
    {"TB", Dimension::bytes, 1e12, 1, true},
    {"GiB", Dimension::bytes, gibi, 1, true},
    {"GB", Dimension::bytes, 1e9, 1, true},
    {"MiB", Dimension::bytes, mebi, 1, true},
    {"MB", Dimension::bytes, 1e6, 1, true},
    {"KiB", Dimension::bytes, kibi, 1, true},
    {"kB", Dimension::bytes, 1e3, 1, true},
    {"B", Dimension::bytes, 1, 1, true},
    {"/s", Dimension::rate, 1, 1, true},
    {"/min", Dimension::rate, 1, minute, true},
    {"/h", Dimension::rate, 1, hour, true},
    {"/d", Dimension::rate, 1, day, true},
    {"/week", Dimension::rate, 1, week, false},
    {"/month", Dimension::rate, 1, month, true},
    {"/year", Dimension::rate, 1, year, false},
    {"%", Dimension::ratio, 1, 100, true},
    {"USD", Dimension::money, 1, 1, true},
    {"USD/s", Dimension::money_rate, 1, 1, false},
    {"USD/min", Dimension::money_rate, 1, minute, false},
    {"USD/h", Dimension::money_rate, 1, hour, true},
    {"USD/d", Dimension::money_rate, 1, day, false},
    {"USD/week", Dimension::money_rate, 1, week, false},
    {"USD/month", Dimension::money_rate, 1, month, true},
    {"USD/year", Dimension::money_rate, 1, year, false},
    {"GiB/s", Dimension::bandwidth, gibi, 1, true},
    {"GB/s", Dimension::bandwidth, 1e9, 1, true},
    {"Gbit/s", Dimension::bandwidth, 1e9, 8, true},
    {"MiB/s", Dimension::bandwidth, mebi, 1, true},
    {"MB/s", Dimension::bandwidth, 1e6, 1, true},
    {"Mbit/s", Dimension::bandwidth, 1e6, 8, true},
    {"KiB/s", Dimension::bandwidth, kibi, 1, true},
    {"kB/s", Dimension::bandwidth, 1e3, 1, true},
    {"kbit/s", Dimension::bandwidth, 1e3, 8, true},
    {"B/s", Dimension::bandwidth, 1, 1, true},
    {"bit/s", Dimension::bandwidth, 1, 8, true},
};

}  // namespace headroom
