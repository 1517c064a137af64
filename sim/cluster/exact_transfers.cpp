// Where calls come from and go to: home regions of users, routes, and the bytes of calls and answers.
#include <algorithm>

#include "sim/cluster/exact_hot_path.hpp"

namespace headroom {

void ExactRequestPlane::make_regions(const Blueprint& blueprint, RandomStreams& streams) {
  for (Index w = 0; w < blueprint.workloads.size(); ++w) {
    const WorkloadBlueprint& workload = blueprint.workloads[w];
    double total = 0.0, sum = 0.0;
    for (const double share : workload.region_shares) total += share;
    for (const double share : workload.region_shares) arrivals_[w].region_shares.push_back((sum += share) / total);
    arrivals_[w].region_key = streams.key_of("workloads/" + workload.name + "/regions");
  }
}

// The same subject is always at home in the same region.
Index ExactRequestPlane::home_of(const ArrivalQueue& arrivals, std::uint64_t subject) const {
  if (arrivals.region_shares.empty()) return arrivals.region;
  const double drawn = Draws{arrivals.region_key, subject}.uniform();
  const auto home = std::lower_bound(arrivals.region_shares.begin(), arrivals.region_shares.end(), drawn);
  return std::min(static_cast<Index>(home - arrivals.region_shares.begin()), regions_ - 1);
}

Index ExactRequestPlane::routed_target(Index route, const Task& caller, const Task& callee) const {
  return router_->target(route, region_of(caller), callee.draw_id, caller.subject, now_);
}

void ExactRequestPlane::note_caller(Index request, const Task& caller) {
  const bool user = belongs_to_user(caller);
  transfers_->note_caller(request, {region_of(caller), user ? no_index : replicas_[caller.replica].zone, user});
}

void ExactRequestPlane::count_request_bytes(Index slot) {
  const Task& request = tasks_[slot];
  const Replica& replica = replicas_[request.replica];
  if (request.user_request) transfers_->note_caller(slot, {arrivals_[request.workload].region, no_index, true});
  transfers_->count_request(slot, request.target, request.draw_id, servers_[replica.server].region, replica.zone);
}

void ExactRequestPlane::count_answer_bytes(Index slot) {
  const Task& request = tasks_[slot];
  const Replica& replica = replicas_[request.replica];
  transfers_->count_answer(slot, request.target, request.draw_id, servers_[replica.server].region, replica.zone);
}

}  // namespace headroom
