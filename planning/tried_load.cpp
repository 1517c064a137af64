#include "planning/tried_load.hpp"

#include <cmath>

#include <nlohmann/json.hpp>

#include "planning/configuration_forms.hpp"
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
  if (!trial.user_costs.empty()) tried.cost_per_user = t_interval(trial.user_costs);
  if (!trial.failed.empty()) tried.incomplete = trial.failed.front().message;
  return tried;
}

const Verdict* deciding(const TriedLoad& tried) { return deciding_verdict(tried.verdicts); }

std::string outcome_text(const TriedLoad& tried) {
  if (!tried.incomplete.empty()) return "not simulated";
  if (tried.replications == 0) return "not reached";
  if (tried.contradicted) return "unclear: fresh runs differ";
  return tried.outcome == Outcome::inconclusive ? "unclear" : std::string{to_text(tried.outcome)};
}

std::string users_text(const TriedLoad& tried) { return tried.users > 0.0 ? number_text(std::round(tried.users)) : "-"; }

std::string cost_per_user_text(const TriedLoad& tried, std::string_view plus_minus) {
  if (tried.cost_per_user.count == 0) return "-";
  return display(tried.cost_per_user, {1.0, "USD/month"}, plus_minus);
}

json tried_json(const TriedLoad& tried) {
  return {{"load", tried.load},
          {"outcome", to_text(tried.outcome)},
          {"replications", tried.replications},
          {"users", tried.users > 0.0 ? json(tried.users) : json()},
          {"cost_per_user_usd_per_month", tried.cost_per_user.count > 0 ? json(tried.cost_per_user.mean) : json()},
          {"contradicted", tried.contradicted},
          {"incomplete", tried.incomplete},
          {"objectives", verdicts_json(tried.verdicts)}};
}

}  // namespace headroom
