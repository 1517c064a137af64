// Router: which service a caller is sent to by a route, and what callers know of services that are down. A service is down while
// no replica of it is registered; callers learn of a change after the route's propagation.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/cluster/blueprint.hpp"
#include "sim/core/random.hpp"
#include "sim/core/time.hpp"

namespace headroom {

// Where each route leads first from a region, as shares: what explain counts with. By endpoint of the route.
std::vector<double> route_shares(const Blueprint& blueprint, const RouteBlueprint& route, Index from);

class Router {
 public:
  Router(const Blueprint& blueprint, RandomStreams& streams);

  bool empty() const { return routes_.empty(); }
  // The number of registered replicas has changed from or to none. No allocation for services that change as often as before.
  void change(Index service, bool up, SimTime now);
  // An endpoint, for the call with these random numbers, of this subject, from this region.
  Index target(Index route, Index from, std::uint64_t draw_id, std::uint64_t subject, SimTime now) const;

 private:
  struct Route {
    RouteBlueprint described;
    std::vector<Index> services;              // of its endpoints
    std::vector<std::vector<Index>> nearest;  // [region]: positions in `services`, nearest first
    std::vector<double> cumulative;
    std::uint64_t key = 0;  // of its draws
  };
  struct Change {
    SimTime at;
    bool up;
  };
  struct History {
    bool up_before = true;  // before the first change kept
    std::vector<Change> changes;
  };
  std::size_t first_choice(const Route& route, Index from, std::uint64_t draw_id, std::uint64_t subject) const;
  bool was_up(Index service, SimTime then) const;

  std::vector<Route> routes_;
  std::vector<History> histories_;  // by service
  Duration longest_propagation_{};
};

}  // namespace headroom
