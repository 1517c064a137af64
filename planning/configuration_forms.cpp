#include "planning/configuration_forms.hpp"

#include <fmt/format.h>

#include <tuple>
#include <vector>

#include "reports/display.hpp"
#include "reports/verdict_json.hpp"

namespace headroom {

std::string monthly_text(const Interval& cost, std::string_view plus_minus) {
  if (cost.count == 0) return "-";
  if (plus_minus.empty()) return number_text(cost.mean) + " USD/month";
  return display(cost, {1.0, "USD/month"}, plus_minus);
}

nlohmann::json verdicts_json(const std::vector<Verdict>& verdicts) {
  nlohmann::json all = nlohmann::json::array();
  for (const Verdict& verdict : verdicts) all.push_back(to_json(verdict));
  return all;
}

const Verdict* deciding_verdict(const std::vector<Verdict>& verdicts) {
  const Verdict* first = nullptr;
  const auto rank = [](const Verdict& verdict) {
    const int outcome = verdict.outcome == Outcome::fail ? 0 : verdict.outcome == Outcome::inconclusive ? 1 : 2;
    return std::tuple(outcome, verdict.margin.value_or(outcome == 0 ? -1e300 : 1e300));
  };
  for (const Verdict& verdict : verdicts) {
    if (verdict.objective.severity == "required" && (first == nullptr || rank(verdict) < rank(*first))) first = &verdict;
  }
  return first;
}

}  // namespace headroom
