// Reading quantities.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>
#include <vector>

#include "sim/core/unit_table.hpp"
#include "sim/core/units.hpp"

namespace headroom {

namespace {

// What people write instead. Only ever suggested, never read.
constexpr std::pair<std::string_view, std::string_view> habits[] = {
    {"sec", "s"},
    {"secs", "s"},
    {"second", "s"},
    {"seconds", "s"},
    {"msec", "ms"},
    {"millis", "ms"},
    {"milliseconds", "ms"},
    {"usec", "us"},
    {"µs", "us"},
    {"microseconds", "us"},
    {"nanoseconds", "ns"},
    {"m", "min"},
    {"mins", "min"},
    {"minute", "min"},
    {"minutes", "min"},
    {"hr", "h"},
    {"hrs", "h"},
    {"hour", "h"},
    {"hours", "h"},
    {"day", "d"},
    {"days", "d"},
    {"w", "week"},
    {"weeks", "week"},
    {"months", "month"},
    {"y", "year"},
    {"years", "year"},
    {"byte", "B"},
    {"bytes", "B"},
    {"K", "kB"},
    {"Ki", "KiB"},
    {"M", "MB"},
    {"Mi", "MiB"},
    {"Mb", "MB"},
    {"G", "GB"},
    {"Gi", "GiB"},
    {"Gb", "GB"},
    {"T", "TB"},
    {"Ti", "TiB"},
    {"Tb", "TB"},
    {"rps", "/s"},
    {"qps", "/s"},
    {"req/s", "/s"},
    {"requests/s", "/s"},
    {"per second", "/s"},
    {"Hz", "/s"},
    {"/sec", "/s"},
    {"/second", "/s"},
    {"/m", "/min"},
    {"/minute", "/min"},
    {"/hour", "/h"},
    {"/day", "/d"},
    {"percent", "%"},
    {"pct", "%"},
    {"dollar", "USD"},
    {"dollars", "USD"},
    {"US$", "USD"},
    {"USD/hour", "USD/h"},
    {"USD/hr", "USD/h"},
    {"USD/mo", "USD/month"},
    {"bps", "bit/s"},
    {"kbps", "kbit/s"},
    {"Mbps", "Mbit/s"},
    {"Gbps", "Gbit/s"},
    {"Mb/s", "Mbit/s"},
    {"Gb/s", "Gbit/s"},
};

bool is_space(char letter) { return letter == ' ' || letter == '\t' || letter == '\n' || letter == '\r'; }
bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// Text of the user inside a message; a runaway one is cut.
std::string quoted(std::string_view text) {
  constexpr std::size_t longest = 60;
  return "\"" + std::string{text.substr(0, longest)} + (text.size() > longest ? "…" : "") + "\"";
}

// "USD / month" is "USD/month", "$/h" is "USD/h", "1/s" is "/s".
std::string canonical_unit(std::string_view written) {
  std::string unit;
  for (std::size_t i = 0; i < written.size(); ++i) {
    const std::string_view after = trimmed(written.substr(i));
    if (is_space(written[i]) && (after.starts_with('/') || unit.ends_with('/'))) continue;
    unit += written[i];
  }
  if (unit.starts_with("1/")) unit.erase(0, 1);
  if (unit.starts_with('$')) unit.replace(0, 1, "USD");
  return unit;
}

const Unit* find_unit(std::string_view text) {
  const auto* found = std::find_if(std::begin(units), std::end(units), [text](const Unit& unit) { return unit.text == text; });
  return found == std::end(units) ? nullptr : found;
}

bool equal_but_for_case(std::string_view a, std::string_view b) {
  const auto lower = [](char letter) { return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

// A plain number has no units to choose from, so all are.
std::vector<std::string_view> unit_names(Dimension wanted) {
  std::vector<std::string_view> names;
  for (const Unit& unit : units) {
    if (wanted == Dimension::count || unit.dimension == wanted) names.push_back(unit.text);
  }
  return names;
}

// The unit for a number that came without one.
std::string_view usual_unit(Dimension dimension) {
  switch (dimension) {
    case Dimension::time: return "s";
    case Dimension::bytes: return "MiB";
    case Dimension::rate: return "/s";
    case Dimension::ratio: return "%";
    case Dimension::money: return "USD";
    case Dimension::money_rate: return "USD/month";
    case Dimension::bandwidth: return "Gbit/s";
    case Dimension::count: break;
  }
  return "";
}

// The unit that was probably meant, among those of `wanted`; empty if nothing is near.
std::string likely_unit(std::string_view word, Dimension wanted) {
  const std::vector<std::string_view> names = unit_names(wanted);
  const auto fits = [&names](std::string_view name) { return std::find(names.begin(), names.end(), name) != names.end(); };
  for (const auto& [habit, name] : habits) {
    if (habit == word && fits(name)) return std::string{name};
  }
  if (word == "m" && wanted == Dimension::bytes) return "MB";
  for (const std::string_view name : names) {
    if (equal_but_for_case(name, word)) return std::string{name};
  }
  for (const auto& [habit, name] : habits) {
    if (equal_but_for_case(habit, word) && fits(name)) return std::string{name};
  }
  return nearest_name(word, names);
}

std::nullopt_t fail(QuantityError& error, std::string message, std::string suggestion = {}) {
  error.message = std::move(message);
  error.suggestion = std::move(suggestion);
  return std::nullopt;
}

struct Parts {
  double number = 0.0;
  std::string number_text;
  std::string unit;
};

// A dollar sign may stand before the number.
std::optional<Parts> split(std::string_view text, QuantityError& error) {
  std::string_view rest = trimmed(text);
  if (rest.empty()) return fail(error, "is empty", "write a number and its unit, such as \"300 ms\"");
  const bool dollars = rest.front() == '$';
  if (dollars) rest = trimmed(rest.substr(1));
  const std::string_view unsigned_rest = rest.starts_with('-') ? rest.substr(1) : rest;
  const bool is_number =
      !unsigned_rest.empty() &&
      (is_digit(unsigned_rest[0]) || (unsigned_rest.size() > 1 && unsigned_rest[0] == '.' && is_digit(unsigned_rest[1])));
  if (!is_number) return fail(error, "does not begin with a number", "write a number and its unit, such as \"300 ms\"");
  Parts parts;
  const auto [end, code] = std::from_chars(rest.data(), rest.data() + rest.size(), parts.number);
  if (code != std::errc{}) return fail(error, "is a number too large or too small to be held");
  parts.number_text.assign(rest.data(), end);
  const std::string_view unit = trimmed(rest.substr(static_cast<std::size_t>(end - rest.data())));
  const bool separated = !unit.empty() && (unit[0] == ',' || unit[0] == '_' || unit[0] == '\'' || unit[0] == '.' ||
                                           (is_digit(unit[0]) && !unit.starts_with("1/")));
  if (separated) return fail(error, "has a separator inside its number", "write numbers as 1000000, 1e6 or 1.5");
  parts.unit = canonical_unit(unit);
  if (dollars) parts.unit.insert(0, "USD");
  return parts;
}

std::string list_of(const std::vector<std::string_view>& names) {
  std::string text;
  for (const std::string_view name : names) text += (text.empty() ? "" : " ") + std::string{name};
  return text;
}

// Where any dimension will do, a plain number is `wanted`.
std::optional<Quantity> quantity_of(const Parts& parts, Dimension wanted, QuantityError& error) {
  if (parts.unit.empty()) return Quantity{parts.number, Dimension::count};
  const Unit* unit = find_unit(parts.unit);
  if (unit == nullptr) {
    const std::string meant = likely_unit(parts.unit, wanted);
    return fail(error, "has an unknown unit " + quoted(parts.unit),
                meant.empty() ? "units are " + list_of(unit_names(wanted)) : "write " + quoted(parts.number_text + " " + meant));
  }
  const double value = parts.number * unit->multiplier / unit->divisor;
  if (!std::isfinite(value)) return fail(error, "is a number too large or too small to be held");
  return Quantity{value, unit->dimension};
}

// "500m" where a plain number belongs: Kubernetes' spelling of half a core. "m" is no unit here, so one way of writing it is
// enough.
std::nullopt_t fail_as_thousandths(const Parts& parts, QuantityError& error) {
  return fail(error, "has an unknown unit \"m\"",
              "write " + quoted(to_text(parts.number / 1000.0, Dimension::count)) + " where thousandths are meant");
}

std::string example_sentence(Dimension dimension) {
  return "write " + std::string{name_of(dimension)} + " such as " + quoted(example_of(dimension));
}

}  // namespace

std::optional<Quantity> parse_quantity(std::string_view text, QuantityError& error) {
  const std::optional<Parts> parts = split(text, error);
  if (!parts) return std::nullopt;
  return quantity_of(*parts, Dimension::count, error);
}

std::optional<double> parse_as(Dimension dimension, std::string_view text, QuantityError& error) {
  const std::optional<Parts> parts = split(text, error);
  if (!parts) {
    if (error.suggestion.starts_with("write a number and")) error.suggestion = example_sentence(dimension);
    return std::nullopt;
  }
  if (dimension == Dimension::count && parts->unit == "m") return fail_as_thousandths(*parts, error);
  const std::optional<Quantity> quantity = quantity_of(*parts, dimension, error);
  if (!quantity) return std::nullopt;
  if (quantity->dimension == dimension) return quantity->value;
  const bool bare = quantity->dimension == Dimension::count;
  if (bare && dimension == Dimension::ratio) return quantity->value;
  if (bare) {
    return fail(error, "needs a unit: " + std::string{name_of(dimension)} + " is expected",
                "write " + quoted(parts->number_text + " " + std::string{usual_unit(dimension)}));
  }
  if (dimension == Dimension::count) {
    return fail(error, "has the unit " + quoted(parts->unit) + " where a plain number is expected",
                "write " + quoted(parts->number_text));
  }
  return fail(error, "is " + std::string{name_of(quantity->dimension)} + ", not " + std::string{name_of(dimension)},
              example_sentence(dimension));
}

}  // namespace headroom
