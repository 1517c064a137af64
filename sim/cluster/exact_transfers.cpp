// Where calls come from and go to: home regions of users, routes, and the bytes of calls, answers, messages and look-ups.
#include <algorithm>

#include "sim/cluster/exact_hot_path.hpp"

namespace headroom {

void ExactRequestPlane::make_regions(const Blueprint& blueprint, RandomStreams& streams, Recorder& recorder) {
  for (Index w = 0; w < blueprint.workloads.size(); ++w) {
    const WorkloadBlueprint& workload = blueprint.workloads[w];
    double total = 0.0, sum = 0.0;
    for (const double share : workload.region_shares) total += share;
    for (const double share : workload.region_shares) arrivals_[w].region_shares.push_back((sum += share) / total);
    arrivals_[w].region_key = streams.key_of("workloads/" + workload.name + "/regions");
  }
  if (blueprint.network.regions == NetworkBlueprint{}.regions) return;
  for (const std::string& region : blueprint.network.regions)
    users_by_region_.push_back(&request_counts_.emplace_back(request_count(recorder, {{"region", region}})));
}

// The same subject is always at home in the same region.
Index ExactRequestPlane::home_of(const ArrivalQueue& arrivals, std::uint64_t subject) const {
  if (arrivals.region_shares.empty()) return arrivals.region;
  const double drawn = Draws{arrivals.region_key, subject}.uniform();
  const auto home = std::lower_bound(arrivals.region_shares.begin(), arrivals.region_shares.end(), drawn);
  return std::min(static_cast<Index>(home - arrivals.region_shares.begin()), regions_ - 1);
}

void ExactRequestPlane::count_by_region(const ArrivalQueue& arrivals, std::uint64_t subject, TaskOutcome outcome,
                                        Histogram::Entry latency) {
  users_by_region_[home_of(arrivals, subject)]->count(outcome, latency);
}

Index ExactRequestPlane::routed_target(Index route, const Task& caller, const Task& callee) const {
  return router_->target(route, region_of(caller), callee.draw_id, caller.subject, now_);
}

CallerPlace ExactRequestPlane::place_of(const Task& caller) const {
  const bool user = belongs_to_user(caller);
  return {region_of(caller), user ? no_index : replicas_[caller.replica].zone, user};
}

// `sizes`: of the step that it asks with.
void ExactRequestPlane::note_caller(Index request, const Task& caller, Index sizes) {
  CallerPlace place = place_of(caller);
  place.sizes = sizes;
  transfers_->note_caller(request, place);
}

// Nodes of databases lie in the zones of their region in turn.
Index ExactRequestPlane::zone_of(Index index) const {
  const Server& server = servers_[replicas_[index].server];
  return server.kind == Server::Kind::sharded ? transfers_->zone_of(server.region, index) : replicas_[index].zone;
}

void ExactRequestPlane::count_request_bytes(Index slot) {
  const Task& request = tasks_[slot];
  if (request.kind == TaskKind::request && request.user_request)
    transfers_->note_caller(slot, {arrivals_[request.workload].region, no_index, true});
  transfers_->count_request(slot, request.target, request.draw_id, servers_[replicas_[request.replica].server].region,
                            zone_of(request.replica));
}

void ExactRequestPlane::count_answer_bytes(Index slot) {
  const Task& request = tasks_[slot];
  transfers_->count_answer(slot, request.target, request.draw_id, servers_[replicas_[request.replica].server].region,
                           zone_of(request.replica));
}

// What a user publishes comes from the internet; `site` is a publish site.
void ExactRequestPlane::note_publisher(Index message, const CallerPlace& publisher, Index site) {
  CallerPlace place = publisher;
  place.sizes = program_.publishes[site].sizes;
  transfers_->note_caller(message, place);
}

// Of a look-up, with the value when it is there; of a fill, which brings the value. Nothing goes far to a cache in the replica.
void ExactRequestPlane::count_cache_bytes(const CacheSite& site, const Task& task, bool request, bool value) {
  if (caches_[site.cache].asks_replica && own_tier(site.cache, task) != nullptr) return;
  const SizeSite& sizes = program_.sizes[site.sizes];
  const CallerPlace caller = place_of(task);
  const Index zone = transfers_->zone_of(caller.region, place_of(site, task));
  if (request) transfers_->count(caller, caller.region, zone, sizes.request.draw(task.draw_id), false);
  if (value) transfers_->count(caller, caller.region, zone, sizes.response.draw(task.draw_id), request);
}

}  // namespace headroom
