#include "reports/objective_unit.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

namespace headroom {
namespace {

// "USD/month" of "cost_per_user < 0.05 USD/month".
std::string written_money_rate(const std::string& text) {
  const std::size_t begin = text.find("USD/");
  if (begin == std::string::npos) return {};
  const auto end = std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(begin) + 4, text.end(),
                                    [](unsigned char letter) { return std::isalpha(letter) != 0; });
  return {text.begin() + static_cast<std::ptrdiff_t>(begin), end};
}

// Of `what` in the time that stands in the limit of "rate energy{node_pool=general} < 50 /h".
DisplayUnit in_written_time(const std::string& text, const std::string& what) {
  const std::size_t labels_end = text.find('}');
  const std::size_t limit = text.find_first_of("<>=", labels_end == std::string::npos ? 0 : labels_end);
  const std::size_t slash = limit == std::string::npos ? limit : text.find('/', limit);
  if (slash == std::string::npos) return {1.0, what + "/s"};
  const auto begin = text.begin() + static_cast<std::ptrdiff_t>(slash);
  const std::string name{begin, std::find_if_not(begin + 1, text.end(), [](unsigned char letter) { return std::isalpha(letter) != 0; })};
  QuantityError error;
  const std::optional<double> size = parse_as(Dimension::rate, "1 " + name, error);
  return size ? DisplayUnit{*size, what + name} : DisplayUnit{1.0, what + "/s"};
}

}  // namespace

DisplayUnit objective_unit(const Condition& condition, Dimension dimension, std::span<const double> values) {
  if (dimension == Dimension::rate && condition.selector.metric == "energy") return in_written_time(condition.text, "Wh");
  if (dimension == Dimension::rate && condition.selector.metric == "carbon") return in_written_time(condition.text, "g");
  if (dimension == Dimension::money_rate) {
    const std::string name = written_money_rate(condition.text);
    QuantityError error;
    if (const std::optional<double> size = name.empty() ? std::nullopt : parse_as(dimension, "1 " + name, error))
      return {*size, name};
  }
  return unit_for(dimension, values);
}

}  // namespace headroom
