#include "sim/cluster/router.hpp"

#include <algorithm>
#include <numeric>

namespace headroom {
namespace {

Index region_of_endpoint(const Blueprint& blueprint, Index endpoint) {
  return blueprint.services[blueprint.endpoints[endpoint].service].region;
}

// Positions in the route's list of endpoints.
std::vector<Index> nearest_first(const Blueprint& blueprint, const RouteBlueprint& route, Index from) {
  std::vector<Index> order(route.endpoints.size());
  std::iota(order.begin(), order.end(), Index{0});
  const auto& round_trip = blueprint.network.round_trip[from];
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) {
    return round_trip[region_of_endpoint(blueprint, route.endpoints[a])] <
           round_trip[region_of_endpoint(blueprint, route.endpoints[b])];
  });
  return order;
}

}  // namespace

std::vector<double> route_shares(const Blueprint& blueprint, const RouteBlueprint& route, Index from) {
  std::vector<double> shares(route.endpoints.size(), 0.0);
  if (route.policy == RoutePolicy::nearest) {
    shares[nearest_first(blueprint, route, from).front()] = 1.0;
    return shares;
  }
  const double total = std::accumulate(route.weights.begin(), route.weights.end(), 0.0);
  for (std::size_t i = 0; i < shares.size(); ++i) shares[i] = route.weights[i] / total;
  return shares;
}

Router::Router(const Blueprint& blueprint, RandomStreams& streams) {
  for (const RouteBlueprint& described : blueprint.routes) {
    Route& route = routes_.emplace_back();
    route.described = described;
    route.key = streams.key_of("routes/" + described.name);
    longest_propagation_ = std::max(longest_propagation_, described.propagation);
    for (const Index endpoint : described.endpoints) route.services.push_back(blueprint.endpoints[endpoint].service);
    for (Index region = 0; region < blueprint.network.regions.size(); ++region)
      route.nearest.push_back(nearest_first(blueprint, described, region));
    double sum = 0.0;
    const double total = std::accumulate(described.weights.begin(), described.weights.end(), 0.0);
    for (const double weight : described.weights) route.cumulative.push_back((sum += weight) / total);
  }
  for (const ServiceBlueprint& service : blueprint.services)
    histories_.push_back({.up_before = service.replicas > 0 || service.serverless, .changes = {}});
}

void Router::change(Index service, bool up, SimTime now) {
  History& history = histories_[service];
  std::vector<Change>& changes = history.changes;
  if ((changes.empty() ? history.up_before : changes.back().up) == up) return;
  // What everybody has learned since is of no interest any more.
  while (!changes.empty() && changes.front().at + longest_propagation_ <= now) {
    history.up_before = changes.front().up;
    changes.erase(changes.begin());
  }
  changes.push_back({now, up});
}

bool Router::was_up(Index service, SimTime then) const {
  const History& history = histories_[service];
  for (auto change = history.changes.rbegin(); change != history.changes.rend(); ++change) {
    if (change->at <= then) return change->up;
  }
  return history.up_before;
}

std::size_t Router::first_choice(const Route& route, Index from, std::uint64_t draw_id, std::uint64_t subject) const {
  if (route.described.policy == RoutePolicy::nearest) return route.nearest[from].front();
  const double drawn = Draws{route.key, route.described.policy == RoutePolicy::home ? subject : draw_id}.uniform();
  const auto chosen = std::lower_bound(route.cumulative.begin(), route.cumulative.end(), drawn);
  return std::min(static_cast<std::size_t>(chosen - route.cumulative.begin()), route.services.size() - 1);
}

Index Router::target(Index index, Index from, std::uint64_t draw_id, std::uint64_t subject, SimTime now) const {
  const Route& route = routes_[index];
  const std::size_t first = first_choice(route, from, draw_id, subject);
  const SimTime known = now - route.described.propagation;
  if (!route.described.failover || was_up(route.services[first], known)) return route.described.endpoints[first];
  for (const Index other : route.nearest[from]) {
    if (was_up(route.services[other], known)) return route.described.endpoints[other];
  }
  return route.described.endpoints[first];
}

}  // namespace headroom
