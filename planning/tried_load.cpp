#include "planning/tried_load.hpp"

#include <cmath>
#include <tuple>

#include <nlohmann/json.hpp>

#include "reports/display.hpp"

namespace headroom {

using nlohmann::json;

TriedLoad tried_load(double load, const Trial& trial) {
  TriedLoad tried{.load = load,
                  .outcome = trial.outcome,
                  .replications = trial.replications,
                  .verdicts = trial.verdicts,
                  .users = trial.users,
                  .cost_per_user = {},
                  .incomplete = {}};
  if (trial.users > 0.0 && !trial.costs.empty()) {
    std::vector<double> costs = trial.costs;
    for (double& cost : costs) cost /= trial.users;
    tried.cost_per_user = t_interval(costs);
  }
  if (!trial.failed.empty()) tried.incomplete = trial.failed.front().message;
  return tried;
}

const Verdict* deciding(const TriedLoad& tried) {
  const Verdict* first = nullptr;
  const auto rank = [](const Verdict& verdict) {
    const int outcome = verdict.outcome == Outcome::fail ? 0 : verdict.outcome == Outcome::inconclusive ? 1 : 2;
    return std::tuple(outcome, verdict.margin.value_or(outcome == 0 ? -1e300 : 1e300));
  };
  for (const Verdict& verdict : tried.verdicts) {
    if (verdict.objective.severity == "required" && (first == nullptr || rank(verdict) < rank(*first))) first = &verdict;
  }
  return first;
}

std::string outcome_text(const TriedLoad& tried) {
  if (!tried.incomplete.empty()) return "not simulated";
  if (tried.contradicted) return "unclear: fresh runs differ";
  return tried.outcome == Outcome::inconclusive ? "unclear" : std::string{to_text(tried.outcome)};
}

std::string users_text(const TriedLoad& tried) { return tried.users > 0.0 ? number_text(std::round(tried.users)) : "-"; }

std::string cost_per_user_text(const TriedLoad& tried, std::string_view plus_minus) {
  if (tried.cost_per_user.count == 0) return "-";
  return display(tried.cost_per_user, {1.0, "USD/month"}, plus_minus);
}

json tried_json(const TriedLoad& tried) {
  json objectives = json::array();
  for (const Verdict& verdict : tried.verdicts) {
    const bool seen = verdict.value.count > 0;
    objectives.push_back({{"that", verdict.objective.that.text},
                          {"severity", verdict.objective.severity},
                          {"outcome", to_text(verdict.outcome)},
                          {"value", seen ? json(verdict.value.mean) : json()},
                          {"low", seen ? json(verdict.value.low) : json()},
                          {"high", seen ? json(verdict.value.high) : json()},
                          {"margin", verdict.margin ? json(*verdict.margin) : json()},
                          {"explanation", verdict.explanation}});
  }
  return {{"load", tried.load},
          {"outcome", to_text(tried.outcome)},
          {"replications", tried.replications},
          {"users", tried.users > 0.0 ? json(tried.users) : json()},
          {"cost_per_user_usd_per_month", tried.cost_per_user.count > 0 ? json(tried.cost_per_user.mean) : json()},
          {"contradicted", tried.contradicted},
          {"incomplete", tried.incomplete},
          {"objectives", std::move(objectives)}};
}

}  // namespace headroom
