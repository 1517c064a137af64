// The words and letters of the condition grammar: names of aggregations, what other systems call them, what a name may be made of.
// Internal to the parser of conditions.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "sim/core/condition.hpp"

namespace headroom::condition_words {

inline constexpr std::pair<std::string_view, Aggregation> aggregation_names[] = {
    {"avg", Aggregation::avg},     {"max", Aggregation::max},   {"min", Aggregation::min},         {"rate", Aggregation::rate},
    {"count", Aggregation::count}, {"last", Aggregation::last}, {"time_to", Aggregation::time_to},
};

// Words of other systems for an aggregation.
inline constexpr std::pair<std::string_view, std::string_view> aggregation_habits[] = {
    {"average", "avg"},
    {"mean", "avg"},
    {"maximum", "max"},
    {"minimum", "min"},
    {"median", "p(50)"},
    {"sum", "count"},
    {"total", "count"},
    {"current", "last"},
    {"percentile", "p(95)"},
    {"quantile", "p(95)"},
    {"histogram_quantile", "p(95)"},
};

inline bool is_space(char letter) { return letter == ' ' || letter == '\t' || letter == '\n' || letter == '\r'; }
inline bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }
inline bool is_lower(char letter) { return letter >= 'a' && letter <= 'z'; }
inline bool is_name_letter(char letter) {
  return is_lower(letter) || (letter >= 'A' && letter <= 'Z') || is_digit(letter) || letter == '_';
}
inline bool is_value_letter(char letter) { return is_name_letter(letter) || letter == '.' || letter == '-' || letter == '/'; }

// "p95", or "p" alone: p(95) in another spelling.
inline bool is_percentile(std::string_view word) {
  return (word[0] == 'p' || word[0] == 'P') && std::all_of(word.begin() + 1, word.end(), is_digit);
}

// Text of the user inside a message; a runaway one is cut.
inline std::string quoted(std::string_view text) {
  constexpr std::size_t longest = 60;
  return "\"" + std::string{text.substr(0, longest)} + (text.size() > longest ? "…" : "") + "\"";
}

}  // namespace headroom::condition_words
