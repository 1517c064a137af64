#include "reports/display.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "sim/measure/derived_metrics.hpp"
#include "sim/measure/metric_catalog.hpp"

namespace headroom {
namespace {

constexpr double hour = 3600.0;

struct NamedUnit {
  double size;
  std::string_view name;
};

// From small to large.
std::span<const NamedUnit> units_of(Dimension dimension) {
  static constexpr std::array<NamedUnit, 6> times{
      {{1e-6, "us"}, {1e-3, "ms"}, {1.0, "s"}, {60.0, "min"}, {hour, "h"}, {24.0 * hour, "d"}}};
  static constexpr std::array<NamedUnit, 5> sizes{
      {{1.0, "B"}, {1024.0, "KiB"}, {1048576.0, "MiB"}, {1073741824.0, "GiB"}, {1099511627776.0, "TiB"}}};
  static constexpr std::array<NamedUnit, 1> rates{{{1.0, "/s"}}};
  static constexpr std::array<NamedUnit, 1> ratios{{{0.01, "%"}}};
  static constexpr std::array<NamedUnit, 1> money{{{1.0, "USD"}}};
  static constexpr std::array<NamedUnit, 2> money_rates{{{1.0 / month_seconds, "USD/month"}, {1.0 / hour, "USD/h"}}};
  static constexpr std::array<NamedUnit, 4> bandwidths{{{1.0, "B/s"}, {1e3, "kB/s"}, {1e6, "MB/s"}, {1e9, "GB/s"}}};
  static constexpr std::array<NamedUnit, 1> counts{{{1.0, ""}}};
  switch (dimension) {
    case Dimension::time: return times;
    case Dimension::bytes: return sizes;
    case Dimension::rate: return rates;
    case Dimension::ratio: return ratios;
    case Dimension::money: return money;
    case Dimension::money_rate: return money_rates;
    case Dimension::bandwidth: return bandwidths;
    case Dimension::count: break;
  }
  return counts;
}

// From how many of a unit on it is the natural one: 2 min rather than 120 s, but 90 s rather than 1.5 min; a cent per hour.
double threshold(const NamedUnit& unit) {
  if (unit.name == "min" || unit.name == "h" || unit.name == "d") return 2.0;
  return unit.name == "USD/h" ? 0.01 : 1.0;
}

DisplayUnit unit_of(double magnitude, Dimension dimension) {
  const std::span<const NamedUnit> units = units_of(dimension);
  const NamedUnit* best = &units.front();
  for (const NamedUnit& unit : units) {
    if (magnitude >= threshold(unit) * unit.size * (1.0 - 1e-12)) best = &unit;
  }
  return {best->size, std::string{best->name}};
}

// Commas every three digits before the decimal point.
std::string with_commas(std::string digits) {
  const std::size_t begin = digits.starts_with('-') ? 1 : 0;
  std::size_t end = std::min(digits.find('.'), digits.size());
  while (end > begin + 3) {
    end -= 3;
    digits.insert(end, ",");
  }
  return digits;
}

std::string fixed_text(double number, int decimals) {
  std::string text = with_commas(fmt::format("{:.{}f}", number, decimals));
  // "-0.0" is a zero with a scar.
  if (text.starts_with('-') && text.find_first_of("123456789") == std::string::npos) text.erase(0, 1);
  return text;
}

// Decimals that leave `digits` significant ones.
int decimals_for(double number, int digits) {
  const double magnitude = std::fabs(number);
  if (magnitude == 0.0) return 0;
  return std::clamp(digits - 1 - static_cast<int>(std::floor(std::log10(magnitude))), 0, 9);
}

std::string with_unit(const std::string& number, const DisplayUnit& unit) {
  return unit.name.empty() ? number : number + " " + unit.name;
}

std::string label_values(const MetricSelector& selector) {
  std::string text;
  for (const Label& label : selector.labels) text += (text.empty() ? " of " : ", ") + label.value;
  return text;
}

std::string metric_words(const std::string& metric) {
  if (metric == "cpu" || metric == "database_cpu") return "CPU";
  if (metric == "replicas_wanted") return "wanted replicas";
  if (metric == "energy") return "energy in Wh";
  if (metric == "carbon") return "carbon in g of CO2e";
  if (metric == "carbon_per_user") return "carbon per user and month in g of CO2e";
  std::string words = metric;
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

bool is_counter(const std::string& metric) {
  const MetricInfo* info = find_metric(metric);
  return info != nullptr && info->kind == MetricKind::counter;
}

std::string rate_words(const std::string& metric, const std::string& words) {
  if (metric == "requests") return "requests ended";
  return is_counter(metric) && metric != "cost" ? words + " per second" : words;
}

// What counts up is an amount, and no number of things.
bool is_amount(const std::string& metric) { return metric == "cost" || metric == "energy" || metric == "carbon"; }

// Of all that was counted in the time looked at.
std::string total_words(const std::string& metric, const std::string& words) {
  return is_amount(metric) ? "total " + words : "number of " + words;
}

std::string words_of(const MetricSelector& selector) {
  std::string words = metric_words(selector.metric);
  switch (selector.aggregation) {
    case Aggregation::percentile: return fmt::format("p{:g} {}", selector.percentile, words);
    case Aggregation::avg: return selector.metric == "hit_ratio" || selector.metric == "errors" ? words : "mean " + words;
    case Aggregation::max: return "largest " + words;
    case Aggregation::min: return "smallest " + words;
    case Aggregation::rate: return rate_words(selector.metric, words);
    case Aggregation::count: return total_words(selector.metric, words);
    case Aggregation::last:
      if (is_counter(selector.metric)) return total_words(selector.metric, words);
      return is_derived(selector.metric) ? words : "final " + words;
    case Aggregation::time_to: return fmt::format("time to {:g}x {}", selector.factor, words);
  }
  return words;
}

}  // namespace

Dimension dimension_of(const MetricSelector& selector) {
  const MetricInfo* info = find_metric(selector.metric);
  if (info == nullptr) return selector.aggregation == Aggregation::time_to ? Dimension::time : Dimension::count;
  return value_dimension(*info, selector.aggregation).value_or(info->dimension);
}

DisplayUnit unit_for(Dimension dimension, std::span<const double> values) {
  double largest = 0.0;
  double smallest = 0.0;
  for (const double value : values) {
    const double magnitude = std::fabs(value);
    if (magnitude == 0.0 || !std::isfinite(magnitude)) continue;
    largest = std::max(largest, magnitude);
    smallest = smallest == 0.0 ? magnitude : std::min(smallest, magnitude);
  }
  if (largest == 0.0 && dimension == Dimension::time) return {1.0, "s"};
  if (largest == 0.0 && dimension == Dimension::money_rate) return {1.0 / hour, "USD/h"};
  const DisplayUnit unit = unit_of(largest, dimension);
  return smallest / unit.size < 0.1 && largest / smallest < 1e5 ? unit_of(smallest, dimension) : unit;
}

std::string number_text(double number) {
  if (!std::isfinite(number)) return number > 0 ? "infinite" : number < 0 ? "-infinite" : "not a number";
  if (number != 0.0 && std::fabs(number) < 1e-6) return fmt::format("{:.2e}", number);
  const std::string significant = fixed_text(number, decimals_for(number, 3));
  const std::string shortest = fmt::format("{:.6g}", number);
  const bool is_plain = shortest.find('e') == std::string::npos;
  return is_plain && shortest.size() < significant.size() ? with_commas(shortest) : significant;
}

std::string count_text(std::size_t number) { return with_commas(std::to_string(number)); }

std::string display(double value, const DisplayUnit& unit) { return with_unit(number_text(value / unit.size), unit); }

std::string display(double value, Dimension dimension) { return display(value, unit_for(dimension, {&value, 1})); }

std::string display(const Interval& interval, const DisplayUnit& unit, std::string_view plus_minus) {
  const double half = interval.half_width() / unit.size;
  const double number = interval.mean / unit.size;
  if (!interval.known || half <= std::fabs(number) * 1e-9 || !std::isfinite(half)) return display(interval.mean, unit);
  // One digit of a half width, two where the one would be rounded by a quarter.
  const bool leads_low = half / std::pow(10.0, std::floor(std::log10(half))) < 3.0;
  const int decimals = std::min(decimals_for(half, leads_low ? 2 : 1), decimals_for(number == 0.0 ? half : number, 4));
  const std::string half_text = fixed_text(half, decimals);
  // An interval finer than the digits shown says nothing to a reader.
  if (half_text.find_first_of("123456789") == std::string::npos) return display(interval.mean, unit);
  return with_unit(fixed_text(number, decimals), unit) + " " + std::string{plus_minus} + " " + half_text;
}

std::string bounds_text(const Interval& interval, const DisplayUnit& unit) {
  if (!interval.known) return "";
  const std::string low = number_text(std::max(0.0, interval.low) / unit.size), high = number_text(interval.high / unit.size);
  return low == high ? "" : "[" + low + ", " + high + "]";
}

std::string signed_text(double value, const DisplayUnit& unit) { return (value > 0.0 ? "+" : "") + display(value, unit); }

std::string span_text(double seconds) {
  if (seconds < 60.0) return display(seconds, Dimension::time);
  const auto whole = static_cast<long long>(std::llround(seconds));
  std::string text;
  const auto add = [&](long long amount, std::string_view unit) {
    if (amount != 0) text += fmt::format("{}{} {}", text.empty() ? "" : " ", amount, unit);
  };
  add(whole / 86400, "d");
  add(whole / 3600 % 24, "h");
  add(whole / 60 % 60, "min");
  add(whole % 60, "s");
  return text;
}

std::string title_of(const MetricSelector& selector) { return words_of(selector) + label_values(selector); }

}  // namespace headroom
