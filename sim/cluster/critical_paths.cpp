#include "sim/cluster/critical_paths.hpp"

#include <algorithm>

namespace headroom {
namespace {

Duration sum_of(const std::vector<PathSpan>& parts) {
  Duration sum{};
  for (const PathSpan& part : parts) sum += part.span;
  return sum;
}

}  // namespace

// ---- what is open ------------------------------------------------------------------------------------------------------------

CriticalPaths::Open* CriticalPaths::find(Index slot) {
  const Index place = slot < open_at_.size() ? open_at_[slot] : no_index;
  return place == no_index ? nullptr : &pool_[place];
}

CriticalPaths::Open* CriticalPaths::find(const Asked& asked) {
  Open* const open = asked.slot == no_index ? nullptr : find(asked.slot);
  return open != nullptr && open->id == asked.id ? open : nullptr;
}

CriticalPaths::Open& CriticalPaths::open(Index slot, Index home, SimTime now) {
  forget(slot);
  if (slot >= open_at_.size()) open_at_.resize(slot + slot / 2 + 64, no_index);
  if (free_.empty()) {
    free_.push_back(static_cast<Index>(pool_.size()));
    pool_.emplace_back();
  }
  const Index place = free_.back();
  free_.pop_back();
  open_at_[slot] = place;
  Open& open = pool_[place];
  std::vector<PathSpan> parts = std::move(open.parts);  // their memory
  parts.clear();
  open = {.slot = slot, .id = next_id_++, .begun = now, .accounted = now, .parts = std::move(parts), .home = home};
  open.doing = {.cause = PathCause::queueing, .component = home};
  return open;
}

void CriticalPaths::release(Open& open) {
  free_.push_back(open_at_[open.slot]);
  open_at_[open.slot] = no_index;
  open.slot = no_index;
}

void CriticalPaths::forget(Index slot) {
  if (Open* const open = find(slot)) release(*open);
}

// ---- parts -------------------------------------------------------------------------------------------------------------------

// What is done because a cache missed is of that cause, whatever it is.
void CriticalPaths::add(Open& open, PathCause cause, Index component, Duration span) {
  add(open.parts, open.in_load ? PathCause::cache_miss : cause, component, span);
}

void CriticalPaths::add(std::vector<PathSpan>& parts, PathCause cause, Index component, Duration span) {
  if (span <= Duration{}) return;
  const auto same = [&](const PathSpan& part) { return part.cause == cause && part.component == component; };
  const auto found = std::find_if(parts.begin(), parts.end(), same);
  if (found != parts.end())
    found->span += span;
  else
    parts.push_back({cause, component, span});
}

void CriticalPaths::turn_to(Open& open, Waits waits, const PathActivity& doing, bool in_load) {
  open.waits = waits;
  open.doing = doing;
  open.in_load = in_load;
  open.failed_at = no_index;
}

void CriticalPaths::close(Open& open, SimTime now) {
  if (open.waits == Waits::for_call) {
    close_call(open, now);
  } else if (open.waits == Waits::for_branches) {
    close_branches(open, now);
  } else {
    const Duration span = now - open.accounted, first = std::min(span, open.doing.first);
    add(open, open.doing.cause, open.doing.component, first);
    add(open, open.doing.then, open.doing.component, span - first);
  }
  open.accounted = now;
}

// With what another did for it. What it had asked for before that one was begun did not count.
void CriticalPaths::cover(Open& open, const Answer& answer, SimTime now) {
  const Duration before = answer.begun - open.accounted, back = now - answer.ended;
  if (before < Duration{} || back < Duration{} || before + sum_of(answer.parts) + back != now - open.accounted) {
    ++uncovered_;
    return add(open, PathCause::service, open.home, now - open.accounted);
  }
  add(open, PathCause::retry, open.callee_home, before);
  for (const PathSpan& part : answer.parts) add(open, part.cause, part.component, part.span);
  add(open, PathCause::network, answer.home, back);
}

// The answer that it goes on with, or what is known of the callee where there is none.
void CriticalPaths::close_call(Open& open, SimTime now) {
  const Answer* chosen = nullptr;
  for (const Answer* one : {&open.answer, &open.hedged}) {
    const bool is_due = one->is_there && one->arrives == now;
    const bool is_better = is_due && (chosen == nullptr || chosen->arrives != now || (one->is_good && !chosen->is_good));
    if (is_better || (chosen == nullptr && one->is_there)) chosen = one;
  }
  if (chosen != nullptr) {
    cover(open, *chosen, now);
    if (!chosen->is_good) open.failed_at = chosen->failed_at;
  } else if (const Open* const callee = find(open.callee)) {
    cover(open, answer_now(*callee, now), now);
  } else if (now > open.accounted) {
    ++uncovered_;
    add(open, PathCause::service, open.home, now - open.accounted);
  }
  open.answer.is_there = open.hedged.is_there = false;
}

void CriticalPaths::close_branches(Open& open, SimTime now) {
  const bool has_joined = open.last_branch.is_there && open.last_branch.ended == now;
  if (has_joined) {
    cover(open, open.last_branch, now);
  } else if (const Open* const branch = branch_of(open)) {
    cover(open, answer_now(*branch, now), now);
  } else if (now > open.accounted) {
    ++uncovered_;
    add(open, PathCause::service, open.home, now - open.accounted);
  }
  open.last_branch.is_there = false;
}

// The first that was begun of those that are not done.
CriticalPaths::Open* CriticalPaths::branch_of(const Open& owner) {
  Open* first = nullptr;
  for (Open& one : pool_) {
    if (one.slot == no_index || one.owner != owner.id) continue;
    if (first == nullptr || one.id < first->id) first = &one;
  }
  return first;
}

// Where it is at work or waits, down to the last callee.
Index CriticalPaths::place_of(const Open& open) {
  if (open.waits == Waits::no) return open.doing.component;
  const Open* const inner = open.waits == Waits::for_call ? find(open.callee) : branch_of(open);
  if (inner != nullptr && !inner->has_ended) return place_of(*inner);
  return open.waits == Waits::for_call ? open.callee_home : open.home;
}

// As if it ended now, without an answer.
CriticalPaths::Answer CriticalPaths::answer_now(const Open& open, SimTime now) {
  Open copy = open;
  const Index place = place_of(open);
  close(copy, now);
  return {.is_there = true,
          .begun = open.begun,
          .ended = now,
          .arrives = now,
          .home = open.home,
          .failed_at = place,
          .parts = std::move(copy.parts)};
}

// Up to the moment at which it answers, by itself or through a branch of its own.
std::vector<PathSpan> CriticalPaths::parts_now(Open& open, Index responder, SimTime now) {
  if (open.has_ended) return std::move(open.parts);
  const Open* inner = responder == no_index ? nullptr : find(responder);
  if (inner == nullptr || inner->owner == 0) return answer_now(open, now).parts;
  Answer answer = answer_now(*inner, now);
  while (inner->owner != 0) {
    const auto is_owner = [&](const Open& one) { return one.slot != no_index && one.id == inner->owner; };
    const auto owner = std::find_if(pool_.begin(), pool_.end(), is_owner);
    if (owner == pool_.end()) break;
    inner = &*owner;
    Open outer = *inner;
    cover(outer, answer, now);
    answer.begun = inner->begun;
    answer.parts = std::move(outer.parts);
  }
  return std::move(answer.parts);
}

// ---- what the plane tells ----------------------------------------------------------------------------------------------------

void CriticalPaths::begin(Index slot, Index kind, std::uint64_t number, Index workload, Index home, SimTime now) {
  Open& request = open(slot, home, now);
  request.number = number;
  request.kind = kind;
  request.workload = workload;
}

void CriticalPaths::called(Index slot, Index caller_slot, Index home, bool is_hedge, bool in_load, SimTime now) {
  Open* const caller = find(caller_slot);
  if (caller == nullptr) return;
  const Asked asked{slot, open(slot, home, now).id};
  if (is_hedge) {
    caller->hedge = asked;
    return;
  }
  close(*caller, now);
  turn_to(*caller, Waits::for_call, {}, in_load);
  caller->callee = asked;
  caller->hedge = {};
  caller->callee_home = home;
}

void CriticalPaths::branched(Index slot, Index owner_slot, SimTime now) {
  Open* const owner = find(owner_slot);
  if (owner == nullptr || owner->waits != Waits::for_branches) return;
  Open& branch = open(slot, owner->home, now);
  branch.begun = owner->accounted;
  // It could not begin before another had ended.
  if (owner->last_branch.is_there) branch.parts = owner->last_branch.parts;
  branch.doing = {.component = branch.home};
  branch.owner = owner->id;
}

void CriticalPaths::does(Index slot, const PathActivity& activity, bool in_load, SimTime now) {
  Open* const open = find(slot);
  if (open == nullptr) return;
  close(*open, now);
  turn_to(*open, Waits::no, activity, in_load);
}

void CriticalPaths::served(Index slot, Index home, SimTime now) {
  does(slot, {.component = home}, false, now);
  if (Open* const open = find(slot)) open->home = home;
}

void CriticalPaths::forks(Index slot, bool in_load, SimTime now) {
  Open* const open = find(slot);
  if (open == nullptr) return;
  close(*open, now);
  turn_to(*open, Waits::for_branches, {}, in_load);
  open->last_branch.is_there = false;
}

void CriticalPaths::backs_off(Index slot, SimTime now) {
  Open* const open = find(slot);
  if (open == nullptr) return;
  Index failed_at = open->failed_at;
  if (open->waits == Waits::for_call) {
    for (const Answer* one : {&open->answer, &open->hedged}) {
      if (one->is_there && !one->is_good) failed_at = one->failed_at;
    }
    add(*open, PathCause::retry, open->callee_home, now - open->accounted);
    open->accounted = now;
    open->answer.is_there = open->hedged.is_there = false;
  } else {
    close(*open, now);
  }
  const Index asked = open->callee_home == no_index ? open->home : open->callee_home;
  turn_to(*open, Waits::no, {.cause = PathCause::retry, .component = asked}, open->in_load);
  open->failed_at = failed_at;
}

void CriticalPaths::left(Index caller_slot, SimTime now) {
  Open* const caller = find(caller_slot);
  if (caller == nullptr || caller->waits != Waits::for_call) return;
  for (const auto& [asked, answer] : {std::pair{caller->callee, &caller->answer}, std::pair{caller->hedge, &caller->hedged}}) {
    const Open* const callee = find(asked);
    if (callee != nullptr && !callee->has_ended && !answer->is_there) *answer = answer_now(*callee, now);
    if (answer->is_there && answer->is_good) answer->failed_at = answer->home;  // on its way back
    answer->is_good = false;
  }
}

void CriticalPaths::call_over(Index caller_slot, TaskOutcome outcome, SimTime now) {
  Open* const caller = find(caller_slot);
  if (caller == nullptr) return;
  close(*caller, now);
  const Index failed_at = outcome == TaskOutcome::completed ? no_index : caller->failed_at;
  turn_to(*caller, Waits::no, {.component = caller->home}, caller->in_load);
  caller->failed_at = failed_at;
  caller->callee = caller->hedge = {};
  caller->callee_home = no_index;
}

void CriticalPaths::answered(Index slot, Index caller_slot, TaskOutcome outcome, Duration delay, SimTime now) {
  const Index responder = std::exchange(responder_, no_index);
  Open* const request = find(slot);
  if (request == nullptr) return;
  Open* const caller = caller_slot == no_index ? nullptr : find(caller_slot);
  const bool is_hedge = caller != nullptr && caller->hedge.id == request->id;
  if (caller != nullptr && caller->waits == Waits::for_call && (is_hedge || caller->callee.id == request->id)) {
    Answer& answer = is_hedge ? caller->hedged : caller->answer;
    answer = {.is_there = true,
              .is_good = outcome == TaskOutcome::completed,
              .begun = request->begun,
              .ended = now,
              .arrives = now + delay,
              .home = request->home,
              .failed_at = request->failed_at,
              .parts = parts_now(*request, responder, now)};
  }
  if (request->has_ended) release(*request);
}

void CriticalPaths::delivered(Index message_slot, Index delivery_slot, Index queue, SimTime now) {
  Open* const message = find(message_slot);
  if (message == nullptr) return;
  close(*message, now);
  turn_to(*message, Waits::no, {.cause = PathCause::retry, .component = queue}, false);
  Open& delivery = open(delivery_slot, queue, now);
  delivery.begun = message->begun;
  delivery.parts = message->parts;
  delivery.owner = message->id;
}

void CriticalPaths::delivery_done(Index delivery_slot, Index message_slot, SimTime now) {
  Open* const delivery = find(delivery_slot);
  if (delivery == nullptr) return;
  close(*delivery, now);
  if (Open* const message = find(message_slot); message != nullptr && message->id == delivery->owner) {
    message->parts = delivery->parts;
    message->accounted = now;
  }
  release(*delivery);
}

void CriticalPaths::ended(Index slot, TaskOutcome outcome, SimTime now) {
  Open* const open = find(slot);
  if (open == nullptr) return;
  const Index place = outcome == TaskOutcome::completed ? no_index : place_of(*open);
  const Index failed_at = open->failed_at;
  close(*open, now);
  if (open->failed_at == no_index) open->failed_at = failed_at == no_index ? place : failed_at;
  open->has_ended = true;
}

void CriticalPaths::branch_ended(Index slot, Index owner_slot, TaskOutcome outcome, SimTime now) {
  ended(slot, outcome, now);
  Open* const branch = find(slot);
  if (branch == nullptr) return;
  Open* const owner = find(owner_slot);
  if (owner != nullptr && owner->waits == Waits::for_branches && owner->id == branch->owner) {
    if (outcome != TaskOutcome::completed && owner->failed_at == no_index) owner->failed_at = branch->failed_at;
    owner->last_branch = {.is_there = true,
                          .is_good = outcome == TaskOutcome::completed,
                          .begun = branch->begun,
                          .ended = now,
                          .arrives = now,
                          .home = branch->home,
                          .parts = branch->parts};
  }
  release(*branch);
}

void CriticalPaths::finish(Index slot, TaskOutcome outcome, Duration delay, SimTime now) {
  const Index responder = std::exchange(responder_, no_index);
  Open* const request = find(slot);
  if (request == nullptr) return;
  FollowedRequest followed;
  followed.number = request->number;
  followed.workload = request->workload;
  followed.ended = now + delay;
  followed.latency = now + delay - request->begun;
  followed.outcome = outcome;
  if (outcome != TaskOutcome::completed) followed.failed_at = request->failed_at;
  followed.parts = parts_now(*request, responder, now);
  add(followed.parts, PathCause::network, request->home, delay);
  sample_.keep(request->kind, std::move(followed));
  release(*request);
}

}  // namespace headroom
