// Queues and their workers: a message is published, waits by priority, and is taken by a worker replica that has a free slot.
//
// A replica with a free slot and an empty backlog of its own stands in the queue's line of vacant workers, so that messages
// go round the workers in turn. It takes up to `batch` messages at once; those beyond its free slots wait in its own backlog,
// where no other worker can have them.
#include <algorithm>

#include "sim/cluster/exact_hot_path.hpp"

namespace headroom {

Index ExactRequestPlane::new_message(const Task* publisher, Index site_index) {
  const PublishSite& site = program_.publishes[site_index];
  const Task from = *publisher;  // a copy: making a task may move the others
  const Index slot = new_task(TaskKind::message);
  Task& message = tasks_[slot];
  message.workload = from.workload;
  message.subject = from.subject;
  message.arrival_key = from.arrival_key;
  message.priority = site.priority >= 0 ? static_cast<std::uint8_t>(std::min(site.priority, 255)) : from.priority;
  message.draw_id = mix(from.draw_id, (std::uint64_t{from.pc} << 32) | 1);
  message.root_id = from.kind == TaskKind::session ? message.draw_id : from.root_id;
  return slot;
}

void ExactRequestPlane::publish_users_message(Index workload, const Arrival& arrival, Index site, std::uint64_t identity) {
  const PublishSite& publish_site = program_.publishes[site];
  const Index slot = new_task(TaskKind::message);
  Task& message = tasks_[slot];
  message.user_request = true;
  message.workload = static_cast<std::uint16_t>(workload);
  message.subject = arrival.subject;
  message.arrival_key = arrival.key;
  message.priority =
      publish_site.priority >= 0 ? static_cast<std::uint8_t>(std::min(publish_site.priority, 255)) : arrival.priority;
  message.draw_id = message.root_id = identity;
  ArrivalQueue& arrivals = arrivals_[workload];
  arrivals.in_flight.enter(now_);
  if (!publish(publish_site.queue, slot))
    count_users_request(workload, TaskOutcome::rejected, Histogram::Entry{Duration{}}, true);
}

// False if the queue was full and the publisher fails for it. What users publish themselves is a request of theirs, from here to
// the end of its work; like a request that fails it does not make a member of a closed population leave.
bool ExactRequestPlane::publish_from(Index publisher, Index site) {
  const bool by_user = belongs_to_user(tasks_[publisher]);
  const Index workload = tasks_[publisher].workload;
  const Index message = new_message(&tasks_[publisher], site);
  if (by_user) {
    tasks_[message].user_request = true;
    arrivals_[workload].in_flight.enter(now_);
  }
  if (publish(program_.publishes[site].queue, message)) return true;
  if (by_user) count_users_request(workload, TaskOutcome::rejected, Histogram::Entry{Duration{}}, true);
  return by_user && arrivals_[workload].workload->repeats();
}

// False, and the message is no more, if the queue is full.
bool ExactRequestPlane::publish(Index index, Index slot) {
  MessageQueue& queue = queues_[index];
  Task& message = tasks_[slot];
  message.begun = message.queued_at = now_;
  if (queue.limit && queue.waiting.level() >= *queue.limit) {
    ++books_[static_cast<std::size_t>(TaskKind::message)].ended[static_cast<std::size_t>(TaskOutcome::rejected)];
    tasks_.release(slot);
    return false;
  }
  message.state = TaskState::queued;
  queue.classes[std::min<std::size_t>(message.priority, queue.classes.size() - 1)].push_back(tasks_, slot);
  queue.waiting.enter(now_);
  if (trace_ != nullptr) [[unlikely]]
    trace_published(slot, index);
  dispatch(index);
  return true;
}

void ExactRequestPlane::dispatch(Index index) {
  MessageQueue& queue = queues_[index];
  while (queue.waiting.level() > 0) {
    const Index replica = take_vacant(index);
    if (replica == no_index) return;
    take_messages(replica);
  }
}

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
    const Index slot = urgent->pop_front(tasks_);
    queue.waiting.leave(now_);
    Task& message = tasks_[slot];
    message.target = server.worker_target;
    message.replica = index;
    message.queued_at = now_;
    if (replicas_[index].busy_slots < server.concurrency)
      occupy(slot, message, server, replicas_[index]);
    else
      queue_up(slot, message, server, replicas_[index]);
  }
  if (replicas_[index].backlog.empty() && replicas_[index].busy_slots < server.concurrency) offer_vacancy(index);
}

void ExactRequestPlane::offer_vacancy(Index index) {
  Replica& replica = replicas_[index];
  if (replica.vacant || !replica.alive || replica.position == no_index) return;
  MessageQueue& queue = queues_[servers_[replica.server].queue];
  replica.vacant = true;
  queue.vacant.push_back(index);
}

}  // namespace headroom
