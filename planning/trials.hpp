// Trials: configurations of one scenario that are simulated and judged, for a search that decides what to try next.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "reports/comparison.hpp"
#include "reports/verdict.hpp"
#include "scenarios/reader.hpp"
#include "sim/experiment/result_stash.hpp"
#include "sim/experiment/study.hpp"

namespace headroom {

using SettingChange =
    std::pair<std::string, std::string>;  // as of --set: JSON Pointer (names work as list indices), JSON or text

struct Candidate {
  std::string name;
  std::vector<SettingChange> set;
};

// What candidates change.
struct TrialSource {
  std::string path;     // of the scenario
  std::string variant;  // empty: the base
  ReadOptions read;     // of the command line, applied before a candidate's own
};

struct TrialOptions {
  StudyOptions study;  // workers, limits of a run, progress; `recall`, `keep` and `keep_going` are the trials' own
  // Then nothing more is begun, and runs under way are ended: they count for nothing, and not as failed.
  std::optional<std::chrono::steady_clock::time_point> stop_at;
};

struct Trial {
  NamedScenario scenario;
  std::vector<Verdict> verdicts;            // in order of its objectives
  // Of the required ones; inconclusive where a run did not complete, and of a single run: that has no interval.
  Outcome outcome = Outcome::inconclusive;
  std::vector<std::uint64_t> made;          // replications that completed, in order
  // [objective][run]: what each run gave, in the order of `made`, as a verdict's value is the mean of. Empty where some run gave
  // nothing.
  std::vector<std::vector<double>> values;
  std::vector<double> costs;       // US dollars per month of 30 days, in the order of `made`; empty: nothing has a price
  std::vector<double> user_costs;  // of them for a user, as the metric cost_per_user has it; empty: no price, or no users
  double users = 0.0;              // behind all workloads, mean over the runs; 0: they do not know
  std::uint64_t replications = 0;  // that completed
  std::vector<FailedRun> failed;
};

// `values` less `reference`, each in the order of its trial's `made`, over the replications that both have; none: they have none.
std::optional<PairedDifference> difference_of(const Trial& trial, const std::vector<double>& values, const Trial& base,
                                              const std::vector<double>& reference);

class Trials {
 public:
  enum class Stop { none, interrupted, out_of_time };

  Trials(TrialSource source, TrialOptions options);

  // Reads a candidate without running it. Throws ScenarioError with every issue (a pointer that is not there, a value out of
  // range), std::invalid_argument for a variant that is not there.
  NamedScenario read(const Candidate& candidate) const;
  // For explain(): arithmetic without a run.
  Blueprint blueprint(const Candidate& candidate) const;

  // Simulates replications [first, first + count) of each and judges them. The same seed gives the same bytes whatever the number
  // of workers; runs that are known (of the same scenario text) are not made again. Once stopped() nothing is begun: the trials
  // then rest on the replications that have ended of all of them, from `first` on. For a verification take a `first` beyond all
  // replications of the search: the random numbers of another replication are fresh ones.
  std::vector<Trial> run(std::span<const Candidate> candidates, std::uint64_t first, std::uint64_t count);
  Trial run(const Candidate& candidate, std::uint64_t first, std::uint64_t count);
  // Adds replications, a quarter more at a time, until the required objectives pass or fail or `at_most` are made. Each look is a
  // chance to be wrong: what rests on one is to be verified by fresh replications.
  Trial run_until_conclusive(const Candidate& candidate, std::uint64_t first, std::uint64_t at_least, std::uint64_t at_most);

  // Runs that were simulated, those that failed among them.
  std::uint64_t runs_made() const { return runs_made_; }
  // Why nothing more is begun.
  Stop stopped() const;

 private:
  struct Ended {
    std::size_t place = 0;  // of its result in the stash, unless it failed
    std::optional<FailedRun> failed;
  };
  using Known = std::map<std::uint64_t, Ended>;  // by replication

  void make(const std::vector<NamedScenario>& scenarios, std::uint64_t first, std::uint64_t count);
  std::uint64_t replications_at_once(std::size_t candidates, std::uint64_t count) const;
  std::uint64_t ended_of_all(const std::vector<NamedScenario>& scenarios, std::uint64_t first, std::uint64_t count) const;
  Trial judged(NamedScenario scenario, std::uint64_t first, std::uint64_t count) const;

  TrialSource source_;
  TrialOptions options_;
  ResultStash stash_;
  std::map<std::string, Known> known_;  // by scenario text and seed
  std::uint64_t runs_made_ = 0;
  bool interrupted_ = false;
};

}  // namespace headroom
