// A growth plan in words, as rows of tables and as JSON.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "planning/growth.hpp"
#include "planning/plan_head.hpp"
#include "reports/display.hpp"

namespace headroom {
namespace {

using nlohmann::json;

std::string users_at(const GrowthPlan& plan, std::size_t month) {
  const UserForecast::Month& forecast = plan.months[month].forecast;
  std::string text = number_text(std::round(forecast.users));
  if (plan.forecast.has_interval)
    text += fmt::format(" ({} to {})", number_text(std::round(forecast.low)), number_text(std::round(forecast.high)));
  return text;
}

// "month 9 (2,358 users)".
std::string named(const GrowthPlan& plan, std::size_t month) {
  const UserForecast::Month& forecast = plan.months[month].forecast;
  if (!plan.forecast.counts_users) return fmt::format("{} (load {}x)", forecast.name, number_text(plan.months[month].load));
  return fmt::format("{} ({} users)", forecast.name, number_text(std::round(forecast.users)));
}

std::string share(double ratio) { return display(ratio, Dimension::ratio); }

std::string component(const GrowthPlan& plan, std::size_t station) {
  return fmt::format("{} ({})", plan.stations[station].station, plan.stations[station].resource);
}

std::size_t most_used(const PlannedMonth& month) {
  return static_cast<std::size_t>(std::ranges::max_element(month.used) - month.used.begin());
}

std::string month_of(const GrowthPlan& plan, const RunningOut& out) {
  std::string text = plan.months[out.month].forecast.name;
  if (!plan.forecast.has_interval || !out.earliest) return text;
  const std::string latest = out.latest ? plan.months[*out.latest].forecast.name : "later";
  return text + fmt::format(" ({} to {})", plan.months[*out.earliest].forecast.name, latest);
}

// Where nothing can be counted.
std::string times_its_capacity(const GrowthPlan& plan, double used) {
  return fmt::format("{}x its capacity", number_text(used / plan.target));
}

double most_used_ever(const GrowthPlan& plan, std::size_t station) {
  double most = 0.0;
  for (const PlannedMonth& month : plan.months) most = std::max(most, month.used[station]);
  return most;
}

std::string cost_text(const Interval& cost) { return cost.count == 0 ? "-" : signed_text(cost.mean, {1.0, "USD/month"}); }

std::string month_cost_text(const GrowthPlan& plan, const PlannedMonth& month, std::string_view plus_minus) {
  if (!month.tried) return "";
  return month.is_overloaded() ? "not all served" : cost_per_user_text(plan.tried[*month.tried], plus_minus);
}

std::string list_of(const std::vector<std::string>& texts) { return fmt::format("{}", fmt::join(texts, ", ")); }

// What was tried where nothing was found, and why it ended.
std::string not_found_text(const GrowthPlan& plan) {
  const MissedRemedy& remedy = *plan.for_missed;
  if (!remedy.has_number) return ", of which there is no number that could be larger";
  std::string text;
  if (remedy.not_enough > 0) text += fmt::format("; up to {} more there were not enough", remedy.not_enough);
  if (remedy.unclear > 0) text += fmt::format("; with {} more there it is unclear", remedy.unclear);
  if (remedy.refused > 0) text += fmt::format("; {} more there are not allowed", remedy.refused);
  if (text.empty() || plan.stopped == Trials::Stop::none) return text;
  return text + fmt::format("; {} before more were tried", stop_words(plan.stopped));
}

// "; enough then: 5 replicas instead of 4, +40 USD/month".
std::string for_missed_text(const GrowthPlan& plan) {
  if (!plan.for_missed || plan.for_missed->component.empty()) return "";
  const MissedRemedy& remedy = *plan.for_missed;
  const std::string bound = " (most of it at " + remedy.component + ")";
  if (!remedy.then) return bound + not_found_text(plan);
  std::string text =
      fmt::format("{}; enough then{}: {}", bound, remedy.other.empty() ? "" : " for " + remedy.objective, remedy.then->what);
  if (plan.cost_for_missed.count > 0) text += ", " + cost_text(plan.cost_for_missed);
  if (!remedy.is_least) text += ", perhaps not the least that would be";
  if (remedy.verified_by == 0) text += ", not verified by fresh replications";
  return text + (remedy.other.empty() ? "" : "; missed all the same: " + list_of(remedy.other));
}

json remedy_json(const std::optional<Remedy>& remedy) {
  if (!remedy) return nullptr;
  json set = json::array();
  for (const auto& [pointer, value] : remedy->set) set.push_back(pointer + "=" + value);
  return {{"what", remedy->what},
          {"set", std::move(set)},
          {"utilization", remedy->utilization ? json(*remedy->utilization) : json()}};
}

json for_missed_json(const GrowthPlan& plan) {
  if (!plan.for_missed) return nullptr;
  const auto count = [](int more) { return more > 0 ? json(more) : json(); };
  return {{"objective", plan.for_missed->objective},
          {"component", plan.for_missed->component},
          {"then", remedy_json(plan.for_missed->then)},
          {"is_least", plan.for_missed->is_least},
          {"verified_by", plan.for_missed->verified_by},
          {"missed_all_the_same", plan.for_missed->other},
          {"not_enough", count(plan.for_missed->not_enough)},
          {"unclear", count(plan.for_missed->unclear)},
          {"not_allowed", count(plan.for_missed->refused)},
          {"added_usd_per_month", plan.cost_for_missed.count > 0 ? json(plan.cost_for_missed.mean) : json()}};
}

json months_json(const GrowthPlan& plan) {
  json months = json::array();
  for (const PlannedMonth& month : plan.months) {
    json used = json::object();
    for (std::size_t s = 0; s < plan.stations.size(); ++s) used[component(plan, s)] = month.used[s];
    months.push_back({{"month", month.forecast.name},
                      {"users", month.forecast.users},
                      {"users_low", month.forecast.low},
                      {"users_high", month.forecast.high},
                      {"load", month.load},
                      {"overloaded", month.is_overloaded()},
                      {"utilization_scaled_out", std::move(used)},
                      {"simulated", month.tried ? tried_json(plan.tried[*month.tried]) : json()}});
  }
  return months;
}

json components_json(const GrowthPlan& plan) {
  json components = json::array();
  for (const RunningOut& out : plan.running_out) {
    components.push_back({{"station", plan.stations[out.station].station},
                          {"resource", plan.stations[out.station].resource},
                          {"month", plan.months[out.month].forecast.name},
                          {"load", out.load},
                          {"users", out.users},
                          {"then", remedy_json(out.then)},
                          {"by_the_end", remedy_json(out.by_the_end)},
                          {"added_usd_per_month", out.cost.count > 0 ? json(out.cost.mean) : json()}});
  }
  return components;
}

}  // namespace

std::vector<std::vector<std::string>> month_rows(const GrowthPlan& plan, std::string_view plus_minus) {
  const bool cost = std::ranges::any_of(plan.tried, [](const TriedLoad& one) { return one.cost_per_user.count > 0; });
  std::vector<std::vector<std::string>> rows{{"month", "load", "used", "most used, scaled out", "verdict"}};
  if (plan.forecast.counts_users) rows.front().push_back("users");
  if (cost) rows.front().push_back("cost per user");
  for (std::size_t m = 0; m < plan.months.size(); ++m) {
    const PlannedMonth& month = plan.months[m];
    std::vector<std::string> row{month.forecast.name, number_text(month.load) + "x"};
    row.push_back(month.used.empty() ? "-" : share(month.used[most_used(month)]));
    row.push_back(month.used.empty() ? "-" : component(plan, most_used(month)));
    row.push_back(month.tried ? outcome_text(plan.tried[*month.tried]) : "");
    if (plan.forecast.counts_users) row.push_back(users_at(plan, m));
    if (cost) row.push_back(month_cost_text(plan, month, plus_minus));
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<std::vector<std::string>> component_rows(const GrowthPlan& plan) {
  const bool cost = std::ranges::any_of(plan.running_out, [](const RunningOut& out) { return out.cost.count > 0; });
  std::vector<std::vector<std::string>> rows{
      {"component", "runs out in", plan.forecast.counts_users ? "at users" : "at load", "enough then", "enough to the end"}};
  if (cost) rows.front().push_back("then costs more");
  for (const RunningOut& out : plan.running_out) {
    std::vector<std::string> row{
        component(plan, out.station), month_of(plan, out),
        plan.forecast.counts_users ? number_text(std::round(out.users)) : number_text(out.load) + "x",
        out.then ? out.then->what : times_its_capacity(plan, plan.months[out.month].used[out.station]),
        out.by_the_end ? out.by_the_end->what : times_its_capacity(plan, most_used_ever(plan, out.station))};
    if (cost) row.push_back(cost_text(out.cost));
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<std::string> growth_remarks(const GrowthPlan& plan) {
  std::vector<std::string> remarks{"forecast: " + plan.forecast.source};
  if (!plan.users_are_known)
    remarks.emplace_back("the workloads do not say how many users are behind them: the first month is taken as load 1");
  if (plan.forecast.has_interval)
    remarks.emplace_back(
        "users in brackets: 95 % interval by the forecaster's errors on the history; months in brackets follow it");
  for (const std::string& surprise : plan.surprises) remarks.push_back("not monotone: " + surprise);
  for (const TriedLoad& one : plan.tried) {
    if (!one.incomplete.empty())
      remarks.push_back(fmt::format("load {:.4g} could not be simulated: {}", one.load, one.incomplete));
  }
  if (plan.unclear)
    remarks.push_back(
        fmt::format("{} {} replications leave it open whether the objectives hold",
                    plan.missed ? "between what holds and what does not, in " + plan.months[*plan.unclear].forecast.name + ","
                                : "from " + plan.months[*plan.unclear].forecast.name + " on",
                    plan.at_most));
  const auto leaves_out_cost = [&](const PlannedMonth& month) {
    return month.tried && month.is_overloaded() && plan.tried[*month.tried].cost_per_user.count > 0;
  };
  if (std::ranges::any_of(plan.months, leaves_out_cost))
    remarks.emplace_back(
        "not all served: more is asked for than can be served, and the cost of what was served is no cost of the users");
  if (plan.not_reached)
    remarks.push_back(fmt::format("not every month from {} on that the answer needs was simulated",
                                  plan.months[*plan.not_reached].forecast.name));
  if (plan.stopped == Trials::Stop::out_of_time) remarks.emplace_back("the time was over before every month was clear");
  if (plan.stopped == Trials::Stop::interrupted) remarks.emplace_back("interrupted before every month was clear");
  return remarks;
}

std::string growth_sentence(const GrowthPlan& plan) {
  std::string text;
  if (plan.missed) {
    const PlannedMonth& month = plan.months[*plan.missed];
    const Verdict* const verdict = month.tried ? deciding(plan.tried[*month.tried]) : nullptr;
    const bool perhaps_before = plan.not_reached && *plan.not_reached < *plan.missed;
    text = fmt::format("the first objective is missed in {}{}{}", named(plan, *plan.missed),
                       perhaps_before ? " at the latest" : "", verdict == nullptr ? "" : ": " + verdict->objective.that.text) +
           for_missed_text(plan);
  } else if (plan.not_reached && (!plan.unclear || *plan.not_reached < *plan.unclear)) {
    text = *plan.not_reached == 0
               ? "no month was simulated before it was stopped"
               : fmt::format("every objective holds before {}; from then on it was stopped before it was known",
                             named(plan, *plan.not_reached));
  } else if (plan.unclear) {
    text = fmt::format("every objective holds before {}; from then on it is unclear", named(plan, *plan.unclear));
  } else {
    text = fmt::format("every required objective holds in all {} months", plan.months.size());
  }
  if (plan.running_out.empty()) return text + "; no component runs out";
  const RunningOut& first = plan.running_out.front();
  text += fmt::format("; {} is the first to run out, in {}", component(plan, first.station), named(plan, first.month));
  if (first.then) text += ": " + first.then->what + (first.cost.count > 0 ? ", " + cost_text(first.cost) : "");
  return text;
}

json growth_json(const GrowthPlan& plan) {
  const auto month = [&](const std::optional<std::size_t>& place) {
    return place ? json(plan.months[*place].forecast.name) : json();
  };
  json all = to_json(PlanHead{"growth", growth_sentence(plan), plan.outcome, plan.stopped, plan.runs, growth_remarks(plan)},
                     plan.scenario);
  all.update({{"forecast", plan.forecast.source},
              {"users_at_load_1", plan.users_at_load_1},
              {"users_are_known", plan.users_are_known},
              {"target_utilization", plan.target},
              {"months", months_json(plan)},
              {"components", components_json(plan)},
              {"first_missed", month(plan.missed)},
              {"for_missed", for_missed_json(plan)},
              {"first_unclear", month(plan.unclear)},
              {"first_not_reached", month(plan.not_reached)}});
  return all;
}

}  // namespace headroom
