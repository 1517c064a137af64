// ExactTrace: what the exact request plane tells of the requests that are followed, as a part of it.
//
// Only asked when a task is followed, and out of the way of what runs for all others.
#pragma once

#include "sim/cluster/exact_request_plane.hpp"

namespace headroom {

class ExactTrace {
 public:
  explicit ExactTrace(ExactRequestPlane& plane) : plane_{plane} {}

  // As many requests of users as were waited for have begun, this one the last. The target, or the queue, says of which kind.
  [[gnu::cold, gnu::noinline]] void follow_request(Index slot, Index target, Index workload);
  [[gnu::cold, gnu::noinline]] void follow_message(Index message, Index queue, Index workload);

  // The life of a request.
  [[gnu::cold, gnu::noinline]] void called(Index request, bool is_hedge);
  [[gnu::cold, gnu::noinline]] void sent(Index request, Duration delay);
  [[gnu::cold, gnu::noinline]] void published(Index message, Index queue);
  [[gnu::cold, gnu::noinline]] void rejected(Index message);
  [[gnu::cold, gnu::noinline]] void delivered(Index message, Index delivery);
  [[gnu::cold, gnu::noinline]] void branched(Index branch);
  [[gnu::cold, gnu::noinline]] void served(Index task);
  [[gnu::cold, gnu::noinline]] void left(Index caller, TaskOutcome why);
  [[gnu::cold, gnu::noinline]] void call_over(Index caller, TaskOutcome outcome);
  // It is about to, for its request.
  [[gnu::cold, gnu::noinline]] void responds(Index task);
  [[gnu::cold, gnu::noinline]] void answered(Index request, Index caller, TaskOutcome outcome, Duration delay);
  [[gnu::cold, gnu::noinline]] void ended(Index task, TaskOutcome outcome);

  // What it does from now on, until its next step or its end.
  [[gnu::cold, gnu::noinline]] void moment(Index task, const char* name);
  [[gnu::cold, gnu::noinline]] void computes(Index task, double core_seconds);
  [[gnu::cold, gnu::noinline]] void sleeps(Index task, ExactRequestPlane::EventKind kind, const char* what);
  // For a station, or with it.
  [[gnu::cold, gnu::noinline]] void waits(Index task, StationKind kind, Index station);
  [[gnu::cold, gnu::noinline]] void uses(Index task, StationKind kind, Index station);
  // `turn`: until a node that others ask too has served it.
  [[gnu::cold, gnu::noinline]] void looks_up(Index task, const CacheSite& site, Duration turn);
  [[gnu::cold, gnu::noinline]] void waits_for_load(Index task, const CacheSite& site);
  [[gnu::cold, gnu::noinline]] void uses_store(Index task, Index store, Duration on_its_way);
  [[gnu::cold, gnu::noinline]] void transfers(Index task, Index link);
  [[gnu::cold, gnu::noinline]] void generates(Index task, Index model, bool is_served);
  [[gnu::cold, gnu::noinline]] void waits_for_bulkhead(Index caller, Index client);
  [[gnu::cold, gnu::noinline]] void waits_for_room(Index publisher, Index queue);
  [[gnu::cold, gnu::noinline]] void waits_for_start(Index request);
  [[gnu::cold, gnu::noinline]] void forks(Index task);

 private:
  void follow(Index slot, std::uint64_t& until, Index kind, Index workload, Index home);
  void step(Index task, const char* name, const PathActivity& activity, bool in_load);
  PathActivity activity_of(PathCause cause, StationKind kind, Index station) const;
  bool stands_in_load(Index task) const;
  Index home_of(Index task) const;

  ExactRequestPlane& plane_;
};

}  // namespace headroom
