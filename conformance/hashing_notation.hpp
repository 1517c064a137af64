// How the tables of hashing write numbers, ranges, names and retries.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "conformance/table.hpp"

namespace headroom::conformance {

using Names = std::vector<std::string>;

inline std::uint64_t number_in(std::string_view text) {
  const bool hexadecimal = text.starts_with("0x");
  std::uint64_t value = 0;
  const std::string_view digits = hexadecimal ? text.substr(2) : text;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, hexadecimal ? 16 : 10);
  if (error != std::errc{} || end != digits.data() + digits.size())
    throw std::invalid_argument{fmt::format("\"{}\" is no number of 64 bits", text)};
  return value;
}

// Numbers that a double would not hold are texts.
inline std::uint64_t number_of(const Json& value) {
  return value.is_string() ? number_in(value.get<std::string>()) : value.get<std::uint64_t>();
}

// Numbered keys: "foo" of foo0..foo99.
struct KeyRange {
  std::string prefix;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

// "0..19", "foo0..foo99999", "\"k0\"..\"k3999\"", with anything before the first and after the last bracket or quote left out.
inline KeyRange range_in(std::string_view text) {
  const std::size_t dots = text.find("..");
  if (dots == std::string_view::npos) throw std::invalid_argument{fmt::format("\"{}\" is no range a..b", text)};
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto is_word = [&](char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-'; };
  std::string_view low = text.substr(0, dots), high = text.substr(dots + 2);
  while (!low.empty() && !is_digit(low.back())) low.remove_suffix(1);
  std::size_t digits = low.size();
  while (digits > 0 && is_digit(low[digits - 1])) --digits;
  std::size_t word = digits;
  while (word > 0 && is_word(low[word - 1])) --word;
  while (!high.empty() && !is_digit(high.front())) high.remove_prefix(1);
  const auto after = std::ranges::find_if_not(high, is_digit);
  return {std::string{low.substr(word, digits - word)}, number_in(low.substr(digits)),
          number_in(high.substr(0, static_cast<std::size_t>(after - high.begin())))};
}

inline void replace_all(std::string& text, std::string_view from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

// A list, or a rule: "10.0.(i/250).(i%250):80 for i=0..9", "10.0.0.i:80, i=0..19".
inline Names names_in(const Json& value) {
  if (value.is_array()) return value.get<Names>();
  const std::string text = value.get<std::string>();
  const std::size_t equals = text.find("i=");
  if (equals == std::string::npos) {
    const KeyRange range = range_in(text);
    Names names;
    for (std::uint64_t i = range.first; i <= range.last; ++i) names.push_back(range.prefix + std::to_string(i));
    return names;
  }
  const KeyRange range = range_in(std::string_view{text}.substr(equals + 2));
  const std::string rule = text.substr(0, text.find_first_of(", "));
  Names names;
  for (std::uint64_t i = range.first; i <= range.last; ++i) {
    std::string name = rule;
    replace_all(name, "(i/250)", std::to_string(i / 250));
    replace_all(name, "(i%250)", std::to_string(i % 250));
    replace_all(name, "i", std::to_string(i));
    names.push_back(name);
  }
  return names;
}

inline std::vector<double> weights_in(const Json& row, std::size_t count) {
  for (const char* field : {"effective_weights", "weights"}) {
    if (row.contains(field)) return row.at(field).get<std::vector<double>>();
  }
  return std::vector<double>(count, 1.0);
}

inline std::size_t place_of(const Names& names, const std::string& name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) throw std::invalid_argument{fmt::format("\"{}\" is none of the names", name)};
  return static_cast<std::size_t>(found - names.begin());
}

// The host that answers where those in `rejected` (names or places, or "all") do not and it is tried again `tries` times.
template <class Pick>
std::string after_retries(const Json& retry, const Names& hosts, Pick&& pick) {
  const Json& rejected = retry.at("rejected");
  const auto tries = retry.at("tries").get<std::uint32_t>();
  std::string host;
  for (std::uint32_t attempt = 0; attempt <= tries; ++attempt) {
    const std::size_t place = pick(attempt);
    host = hosts.at(place);
    const auto is_it = [&](const Json& one) { return one.is_number() ? one == Json(place) : one == Json(host); };
    if (rejected.is_string() ? rejected != "all" : std::ranges::none_of(rejected, is_it)) break;
  }
  return host;
}

inline void check_host(RowCheck& expect, const std::string& what, const Json& expected, const std::string& got,
                       const Names& hosts) {
  expect.equal(what, expected.is_number() ? Json(hosts.at(expected.get<std::size_t>())) : expected, got);
}

}  // namespace headroom::conformance
