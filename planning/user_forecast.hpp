// Users month by month: as they were given, so much more every month, or as a forecaster goes on with a history.
//
// The interval of a forecast h months ahead is +- z(95 %) times the root mean square of its errors h months ahead from rolling
// origins over the history (Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 5.5 and 5.10), never narrower than
// at a shorter distance; beyond the distances that three origins or more have seen it grows with the root of h, as a random
// walk's does.
#pragma once

#include <string>
#include <vector>

#include "scenarios/growth_spec.hpp"

namespace headroom {

struct UserForecast {
  struct Month {
    std::string name;  // "2026-03", or "month 4"
    double users = 0.0;
    double low = 0.0, high = 0.0;  // 95 %; users where the numbers are given
  };
  std::vector<Month> months;
  std::string source;  // "20 % more every month", "holt-winters on users of history.csv, 36 months"
  bool has_interval = false;
  bool counts_users = true;  // else how many times as many as in the first month
};

// `users_now`: where "from" is left out; 0: nobody knows. `directory`: of the scenario. Throws ScenarioError for a file that is wrong,
// PlanError for a history that is too short.
UserForecast forecast_users(const GrowthSpec& growth, double users_now, const std::string& directory);

}  // namespace headroom
