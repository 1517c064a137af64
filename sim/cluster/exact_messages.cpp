// Queues and their workers: a message is published, waits by priority, and is taken by a worker replica that has a free slot.
//
// A replica with a free slot and an empty backlog of its own stands in the queue's line of vacant workers, so that messages
// go round the workers in turn. It takes up to `batch` messages at once; those beyond its free slots wait in its own backlog,
// where no other worker can have them. Publishers of a full queue fail, or wait for room where the queue says so.
#include <algorithm>
#include <utility>

#include "sim/cluster/exact_hot_path.hpp"

namespace headroom {

Index ExactRequestPlane::new_message(const Task* publisher, Index site_index) {
  const PublishSite& site = program_.publishes[site_index];
  const Task from = *publisher;  // a copy: making a task may move the others
  const Index slot = new_task(TaskKind::message);
  Task& message = tasks_[slot];
  hand_over(from, message);
  if (site.priority >= 0) message.priority = static_cast<std::uint8_t>(std::min(site.priority, 255));
  message.draw_id = mix(from.draw_id, (std::uint64_t{from.pc} << 32) | (std::uint32_t{from.delivery} << 16) | 1);
  if (from.kind == TaskKind::session) message.root_id = message.draw_id;
  if (transfers_ != nullptr) [[unlikely]]
    note_publisher(slot, place_of(from), site_index);
  return slot;
}

void ExactRequestPlane::publish_users_message(Index workload, const Arrival& arrival, Index site, std::uint64_t identity) {
  const PublishSite& publish_site = program_.publishes[site];
  const Index slot = new_task(TaskKind::message);
  Task& message = tasks_[slot];
  message.user_request = true;
  begin_for(message, workload, arrival, identity);
  if (publish_site.priority >= 0) message.priority = static_cast<std::uint8_t>(std::min(publish_site.priority, 255));
  if (transfers_ != nullptr) [[unlikely]]
    note_publisher(slot, {arrivals_[workload].region, no_index, true}, site);
  ArrivalQueue& arrivals = arrivals_[workload];
  arrivals.in_flight.enter(now_);
  if (--queues_[publish_site.queue].until_followed == 0) [[unlikely]]
    ExactTrace{*this}.follow_message(slot, publish_site.queue, workload);
  if (!publish(publish_site.queue, slot))
    count_users_request(workload, arrival.subject, TaskOutcome::rejected, Histogram::Entry{Duration{}});
}

// True if the publisher goes on; else the queue was full, and it waits for room or has failed for it. What users publish
// themselves is a request of theirs, from here to the end of its work; like a request that fails it does not make a member of a
// closed population leave.
bool ExactRequestPlane::publish_from(Index publisher, Index site) {
  const bool by_user = belongs_to_user(tasks_[publisher]);
  const Index workload = tasks_[publisher].workload;
  const Index message = new_message(&tasks_[publisher], site);
  if (by_user) {
    tasks_[message].user_request = true;
    arrivals_[workload].in_flight.enter(now_);
    if (--queues_[program_.publishes[site].queue].until_followed == 0) [[unlikely]]
      ExactTrace{*this}.follow_message(message, program_.publishes[site].queue, workload);
  }
  const Index queue = program_.publishes[site].queue;
  if (queues_[queue].publishers_wait && queues_[queue].is_full()) {
    wait_for_room(publisher, message, queue);
    return false;
  }
  if (publish(queue, message)) return true;
  if (by_user)
    count_users_request(workload, tasks_[publisher].subject, TaskOutcome::rejected, Histogram::Entry{Duration{}});
  if (by_user && arrivals_[workload].workload->repeats()) return true;
  end_task(publisher, TaskOutcome::rejected);
  return false;
}

// False, and the message is no more, if the queue is full.
bool ExactRequestPlane::publish(Index index, Index slot) {
  MessageQueue& queue = queues_[index];
  Task& message = tasks_[slot];
  message.begun = message.queued_at = now_;
  if (queue.is_full()) {
    if (message.followed) [[unlikely]]
      ExactTrace{*this}.rejected(slot);
    ++books_[static_cast<std::size_t>(TaskKind::message)].ended[static_cast<std::size_t>(TaskOutcome::rejected)];
    tasks_.release(slot);
    return false;
  }
  enqueue(index, slot);
  dispatch(index);
  return true;
}

// Into the queue: to where workers see it, or to wait for that.
void ExactRequestPlane::enqueue(Index index, Index slot) {
  MessageQueue& queue = queues_[index];
  Task& message = tasks_[slot];
  message.call = index;
  if (queue.delay) {
    if (const double seconds = queue.delay->draw(message.draw_id); seconds > 0.0) {
      message.state = TaskState::delayed;
      message.timer = events_.schedule(now_ + to_duration(seconds), visible, slot);
      ++queue.delayed;
      return;
    }
  }
  line_up(index, slot);
}

void ExactRequestPlane::line_up(Index index, Index slot) {
  MessageQueue& queue = queues_[index];
  Task& message = tasks_[slot];
  message.state = TaskState::queued;
  queue.line_of(message).push_back(tasks_, slot);
  queue.waiting.enter(now_);
  if (message.followed) [[unlikely]]
    ExactTrace{*this}.published(slot, index);
}

// Hands out what waits as far as there are workers, and lets publishers in as far as there is room.
void ExactRequestPlane::dispatch(Index index) {
  MessageQueue& queue = queues_[index];
  do {
    while (queue.waiting.level() > 0) {
      const Index replica = take_vacant(index);
      if (replica == no_index) break;
      take_messages(replica);
    }
  } while (admit_publisher(index));
}

// ---- publishers that wait for room -------------------------------------------------------------------------------------------

void ExactRequestPlane::wait_for_room(Index publisher, Index slot, Index index) {
  if (tasks_[publisher].followed) [[unlikely]]
    ExactTrace{*this}.waits_for_room(publisher, index);
  Task& message = tasks_[slot];
  message.begun = message.queued_at = now_;
  message.state = tasks_[publisher].state = TaskState::publishing;
  message.parent = publisher;
  message.call = index;
  tasks_[publisher].child = slot;
  queues_[index].publishing.push_back(tasks_, slot);
  queues_[index].blocked.enter(now_);
}

// True if one was let in.
bool ExactRequestPlane::admit_publisher(Index index) {
  MessageQueue& queue = queues_[index];
  if (queue.publishing.empty() || queue.is_full()) return false;
  const Index slot = queue.publishing.pop_front(tasks_);
  queue.blocked.leave(now_);
  const Index publisher = std::exchange(tasks_[slot].parent, no_index);
  enqueue(index, slot);
  Task& task = tasks_[publisher];
  task.child = no_index;
  ++task.pc;
  make_runnable(publisher, task);
  return true;
}

// Of a publisher that is gone before there was room.
void ExactRequestPlane::withdraw(Index slot) {
  MessageQueue& queue = queues_[tasks_[slot].call];
  queue.publishing.remove(tasks_, slot);
  queue.blocked.leave(now_);
  ++books_[static_cast<std::size_t>(TaskKind::message)].ended[static_cast<std::size_t>(TaskOutcome::lost)];
  tasks_.release(slot);
}

// ---- workers -----------------------------------------------------------------------------------------------------------------

// The next worker in turn that still has room; none if there is none.
Index ExactRequestPlane::take_vacant(Index index) {
  MessageQueue& queue = queues_[index];
  while (queue.vacant_head < queue.vacant.size()) {
    const Index candidate = queue.vacant[queue.vacant_head++];
    if (queue.vacant_head > 1024 && 2 * queue.vacant_head > queue.vacant.size()) {
      queue.vacant.erase(queue.vacant.begin(), queue.vacant.begin() + static_cast<std::ptrdiff_t>(queue.vacant_head));
      queue.vacant_head = 0;
    }
    Replica& replica = replicas_[candidate];
    // Gone since, or its place taken by a replica of another service.
    if (!replica.vacant || servers_[replica.server].queue != index) continue;
    replica.vacant = false;
    return candidate;
  }
  queue.vacant.clear();
  queue.vacant_head = 0;
  return no_index;
}

void ExactRequestPlane::take_messages(Index index) {
  Server& server = servers_[replicas_[index].server];
  MessageQueue& queue = queues_[server.queue];
  for (Index taken = 0; taken < server.batch && queue.waiting.level() > 0; ++taken) {
    const auto urgent =
        std::find_if(queue.classes.begin(), queue.classes.end(), [](const TaskList& list) { return !list.empty(); });
    Index slot = urgent->pop_front(tasks_);
    queue.waiting.leave(now_);
    queue.taken.enter(now_);
    tasks_[slot].target = server.worker_target;
    const Index published = slot;
    if (queue.visibility) slot = deliver(slot, queue);
    Task& message = tasks_[slot];
    message.replica = index;
    if (transfers_ != nullptr) [[unlikely]]
      transfers_->count_request(published, no_index, message.draw_id, server.region, replicas_[index].zone);
    message.queued_at = now_;
    if (replicas_[index].busy_slots < server.concurrency)
      occupy(slot, message, server, replicas_[index]);
    else
      queue_up(slot, message, server, replicas_[index]);
  }
  if (replicas_[index].backlog.empty() && replicas_[index].busy_slots < server.concurrency) offer_vacancy(index);
}

void ExactRequestPlane::count_message(const Task& message, TaskOutcome outcome) {
  const Histogram::Entry latency{now_ - message.begun};
  count_request(message, outcome, latency);
  if (!message.user_request) return;
  count_users_request(message.workload, message.subject, outcome, latency);
  if (arrivals_[message.workload].late != nullptr) count_lateness(message, now_ - message.begun);
}

void ExactRequestPlane::offer_vacancy(Index index) {
  Replica& replica = replicas_[index];
  if (replica.vacant || !replica.alive || replica.position == no_index) return;
  MessageQueue& queue = queues_[servers_[replica.server].queue];
  replica.vacant = true;
  queue.vacant.push_back(index);
}

}  // namespace headroom
