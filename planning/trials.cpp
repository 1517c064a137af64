#include "planning/trials.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>
#include <thread>

#include "reports/binding.hpp"
#include "scenarios/builder.hpp"
#include "scenarios/variant_reader.hpp"
#include "sim/cluster/simulation.hpp"
#include "sim/measure/derived_metrics.hpp"

namespace headroom {
namespace {

std::string key_of(const NamedScenario& scenario) {
  return scenario.name + "\n" + std::to_string(scenario.scenario.seed) + "\n" + scenario.text;
}

// Dollars per month of one run, after its warm-up; none: nothing has a price.
std::optional<double> monthly_cost(const RunResult& run) {
  const MetricSelector cost{.aggregation = Aggregation::rate, .metric = "cost", .labels = {}};
  const std::optional<double> rate = evaluate(cost, run, {run.warm_up_seconds, run.duration_seconds});
  return rate ? std::optional{*rate * month_seconds} : std::nullopt;
}

std::optional<double> monthly_cost_per_user(const RunResult& run) {
  const MetricSelector cost{.aggregation = Aggregation::last, .metric = "cost_per_user", .labels = {}};
  const std::optional<double> rate = evaluate(cost, run, {run.warm_up_seconds, run.duration_seconds});
  return rate ? std::optional{*rate * month_seconds} : std::nullopt;
}

// One per run, or none at all.
std::vector<double> values_of(const ObjectiveSpec& objective, std::span<const RunResult> runs) {
  std::vector<double> values;
  for (const RunResult& run : runs) {
    const Interval value = judge(objective, std::span{&run, 1}).value;
    if (value.count == 0) return {};
    values.push_back(value.mean);
  }
  return values;
}

template <class Cost>
std::vector<double> costs_of(std::span<const RunResult> runs, Cost cost_of) {
  std::vector<double> costs;
  for (const RunResult& run : runs) {
    const std::optional<double> cost = cost_of(run);
    if (!cost) return {};
    costs.push_back(*cost);
  }
  return costs;
}

// Of sums of millions of terms that differ in their order: less than this share of a value is no difference.
constexpr double rounding = 1e-9;

ByReplication by_replication(const Trial& trial, const std::vector<double>& values) {
  ByReplication all;
  for (std::size_t i = 0; i < values.size(); ++i) all[trial.made[i]] = values[i];
  return all;
}

}  // namespace

std::optional<PairedDifference> difference_of(const Trial& trial, const std::vector<double>& values, const Trial& base,
                                              const std::vector<double>& reference) {
  ByReplication changed = by_replication(trial, values);
  const ByReplication unchanged = by_replication(base, reference);
  for (auto& [replication, value] : changed) {
    const auto other = unchanged.find(replication);
    if (other != unchanged.end() && std::fabs(value - other->second) <= rounding * std::fabs(value)) value = other->second;
  }
  return difference_of(changed, unchanged);
}

Trials::Trials(TrialSource source, TrialOptions options) : source_{std::move(source)}, options_{std::move(options)} {}

NamedScenario Trials::read(const Candidate& candidate) const {
  ReadOptions options = source_.read;
  options.set.insert(options.set.end(), candidate.set.begin(), candidate.set.end());
  return read_variant(source_.path, options, source_.variant);
}

Blueprint Trials::blueprint(const Candidate& candidate) const { return build_blueprint(read(candidate).scenario); }

Trials::Stop Trials::stopped() const {
  if (interrupted_) return Stop::interrupted;
  return options_.stop_at && std::chrono::steady_clock::now() >= *options_.stop_at ? Stop::out_of_time : Stop::none;
}

std::vector<Trial> Trials::run(std::span<const Candidate> candidates, std::uint64_t first, std::uint64_t count) {
  std::vector<NamedScenario> scenarios;
  for (const Candidate& candidate : candidates) scenarios.push_back(read(candidate));
  const std::uint64_t at_once = replications_at_once(scenarios.size(), count);
  for (std::uint64_t done = 0; done < count; done += at_once) make(scenarios, first + done, std::min(at_once, count - done));
  const std::uint64_t ended = ended_of_all(scenarios, first, count);
  std::vector<Trial> trials;
  for (NamedScenario& scenario : scenarios) trials.push_back(judged(std::move(scenario), first, ended));
  return trials;
}

Trial Trials::run(const Candidate& candidate, std::uint64_t first, std::uint64_t count) {
  return std::move(run(std::span{&candidate, 1}, first, count).front());
}

Trial Trials::run_until_conclusive(const Candidate& candidate, std::uint64_t first, std::uint64_t at_least,
                                   std::uint64_t at_most) {
  std::uint64_t made = std::min(at_least, at_most);
  Trial trial = run(candidate, first, made);
  while (trial.outcome == Outcome::inconclusive && trial.failed.empty() && made < at_most && stopped() == Stop::none) {
    made = std::min(at_most, made + std::max<std::uint64_t>(1, (made + 3) / 4));
    trial = run(candidate, first, made);
  }
  return trial;
}

// All, unless the time may be over between them: then as many as keep the workers busy for a while.
std::uint64_t Trials::replications_at_once(std::size_t candidates, std::uint64_t count) const {
  if (!options_.stop_at) return std::max<std::uint64_t>(1, count);
  const std::size_t workers =
      std::max(1U, options_.study.workers > 0 ? options_.study.workers : std::thread::hardware_concurrency());
  return std::max<std::uint64_t>(1, (2 * workers + candidates - 1) / std::max<std::size_t>(1, candidates));
}

// What is stopped half way through a replication has it of some only, and then counts for none: trials are compared in pairs.
std::uint64_t Trials::ended_of_all(const std::vector<NamedScenario>& scenarios, std::uint64_t first, std::uint64_t count) const {
  for (const NamedScenario& scenario : scenarios) {
    const auto known = known_.find(key_of(scenario));
    std::uint64_t ended = 0;
    while (known != known_.end() && ended < count && known->second.contains(first + ended)) ++ended;
    count = std::min(count, ended);
  }
  return count;
}

// Replication by replication, so that what is stopped has as many runs of each as it can. Candidates of the same text share runs.
void Trials::make(const std::vector<NamedScenario>& scenarios, std::uint64_t first, std::uint64_t count) {
  if (stopped() != Stop::none) return;
  std::vector<std::string> keys;
  std::vector<Blueprint> blueprints;
  for (const NamedScenario& scenario : scenarios) {
    keys.push_back(key_of(scenario));
    blueprints.push_back(build_blueprint(scenario.scenario));
  }
  std::vector<RunRequest> requests;
  std::set<std::pair<std::string, std::uint64_t>> asked;
  for (std::uint64_t replication = first; replication < first + count; ++replication) {
    for (std::size_t c = 0; c < scenarios.size(); ++c) {
      if (known_[keys[c]].contains(replication) || !asked.emplace(keys[c], replication).second) continue;
      requests.push_back({c, replication});
    }
  }
  if (requests.empty()) return;
  StudyOptions options = options_.study;
  options.keep_going = true;
  options.limits.until = options_.stop_at;
  options.recall = {};
  options.keep = [&](const EndedRun& run) {
    // Cut short, or not begun.
    if (run.result == nullptr && options.limits.over()) return;
    Ended& ended = known_[keys[run.request.variant]][run.request.replication];
    if (run.result != nullptr)
      ended.place = stash_.put(run.bytes);
    else
      ended.failed = FailedRun{{0, run.request.replication}, run.exit_code, run.message};
    ++runs_made_;
  };
  const auto simulate_one = [&](const RunRequest& request) {
    const NamedScenario& scenario = scenarios[request.variant];
    return simulate(blueprints[request.variant],
                    RunIdentity{scenario.name, static_cast<std::uint64_t>(scenario.scenario.seed), request.replication});
  };
  const Study study = run_study(scenarios.size(), requests, simulate_one, options);
  if (!study.not_kept.empty()) throw std::runtime_error{study.not_kept};
  interrupted_ = study.interrupted;
}

Trial Trials::judged(NamedScenario scenario, std::uint64_t first, std::uint64_t count) const {
  Trial trial;
  std::vector<RunResult> runs;
  if (const auto known = known_.find(key_of(scenario)); known != known_.end()) {
    const auto end = known->second.lower_bound(first + count);
    for (auto ended = known->second.lower_bound(first); ended != end; ++ended) {
      if (ended->second.failed)
        trial.failed.push_back(*ended->second.failed);
      else
        runs.push_back(run_result_from(stash_.get(ended->second.place)));
    }
  }
  for (const ObjectiveSpec& objective : scenario.scenario.objectives) {
    Verdict verdict = judge(objective, runs);
    if (verdict.outcome != Outcome::pass) verdict.binding = binding_of(objective.that, runs);
    trial.verdicts.push_back(std::move(verdict));
    trial.values.push_back(values_of(objective, runs));
  }
  trial.costs = costs_of(runs, monthly_cost);
  trial.user_costs = costs_of(runs, monthly_cost_per_user);
  for (const RunResult& run : runs) {
    trial.made.push_back(run.replication);
    trial.users += run.users / static_cast<double>(runs.size());
  }
  trial.replications = runs.size();
  trial.outcome = runs.size() < 2 || !trial.failed.empty() ? Outcome::inconclusive : overall(trial.verdicts);
  trial.scenario = std::move(scenario);
  return trial;
}

}  // namespace headroom
