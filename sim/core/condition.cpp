#include "sim/core/condition.hpp"

#include <utility>

namespace headroom {

namespace {

constexpr std::pair<Aggregation, std::string_view> plain_aggregations[] = {
    {Aggregation::avg, "avg"},   {Aggregation::max, "max"},     {Aggregation::min, "min"},
    {Aggregation::rate, "rate"}, {Aggregation::count, "count"}, {Aggregation::last, "last"},
};

bool is_word_letter(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
         letter == '.' || letter == '-' || letter == '_' || letter == '/';
}

std::string written_label_value(const std::string& value) {
  bool bare = !value.empty();
  for (const char letter : value) bare = bare && is_word_letter(letter);
  if (bare) return value;
  std::string text = "\"";
  for (const char letter : value) {
    if (letter == '"' || letter == '\\') text += '\\';
    text += letter;
  }
  return text + "\"";
}

}  // namespace

std::string_view to_text(Comparison comparison) {
  switch (comparison) {
    case Comparison::less: return "<";
    case Comparison::less_equal: return "<=";
    case Comparison::greater: return ">";
    case Comparison::greater_equal: return ">=";
  }
  return "";
}

std::string to_text(const MetricSelector& selector) {
  std::string text;
  if (selector.aggregation == Aggregation::percentile) text = "p(" + to_text(selector.percentile, Dimension::count) + ") ";
  if (selector.aggregation == Aggregation::time_to) text = "time_to " + to_text(selector.factor, Dimension::count) + "x ";
  for (const auto& [aggregation, name] : plain_aggregations) {
    if (aggregation == selector.aggregation && aggregation != Aggregation::last) text = std::string{name} + " ";
  }
  text += selector.metric;
  if (selector.labels.empty()) return text;
  text += "{";
  for (const Label& label : selector.labels) {
    if (text.back() != '{') text += ",";
    text += label.name + "=" + written_label_value(label.value);
  }
  return text + "}";
}

std::string to_text(const Condition& condition) {
  std::string text = to_text(condition.selector) + " " + std::string{to_text(condition.comparison)} + " " +
                     to_text(condition.limit.value, condition.limit.dimension);
  if (condition.lasting) text += " for " + to_text(*condition.lasting);
  if (!condition.phase.empty()) text += " during " + written_label_value(condition.phase);
  return text;
}

bool holds(Comparison comparison, double value, double limit) {
  switch (comparison) {
    case Comparison::less: return value < limit;
    case Comparison::less_equal: return value <= limit;
    case Comparison::greater: return value > limit;
    case Comparison::greater_equal: return value >= limit;
  }
  return false;
}

bool LastingCondition::update(SimTime now, std::optional<double> value) {
  const bool is_true = value && holds(condition_.comparison, *value, condition_.limit.value);
  return alert_.update(now, is_true) == AlertState::firing;
}

}  // namespace headroom
