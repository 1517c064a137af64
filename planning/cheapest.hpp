// The cheapest configuration that keeps every required objective, over the axes that a scenario may vary.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "planning/grid.hpp"
#include "planning/trials.hpp"
#include "scenarios/explain.hpp"

namespace headroom {

struct CheapestQuestion {
  std::vector<AxisSpec> axes;
  std::uint64_t replications = 3;  // of a first look; two at least
  std::uint64_t at_most = 40;      // while an outcome is inconclusive
  // Objectives are called by a part of their text: whose values the front weighs against cost. Empty: the required one nearest to
  // its limit as the scenario stands.
  std::string against;
  bool all = false;                              // simulates every configuration, whatever arithmetic or another one says of it
  std::function<void(const std::string&)> note;  // what is tried now; may be empty
};

// How much is known of a configuration.
enum class Known {
  impossible,   // it cannot be read: the values contradict each other
  arithmetic,   // cannot_hold()
  no_better,    // than one that fails, on axes of which more is better
  dearer,       // costs more than the answer by arithmetic alone
  not_reached,  // the search was stopped before
  simulated
};

struct TriedConfiguration {
  std::size_t point = 0;  // of the grid; of the scenario as it is written: npos
  std::string name;
  std::vector<std::string> values;  // by axis
  Known known = Known::not_reached;
  std::string why;          // it was not simulated
  double least_cost = 0.0;  // by arithmetic, US dollars per month
  Outcome outcome = Outcome::inconclusive;
  std::vector<Verdict> verdicts;
  Interval cost;     // US dollars per month
  Interval against;  // value of the objective of the front; count 0: nothing was observed
  std::uint64_t replications = 0;
  std::vector<double> costs;  // as Trial has them
  bool on_front = false;
  bool refuted = false;    // it passed, and did not in fresh replications
  std::string incomplete;  // why a run of it did not complete; empty: all did
};

// What fresh replications say of a configuration that passed.
enum class Verification {
  agrees,
  refuted,     // it fails in them, or they cannot tell although there was time for all of them
  open,        // the search was stopped before they could tell
  incomplete,  // a run did not complete
};
Verification verification_of(const Trial& fresh, bool stopped);

struct CheapestPlan {
  static constexpr std::size_t written = static_cast<std::size_t>(-1);
  NamedScenario scenario;
  std::vector<AxisSpec> axes;
  TriedConfiguration now;                 // as it is written
  std::vector<TriedConfiguration> tried;  // every point of the grid
  std::optional<std::size_t> answer;      // of `tried`
  std::uint64_t verified_by = 0;          // fresh replications of the answer, all objectives kept in them; 0: it is not verified
  std::vector<std::size_t> ties;          // others that hold and whose cost differs from the answer's by no more than chance
  std::optional<StationLoad> overload;    // of the answer: what is asked for more than it can serve, by arithmetic
  std::size_t objective = 0;              // of the front
  std::uint64_t runs = 0;
  Trials::Stop stopped = Trials::Stop::none;
  std::size_t count(Known known) const;
  // Cheaper than the answer, or all where there is none, and not decided.
  std::vector<std::size_t> open() const;
  // Why a run did not complete of what stands now, or of a configuration that is not decided for it; empty: none.
  std::string incomplete() const;
  Outcome outcome() const;  // pass: found and verified; fail: none holds; else inconclusive
};

inline constexpr std::size_t most_configurations = 20'000;

// In order of what each costs by arithmetic: those that may be cheaper than the best so far are looked at with a few
// replications. Then the cheapest that are undecided get more until each cheaper one than the best is decided. The best is
// verified by fresh replications; if it does not hold in them the next takes its place. Throws PlanError where there is nothing
// to vary, to keep or to pay, also in one configuration that does not fail.
CheapestPlan find_cheapest(Trials& trials, const CheapestQuestion& question);

// Of (cost, value) pairs those that no other is at least as good as in both and better in one. `less`: smaller values are better.
std::vector<bool> pareto_front(const std::vector<std::pair<double, double>>& points, bool less);

std::vector<std::vector<std::string>> cheapest_rows(const CheapestPlan& plan, std::string_view plus_minus);
std::vector<std::string> cheapest_remarks(const CheapestPlan& plan);
std::string cheapest_sentence(const CheapestPlan& plan);
nlohmann::json cheapest_json(const CheapestPlan& plan);
std::string cheapest_page(const CheapestPlan& plan);

}  // namespace headroom
