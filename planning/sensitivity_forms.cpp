// A sensitivity in words, as rows of a table and as JSON.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "planning/configuration_forms.hpp"
#include "planning/drawing.hpp"
#include "planning/html_table.hpp"
#include "planning/plan_head.hpp"
#include "planning/sensitivity.hpp"
#include "reports/answer.hpp"
#include "reports/chart_page.hpp"
#include "reports/display.hpp"
#include "reports/objective_unit.hpp"
#include "reports/verdict_json.hpp"

namespace headroom {
namespace {

using nlohmann::json;

const ObjectiveSpec* output_objective(const Sensitivity& found) {
  return found.objective ? &found.base.verdicts[*found.objective].objective : nullptr;
}

std::string output_title(const Sensitivity& found) {
  const ObjectiveSpec* const objective = output_objective(found);
  if (objective == nullptr) return "cost";
  return objective->that.lasting ? "longest breach of " + objective->that.text : title_of(objective->that.selector);
}

Interval base_output(const Sensitivity& found) {
  const std::vector<double>& values = found.objective ? found.base.values[*found.objective] : found.base.costs;
  return values.empty() ? Interval{} : t_interval(values);
}

// One for all values that are shown.
DisplayUnit output_unit(const Sensitivity& found) {
  if (!found.objective) return {1.0, "USD/month"};
  std::vector<double> values{base_output(found).mean};
  for (const SweptAssumption& one : found.swept) values.insert(values.end(), {one.at_low.mean, one.at_high.mean});
  const Verdict& verdict = found.base.verdicts[*found.objective];
  return objective_unit(verdict.objective.that, verdict.dimension, values);
}

std::string value_or_dash(const Interval& value, const DisplayUnit& unit, std::string_view plus_minus) {
  if (value.count == 0) return "-";
  return plus_minus.empty() ? display(value.mean, unit) : display(value, unit, plus_minus);
}

std::string cost_per_user_text(const Trial& trial) {
  const std::vector<double>& costs = trial.user_costs.empty() ? trial.costs : trial.user_costs;
  return costs.empty() ? "-" : number_text(t_interval(costs).mean);
}

std::string told_text(const SweptAssumption& one) {
  if (one.decides) return "decides";
  if (one.pairs < 2) return one.pairs == 0 ? "not run" : "one run cannot tell";
  return one.is_told ? "matters" : "none that can be told";
}

std::string range_text(const UncertainQuantity& quantity) {
  return quantity.text(quantity.low) + " to " + quantity.text(quantity.high);
}

std::string names_of(const std::vector<const SweptAssumption*>& all) {
  std::string text;
  for (const SweptAssumption* one : all) text += (text.empty() ? "" : ", ") + one->quantity.name;
  return text;
}

std::string joint_text(const Sensitivity& found) {
  const JointSamples& joint = *found.joint;
  const std::size_t all = joint.pass + joint.fail + joint.inconclusive;
  const BinomialShare share = binomial_share(joint.pass, all);
  const auto percent = [](double x) { return display(x, Dimension::ratio); };
  return fmt::format("all assumptions drawn together: the required objectives hold in {} of {} samples, {} ({} to {}){}",
                     joint.pass, all, percent(share.share), percent(share.low), percent(share.high),
                     joint.inconclusive > 0 ? fmt::format("; {} could not tell", joint.inconclusive) : "");
}

std::string finding_text(const Sensitivity& found) {
  const auto first = found.measure_first();
  const DisplayUnit unit = output_unit(found);
  const auto few = std::ranges::count_if(found.swept, [](const SweptAssumption& one) { return one.pairs < 2; });
  if (!first && few > 0) {
    const SweptAssumption& largest = found.swept.front();
    return fmt::format("not known yet: {} of {} assumptions have fewer than two runs at each end{}", few, found.swept.size(),
                       largest.pairs == 0 ? ""
                                          : fmt::format("; the largest swing of {} so far is of {}, {} to {}", output_title(found),
                                                        largest.quantity.name, value_or_dash(largest.at_low, unit, {}),
                                                        value_or_dash(largest.at_high, unit, {})));
  }
  if (!first) return fmt::format("none of {} assumptions moves {} by more than chance", found.swept.size(), output_title(found));
  const SweptAssumption& one = found.swept[*first];
  return fmt::format("measure first: {} ({} moves {} from {} to {}{})", one.quantity.name, range_text(one.quantity),
                     output_title(found), value_or_dash(one.at_low, unit, {}), value_or_dash(one.at_high, unit, {}),
                     one.decides ? " and decides whether the objectives hold" : "");
}

json swept_json(const SweptAssumption& one) {
  const auto end = [](double value, const Interval& output, const Trial& trial) {
    return json{{"value", value},
                {"output", to_json(output)},
                {"outcome", to_text(trial.outcome)},
                {"cost_usd_per_month", trial.costs.empty() ? json() : to_json(t_interval(trial.costs))},
                {"users", trial.users},
                {"objectives", verdicts_json(trial.verdicts)}};
  };
  return {{"name", one.quantity.name}, {"pointer", one.quantity.pointer},
          {"mid", one.quantity.mid},   {"low", end(one.quantity.low, one.at_low, one.low)},
          {"swing", one.swing},        {"high", end(one.quantity.high, one.at_high, one.high)},
          {"runs", one.pairs},         {"distinguishable", one.is_told},
          {"decides", one.decides}};
}

}  // namespace

std::vector<std::vector<std::string>> sensitivity_rows(const Sensitivity& found, std::string_view plus_minus) {
  const DisplayUnit unit = output_unit(found);
  const std::string title = output_title(found), money = found.base.users > 0.0 ? "USD per user and month" : "USD/month";
  std::vector<std::vector<std::string>> rows{{"assumption", "range", title + " at low", "at high", money + " at low", "at high",
                                              "runs", "verdict at low", "at high", "effect on " + title}};
  rows.push_back({"as it is", "", value_or_dash(base_output(found), unit, plus_minus), "", cost_per_user_text(found.base), "",
                  std::to_string(found.base.replications), std::string{to_text(found.base.outcome)}, "", ""});
  for (const SweptAssumption& one : found.swept) {
    rows.push_back({one.quantity.name, range_text(one.quantity), value_or_dash(one.at_low, unit, plus_minus),
                    value_or_dash(one.at_high, unit, plus_minus), cost_per_user_text(one.low), cost_per_user_text(one.high),
                    std::to_string(one.pairs), std::string{to_text(one.low.outcome)}, std::string{to_text(one.high.outcome)},
                    told_text(one)});
  }
  return rows;
}

std::vector<std::string> sensitivity_remarks(const Sensitivity& found) {
  std::vector<std::string> remarks;
  std::vector<const SweptAssumption*> deciding, untold;
  for (const SweptAssumption& one : found.swept) {
    if (one.decides) deciding.push_back(&one);
    if (!one.decides && !one.is_told) untold.push_back(&one);
  }
  if (!deciding.empty()) remarks.push_back("whether the required objectives hold depends on " + names_of(deciding));
  if (!untold.empty() && found.base.replications > 1)
    remarks.push_back(fmt::format("no difference in {} that {} replications can tell: {}", output_title(found),
                                  found.base.replications, names_of(untold)));
  if (!found.left_out.empty()) {
    std::string names;
    for (const std::string& name : found.left_out) names += (names.empty() ? "" : ", ") + name;
    remarks.push_back("not swept, without a range of numbers: " + names);
  }
  if (found.joint) remarks.push_back(joint_text(found));
  if (const std::string why = found.incomplete(); !why.empty()) remarks.push_back("a run did not complete: " + why);
  if (found.stopped != Trials::Stop::none && !found.is_provisional())
    remarks.push_back(fmt::format("{} before all samples were drawn", stop_words(found.stopped)));
  if (found.is_provisional() && found.base.replications == 1)
    remarks.push_back("one run of each has no interval: what it shows may be chance, and no objective is judged by it");
  return remarks;
}

std::string sensitivity_sentence(const Sensitivity& found) {
  if (!found.is_provisional()) return finding_text(found);
  if (found.base.replications == 0)
    return fmt::format("nothing is known of {}: {} before each end of {} assumptions had one run", output_title(found),
                       stop_words(found.stopped), found.swept.size());
  return fmt::format("{}; the order is provisional: {} after {} of {} runs of each", finding_text(found),
                     stop_words(found.stopped), found.base.replications, found.wanted);
}

nlohmann::json sensitivity_json(const Sensitivity& found) {
  json swept = json::array();
  for (const SweptAssumption& one : found.swept) swept.push_back(swept_json(one));
  json joint;
  if (found.joint) {
    const BinomialShare share =
        binomial_share(found.joint->pass, found.joint->pass + found.joint->fail + found.joint->inconclusive);
    joint = {{"pass", found.joint->pass}, {"fail", found.joint->fail}, {"inconclusive", found.joint->inconclusive},
             {"share", share.share},      {"low", share.low},          {"high", share.high}};
  }
  json all = to_json(PlanHead{"sensitivity", sensitivity_sentence(found), found.base.outcome, found.stopped, found.runs,
                              sensitivity_remarks(found)},
                     found.scenario);
  all.update({{"output", found.objective ? output_objective(found)->that.text : "cost"},
              {"base",
               {{"output", to_json(base_output(found))},
                {"outcome", to_text(found.base.outcome)},
                {"objectives", verdicts_json(found.base.verdicts)}}},
              {"assumptions", std::move(swept)},
              {"not_swept", found.left_out},
              {"joint", std::move(joint)},
              {"measure_first", found.measure_first() ? json(found.swept[*found.measure_first()].quantity.name) : json()}});
  return all;
}

std::string sensitivity_page(const Sensitivity& found) {
  const DisplayUnit unit = output_unit(found);
  std::vector<TornadoBar> bars;
  for (const SweptAssumption& one : found.swept) {
    if (one.at_low.count == 0 || one.at_high.count == 0) continue;
    bars.push_back({fmt::format("{}: {}", one.quantity.name, range_text(one.quantity)), one.at_low.mean, one.at_high.mean,
                    display(one.at_low.mean, unit), display(one.at_high.mean, unit), one.is_told});
  }
  std::string body = "<p class=\"answer\">" + escaped_html(sensitivity_sentence(found)) + "</p>";
  for (const std::string& remark : sensitivity_remarks(found)) body += "<p class=\"note\">" + escaped_html(remark) + "</p>";
  body += "<section><h2>What moves " + escaped_html(output_title(found)) + "</h2>" +
          tornado_html(bars, base_output(found).mean, output_title(found) + " " + value_or_dash(base_output(found), unit, {})) +
          "<p class=\"note\">Each bar is one assumption at both ends of its range, all else as it is; hollow bars are no "
          "difference that can be told.</p></section>";
  const std::vector<std::vector<std::string>> rows = sensitivity_rows(found, "±");
  body += "<section><h2>Assumptions at both ends</h2>" + html_table(rows, "Assumptions, by swing") + "</section>";
  return chart_page({.title = "sensitivity of " + found.scenario.scenario.name,
                     .heading = "What " + found.scenario.scenario.name + " hangs on",
                     .facts = fmt::format("{} · {} assumptions · {} runs", found.scenario.name, found.swept.size(), found.runs),
                     .body = body,
                     .data = nlohmann::json::object(),
                     .script = ""});
}

}  // namespace headroom
