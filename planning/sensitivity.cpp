#include "planning/sensitivity.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "planning/configuration_forms.hpp"
#include "planning/plan_error.hpp"

namespace headroom {
namespace {

// By run; empty: nothing was observed in some.
const std::vector<double>& output_of(const Trial& trial, std::optional<std::size_t> objective) {
  return objective ? trial.values[*objective] : trial.costs;
}

std::vector<std::uint64_t> common_replications(std::initializer_list<const Trial*> trials) {
  std::vector<std::uint64_t> common = (*trials.begin())->made;
  for (const Trial* trial : trials)
    std::erase_if(common, [&](std::uint64_t one) { return !std::ranges::binary_search(trial->made, one); });
  return common;
}

// Those of `values`, which are the trial's by run, that belong to the replications.
std::vector<double> values_in(const std::vector<std::uint64_t>& replications, const Trial& trial,
                              const std::vector<double>& values) {
  std::vector<double> found;
  for (std::size_t run = 0; run < values.size(); ++run) {
    if (std::ranges::binary_search(replications, trial.made[run])) found.push_back(values[run]);
  }
  return found;
}

Interval interval_of(const std::vector<double>& values) { return values.empty() ? Interval{} : t_interval(values); }

std::size_t objective_called(const Trial& base, const std::string& part) {
  std::string list;
  for (std::size_t i = 0; i < base.verdicts.size(); ++i) {
    const std::string& text = base.verdicts[i].objective.that.text;
    if (text.find(part) != std::string::npos) return i;
    list += "\n  " + text;
  }
  throw PlanError{fmt::format("no objective has \"{}\" in it; there is cost, and{}", part, list)};
}

std::optional<std::size_t> chosen_output(const Trial& base, const std::string& output) {
  if (output == "cost") {
    if (base.costs.empty() && base.replications > 0)
      throw PlanError{"nothing in the scenario has a price, so that there is no cost to look at"};
    return std::nullopt;
  }
  if (!output.empty()) return objective_called(base, output);
  const Verdict* const decides = deciding_verdict(base.verdicts);
  if (decides == nullptr) throw PlanError{"the scenario has no required objective; name what to look at: --output cost"};
  return static_cast<std::size_t>(decides - base.verdicts.data());
}

// The p-value of "none of the three differs from another".
double p_value_of(const Trial& low, const Trial& mid, const Trial& high, std::optional<std::size_t> objective) {
  double least = 1.0;
  for (const auto& [a, b] : {std::pair{&low, &mid}, {&high, &mid}, {&high, &low}}) {
    if (const auto difference = difference_of(*a, output_of(*a, objective), *b, output_of(*b, objective)))
      least = std::min(least, difference->p_value);
  }
  return std::min(1.0, 3.0 * least);
}

bool differ(Outcome a, Outcome b) { return a != b && a != Outcome::inconclusive && b != Outcome::inconclusive; }

SweptAssumption swept_of(UncertainQuantity quantity, Trial low, Trial high, const Trial& base,
                         std::optional<std::size_t> objective) {
  SweptAssumption one{.quantity = std::move(quantity)};
  const std::vector<std::uint64_t> common = common_replications({&low, &base, &high});
  one.pairs = common.size();
  one.at_low = interval_of(values_in(common, low, output_of(low, objective)));
  one.at_high = interval_of(values_in(common, high, output_of(high, objective)));
  const Interval mid = interval_of(values_in(common, base, output_of(base, objective)));
  if (one.at_low.count > 0 && one.at_high.count > 0 && mid.count > 0) {
    const auto [least, most] = std::minmax({one.at_low.mean, mid.mean, one.at_high.mean});
    one.swing = most - least;
  }
  one.decides = differ(low.outcome, base.outcome) || differ(high.outcome, base.outcome) || differ(low.outcome, high.outcome);
  one.low = std::move(low);
  one.high = std::move(high);
  return one;
}

// Eight of the samples share a replication, so that all processors have runs; how many does not depend on their number.
JointSamples draw(Trials& trials, const std::vector<UncertainQuantity>& quantities, const SensitivityQuestion& question,
                  std::uint64_t seed) {
  constexpr std::size_t at_a_time = 8;
  std::vector<std::string> names;
  for (const UncertainQuantity& one : quantities) names.push_back(one.name);
  const std::vector<std::vector<double>> points = latin_hypercube(question.samples, names, seed);
  JointSamples joint;
  for (std::size_t first = 0; first < points.size() && trials.stopped() == Trials::Stop::none; first += at_a_time) {
    std::vector<Candidate> candidates;
    for (std::size_t i = first; i < std::min(points.size(), first + at_a_time); ++i) {
      Candidate candidate{.name = fmt::format("sample {}", i + 1)};
      for (std::size_t q = 0; q < quantities.size(); ++q) {
        for (SettingChange& change : quantities[q].changes(quantities[q].quantile(points[i][q])))
          candidate.set.push_back(std::move(change));
      }
      candidates.push_back(std::move(candidate));
    }
    if (question.note) question.note(candidates.front().name);
    for (const Trial& trial : trials.run(candidates, first / at_a_time, 1)) {
      if (trial.replications == 0) continue;
      const Outcome outcome = overall(trial.verdicts);
      ++(outcome == Outcome::pass ? joint.pass : outcome == Outcome::fail ? joint.fail : joint.inconclusive);
    }
  }
  return joint;
}

}  // namespace

std::optional<std::size_t> Sensitivity::measure_first() const {
  const auto deciding = std::ranges::find(swept, true, &SweptAssumption::decides);
  if (deciding != swept.end()) return static_cast<std::size_t>(deciding - swept.begin());
  const auto told = std::ranges::find(swept, true, &SweptAssumption::is_told);
  return told == swept.end() ? std::nullopt : std::optional{static_cast<std::size_t>(told - swept.begin())};
}

std::string Sensitivity::incomplete() const {
  if (!base.failed.empty()) return base.failed.front().message;
  for (const SweptAssumption& one : swept) {
    if (!one.low.failed.empty()) return one.low.failed.front().message;
    if (!one.high.failed.empty()) return one.high.failed.front().message;
  }
  return {};
}

Sensitivity find_sensitivity(Trials& trials, const SensitivityQuestion& question) {
  Sensitivity found;
  found.scenario = trials.read({});
  found.wanted = question.replications;
  std::vector<UncertainQuantity> quantities;
  std::vector<Candidate> candidates{{"as it is", {}}};
  for (const AssumptionSpec& assumption : found.scenario.scenario.assumptions) {
    const auto quantity = uncertain_quantity(assumption);
    if (!quantity) {
      found.left_out.push_back(assumption.name);
      continue;
    }
    quantities.push_back(*quantity);
    candidates.push_back({assumption.name + " low", quantity->changes(quantity->low)});
    candidates.push_back({assumption.name + " high", quantity->changes(quantity->high)});
  }
  if (quantities.empty())
    throw PlanError{
        "no assumption of the scenario has a range, so that there is nothing to sweep; give assumptions a \"range\", or write "
        "numbers as {\"low\": 1, \"mid\": 2, \"high\": 4}"};
  if (question.note) question.note(fmt::format("{} assumptions at both ends", quantities.size()));
  std::vector<Trial> results = trials.run(candidates, 0, question.replications);
  found.base = std::move(results[0]);
  found.objective = chosen_output(found.base, question.output);
  std::vector<double> p_values;
  for (std::size_t q = 0; q < quantities.size(); ++q) {
    Trial &low = results[1 + 2 * q], &high = results[2 + 2 * q];
    p_values.push_back(p_value_of(low, found.base, high, found.objective));
    found.swept.push_back(swept_of(quantities[q], std::move(low), std::move(high), found.base, found.objective));
  }
  const std::vector<bool> told = holm_rejects(p_values);
  for (std::size_t q = 0; q < told.size(); ++q) found.swept[q].is_told = told[q];
  std::ranges::stable_sort(found.swept, std::ranges::greater{}, &SweptAssumption::swing);
  if (question.samples > 0)
    found.joint = draw(trials, quantities, question, static_cast<std::uint64_t>(found.scenario.scenario.seed));
  found.runs = trials.runs_made();
  found.stopped = trials.stopped();
  return found;
}

}  // namespace headroom
