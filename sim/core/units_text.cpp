// Writing quantities: the unit in which a person would say them.
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "sim/core/unit_table.hpp"
#include "sim/core/units.hpp"

namespace headroom {

namespace {

std::string number_text(double value, std::chars_format format) {
  std::array<char, 512> buffer{};
  const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format);
  return {buffer.data(), written.ptr};
}

// The shortest decimal that reads back as `value`; without an exponent where a person would not use one.
std::string shortest_number(double value) {
  const double size = std::fabs(value);
  const bool plain = size == 0.0 || (size >= 1e-6 && size < 1e15);
  return number_text(value == 0.0 ? 0.0 : value, plain ? std::chars_format::fixed : std::chars_format::general);
}

// 15 significant digits drop the noise of dividing by the unit: 7.000000000000001 is 7.
double without_noise(double value) {
  std::array<char, 64> buffer{};
  const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific, 14);
  double read = value;
  std::from_chars(buffer.data(), written.ptr, read);
  return read;
}

// The number to write before the unit; nothing if it would not read back as `value`.
std::optional<double> number_in(const Unit& unit, double value) {
  const double exact = value * unit.divisor / unit.multiplier;
  for (const double number : {without_noise(exact), exact}) {
    if (number * unit.multiplier / unit.divisor == value) return number;
  }
  return std::nullopt;
}

// Which of two readings a person would choose: lower is better. Numbers of at least 1, then few digits.
std::pair<bool, std::size_t> awkwardness(Dimension dimension, double number, const std::string& text) {
  return {dimension != Dimension::money_rate && std::fabs(number) < 1.0, text.size()};
}

std::string text_in_best_unit(double value, Dimension dimension) {
  std::string best;
  std::pair<bool, std::size_t> best_awkwardness{true, std::string::npos};
  for (const Unit& unit : units) {
    if (unit.dimension != dimension || !unit.is_written) continue;
    const std::optional<double> number = number_in(unit, value);
    if (!number) continue;
    const std::string text = shortest_number(*number);
    const auto candidate = awkwardness(dimension, *number, text);
    if (candidate >= best_awkwardness) continue;
    best_awkwardness = candidate;
    best = text + " " + std::string{unit.text};
    // Rates of whole events per second are always said per second.
    if (dimension == Dimension::rate && !candidate.first) break;
  }
  return best;
}

std::string_view base_unit(Dimension dimension) {
  switch (dimension) {
    case Dimension::time: return " s";
    case Dimension::bytes: return " B";
    case Dimension::rate: return " /s";
    case Dimension::money: return " USD";
    case Dimension::money_rate: return " USD/s";
    case Dimension::bandwidth: return " B/s";
    case Dimension::count:
    case Dimension::ratio: break;
  }
  return "";
}

}  // namespace

std::string_view name_of(Dimension dimension) {
  switch (dimension) {
    case Dimension::count: return "a plain number";
    case Dimension::time: return "a time";
    case Dimension::bytes: return "a size in bytes";
    case Dimension::rate: return "a rate";
    case Dimension::ratio: return "a share";
    case Dimension::money: return "an amount of money";
    case Dimension::money_rate: return "money per time";
    case Dimension::bandwidth: return "a bandwidth";
  }
  return "";
}

std::string_view example_of(Dimension dimension) {
  switch (dimension) {
    case Dimension::count: return "5";
    case Dimension::time: return "300 ms";
    case Dimension::bytes: return "8 GiB";
    case Dimension::rate: return "50 /s";
    case Dimension::ratio: return "70 %";
    case Dimension::money: return "5 USD";
    case Dimension::money_rate: return "0.02 USD/month";
    case Dimension::bandwidth: return "10 Gbit/s";
  }
  return "";
}

std::string to_text(double value, Dimension dimension) {
  if (std::isnan(value)) return "not a number";
  if (std::isinf(value)) return value < 0.0 ? "-infinite" : "infinite";
  if (dimension == Dimension::count) return shortest_number(value);
  if (value == 0.0) return "0" + (dimension == Dimension::ratio ? std::string{" %"} : std::string{base_unit(dimension)});
  const std::string text = text_in_best_unit(value, dimension);
  return text.empty() ? shortest_number(value) + std::string{base_unit(dimension)} : text;
}

std::string to_text(Duration span) { return to_text(to_seconds(span), Dimension::time); }
std::string to_text(Bytes size) { return to_text(static_cast<double>(size.count), Dimension::bytes); }
std::string to_text(Ratio ratio) { return to_text(ratio.value, Dimension::ratio); }
std::string to_text(PerSecond rate) { return to_text(rate.value, Dimension::rate); }

}  // namespace headroom
