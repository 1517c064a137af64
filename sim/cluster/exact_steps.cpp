// What each step does to the task that has reached it.
#include <algorithm>
#include <cmath>

#include "sim/cluster/exact_hot_path.hpp"

namespace headroom {

void ExactRequestPlane::run(Index slot) {
  for (;;) {
    Task& task = tasks_[slot];
    const Instruction& instruction = program_.code[task.pc];
    switch (instruction.op) {
      case Op::compute: {
        ++task.pc;
        if (const double core_seconds = program_.demands[instruction.a].draw(task.draw_id); core_seconds > 0.0)
          return compute(slot, task, core_seconds);
        break;
      }
      case Op::wait: {
        ++task.pc;
        if (const double seconds = program_.demands[instruction.a].draw(task.draw_id); seconds > 0.0)
          return sleep(slot, to_duration(seconds), woken);
        break;
      }
      case Op::call: return start_call(slot, instruction.a);
      case Op::fork:
        if (start_fork(slot, instruction.a)) return;
        break;
      case Op::for_each:
        if (start_for_each(slot, instruction.a)) return;
        break;
      case Op::choose: choose(slot, instruction.a); break;
      case Op::jump: task.pc = instruction.b; break;
      case Op::cache_lookup:
        if (look_up(slot, instruction)) return;
        break;
      case Op::cache_fill:
        ++task.pc;
        fill_cache(slot, instruction.a);
        if (tasks_[slot].kind == TaskKind::background && tasks_[slot].target == instruction.a)
          return end_task(slot, TaskOutcome::completed);  // that is what it was for
        break;
      case Op::publish:
        if (!publish_from(slot, instruction.a)) return;
        ++tasks_[slot].pc;
        break;
      case Op::ask_lock:
        ++task.pc;
        if (ask_for_lock(slot, program_.lock_sites[instruction.a])) return;
        break;
      case Op::take_lock:
        if (!take_lock(slot, program_.lock_sites[instruction.a])) return;
        break;
      case Op::release_lock:
        ++task.pc;
        release_lock(slot, program_.lock_sites[instruction.a]);
        break;
      case Op::respond: {
        ++task.pc;
        Index request = slot;
        while (tasks_[request].kind == TaskKind::branch) request = tasks_[request].parent;
        if (tasks_[request].kind == TaskKind::request && !tasks_[request].responded) {
          if (task.followed) [[unlikely]]
            ExactTrace{*this}.responds(slot);
          answer(request, TaskOutcome::completed);
        }
        break;
      }
      case Op::generate:
        ++task.pc;
        return start_generation(slot, instruction.a);
      case Op::when_changed: when_changed(slot, program_.changes[instruction.a]); break;
      case Op::pass_limit:
        if (pass_limit(slot, program_.limit_sites[instruction.a])) return;
        break;
      case Op::use_store:
        ++task.pc;
        if (use_store(slot, program_.store_sites[instruction.a])) return;
        break;
      case Op::snapshot:
        ++task.pc;
        take_snapshot(slot, instruction.a);
        break;
      case Op::commit:
        ++task.pc;
        if (commit(slot, instruction.a)) return;
        break;
      case Op::end: return end_task(slot, TaskOutcome::completed);
      case Op::restart:
        // Anew from the top, with numbers of its own. Behind what else is ready, so that nobody starves.
        task.draw_id = mix(task.draw_id, 1);
        task.begun = now_;
        task.pc = instruction.b;
        return make_runnable(slot, task);
      case Op::invalidate:
        ++task.pc;
        invalidate(slot, instruction.a);
        break;
      case Op::transfer:
        ++task.pc;
        if (start_transfer(slot, program_.transfers[instruction.a])) return;
        break;
      case Op::write_behind: write_behind(slot, instruction); break;
      case Op::begin_write:
        ++task.pc;
        begin_write(slot, instruction.a);
        break;
      case Op::send_query: return send_query(slot);
      case Op::return_connection:
        ++task.pc;
        give_back_connection(slot);
        break;
      case Op::forward: return forward(slot);
      case Op::await_other_owner:
        ++task.pc;
        if (await_other_owner(slot, instruction.a)) return;
        break;
      case Op::call_by_client: return ClientCalls{*this}.start_call(slot, instruction.a);
      case Op::skip_fallback:
        degraded_[replicas_[task.replica].server]->whole += 1.0;
        task.pc = instruction.b;
        break;
    }
  }
}

void ExactRequestPlane::sleep(Index slot, Duration span, EventKind kind, const char* what) {
  if (tasks_[slot].followed) [[unlikely]]
    ExactTrace{*this}.sleeps(slot, kind, what);
  tasks_[slot].state = TaskState::sleeping;
  tasks_[slot].timer = events_.schedule(now_ + span, kind, slot);
}

// ---- cores -------------------------------------------------------------------------------------------------------------------

void ExactRequestPlane::on_processor(Index index) {
  Replica& replica = replicas_[index];
  replica.processor_event = 0;
  replica.processor_due = end_of_time;
  std::uint32_t slot = 0;
  while (replica.processor.take_finished(now_, slot)) make_runnable(slot, tasks_[slot]);
  reschedule_processor(index);
}

// More computations only make the present ones later, so an event that is early enough may stay: when it comes up and nothing
// has finished, the next one is scheduled. That keeps about one event per replica in the list.
void ExactRequestPlane::schedule_processor(Index index) {
  Replica& replica = replicas_[index];
  const SimTime due = replica.processor.next_finish();
  if (due == end_of_time || due >= replica.processor_due) return;
  replica.processor_due = due;
  replica.processor_event = events_.schedule(due, processor_due, index);
}

// ---- branches ----------------------------------------------------------------------------------------------------------------

// True if the task now waits for branches.
bool ExactRequestPlane::start_fork(Index slot, Index site) {
  const ForkSite& fork = program_.forks[site];
  Task& task = tasks_[slot];
  if (fork.entries.empty()) {
    task.pc = fork.after;
    return false;
  }
  task.state = TaskState::joining;
  task.outcome = TaskOutcome::completed;
  TaskWait& wait = tasks_.begin_wait(slot);
  if (task.followed) [[unlikely]]
    ExactTrace{*this}.forks(slot);
  wait.total = wait.launched = static_cast<Index>(fork.entries.size());
  wait.active = 0;
  for (Index i = 0; i < fork.entries.size(); ++i) launch_branch(slot, fork.entries[i], i);
  return true;
}

bool ExactRequestPlane::start_for_each(Index slot, Index index) {
  constexpr double most_branches = 1e6;  // a draw from a heavy tail ends here
  const ForEachSite& site = program_.for_eaches[index];
  Task& task = tasks_[slot];
  const double count = std::round(site.count.draw(drawn_for(site.per, task)));
  if (count < 1.0) {
    task.pc = site.after;
    return false;
  }
  task.state = TaskState::joining;
  task.outcome = TaskOutcome::completed;
  TaskWait& wait = tasks_.begin_wait(slot);
  wait.total = static_cast<Index>(std::min(count, most_branches));
  wait.launched = std::min(wait.total, site.at_most);
  wait.active = 0;
  if (task.followed) [[unlikely]]
    ExactTrace{*this}.forks(slot);
  const Index first_wave = wait.launched;
  for (Index i = 0; i < first_wave; ++i) launch_branch(slot, site.entry, i);
  return true;
}

void ExactRequestPlane::launch_branch(Index parent, Index entry, Index number) {
  const Index slot = new_task(TaskKind::branch);
  Task& branch = tasks_[slot];
  Task& owner = tasks_[parent];
  branch.parent = parent;
  hand_over(owner, branch);
  branch.draw_id = mix(owner.draw_id, (std::uint64_t{owner.pc} << 32) | (number + 1));
  branch.delivery = owner.delivery;
  branch.begun = now_;
  branch.replica = owner.replica;
  branch.pc = entry;
  ++tasks_.wait(parent).active;
  if (branch.followed) [[unlikely]]
    ExactTrace{*this}.branched(slot);
  make_runnable(slot, branch);
}

void ExactRequestPlane::end_branch(Index slot, TaskOutcome outcome) {
  const Index parent = tasks_[slot].parent;
  if (tasks_[slot].followed) [[unlikely]]
    ExactTrace{*this}.ended(slot, outcome);
  tasks_.release(slot);

  Task& owner = tasks_[parent];
  TaskWait& wait = tasks_.wait(parent);
  --wait.active;
  if (outcome != TaskOutcome::completed && owner.outcome == TaskOutcome::completed) owner.outcome = outcome;
  const Instruction& instruction = program_.code[owner.pc];
  if (owner.outcome == TaskOutcome::completed && wait.launched < wait.total) {
    launch_branch(parent, program_.for_eaches[instruction.a].entry, wait.launched);
    ++tasks_.wait(parent).launched;
    return;
  }
  if (wait.active > 0) return;
  if (owner.outcome != TaskOutcome::completed) return end_task(parent, owner.outcome);
  owner.pc = instruction.op == Op::fork ? program_.forks[instruction.a].after : program_.for_eaches[instruction.a].after;
  make_runnable(parent, owner);
}

void ExactRequestPlane::choose(Index slot, Index site) {
  const Choice& choice = program_.choices[site];
  Task& task = tasks_[slot];
  Draws draws{choice.key, task.draw_id};
  const auto chosen = std::lower_bound(choice.cumulative.begin(), choice.cumulative.end(), draws.uniform());
  task.pc = choice.entries[static_cast<std::size_t>(chosen - choice.cumulative.begin())];
}

std::uint64_t ExactRequestPlane::drawn_for(KeyPer per, const Task& task) {
  if (per == KeyPer::task) return task.draw_id;
  return per == KeyPer::request ? task.root_id : task.subject;
}

}  // namespace headroom
