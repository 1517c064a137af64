// Task: one execution of a program. Tasks live in a table of slots with a free list, so there is no allocation after warm-up.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/cluster/blueprint.hpp"
#include "sim/core/event_list.hpp"
#include "sim/core/time.hpp"

namespace headroom {

enum class TaskKind : std::uint8_t {
  free,     // the slot is not in use
  session,  // a journey of a user; has no replica
  request,  // an endpoint's or a query's execution; has a caller, or is a user's only request
  message,  // a worker's execution; waits in a queue first. Where it may be delivered again, its deliveries execute
  branch,   // of parallel or for_each; shares its parent's replica
  delivery,  // of a message whose queue delivers again: a worker's execution; its parent is the message, if that is still there
  background,  // work that a request has left to its replica, and nobody waits for; its target: the cache site it is for
  instance,  // no work: its events are those of an instance of a serverless service
  visit,     // of a query to the other owner of its key, while keys move; its parent is the query
};

inline constexpr std::size_t task_kind_count = 9;

// Of how many requests have to begin until one is followed: none ever is.
inline constexpr std::uint64_t never_followed = ~std::uint64_t{0};

enum class TaskState : std::uint8_t {
  travelling,  // on the network, to the server
  queued,      // in a replica's backlog or in a message queue
  runnable,    // will be run at this instant
  computing,   // on cores
  sleeping,    // wait, back-off, cache latency
  calling,     // waits for its callee
  answered,    // the answer is on the network, to this task
  joining,     // waits for its branches, or for its visit
  delayed,     // a message that nobody may take yet
  taken,       // a message that is delivered and not finished, until its visibility ends
  publishing,  // waits for room in a queue: the message, and who publishes it
  generating,  // waits for a language model
  coalesced,   // waits until another has loaded what it looks up
  transferring,  // waits until its bytes are through
  connecting,    // a query that waits for a connection of its client
};

enum class TaskOutcome : std::uint8_t {
  completed,
  throttled,      // a rate limit or a quota refused it
  timeout,        // the caller gave up waiting
  rejected,       // the backlog, the pool's line or the queue was full
  wait_limit,     // waited longer than allowed for a slot or a connection
  unavailable,    // no replica is registered
  lost,           // the replica went away with it
  out_of_memory,  // the replica was killed for its memory
  dead_letter,    // a message that was delivered as often as allowed and not finished
  lock_held,      // another held the lock
  abandoned,      // the user had no more patience, or the caller its answer from another
};
inline constexpr std::size_t outcome_count = 11;
// What a client is refused for asking too much is no error of the system, though it fails.
constexpr bool is_error(TaskOutcome outcome) { return outcome > TaskOutcome::throttled; }
const char* to_text(TaskOutcome outcome);

// Every request makes one of these: 96 bytes, so that what is in flight stays in the caches.
struct Task {
  std::uint64_t draw_id = 0;  // its random numbers belong to this, whatever the order of events
  std::uint64_t root_id = 0;  // of the request it serves: keys drawn per request
  std::uint64_t subject = 0;
  std::uint64_t arrival_key = 0;
  SimTime begun{};  // sent, or session begun
  SimTime queued_at{};
  std::uint64_t timer = 0;  // sequence of the event that may wake it; 0: none
  Index parent = no_index;  // task that waits for it; none: nobody (any more)
  Index child = no_index;   // callee it waits for
  Index pc = 0;
  Index target = no_index;                     // request, message: what it executes
  Index replica = no_index;                    // plane-wide replica slot; none: session, or not routed yet
  Index next = no_index, previous = no_index;  // in its backlog or queue
  // Call site it was called from; once it calls, of the call it is making. Of a message that is not executing: its queue.
  Index call = no_index;
  std::uint16_t workload = 0;
  std::uint8_t priority = 0;
  std::uint8_t delivery = 0;  // of a message: how many have begun (255 stays); of a delivery and its branches: which, from 0
  TaskKind kind = TaskKind::free;
  TaskState state = TaskState::runnable;
  TaskOutcome outcome = TaskOutcome::completed;  // of a branch join, or of the answer on its way
  bool responded : 1 = false;                    // has answered already
  bool counted : 1 = false;                      // its request is in the metrics already (its caller gave up)
  bool in_slot : 1 = false;
  bool user_request : 1 = false;  // a user's request that has no session task
  bool followed : 1 = false;      // somebody is told what it goes through (exact_trace.cpp)
};
static_assert(sizeof(Task) == 96);

// On whose behalf it works, and whose numbers it draws per request, is as of `from`.
inline void hand_over(const Task& from, Task& to) {
  to.root_id = from.root_id;
  to.subject = from.subject;
  to.arrival_key = from.arrival_key;
  to.workload = from.workload;
  to.priority = from.priority;
  to.followed = from.followed;
}

// What a task keeps while it waits for others; most tasks never do. Not cleared when a slot is taken again: begun with the call
// or with the branches that it is about.
struct TaskWait {
  SimTime call_begun{};                       // first try of the call
  SimTime deadline{};                         // when the present try times out
  Index active = 0, launched = 0, total = 0;  // branches running; for_each: started, all
  std::uint16_t attempt = 0;
};

class TaskTable {
 public:
  Index acquire() {
    if (free_ == no_index) [[unlikely]]
      add_slot();
    const Index slot = free_;
    free_ = tasks_[slot].next;
    tasks_[slot] = blank_;
    ++live_;
    return slot;
  }
  void release(Index slot) {
    tasks_[slot].kind = TaskKind::free;
    tasks_[slot].timer = 0;
    tasks_[slot].next = free_;
    free_ = slot;
    --live_;
  }
  Task& operator[](Index slot) { return tasks_[slot]; }
  const Task& operator[](Index slot) const { return tasks_[slot]; }
  // For a task that begins to wait; `wait` is for one that has begun.
  TaskWait& begin_wait(Index slot) {
    if (slot >= waits_.size()) [[unlikely]]
      waits_.resize(tasks_.capacity());
    return waits_[slot];
  }
  TaskWait& wait(Index slot) { return waits_[slot]; }
  const TaskWait& wait(Index slot) const { return waits_[slot]; }
  Index size() const { return static_cast<Index>(tasks_.size()); }
  Index live() const { return live_; }

 private:
  // By half: with 10^7 in flight a doubling would need three times their memory for a moment.
  [[gnu::noinline]] void add_slot() {
    if (tasks_.size() == tasks_.capacity()) tasks_.reserve(tasks_.capacity() + tasks_.capacity() / 2 + 64);
    free_ = static_cast<Index>(tasks_.size());
    tasks_.emplace_back();
  }

  static constexpr Task blank_{};
  std::vector<Task> tasks_;
  std::vector<TaskWait> waits_;  // by the same slots, as far as any of them has waited
  Index free_ = no_index;
  Index live_ = 0;
};

// Tasks that will be run at this instant, first come first. Emptied at every instant, so it is an array with two ends.
class ReadyLine {
 public:
  void push(Index slot) {
    if (end_ == slots_.size()) [[unlikely]]
      grow();
    slots_[end_++] = slot;
  }
  bool empty() const { return begin_ == end_; }
  // Not empty.
  Index pop() {
    const Index slot = slots_[begin_++];
    if (begin_ == end_) begin_ = end_ = 0;
    return slot;
  }

 private:
  [[gnu::noinline]] void grow() { slots_.resize(2 * slots_.size()); }

  std::vector<Index> slots_ = std::vector<Index>(64);
  std::size_t begin_ = 0, end_ = 0;
};

// A list of tasks linked through Task::next and Task::previous; a task is in at most one list.
class TaskList {
 public:
  void push_back(TaskTable& tasks, Index slot) {
    Task& task = tasks[slot];
    task.next = no_index;
    task.previous = last_;
    (last_ == no_index ? first_ : tasks[last_].next) = slot;
    last_ = slot;
    ++size_;
  }
  void remove(TaskTable& tasks, Index slot) {
    const Task& task = tasks[slot];
    (task.previous == no_index ? first_ : tasks[task.previous].next) = task.next;
    (task.next == no_index ? last_ : tasks[task.next].previous) = task.previous;
    --size_;
  }
  Index pop_front(TaskTable& tasks) {
    const Index slot = first_;
    remove(tasks, slot);
    return slot;
  }
  Index first() const { return first_; }
  Index last() const { return last_; }
  Index size() const { return size_; }
  bool empty() const { return first_ == no_index; }

 private:
  Index first_ = no_index, last_ = no_index;
  Index size_ = 0;
};

}  // namespace headroom
