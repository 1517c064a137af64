// Gains in words, as rows of a table, as JSON and as a page.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "planning/configuration_forms.hpp"
#include "planning/drawing.hpp"
#include "planning/gains.hpp"
#include "planning/html_table.hpp"
#include "planning/plan_head.hpp"
#include "reports/answer.hpp"
#include "reports/chart_page.hpp"
#include "reports/display.hpp"
#include "reports/margin.hpp"
#include "reports/objective_unit.hpp"

namespace headroom {
namespace {

using nlohmann::json;

const Verdict& verdict_of(const Gains& found, std::size_t i) { return found.base.verdicts[found.objectives[i]]; }

DisplayUnit unit_of(const Verdict& verdict, const std::vector<double>& values) {
  return objective_unit(verdict.objective.that, verdict.dimension, values);
}

DisplayUnit unit_of(const Gains& found, std::size_t i) {
  std::vector<double> values;
  for (const Gain& gain : found.gains) {
    if (gain.changes[i] && gain.told[i]) values.push_back(std::fabs(gain.changes[i]->difference.mean));
  }
  if (values.empty()) values.push_back(verdict_of(found, i).value.mean);
  return unit_of(verdict_of(found, i), values);
}

// "+12 ms +- 3"; without what is no width, as of costs that are the same in every replication, or of one run, which has none.
std::string with_half_width(const Interval& difference, const DisplayUnit& unit, std::string_view plus_minus) {
  const double half = difference.half_width();
  const bool has_width = difference.known && half > 1e-9 * std::fabs(difference.mean);
  const std::string mean = signed_text(difference.mean, unit);
  return plus_minus.empty() || !has_width ? mean : fmt::format("{} {} {}", mean, plus_minus, number_text(half / unit.size));
}

std::string change_text(const Gains& found, const Gain& gain, std::size_t i, std::string_view plus_minus) {
  if (!gain.changes[i]) return "-";
  if (!gain.told[i]) return "not distinguishable";
  const Interval& difference = gain.changes[i]->difference;
  return with_half_width(difference, unit_of(found, i), plus_minus);
}

std::string cost_text(const Gain& gain, std::string_view plus_minus = {}) {
  if (!gain.cost) return "-";
  if (gain.is_unpriced()) return "not priced";
  return with_half_width(gain.cost->difference, {1.0, "USD/month"}, plus_minus);
}

std::string per_dollar_text(const Gains& found, const Gain& gain) {
  if (!gain.per_dollar) return "";
  if (gain.is_unpriced()) return "not priced";
  if (std::isinf(*gain.per_dollar)) return "costs no more";
  const std::string_view of = margin_scale(verdict_of(found, 0).objective.that).of;
  return fmt::format("{} % of the {} per USD", number_text(100.0 * *gain.per_dollar), of.empty() ? "limit" : of);
}

json difference_json(const std::optional<PairedDifference>& difference) {
  if (!difference) return nullptr;
  return {{"mean", difference->difference.mean},
          {"low", difference->difference.low},
          {"high", difference->difference.high},
          {"p_value", difference->p_value}};
}

json gain_json(const Gains& found, const Gain& gain) {
  json changes = json::array();
  for (std::size_t i = 0; i < found.objectives.size(); ++i) {
    changes.push_back({{"that", verdict_of(found, i).objective.that.text},
                       {"change", difference_json(gain.changes[i])},
                       {"distinguishable", bool{gain.told[i]}}});
  }
  return {{"what", gain.more.what},
          {"pointer", gain.more.change.first},
          {"value", gain.more.change.second},
          {"objectives", std::move(changes)},
          {"cost_usd_per_month", difference_json(gain.cost)},
          {"outcome", gain.trial ? json(to_text(gain.trial->outcome)) : json()},
          {"gain_per_usd_of_limit", gain.per_dollar && std::isfinite(*gain.per_dollar) ? json(*gain.per_dollar) : json()},
          {"costs_no_more", gain.per_dollar.has_value() && std::isinf(*gain.per_dollar)},
          {"why_not", gain.why_not}};
}

}  // namespace

std::vector<std::vector<std::string>> gains_rows(const Gains& found, std::string_view plus_minus) {
  std::vector<std::string> heading{"one more"};
  for (std::size_t i = 0; i < found.objectives.size(); ++i) heading.push_back(verdict_of(found, i).objective.that.text);
  heading.insert(heading.end(), {"cost", "gain per dollar", "then"});
  std::vector<std::vector<std::string>> rows{heading};
  std::vector<std::string> now{"as it is"};
  for (std::size_t i = 0; i < found.objectives.size(); ++i) now.push_back(value_text(verdict_of(found, i), plus_minus));
  now.insert(now.end(), {found.base.costs.empty() ? "-" : monthly_text(t_interval(found.base.costs)), "",
                         std::string{to_text(found.base.outcome)}});
  rows.push_back(std::move(now));
  for (const Gain& gain : found.gains) {
    if (!gain.trial) continue;
    std::vector<std::string> row{gain.more.what};
    for (std::size_t i = 0; i < found.objectives.size(); ++i) row.push_back(change_text(found, gain, i, plus_minus));
    row.insert(row.end(), {cost_text(gain, plus_minus), per_dollar_text(found, gain), std::string{to_text(gain.trial->outcome)}});
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<std::string> gains_remarks(const Gains& found) {
  std::vector<std::string> remarks;
  std::string names;
  for (const std::string& name : found.left_out) names += (names.empty() ? "" : ", ") + name;
  if (!names.empty()) remarks.push_back("decided while it runs, so not tried: " + names);
  for (const Gain& gain : found.gains) {
    if (!gain.why_not.empty()) remarks.push_back(fmt::format("{} cannot be: {}", gain.more.what, gain.why_not));
  }
  if (const std::string why = found.incomplete(); !why.empty()) remarks.push_back("a run did not complete: " + why);
  return remarks;
}

namespace {

std::string provisional_text(const Gains& found) {
  if (found.stopped == Trials::Stop::none || found.base.replications >= found.wanted) return "";
  return fmt::format("; provisional: {} after {} of {} runs of each", stop_words(found.stopped), found.base.replications,
                     found.wanted);
}

}  // namespace

std::string gains_sentence(const Gains& found) {
  const Verdict& verdict = verdict_of(found, 0);
  if (found.gains.empty() || !found.gains.front().per_dollar)
    return fmt::format("no unit more of anything brings {} nearer than chance would", verdict.objective.that.text) +
           provisional_text(found);
  const Gain& best = found.gains.front();
  const double value = verdict.value.mean + best.changes[0]->difference.mean;
  const DisplayUnit unit = unit_of(verdict, {verdict.value.mean, value});
  return fmt::format("the most for its price: {}: {} from {} to {} for {}", best.more.what, verdict.objective.that.text,
                     display(verdict.value.mean, unit), display(value, unit),
                     best.is_unpriced()             ? "what has no price here"
                     : std::isinf(*best.per_dollar) ? "no more money"
                                                    : cost_text(best)) +
         provisional_text(found);
}

nlohmann::json gains_json(const Gains& found) {
  json gains = json::array();
  for (const Gain& gain : found.gains) gains.push_back(gain_json(found, gain));
  json all =
      to_json(PlanHead{"gains", gains_sentence(found), found.base.outcome, found.stopped, found.runs, gains_remarks(found)},
              found.scenario);
  all.update({{"base", {{"outcome", to_text(found.base.outcome)}, {"objectives", verdicts_json(found.base.verdicts)}}},
              {"gains", std::move(gains)},
              {"not_tried", found.left_out}});
  return all;
}

std::string gains_page(const Gains& found) {
  const Verdict& verdict = verdict_of(found, 0);
  std::vector<double> values{verdict.value.mean};
  for (const Gain& gain : found.gains) {
    if (gain.changes[0]) values.push_back(verdict.value.mean + gain.changes[0]->difference.mean);
  }
  const DisplayUnit unit = unit_of(verdict, values);
  std::vector<TornadoBar> bars;
  for (const Gain& gain : found.gains) {
    if (!gain.changes[0]) continue;
    const double then = verdict.value.mean + gain.changes[0]->difference.mean;
    bars.push_back(
        {gain.more.what + ", " + cost_text(gain), verdict.value.mean, then, "", display(then, unit), bool{gain.told[0]}});
  }
  std::string body = "<p class=\"answer\">" + escaped_html(gains_sentence(found)) + "</p>";
  for (const std::string& remark : gains_remarks(found)) body += "<p class=\"note\">" + escaped_html(remark) + "</p>";
  body += "<section><h2>" + escaped_html(verdict.objective.that.text) + " with one more of each</h2>" +
          tornado_html(bars, verdict.value.mean, "now " + display(verdict.value.mean, unit)) +
          "<p class=\"note\">Hollow bars are no difference that can be told.</p></section>";
  body +=
      "<section><h2>One more of each</h2>" + html_table(gains_rows(found, "±"), "Resources, by gain per dollar") + "</section>";
  return chart_page({.title = "gains of " + found.scenario.scenario.name,
                     .heading = "What one more of each would bring " + found.scenario.scenario.name,
                     .facts = fmt::format("{} · {} runs", found.scenario.name, found.runs),
                     .body = body,
                     .data = json::object(),
                     .script = ""});
}

}  // namespace headroom
