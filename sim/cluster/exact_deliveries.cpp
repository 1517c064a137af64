// Queues with a visibility time-out: a message stays in the queue's keeping while deliveries of it, executions of their own, are
// at work.
//
// Each delivery hides the message for the visibility time, from the instant it is taken: what waits in a worker's own backlog has
// its clock running already. When that ends before the work does, or the work has failed or was lost, the message lines up again,
// ahead of the new ones of its class. The first delivery that completes ends the message, whichever it is; one that completes
// after that was for nothing, a duplicate. After the last delivery allowed the message is a dead letter. Source: Amazon SQS
// developer guide, "visibility timeout" and "dead-letter queues" (maxReceiveCount). Differs: what comes back is taken first and a
// failed delivery does not shorten the time; SQS promises no order.
#include "sim/cluster/exact_hot_path.hpp"

namespace headroom {

// The slot of the new delivery; the table of tasks may have moved.
Index ExactRequestPlane::deliver(Index message_slot, MessageQueue& queue) {
  const Index slot = new_task(TaskKind::delivery);
  Task& message = tasks_[message_slot];
  Task& delivery = tasks_[slot];
  delivery.parent = message_slot;
  delivery.target = message.target;
  hand_over(message, delivery);
  delivery.draw_id = message.draw_id;
  delivery.delivery = message.delivery;
  delivery.begun = message.queued_at;
  if (message.delivery > 0) queue.redeliveries->add();
  if (message.delivery < 255) ++message.delivery;
  message.state = TaskState::taken;
  message.timer = events_.schedule(now_ + *queue.visibility, visible, message_slot);
  if (delivery.followed) [[unlikely]]
    ExactTrace{*this}.delivered(message_slot, slot);
  return slot;
}

// Its delay is over, or its visibility time.
void ExactRequestPlane::on_visible(Index slot) {
  Task& message = tasks_[slot];
  const Index index = message.call;
  MessageQueue& queue = queues_[index];
  if (message.state == TaskState::delayed) {
    --queue.delayed;
  } else {
    queue.taken.leave(now_);
    if (queue.most_deliveries > 0 && message.delivery >= queue.most_deliveries) return bury(slot);
    message.queued_at = now_;
  }
  line_up(index, slot);
  dispatch(index);
}

void ExactRequestPlane::finish_delivery(Index slot, TaskOutcome outcome) {
  if (outcome != TaskOutcome::completed) return;  // the message comes back by itself
  const Task& delivery = tasks_[slot];
  const Index message_slot = delivery.parent;
  const Task& message = tasks_[message_slot];
  const Index index = servers_[replicas_[delivery.replica].server].queue;
  MessageQueue& queue = queues_[index];
  // The place may be empty or another's by now.
  if (message.kind != TaskKind::message || message.draw_id != delivery.draw_id) return queue.duplicates->add();
  if (message.state == TaskState::taken) {
    queue.taken.leave(now_);
    return end_message(message_slot, outcome);
  }
  queue.line_of(message).remove(tasks_, message_slot);
  queue.waiting.leave(now_);
  end_message(message_slot, outcome);
  dispatch(index);  // there is room for who waits to publish
}

void ExactRequestPlane::end_message(Index slot, TaskOutcome outcome) {
  const Task& message = tasks_[slot];
  if (message.followed) [[unlikely]]
    ExactTrace{*this}.ended(slot, outcome);
  ++books_[static_cast<std::size_t>(TaskKind::message)].ended[static_cast<std::size_t>(outcome)];
  count_message(message, outcome);
  tasks_.release(slot);
}

// What goes to the queue of dead letters is a message of its own, and no longer its publisher's request.
void ExactRequestPlane::bury(Index slot) {
  const Task message = tasks_[slot];
  const MessageQueue& queue = queues_[message.call];
  queue.dead_letters->add();
  end_message(slot, TaskOutcome::dead_letter);
  if (queue.dead_letter_queue == no_index) return;
  const Index letter_slot = new_task(TaskKind::message);
  Task& letter = tasks_[letter_slot];
  hand_over(message, letter);
  letter.draw_id = mix(message.draw_id, 0xdead);
  publish(queue.dead_letter_queue, letter_slot);
}

}  // namespace headroom
