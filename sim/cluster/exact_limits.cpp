// Rate limits and quotas on the service's side: a step takes tokens of whoever asks, and goes on, waits for them, or fails.
//
// Every tier has a token bucket and a quota per period, for each subject or for all. Tokens that were taken are not given back
// when the work fails. Who waits has taken his tokens already: the next one waits behind him. Source: RFC 6585, 4 (429 Too Many
// Requests); Turner, "New directions in communications", IEEE Communications Magazine 24(10), 1986 (the bucket).
#include "sim/cluster/exact_hot_path.hpp"

namespace headroom {

void ExactRequestPlane::make_limits(const Blueprint& blueprint, RandomStreams&, Recorder& recorder) {
  for (const LimitBlueprint& limit : blueprint.limits) {
    Limit& station = limits_.emplace_back();
    station.per_subject = limit.per_subject;
    station.wait = &recorder.durations("limit_wait", {{"limit", limit.name}});
    for (const LimitTier& tier : limit.tiers) {
      Share& throttled = recorder.share("throttled", {{"limit", limit.name}, {"priority", std::to_string(tier.priority)}});
      station.tiers.push_back({tier.priority, TokenTable{tier}, &throttled});
    }
  }
}

// True if the task does not go on now: it waits, or has failed.
bool ExactRequestPlane::pass_limit(Index slot, const LimitSite& site) {
  Task& task = tasks_[slot];
  Limit& limit = limits_[site.limit];
  Limit::Tier* tier = nullptr;
  for (Limit::Tier& one : limit.tiers) {
    if (one.priority <= task.priority) tier = &one;
  }
  if (tier == nullptr) {
    ++task.pc;
    return false;
  }
  const std::uint64_t key = limit.per_subject ? task.subject : 0;
  const auto wait = tier->tokens.take(key, site.cost.draw(task.draw_id), site.longest_wait, now_);
  tier->throttled->whole += 1.0;
  if (wait) {
    tasks_.begin_wait(slot).call_begun = now_;
    if (*wait == Duration{}) {
      end_limit_wait(slot);
      ++task.pc;
      return false;
    }
    sleep(slot, *wait, tokens_due, "limit");
    if (task.followed) [[unlikely]]
      ExactTrace{*this}.waits(slot, StationKind::limit, site.limit);
    return true;
  }
  tier->throttled->part += 1.0;
  if (site.on_limit == OnLimit::skip) {
    task.pc = site.after;
    return false;
  }
  end_task(slot, TaskOutcome::throttled);
  return true;
}

// Whether it waits for tokens: until then it stays at the step.
bool ExactRequestPlane::is_limited(const Task& task) const {
  return task.state == TaskState::sleeping && task.kind != TaskKind::instance && program_.code[task.pc].op == Op::pass_limit;
}

void ExactRequestPlane::on_tokens(Index slot) {
  end_limit_wait(slot);
  Task& task = tasks_[slot];
  ++task.pc;
  resume(slot, task);
}

// A wait is counted when it is over, with its tokens or because whoever waited went with its replica.
void ExactRequestPlane::end_limit_wait(Index slot) {
  const LimitSite& site = program_.limit_sites[program_.code[tasks_[slot].pc].a];
  limits_[site.limit].wait->record(now_ - tasks_.wait(slot).call_begun);
}

}  // namespace headroom
