#include "reports/verdict.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "reports/budget_verdict.hpp"
#include "reports/display.hpp"
#include "reports/margin.hpp"
#include "sim/core/upper_limit.hpp"

namespace headroom {
namespace {

// What one objective looked like in all runs.
struct Observations {
  std::vector<double> values;
  std::vector<double> lows, highs;  // between which the instruments know each value to lie
  std::size_t unserved = 0;         // runs in which no request was served whose latency is meant
  std::size_t unreached = 0;        // runs in which a time_to was never reached
  double largest_factor = 0.0;      // that those runs did reach
};

// 1/256, rounded up for reading.
constexpr std::string_view resolution_words = "within the histogram's resolution (0.4 %)";

// The bound that the values are held against: the limit, or with "for" the duration.
struct Bound {
  Comparison comparison;
  double limit;
  bool is_upper() const { return is_upper_limit(comparison); }
  bool holds(double value) const { return headroom::holds(comparison, value, limit); }
  // The end that is nearest to missing, or nearest to keeping, the bound: of the interval of the lower or of the upper ends.
  double worst(const Interval& low, const Interval& high) const { return is_upper() ? high.high : low.low; }
  double best(const Interval& low, const Interval& high) const { return is_upper() ? low.low : high.high; }
};

Bound bound_of(const Condition& condition) {
  if (condition.lasting) return {Comparison::less, to_seconds(*condition.lasting)};
  return {condition.comparison, condition.limit.value};
}

// The largest factor that was reached, by bisection of time_to itself, so that it means the same.
double largest_factor_reached(MetricSelector selector, const RunResult& run, TimeSpan span) {
  double reached = 0.0;
  double missed = selector.factor;
  while (missed - reached > 0.01 * missed) {
    selector.factor = (reached + missed) / 2.0;
    (evaluate(selector, run, span) ? reached : missed) = selector.factor;
    if (missed < 1e-3) return 0.0;
  }
  return reached;
}

bool was_observed(MetricSelector selector, const RunResult& run, TimeSpan span) {
  if (selector.aggregation == Aggregation::time_to) selector.aggregation = Aggregation::last;
  return evaluate(selector, run, span).has_value() || serves_none(selector, run, span);
}

void add(Observations& seen, double value, const ValueBounds& bounds) {
  seen.values.push_back(value);
  seen.lows.push_back(bounds.low);
  seen.highs.push_back(bounds.high);
}

void observe(const Condition& condition, const RunResult& run, Observations& seen) {
  const TimeSpan span = span_of(condition, run);
  if (condition.lasting) {
    if (!was_observed(condition.selector, run, span)) return;
    add(seen, longest_breach_seconds(condition, run, span), longest_breach_bounds(condition, run, span));
    return;
  }
  if (const std::optional<double> value = evaluate(condition.selector, run, span)) {
    add(seen, *value, evaluate_bounds(condition.selector, run, span).value());
  } else if (serves_none(condition.selector, run, span)) {
    ++seen.unserved;
  } else if (condition.selector.aggregation == Aggregation::time_to && was_observed(condition.selector, run, span)) {
    ++seen.unreached;
    seen.largest_factor = std::max(seen.largest_factor, largest_factor_reached(condition.selector, run, span));
  }
}

void explain(Verdict& verdict, const std::string& sentence) {
  verdict.explanation += (verdict.explanation.empty() ? "" : "; ") + sentence;
}

std::string unreached_text(const Condition& condition, const Observations& seen, std::size_t runs) {
  const std::string where = seen.unreached == runs ? "" : fmt::format(" in {} of {} runs", seen.unreached, runs);
  const std::string largest =
      seen.largest_factor <= 1.0 ? "it never rose" : fmt::format("the largest was {:.1f}x", seen.largest_factor);
  return fmt::format("{:g}x was not reached{}; {}", condition.selector.factor, where, largest);
}

// Half width shrinks with the root of the number of runs: how many would bring it below the distance to the limit.
std::string replications_advice(const Interval& value, double limit) {
  const double distance = std::fabs(value.mean - limit);
  const double needed = static_cast<double>(value.count) * std::pow(value.half_width() / std::max(distance, 1e-300), 2.0);
  if (!(needed < 1000.0)) return "the value lies on the limit: it would take over 1,000 replications";
  const double step = needed < 100.0 ? 5.0 : 50.0;
  return fmt::format("the interval straddles the limit: try --replications {:.0f}", (std::floor(needed / step) + 1.0) * step);
}

Outcome outcome_of(const Bound& bound, const Interval& low, const Interval& high) {
  if (bound.holds(bound.worst(low, high))) return Outcome::pass;
  return bound.holds(bound.best(low, high)) ? Outcome::inconclusive : Outcome::fail;
}

// More runs help against chance, not against the width of a bucket.
std::string open_explanation(const Verdict& verdict, const Bound& bound, const Interval& low, const Interval& high) {
  const bool is_within_resolution = bound.holds(low.mean) != bound.holds(high.mean);
  // The side that straddles is the one towards the limit.
  if (!is_within_resolution) return replications_advice(bound.limit > verdict.value.mean ? high : low, bound.limit);
  if (verdict.objective.that.lasting)
    return fmt::format("cannot tell: it is decided by windows {} of the limit", resolution_words);
  return fmt::format("cannot tell: {} of the limit", resolution_words);
}

void judge_values(Verdict& verdict, const Bound& bound, const Observations& seen, std::size_t runs) {
  verdict.value = t_interval(seen.values);
  const Interval low = t_interval(seen.lows), high = t_interval(seen.highs);
  verdict.known = {low.mean, high.mean};
  const Condition& condition = verdict.objective.that;
  if (const MarginScale scale = margin_scale(condition); scale.size > 0.0)
    verdict.margin = margin_of(condition, scale, verdict.value.mean);
  verdict.outcome = outcome_of(bound, low, high);
  if (verdict.outcome == Outcome::inconclusive) explain(verdict, open_explanation(verdict, bound, low, high));
  const std::size_t observed = seen.values.size() + seen.unreached + seen.unserved;
  if (observed < runs) explain(verdict, fmt::format("nothing was observed in {} of {} runs", runs - observed, runs));
  if (runs == 1) explain(verdict, std::string{one_run_explanation});
}

// The share of failures that an objective wants to stay below; nothing if it is not about failures.
std::optional<double> failure_share(const Condition& condition) {
  const Bound bound = bound_of(condition);
  const bool is_whole_span = condition.selector.aggregation == Aggregation::rate ||
                             condition.selector.aggregation == Aggregation::avg ||
                             condition.selector.aggregation == Aggregation::last;
  if (condition.lasting || !is_whole_span) return std::nullopt;
  std::optional<double> share;
  if (condition.selector.metric == "errors" && bound.is_upper()) share = bound.limit;
  if (condition.selector.metric == "availability" && !bound.is_upper()) share = 1.0 - bound.limit;
  return share && *share > 0.0 && *share < 1.0 ? share : std::nullopt;
}

double counted(const std::string& metric, const Condition& condition, std::span<const RunResult> runs) {
  MetricSelector selector{.aggregation = Aggregation::count, .metric = metric, .labels = condition.selector.labels};
  double total = 0.0;
  for (const RunResult& run : runs) total += evaluate(selector, run, span_of(condition, run)).value_or(0.0);
  return total;
}

// A latency is that of what was served: who reads that it is kept should know of how many.
void tell_served(Verdict& verdict, std::span<const RunResult> runs) {
  constexpr double worth_telling = 0.01;
  const Condition& condition = verdict.objective.that;
  if (condition.selector.metric != "latency") return;
  const double ended = counted("requests", condition, runs), served = counted("latency", condition, runs);
  if (ended - served <= worth_telling * ended) return;
  explain(verdict, fmt::format("latency of the {} that were served", display(served / ended, Dimension::ratio)));
}

// No request was served in some run: it waits for ever, and keeps no upper limit.
void judge_unserved(Verdict& verdict, const Bound& bound, const Observations& seen, std::span<const RunResult> runs) {
  const double ended = counted("requests", verdict.objective.that, runs);
  const bool everywhere = seen.unserved == runs.size();
  verdict.outcome = bound.is_upper() ? Outcome::fail : seen.values.empty() ? Outcome::inconclusive : verdict.outcome;
  if (bound.is_upper()) verdict.margin.reset();
  explain(verdict, everywhere ? fmt::format("none of {} requests was served", count_text(static_cast<std::size_t>(ended)))
                              : fmt::format("no request was served in {} of {} runs", seen.unserved, runs.size()));
}

// No failure among few requests shows little: the outcome then rests on what was not seen.
void judge_resolution(Verdict& verdict, std::span<const RunResult> runs) {
  const Condition& condition = verdict.objective.that;
  const std::optional<double> share = failure_share(condition);
  if (!share || counted("errors", condition, runs) > 0.0) return;
  const std::uint64_t needed = clean_requests_needed(*share);
  const double seen = counted("requests", condition, runs);
  if (seen >= static_cast<double>(needed)) return;
  verdict.outcome = Outcome::inconclusive;
  explain(verdict, fmt::format("{} errors needs {} clean requests; the runs saw {}", display(*share, Dimension::ratio),
                               count_text(needed), count_text(static_cast<std::size_t>(seen))));
}

// Nothing can wait, last or be older than what is judged: such a limit holds whatever the system does.
void judge_span(Verdict& verdict, const Bound& bound, std::span<const RunResult> runs) {
  const Condition& condition = verdict.objective.that;
  const bool was_reached = condition.selector.aggregation == Aggregation::time_to && !condition.lasting;
  if (verdict.dimension != Dimension::time || !bound.is_upper() || was_reached) return;
  double longest = 0.0;
  for (const RunResult& run : runs) {
    const TimeSpan span = span_of(condition, run);
    longest = std::max(longest, span.end_seconds - span.begin_seconds);
  }
  if (bound.limit <= longest) return;
  verdict.outcome = Outcome::inconclusive;
  explain(verdict, fmt::format("the {} that are judged are too short to break it", display(longest, Dimension::time)));
}

}  // namespace

std::string_view to_text(Outcome outcome) {
  switch (outcome) {
    case Outcome::pass: return "pass";
    case Outcome::fail: return "fail";
    case Outcome::inconclusive: break;
  }
  return "inconclusive";
}

std::uint64_t clean_requests_needed(double share, double confidence) {
  return static_cast<std::uint64_t>(std::ceil(std::log(1.0 - confidence) / std::log1p(-share)));
}

Verdict judge(const ObjectiveSpec& objective, std::span<const RunResult> runs) {
  const Condition& condition = objective.that;
  Verdict verdict{.objective = objective, .dimension = condition.lasting ? Dimension::time : dimension_of(condition.selector)};
  Observations seen;
  for (const RunResult& run : runs) observe(condition, run, seen);
  if (objective.window) verdict.budget = judge_budget(objective, runs);
  const Bound bound = bound_of(condition);
  if (seen.values.empty() && seen.unreached + seen.unserved == 0) {
    explain(verdict, runs.empty() ? "no run completed" : "nothing was observed");
    return verdict;
  }
  if (!seen.values.empty()) judge_values(verdict, bound, seen, runs.size());
  if (seen.unreached > 0) {
    if (bound.is_upper() || seen.values.empty()) verdict.outcome = bound.is_upper() ? Outcome::fail : Outcome::pass;
    if (bound.is_upper()) verdict.margin.reset();
    verdict.explanation.clear();
    explain(verdict, unreached_text(condition, seen, runs.size()));
  }
  if (seen.unserved > 0) judge_unserved(verdict, bound, seen, runs);
  if (verdict.outcome != Outcome::fail) tell_served(verdict, runs);
  if (verdict.outcome == Outcome::pass) judge_span(verdict, bound, runs);
  if (verdict.outcome == Outcome::pass) judge_resolution(verdict, runs);
  if (verdict.budget) explain(verdict, budget_text(*verdict.budget, *objective.window));
  return verdict;
}

Outcome overall(std::span<const Verdict> verdicts) {
  Outcome outcome = Outcome::pass;
  for (const Verdict& verdict : verdicts) {
    if (verdict.objective.severity != "required") continue;
    if (verdict.outcome == Outcome::fail) return Outcome::fail;
    if (verdict.outcome == Outcome::inconclusive) outcome = Outcome::inconclusive;
  }
  return outcome;
}

}  // namespace headroom
