// CriticalPaths: what the followed requests of users wait for, from their beginning to their end.
//
// Each task of a followed request has parts that cover the time since it began, without a gap. What it does now is open; when it
// does something else, what it did becomes a part. A caller that goes on takes the parts of the callee whose answer it has, an
// owner of branches those of the branch that ended last. Times are whole nanoseconds: parts sum to the latency exactly.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "sim/cluster/critical_path_sample.hpp"

namespace headroom {

// What a task does from now on: `first` of it for one cause, anything beyond for another.
struct PathActivity {
  PathCause cause = PathCause::service;
  Index component = no_index;
  Duration first = Duration::max();
  PathCause then = PathCause::service;
};

class CriticalPaths {
 public:
  explicit CriticalPaths(const Blueprint& blueprint) : sample_{blueprint} {}
  CriticalPathSample& sample() { return sample_; }
  const CriticalPathSample& sample() const { return sample_; }

  // ---- for the request plane; `slot` is the task's place in its table ----
  // The request, message or call of a user that was chosen begins, to wait at `home`.
  void begin(Index slot, Index kind, std::uint64_t number, Index workload, Index home, SimTime now);
  // A task of the caller, if that is followed: a call's callee (or another request for the same answer), waiting at `home`.
  // `in_load`: the caller stands among the steps of a cache that did not have what was looked up.
  void called(Index slot, Index caller, Index home, bool is_hedge, bool in_load, SimTime now);
  void branched(Index slot, Index owner, SimTime now);
  void does(Index slot, const PathActivity& activity, bool in_load, SimTime now);
  // It has a slot there.
  void served(Index slot, Index home, SimTime now);
  void forks(Index slot, bool in_load, SimTime now);
  // At its caller's back-off.
  void backs_off(Index slot, SimTime now);
  // Its caller waits no longer.
  void left(Index caller, SimTime now);
  // The caller goes on, with the answer or without one.
  void call_over(Index caller, TaskOutcome outcome, SimTime now);
  // The branch that is about to answer for its request.
  void responds(Index branch) { responder_ = branch; }
  // `caller`: none, if nobody waits. The answer is on its way for so long.
  void answered(Index slot, Index caller, TaskOutcome outcome, Duration delay, SimTime now);
  // A message goes on as its delivery, and later ends with it.
  void delivered(Index message, Index delivery, Index queue, SimTime now);
  void delivery_done(Index delivery, Index message, SimTime now);
  // It has ended, and will be answered; with the others this is the last of them.
  void ended(Index slot, TaskOutcome outcome, SimTime now);
  void branch_ended(Index slot, Index owner, TaskOutcome outcome, SimTime now);
  void forget(Index slot);
  // The request of a user is over, `delay` from now.
  void finish(Index slot, TaskOutcome outcome, Duration delay, SimTime now);

  // How often the parts did not cover a wait, and it was taken as a whole for service: never, if the plane tells all.
  std::uint64_t uncovered() const { return uncovered_; }

 private:
  enum class Waits : std::uint8_t { no, for_call, for_branches };
  // A task that another waits for, as long as it is there: its slot may be another's by then.
  struct Asked {
    Index slot = no_index;
    std::uint64_t id = 0;
  };
  // What another did for a task, from `begun` to `ended`; known to it when it `arrives`.
  struct Answer {
    bool is_there = false, is_good = false;
    SimTime begun{}, ended{}, arrives{};
    Index home = no_index, failed_at = no_index;
    std::vector<PathSpan> parts;
  };
  struct Open {
    Index slot = no_index;
    std::uint64_t id = 0;
    SimTime begun{}, accounted{};  // the parts reach from the one to the other
    std::vector<PathSpan> parts;
    Index home = no_index;  // where it runs
    PathActivity doing{};
    Waits waits = Waits::no;
    bool in_load = false, has_ended = false;
    Asked callee{}, hedge{};
    Index callee_home = no_index;
    Answer answer{}, hedged{}, last_branch{};
    std::uint64_t owner = 0;  // id; of a branch, of a delivery
    Index failed_at = no_index;
    std::uint64_t number = 0;  // among its kind; 0: of nobody who asked himself
    Index kind = no_index, workload = 0;
  };
  Open* find(Index slot);
  Open* find(const Asked& asked);
  Open& open(Index slot, Index home, SimTime now);
  void release(Open& open);
  static void add(std::vector<PathSpan>& parts, PathCause cause, Index component, Duration span);
  static void add(Open& open, PathCause cause, Index component, Duration span);
  static void turn_to(Open& open, Waits waits, const PathActivity& doing, bool in_load);
  void close(Open& open, SimTime now);
  void close_call(Open& open, SimTime now);
  void close_branches(Open& open, SimTime now);
  void cover(Open& open, const Answer& answer, SimTime now);
  Answer answer_now(const Open& open, SimTime now);
  std::vector<PathSpan> parts_now(Open& open, Index responder, SimTime now);
  Index place_of(const Open& open);
  Open* branch_of(const Open& owner);

  CriticalPathSample sample_;
  std::deque<Open> pool_;
  std::vector<Index> free_;
  std::vector<Index> open_at_;  // by slot: into the pool; none: not followed
  std::uint64_t next_id_ = 1;
  Index responder_ = no_index;
  std::uint64_t uncovered_ = 0;
};

}  // namespace headroom
