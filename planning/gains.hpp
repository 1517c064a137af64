// What one more unit of each resource would bring and cost, each by itself, paired by common random numbers.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "planning/trials.hpp"

namespace headroom {

// One more of something: "services/api: 1 replica more".
struct MoreOf {
  std::string what;
  SettingChange change;
  bool on_nodes = false;  // what it takes is paid for with nodes, so that it may cost nothing where they have room
};

// Of services replicas (none where an autoscaler decides), cores and slots; of databases nodes, shards, cores and connections; a
// quarter more of each cache; of node pools nodes (none where an autoscaler decides).
std::vector<MoreOf> one_more_of_each(const Scenario& scenario);

struct GainsQuestion {
  bool all = false;  // every required objective; otherwise those that are missed, or if none is, the one that decides
  std::uint64_t replications = 5;
  std::function<void(const std::string&)> note;
};

struct Gain {
  MoreOf more;
  std::optional<Trial> trial;  // none: it cannot be read so
  std::string why_not;
  // By objective of Gains::objectives, in the unit of its value: with it less as it is; none where a run showed nothing.
  std::vector<std::optional<PairedDifference>> changes;
  std::vector<bool> told;                // the change is more than chance: paired, Holm over all of the objective at 5 %
  std::optional<PairedDifference> cost;  // US dollars per month
  double improvement = 0.0;              // of the first objective: what its margin grows by
  // It costs nothing in any replication, and nodes do not pay for it: the scenario says no price of it.
  bool is_unpriced() const;
  // Improvement per US dollar and month; infinite where it costs no more; nothing where it is not told or is no improvement.
  std::optional<double> per_dollar;
};

struct Gains {
  NamedScenario scenario;
  Trial base;
  std::vector<std::size_t> objectives;  // that are looked at
  std::vector<Gain> gains;              // by gain per dollar, then by improvement
  std::vector<std::string> left_out;    // resources whose number something else decides
  std::uint64_t wanted = 0;             // replications of each; fewer were made if it was stopped before
  std::uint64_t runs = 0;
  Trials::Stop stopped = Trials::Stop::none;
  std::string incomplete() const;
};

// Throws PlanError if the scenario has no required objective.
Gains find_gains(Trials& trials, const GainsQuestion& question);

std::vector<std::vector<std::string>> gains_rows(const Gains& found, std::string_view plus_minus);
std::vector<std::string> gains_remarks(const Gains& found);
std::string gains_sentence(const Gains& found);
nlohmann::json gains_json(const Gains& found);
std::string gains_page(const Gains& found);

}  // namespace headroom
