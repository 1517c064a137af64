// What changes at set times: faults, and what follows from them.
//
// At one instant all that requests do comes first, then the changes in the order in which they were planned.
#include <utility>

#include "sim/cluster/exact_hot_path.hpp"

namespace headroom {

void ExactRequestPlane::advance_to(SimTime until) {
  while (changes_.next_time() <= until) {
    simulate_requests_to(changes_.next_time());
    carry_out(changes_.pop());
  }
  simulate_requests_to(until);
}

void ExactRequestPlane::plan_faults(const Blueprint& blueprint) {
  faults_ = blueprint.faults;
  for (Index i = 0; i < faults_.size(); ++i) changes_.add({SimTime{faults_[i].at}, ChangeKind::fault, i});
}

void ExactRequestPlane::carry_out(const PlannedChange& change) {
  switch (change.kind) {
    case ChangeKind::fault: return std::visit([this](const auto& what) { strike(what); }, faults_[change.station].what);
    case ChangeKind::promotion: return promote(change);
    case ChangeKind::node_returns: return return_node(change);
    case ChangeKind::cache_returns: return return_cache(change.station);
    case ChangeKind::health_check: return check_members(change.station);
    case ChangeKind::health_verdict: return judge_those_that_wait(change.station);
  }
}

void ExactRequestPlane::strike(const FailPrimary& fault) { fail_primary(fault.database, fault.shard); }

void ExactRequestPlane::note(std::string subject, std::string text) {
  notes_.push_back({to_seconds(now_), std::move(subject), std::move(text)});
}

}  // namespace headroom
