// RequestTrace: what single requests went through, for a person who wants to see why one was slow.
//
// The request plane tells it of each step where one is attached, and of nothing otherwise: tracing changes no result. It follows
// the first users' requests that begin in a window of time, with all that they call, and gives away spans that nest: a request
// from its sending to its end, in it the wait for a slot and the service, in that the steps. Spans that overlap lie in different
// lanes.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "sim/cluster/blueprint.hpp"
#include "sim/cluster/program.hpp"
#include "sim/cluster/task.hpp"
#include "sim/core/time.hpp"

namespace headroom {

struct TraceSpan {
  enum class Kind : std::uint8_t {
    request,  // whole: of a request, a message's work, or a branch of parallel and for_each
    queue,    // waits for a slot, or in a queue
    service,  // has a slot
    step,     // computes, waits, calls, …
    moment,   // begin == end: a cache look-up, a time-out
  };
  Kind kind = Kind::request;
  Index track = 0;  // into RequestTrace::tracks()
  Index lane = 0;   // within the track; spans of a lane nest
  std::string name;
  SimTime begin{}, end{};
  std::uint64_t request = 0;  // number of the user's request it belongs to, from 1
  std::uint64_t id = 0;       // of the request, message or branch
  std::uint64_t caller = 0;   // id of the one that called it; 0: a user
  Index caller_track = 0, caller_lane = 0;
  std::string outcome;  // of whole requests: "completed", "timeout", …, "in flight" at the end of the run
};

class RequestTrace {
 public:
  struct Window {
    SimTime from{};                 // users' requests that begin at or after it …
    SimTime until = end_of_time;    // … and before this
    std::uint64_t requests = 1000;  // at most so many
  };
  using Sink = std::function<void(const TraceSpan&)>;

  // Names of services, databases and queues, in the order of TraceSpan::track.
  RequestTrace(const Blueprint& blueprint, const Window& window, Sink sink);
  const std::vector<std::string>& tracks() const { return track_names_; }
  // Requests of users that began within the window, after as many as it asks for.
  std::uint64_t passed_over() const { return passed_over_; }

  // ---- for the request plane; `slot` is the task's place in its table ----
  void attach(const Program& program) { program_ = &program; }
  // A request has been sent, its first try or another. `by_user`: no other request called it, and it is the first try.
  void sent(Index slot, const Task& request, bool by_user, SimTime now);
  void published(Index slot, const Task& message, Index queue, bool by_user, SimTime now);
  // What was told of the message goes on as its delivery, which has a place of its own.
  void delivered(Index message, Index delivery);
  void branched(Index slot, const Task& branch, SimTime now);
  // It has a slot.
  void served(Index slot, const Task& task, SimTime now);
  // It does this from now on, until its next step or its end: between two steps no time passes.
  void step(Index slot, const char* name, SimTime now);
  void moment(Index slot, std::string name, SimTime now);
  void ended(Index slot, const Task& task, TaskOutcome outcome, SimTime now);
  // What is still in flight ends here.
  void finish(const TaskTable& tasks, SimTime now);

 private:
  struct Open {
    TraceSpan whole;
    SimTime served_at = end_of_time, step_begun{};
    const char* step = nullptr;
    std::string step_target;
  };

  std::uint64_t followed(std::uint64_t root, bool by_user, SimTime now);
  Open* find(Index slot);
  void end_step(Open& open, SimTime now) const;
  Open& begin(Index slot, Index track, std::string name, std::uint64_t request, Index parent, SimTime now);
  void close(Index slot, const Task& task, const char* outcome, SimTime now);
  void emit(const Open& open, TraceSpan::Kind kind, std::string name, SimTime from, SimTime to) const;
  Index take_lane(Index track);

  Window window_;
  Sink sink_;
  const Program* program_ = nullptr;
  std::vector<std::string> track_names_;
  Index first_queue_ = 0;
  std::vector<std::vector<bool>> lanes_;                      // [track][lane]: taken
  std::unordered_map<std::uint64_t, std::uint64_t> numbers_;  // of the requests that are followed, by Task::root_id
  std::unordered_map<Index, Open> open_;
  std::uint64_t traced_ = 0, passed_over_ = 0, next_id_ = 1;
};

}  // namespace headroom
