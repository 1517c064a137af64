// What would keep a station under a utilization: the smallest count of what it has copies of, by arithmetic.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "planning/trials.hpp"

namespace headroom {

struct Remedy {
  std::string what;                // "9 replicas instead of 4, at most 12 nodes of gpu"
  std::vector<SettingChange> set;  // that makes it so
  // Of the station then, at the question's load, scaled out; none: the scenario does not allow so many.
  std::optional<double> utilization;
};

struct RemedyQuestion {
  std::string station, resource;
  double load = 1.0;    // of the scenario
  double target = 1.0;  // utilization that is allowed
};

// Of a service its replicas (the most its autoscaler may ask for, where it has one; of a serverless one its instances) and the
// nodes of its pool that they need, of a database its pool of connections or its cores, of a cache its nodes. None for what has
// no count, and where no number is enough (a hot shard, an autoscaler's pool that is full).
std::optional<Remedy> smallest_remedy(const Trials& trials, const RemedyQuestion& question);
// With `more` copies than there are, whether they are enough or not; none for what has no count. Of a service that is scaled, and of
// its nodes, so many are kept at all times: what is missed before the bounds are reached is missed while copies are still to come.
std::optional<Remedy> remedy_with(const Trials& trials, const RemedyQuestion& question, int more);

}  // namespace headroom
