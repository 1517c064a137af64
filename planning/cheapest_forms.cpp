// The cheapest configuration in words, as rows of a table and as JSON.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "planning/bottleneck.hpp"
#include "planning/cheapest.hpp"
#include "planning/configuration_forms.hpp"
#include "planning/grid.hpp"
#include "planning/plan_head.hpp"
#include "reports/answer.hpp"
#include "reports/display.hpp"
#include "reports/verdict_json.hpp"

namespace headroom {
namespace {

using nlohmann::json;

constexpr std::size_t most_rows = 40;

std::string_view to_text(Known known) {
  switch (known) {
    case Known::impossible: return "impossible";
    case Known::arithmetic: return "excluded by arithmetic";
    case Known::no_better: return "no better than one that fails";
    case Known::dearer: return "dearer by arithmetic";
    case Known::not_reached: return "not reached";
    case Known::simulated: break;
  }
  return "simulated";
}

std::string verdict_text(const TriedConfiguration& one) {
  if (!one.incomplete.empty()) return "did not complete";
  if (one.refuted) return "not in fresh runs";
  return one.outcome == Outcome::inconclusive ? "unclear" : std::string{headroom::to_text(one.outcome)};
}

std::vector<std::string> row_of(const CheapestPlan& plan, const TriedConfiguration& one, std::string_view plus_minus) {
  std::vector<std::string> row;
  std::ranges::transform(one.values, std::back_inserter(row), words_of);
  row.resize(plan.axes.size());
  if (one.values.empty()) row.front() = "as it is";
  row.push_back(one.cost.count == 0 ? "-" : display(one.cost, {1.0, ""}, plus_minus));
  row.push_back(plan.objective < one.verdicts.size() ? value_text(one.verdicts[plan.objective], plus_minus) : "-");
  const Verdict* const decides = deciding_verdict(one.verdicts);
  row.insert(row.end(), {std::to_string(one.replications), verdict_text(one), one.on_front ? "yes" : "",
                         decides == nullptr || one.outcome == Outcome::pass ? "" : decides->objective.that.text});
  return row;
}

// Those simulated, by cost.
std::vector<const TriedConfiguration*> simulated(const CheapestPlan& plan) {
  std::vector<const TriedConfiguration*> rows;
  for (const TriedConfiguration& one : plan.tried) {
    if (one.known == Known::simulated) rows.push_back(&one);
  }
  std::ranges::stable_sort(rows, {}, [](const TriedConfiguration* one) { return one->cost.mean; });
  return rows;
}

json tried_json(const CheapestPlan& plan, const TriedConfiguration& one) {
  json settings = json::object();
  for (std::size_t axis = 0; axis < one.values.size(); ++axis) {
    for (const std::string& pointer : plan.axes[axis].set) settings[pointer] = one.values[axis];
  }
  return {{"name", one.name},
          {"set", std::move(settings)},
          {"known", to_text(one.known)},
          {"why", one.why},
          {"least_cost_usd_per_month", one.least_cost},
          {"outcome", one.known == Known::simulated ? json(headroom::to_text(one.outcome)) : json()},
          {"refuted", one.refuted},
          {"cost_usd_per_month", to_json(one.cost)},
          {"value", to_json(one.against)},
          {"replications", one.replications},
          {"on_front", one.on_front},
          {"incomplete", one.incomplete},
          {"objectives", verdicts_json(one.verdicts)}};
}

std::string now_text(const CheapestPlan& plan) {
  if (plan.now.cost.count == 0) return "";
  const std::string holds = plan.now.outcome == Outcome::pass   ? ""
                            : plan.now.outcome == Outcome::fail ? ", and fails"
                                                                : ", and is unclear";
  return fmt::format(" (now {}{})", number_text(plan.now.cost.mean), holds);
}

// A run is only so long: what waits at its end counts for little.
std::string overload_text(const CheapestPlan& plan) {
  if (!plan.overload) return "";
  return fmt::format("; {} ({}) is used {} by arithmetic at the mean demand: it may hold for the length of this run only",
                     plan.overload->station, plan.overload->resource,
                     display(mean_utilization_at_limit(*plan.overload), Dimension::ratio));
}

std::string ties_text(const CheapestPlan& plan) {
  std::string names;
  constexpr std::size_t most_names = 3;
  for (std::size_t i = 0; i < std::min(plan.ties.size(), most_names); ++i)
    names += (i == 0 ? "" : "; ") + plan.tried[plan.ties[i]].name;
  if (plan.ties.size() > most_names) names += fmt::format("; and {} more", count_text(plan.ties.size() - most_names));
  return fmt::format("{} that {} no more that can be told: {}",
                     plan.ties.size() == 1 ? "one other" : count_text(plan.ties.size()) + " others",
                     plan.ties.size() == 1 ? "holds costs" : "hold cost", names);
}

std::string nothing_holds(const CheapestPlan& plan) {
  const std::vector<const TriedConfiguration*> rows = simulated(plan);
  const std::size_t open = plan.open().size();
  if (open > 0)
    return fmt::format("undecided: no configuration is shown to hold, and {} of {} are not decided", count_text(open),
                       count_text(plan.tried.size()));
  if (rows.empty()) return fmt::format("none of {} configurations holds", count_text(plan.tried.size()));
  const auto nearest = std::ranges::max_element(rows, {}, [](const TriedConfiguration* one) {
    const Verdict* const decides = deciding_verdict(one->verdicts);
    return decides == nullptr ? -1e300 : decides->margin.value_or(-1e300);
  });
  const Verdict* const decides = deciding_verdict((*nearest)->verdicts);
  if (decides == nullptr) return fmt::format("none of {} configurations holds", count_text(plan.tried.size()));
  return fmt::format("none of {} configurations holds; the nearest is {}: {} is {}", count_text(plan.tried.size()),
                     (*nearest)->name, decides->objective.that.text, value_text(*decides, {}));
}

}  // namespace

std::vector<std::vector<std::string>> cheapest_rows(const CheapestPlan& plan, std::string_view plus_minus) {
  std::vector<std::string> heading;
  for (const AxisSpec& axis : plan.axes) heading.push_back(axis.name);
  heading.insert(heading.end(), {"USD/month", title_of(plan.scenario.scenario.objectives[plan.objective].that.selector), "runs",
                                 "verdict", "on the front", "decided by"});
  std::vector<std::vector<std::string>> rows{heading, row_of(plan, plan.now, plus_minus)};
  for (const TriedConfiguration* one : simulated(plan)) {
    const bool is_wanted = one->on_front || (plan.answer && one == &plan.tried[*plan.answer]);
    if (rows.size() <= most_rows || is_wanted) rows.push_back(row_of(plan, *one, plus_minus));
  }
  return rows;
}

std::vector<std::string> cheapest_remarks(const CheapestPlan& plan) {
  std::string counts = fmt::format("{} configurations: {} simulated in {} runs", count_text(plan.tried.size()),
                                   count_text(plan.count(Known::simulated)), count_text(plan.runs));
  for (const Known known : {Known::arithmetic, Known::no_better, Known::dearer, Known::impossible, Known::not_reached}) {
    if (plan.count(known) > 0) counts += fmt::format(", {} {}", count_text(plan.count(known)), to_text(known));
  }
  std::vector<std::string> remarks{counts};
  for (const Known known : {Known::arithmetic, Known::impossible}) {
    const auto first = std::ranges::find(plan.tried, known, &TriedConfiguration::known);
    if (first != plan.tried.end())
      remarks.push_back(fmt::format("{}: for example {}: {}", to_text(known), first->name, first->why));
  }
  for (const TriedConfiguration& one : plan.tried) {
    if (one.refuted) remarks.push_back(fmt::format("{} held in the search, and not in fresh replications", one.name));
    if (!one.incomplete.empty()) remarks.push_back(fmt::format("{} did not complete: {}", one.name, one.incomplete));
  }
  if (!plan.ties.empty()) remarks.push_back(ties_text(plan));
  const std::size_t open = plan.open().size();
  if (plan.answer && open > 0)
    remarks.push_back(fmt::format("{} cheaper {} not decided; a larger --at-most tells more", count_text(open),
                                  open == 1 ? "one is" : "ones are"));
  if (plan.stopped != Trials::Stop::none) remarks.push_back("the search was stopped; this is what is known");
  remarks.push_back(fmt::format("front: no other that was simulated is as cheap and as good in {}",
                                plan.scenario.scenario.objectives[plan.objective].that.text));
  return remarks;
}

std::string cheapest_sentence(const CheapestPlan& plan) {
  if (!plan.answer) return nothing_holds(plan);
  const TriedConfiguration& answer = plan.tried[*plan.answer];
  const std::string verified = plan.verified_by > 0
                                   ? fmt::format("that it holds is verified by {} fresh replications", plan.verified_by)
                                   : fmt::format("that it holds is not verified: {} before", stop_words(plan.stopped));
  return fmt::format("cheapest that holds: {}: {}{}; {}{}", answer.name, monthly_text(answer.cost), now_text(plan), verified,
                     overload_text(plan));
}

nlohmann::json cheapest_json(const CheapestPlan& plan) {
  json tried = json::array();
  for (const TriedConfiguration& one : plan.tried) tried.push_back(tried_json(plan, one));
  json ties = json::array(), overload;
  for (const std::size_t at : plan.ties) ties.push_back(plan.tried[at].name);
  if (plan.overload)
    overload = {{"station", plan.overload->station},
                {"resource", plan.overload->resource},
                {"utilization_at_mean_demand", mean_utilization_at_limit(*plan.overload)}};
  json axes = json::array();
  for (const AxisSpec& axis : plan.axes)
    axes.push_back(
        {{"name", axis.name}, {"set", axis.set}, {"values", axis.all_values()}, {"more_is_better", axis.more_is_better}});
  json all =
      to_json(PlanHead{"cheapest", cheapest_sentence(plan), plan.outcome(), plan.stopped, plan.runs, cheapest_remarks(plan)},
              plan.scenario);
  all.update({{"axes", std::move(axes)},
              {"against", plan.scenario.scenario.objectives[plan.objective].that.text},
              {"cheapest", plan.answer ? json(plan.tried[*plan.answer].name) : json()},
              {"verified_by_fresh_replications", plan.verified_by},
              {"cost_no_more", std::move(ties)},
              {"overload", std::move(overload)},
              {"now", tried_json(plan, plan.now)},
              {"tried", std::move(tried)}});
  return all;
}

}  // namespace headroom
