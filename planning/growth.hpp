// When each component runs out as users become more, when the first objective is missed, and what to buy by then.
//
// Every month has a load: its users over those of the scenario at load 1. By arithmetic (explain) each station, scaled out as far
// as it may be, runs out in the first month in which its utilization at the peak exceeds the target. Whether the objectives hold
// is simulated: the first month, then the month that arithmetic points at, then by halving between months that hold and months
// that do not, each with sequential replications until its verdict is clear; a month whose load lies between two that agree is
// not simulated.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "planning/missed_remedy.hpp"
#include "planning/remedy.hpp"
#include "planning/trials.hpp"
#include "planning/tried_load.hpp"
#include "planning/user_forecast.hpp"
#include "scenarios/explain.hpp"

namespace headroom {

struct GrowthQuestion {
  std::optional<GrowthSpec> forecast;  // instead of the scenario's
  double target = 1.0;                 // utilization at which a component has run out
  std::uint64_t replications = 5;
  std::uint64_t at_most = 40;
  std::function<void(const std::string&)> note;  // told what is tried next; may be empty
};

struct PlannedMonth {
  UserForecast::Month forecast;
  double load = 1.0;
  std::vector<double> used;          // of each station of the plan, scaled out, at the peak
  std::vector<double> asked;         // the same at the mean demand
  std::optional<std::size_t> tried;  // of the plan's, where it was simulated
  // More is asked for than can be served, so that a cost per user would be of what was served. A peak alone is not: what it
  // leaves waiting is served after it.
  bool is_overloaded() const;
};

// What runs out within the forecast.
struct RunningOut {
  std::size_t station = 0;  // of the plan's
  std::size_t month = 0;
  double load = 0.0;  // at which it does, between this month and the one before
  double users = 0.0;
  // By the ends of the forecast's interval: the first month that may be it, the last (none: perhaps not within the forecast).
  std::optional<std::size_t> earliest, latest;
  std::optional<Remedy> then, by_the_end;  // enough in that month; enough in every month of the forecast
  Interval cost;                           // US dollars per month that `then` adds in that month, simulated; count 0: not known
};

struct GrowthPlan {
  NamedScenario scenario;
  UserForecast forecast;
  double users_at_load_1 = 0.0;
  bool users_are_known = true;  // by the workloads; else load 1 is the first month
  double target = 1.0;
  std::uint64_t at_most = 0;
  std::vector<StationLoad> stations;  // of the first month, in the order of `used`
  std::vector<PlannedMonth> months;
  std::vector<TriedLoad> tried;             // by rising load
  std::vector<RunningOut> running_out;      // the first one first
  std::optional<std::size_t> missed;        // first month in which an objective is missed
  std::optional<MissedRemedy> for_missed;   // of that month, if no component has run out by then
  Interval cost_for_missed;                 // US dollars per month that it adds; count 0: not known
  std::optional<std::size_t> unclear;       // first month before that (or at all) in which it is unclear whether one is
  std::optional<std::size_t> not_reached;   // first month that was still to be simulated when it was stopped
  std::vector<std::string> surprises;       // loads that hold although a smaller one does not
  Outcome outcome = Outcome::inconclusive;  // pass: every month holds
  Trials::Stop stopped = Trials::Stop::none;
  std::uint64_t runs = 0;
};

// Throws ScenarioError or PlanError when the scenario cannot be read, has no forecast, or no required objective.
GrowthPlan plan_growth(Trials& trials, const GrowthQuestion& question);

// Its forms: a row per month (the heading first) and a row per component that runs out; what a reader must know besides; the
// answer; plan.json; one page with the utilizations over the months.
std::vector<std::vector<std::string>> month_rows(const GrowthPlan& plan, std::string_view plus_minus);
std::vector<std::vector<std::string>> component_rows(const GrowthPlan& plan);
std::vector<std::string> growth_remarks(const GrowthPlan& plan);
std::string growth_sentence(const GrowthPlan& plan);
nlohmann::json growth_json(const GrowthPlan& plan);
std::string growth_page(const GrowthPlan& plan);

}  // namespace headroom
