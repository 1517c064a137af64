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

}  // namespace

DisplayUnit objective_unit(const Condition& condition, Dimension dimension, std::span<const double> values) {
  if (dimension == Dimension::rate && condition.selector.metric == "energy") return {1.0, "Wh/s"};
  if (dimension == Dimension::rate && condition.selector.metric == "carbon") return {1.0, "g/s"};
  if (dimension == Dimension::money_rate) {
    const std::string name = written_money_rate(condition.text);
    QuantityError error;
    if (const std::optional<double> size = name.empty() ? std::nullopt : parse_as(dimension, "1 " + name, error))
      return {*size, name};
  }
  return unit_for(dimension, values);
}

}  // namespace headroom
