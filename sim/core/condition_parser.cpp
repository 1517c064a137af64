// Reading a condition: a cursor over the text, one function per part of the grammar. The first fault ends the reading.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "sim/core/condition.hpp"
#include "sim/core/metric_name.hpp"
#include "sim/core/condition_words.hpp"
#include "sim/core/limit_units.hpp"

namespace headroom {

namespace {

using namespace condition_words;

constexpr std::string_view example = "p(95) latency{endpoint=api.feed} < 300 ms";

class ConditionParser {
 public:
  ConditionParser(std::string_view text, ConditionError& error) : text_{text}, error_{error} {}

  std::optional<Condition> parse() {
    Condition condition;
    condition.text = std::string{text_};
    skip_spaces();
    if (at_end()) {
      fail(at_, "the condition is empty", "write a condition such as " + quoted(example));
      return std::nullopt;
    }
    const bool read = read_selector(condition.selector) && read_comparison(condition.comparison) &&
                      read_limit(condition.selector, condition.limit) && read_lasting(condition) && read_phase(condition) &&
                      read_end();
    if (!read) return std::nullopt;
    return condition;
  }

  std::optional<MetricSelector> parse_selector() {
    MetricSelector selector;
    skip_spaces();
    if (!read_selector(selector)) return std::nullopt;
    skip_spaces();
    if (at_end()) return selector;
    fail(at_, quoted(text_.substr(at_)) + " is not understood here", "write the metric alone, such as \"queue_length{queue=jobs}\"");
    return std::nullopt;
  }

 private:
  bool at_end() const { return at_ >= text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  void skip_spaces() {
    while (!at_end() && is_space(text_[at_])) ++at_;
  }
  template <class Belongs>
  std::string_view take_while(Belongs belongs) {
    const std::size_t from = at_;
    while (!at_end() && belongs(text_[at_])) ++at_;
    return text_.substr(from, at_ - from);
  }
  // The next word up to a space, without moving.
  std::string_view next_word() const {
    std::size_t end = at_;
    while (end < text_.size() && !is_space(text_[end])) ++end;
    return text_.substr(at_, end - at_);
  }
  bool fail(std::size_t column, std::string message, std::string suggestion) {
    error_ = {column, std::move(message), std::move(suggestion)};
    return false;
  }

  bool read_selector(MetricSelector& selector);
  bool read_percentile(MetricSelector& selector, std::size_t begin);
  bool read_factor(MetricSelector& selector);
  bool refuse_aggregation(std::string_view word, std::size_t begin);
  bool read_metric(MetricSelector& selector, std::string_view aggregation);
  bool check_metric(std::string_view word, std::size_t begin, MetricSelector& selector);
  bool read_labels(MetricSelector& selector);
  bool read_label(Label& label);
  bool read_value(std::string& value, const std::string& of);
  bool read_quoted(std::string& value);
  bool read_comparison(Comparison& comparison);
  bool read_limit(const MetricSelector& selector, Quantity& limit);
  bool read_lasting(Condition& condition);
  bool read_phase(Condition& condition);
  bool read_end();
  std::string_view words_of_quantity() const;

  std::string_view text_;
  ConditionError& error_;
  std::size_t at_ = 0;
};

// The word before a metric is an aggregation; a first word that a comparison or a label follows is the metric itself.
bool ConditionParser::read_selector(MetricSelector& selector) {
  const std::size_t begin = at_;
  const std::string_view word = take_while(is_name_letter);
  if (word.empty() || is_digit(word[0]))
    return fail(begin, "a metric is missing", "write a condition such as " + quoted(example));
  if (word == "p" && peek() == '(') return read_percentile(selector, begin) && read_metric(selector, "p(…)");
  const auto* known = std::find_if(std::begin(aggregation_names), std::end(aggregation_names),
                                   [word](const auto& entry) { return entry.first == word; });
  if (known != std::end(aggregation_names)) {
    selector.aggregation = known->second;
    if (peek() == '(') return refuse_aggregation(word, begin);
    if (known->second == Aggregation::time_to && !read_factor(selector)) return false;
    return read_metric(selector, word);
  }
  if (is_percentile(word)) return refuse_aggregation(word, begin);
  const std::size_t after_word = at_;
  skip_spaces();
  const bool words_follow = is_name_letter(peek()) && !is_digit(peek());
  constexpr std::string_view before_a_number[] = {"time_to"};
  const bool factor_follows = is_digit(peek()) && !nearest_name(word, before_a_number).empty();
  if (words_follow || factor_follows || peek() == '(') return refuse_aggregation(word, begin);
  at_ = after_word;
  return check_metric(word, begin, selector) && read_labels(selector);
}

// After "p", at "(".
bool ConditionParser::read_percentile(MetricSelector& selector, std::size_t begin) {
  ++at_;
  skip_spaces();
  const std::size_t column = at_;
  const std::string_view number = take_while([](char letter) { return is_digit(letter) || letter == '.'; });
  const auto [end, code] = std::from_chars(number.data(), number.data() + number.size(), selector.percentile);
  const bool whole = code == std::errc{} && end == number.data() + number.size();
  skip_spaces();
  const bool closed = peek() == ')';
  if (!whole || !closed) return fail(begin, "the percentile is not written p(N)", "write \"p(95)\"");
  if (selector.percentile > 100.0)
    return fail(column, "the percentile is above 100", "write a percentile from 0 to 100, such as \"p(95)\"");
  ++at_;
  selector.aggregation = Aggregation::percentile;
  return true;
}

// After "time_to".
bool ConditionParser::read_factor(MetricSelector& selector) {
  skip_spaces();
  const std::size_t column = at_;
  const std::string_view number = take_while([](char letter) { return is_digit(letter) || letter == '.'; });
  const auto [end, code] = std::from_chars(number.data(), number.data() + number.size(), selector.factor);
  const bool whole = code == std::errc{} && end == number.data() + number.size() && peek() == 'x';
  if (!whole || !(selector.factor > 0.0) || !std::isfinite(selector.factor)) {
    return fail(column, "time_to needs the factor to reach, a number followed by x",
                "write a condition such as \"time_to 10x replicas{service=api} < 5 min\"");
  }
  ++at_;
  return true;
}

bool ConditionParser::refuse_aggregation(std::string_view word, std::size_t begin) {
  const auto* known = std::find_if(std::begin(aggregation_names), std::end(aggregation_names),
                                   [word](const auto& entry) { return entry.first == word; });
  if (known != std::end(aggregation_names)) {
    return fail(
        at_, "the metric follows " + quoted(word) + " after a space, without brackets",
        "write " + quoted(std::string{word} + (known->second == Aggregation::time_to ? " 10x replicas" : " cpu{service=api}")));
  }
  const std::string message = "unknown aggregation " + quoted(word);
  if (is_percentile(word)) {
    at_ = begin + 1;
    const std::string_view number = take_while([](char letter) { return is_digit(letter) || letter == '.'; });
    return fail(begin, "unknown aggregation " + quoted(text_.substr(begin, at_ - begin)),
                "write " + quoted("p(" + std::string{number.empty() ? "95" : number} + ")"));
  }
  for (const auto& [habit, name] : aggregation_habits) {
    if (habit == word) return fail(begin, message, "write " + quoted(name));
  }
  constexpr std::string_view names[] = {"avg", "max", "min", "rate", "count", "last", "time_to"};
  const std::string nearest = nearest_name(word, names);
  return fail(
      begin, message,
      nearest.empty() ? "aggregations are p(N) avg max min rate count last time_to" : "did you mean " + quoted(nearest) + "?");
}

bool ConditionParser::read_metric(MetricSelector& selector, std::string_view aggregation) {
  skip_spaces();
  const std::size_t begin = at_;
  const std::string_view word = take_while(is_name_letter);
  if (word.empty()) {
    return fail(begin, "a metric is missing after " + quoted(aggregation), "write a condition such as " + quoted(example));
  }
  return check_metric(word, begin, selector) && read_labels(selector);
}

bool ConditionParser::check_metric(std::string_view word, std::size_t begin, MetricSelector& selector) {
  const bool proper = std::all_of(word.begin(), word.end(), [](char letter) { return is_lower(letter) || letter == '_'; });
  const bool goes_on = is_value_letter(peek());
  if (!proper || goes_on) {
    const std::string whole = std::string{word} + std::string{take_while(is_value_letter)};
    return fail(begin, quoted(whole) + " is not the name of a metric",
                "names of metrics have lower-case letters and underscores only");
  }
  selector.metric = std::string{word};
  return true;
}

bool ConditionParser::read_labels(MetricSelector& selector) {
  skip_spaces();
  if (peek() != '{') return true;
  const std::size_t opened = at_;
  ++at_;
  skip_spaces();
  while (peek() != '}') {
    const std::size_t begin = at_;
    Label label;
    if (!read_label(label)) return false;
    const bool repeated = std::any_of(selector.labels.begin(), selector.labels.end(),
                                      [&label](const Label& other) { return other.name == label.name; });
    if (repeated) return fail(begin, "the label " + quoted(label.name) + " is given twice", "name each label once");
    selector.labels.push_back(std::move(label));
    skip_spaces();
    if (at_end()) return fail(opened, "the labels are not closed", "close them with \"}\"");
    if (peek() != ',' && peek() != '}') {
      return fail(at_, "labels are separated by a comma and closed by \"}\"", "write labels as {service=api,reason=timeout}");
    }
    if (peek() == ',') {
      ++at_;
      skip_spaces();
    }
  }
  ++at_;
  std::sort(selector.labels.begin(), selector.labels.end());
  return true;
}

bool ConditionParser::read_label(Label& label) {
  const std::size_t begin = at_;
  const std::string_view name = take_while(is_name_letter);
  skip_spaces();
  const bool assigned = !name.empty() && peek() == '=';
  if (!assigned)
    return fail(name.empty() ? begin : at_, "a label is written name=value", "write labels as {service=api,reason=timeout}");
  ++at_;
  skip_spaces();
  label.name = std::string{name};
  return read_value(label.value, "label " + quoted(name));
}

bool ConditionParser::read_value(std::string& value, const std::string& of) {
  if (peek() == '"') return read_quoted(value);
  const std::size_t begin = at_;
  value = std::string{take_while(is_value_letter)};
  if (!value.empty()) return true;
  return fail(begin, "the " + of + " has no value", "write letters, digits and . - _ / or a text in quotes");
}

bool ConditionParser::read_quoted(std::string& value) {
  const std::size_t begin = at_;
  for (++at_; !at_end(); ++at_) {
    if (peek() == '"') {
      ++at_;
      return true;
    }
    if (peek() == '\\' && at_ + 1 < text_.size()) ++at_;
    value += text_[at_];
  }
  return fail(begin, "the quotes are not closed", "close them with \"");
}

bool ConditionParser::read_comparison(Comparison& comparison) {
  skip_spaces();
  const std::size_t begin = at_;
  const std::string_view rest = text_.substr(at_);
  constexpr std::pair<std::string_view, std::string_view> refused[] = {{"≤", "<="}, {"≥", ">="}, {"=<", "<="}, {"=>", ">="},
                                                                       {"==", ""},  {"=", ""},   {"!=", ""},   {"<>", ""},
                                                                       {"<<", "<"}, {">>", ">"}};
  for (const auto& [written, meant] : refused) {
    if (!rest.starts_with(written)) continue;
    return fail(begin, quoted(written) + " is not a comparison here",
                meant.empty() ? "write one of < <= > >=" : "write " + quoted(meant));
  }
  constexpr Comparison known[] = {Comparison::less_equal, Comparison::greater_equal, Comparison::less, Comparison::greater};
  for (const Comparison candidate : known) {
    if (!rest.starts_with(to_text(candidate))) continue;
    comparison = candidate;
    at_ += to_text(candidate).size();
    return true;
  }
  return fail(begin, "a comparison is missing", "write one of < <= > >= and a value, such as \"< 300 ms\"");
}

// From here up to the next "for" or "during" or the end, without the spaces around it.
std::string_view ConditionParser::words_of_quantity() const {
  std::size_t end = at_;
  std::size_t place = at_;
  while (place < text_.size()) {
    std::size_t word_end = place;
    while (word_end < text_.size() && !is_space(text_[word_end])) ++word_end;
    const std::string_view word = text_.substr(place, word_end - place);
    if (word == "for" || word == "during") break;
    end = word_end;
    place = word_end;
    while (place < text_.size() && is_space(text_[place])) ++place;
  }
  return text_.substr(at_, end - at_);
}

// Where a quantity ends that is followed by words which do not belong to it: behind "300 ms" in "300 ms within 5 min". The whole
// when there is no such place.
std::size_t length_of_leading_quantity(std::string_view words) {
  QuantityError ignored;
  if (parse_quantity(words, ignored)) return words.size();
  std::size_t longest = 0;
  std::size_t shortest_bare = 0;
  for (std::size_t end = 0; end < words.size(); ++end) {
    if (!is_space(words[end])) continue;
    const std::optional<Quantity> leading = parse_quantity(words.substr(0, end), ignored);
    if (!leading) continue;
    (leading->dimension == Dimension::count ? shortest_bare : longest) = end;
  }
  if (longest != 0) return longest;
  // After a bare number a strange word is a strange unit, unless it looks like a misspelt "for" or "during".
  const std::size_t next = std::min(words.find_first_not_of(" \t\r\n", shortest_bare), words.size());
  const std::string_view strange = words.substr(next, words.find_first_of(" \t\r\n", next) - next);
  const bool keyword = edit_distance(strange.substr(0, 12), "for") <= 1 || edit_distance(strange.substr(0, 12), "during") <= 2;
  return shortest_bare != 0 && keyword ? shortest_bare : words.size();
}

bool ConditionParser::read_limit(const MetricSelector& selector, Quantity& limit) {
  skip_spaces();
  const std::size_t begin = at_;
  const std::string_view words = words_of_quantity();
  if (words.empty()) return fail(begin, "a value is missing after the comparison", "write a value such as \"300 ms\" or \"5 %\"");
  const std::string_view value = words.substr(0, length_of_leading_quantity(words));
  QuantityError error;
  const std::optional<Quantity> quantity = parse_quantity(value, error);
  if (!quantity) {
    const QuantityError told = error_of_limit(selector, value, error);
    return fail(begin, "the value " + quoted(value) + " " + told.message, told.suggestion);
  }
  if (selector.aggregation == Aggregation::time_to && quantity->dimension != Dimension::time) {
    const bool fits = parse_as(Dimension::time, value, error).has_value();
    return fits ||
           fail(begin, "time_to is compared with a time, but the value " + quoted(value) + " " + error.message, error.suggestion);
  }
  limit = *quantity;
  at_ += value.size();
  skip_spaces();
  return true;
}

bool ConditionParser::read_lasting(Condition& condition) {
  if (next_word() != "for") return true;
  at_ += 3;
  skip_spaces();
  const std::size_t begin = at_;
  const std::string_view words = words_of_quantity();
  if (words.empty()) return fail(begin, "a duration is missing after \"for\"", "write \"for 5 min\"");
  const std::string_view value = words.substr(0, length_of_leading_quantity(words));
  QuantityError error;
  const std::optional<double> seconds = parse_as(Dimension::time, value, error);
  if (!seconds) return fail(begin, "the duration " + quoted(value) + " " + error.message, error.suggestion);
  if (*seconds < 0.0) return fail(begin, "the duration " + quoted(value) + " is negative", "write \"for 5 min\"");
  condition.lasting = to_duration(*seconds);
  at_ += value.size();
  skip_spaces();
  return true;
}

bool ConditionParser::read_phase(Condition& condition) {
  if (next_word() != "during") return true;
  at_ += 6;
  skip_spaces();
  if (at_end()) return fail(at_, "the name of a phase is missing after \"during\"", "write \"during\" and the name of a phase");
  if (!read_value(condition.phase, "phase after \"during\"")) return false;
  skip_spaces();
  return true;
}

bool ConditionParser::read_end() {
  if (at_end()) return true;
  const std::string_view word = next_word();
  const std::string message = quoted(word) + " is not understood here";
  if (word == "for") return fail(at_, message, "write \"for\" once, before \"during\"");
  if (word == "during") return fail(at_, message, "write \"during\" once, with one phase");
  constexpr std::string_view keywords[] = {"for", "during"};
  const std::string nearest = nearest_name(word, keywords);
  return fail(at_, message,
              nearest.empty() ? "after the value only \"for DURATION\" and \"during PHASE\" may follow"
                              : "did you mean " + quoted(nearest) + "?");
}

}  // namespace

std::optional<Condition> parse_condition(std::string_view text, ConditionError& error) {
  return ConditionParser{text, error}.parse();
}

std::optional<MetricSelector> parse_selector(std::string_view text, ConditionError& error) {
  return ConditionParser{text, error}.parse_selector();
}

}  // namespace headroom
