#include "sim/core/alert.hpp"

namespace headroom {

// Only what fires is kept: a pending alert falls at the first evaluation that is not true.
bool Alert::is_kept(SimTime now) {
  if (state_ != AlertState::firing || timing_.keep_firing <= Duration{}) return false;
  if (!false_since_) false_since_ = now;
  return now - *false_since_ < timing_.keep_firing;
}

AlertState Alert::update(SimTime now, bool is_true) {
  if (is_true) {
    if (state_ == AlertState::inactive) {
      state_ = AlertState::pending;
      active_since_ = now;
    }
    false_since_.reset();
  } else if (!is_kept(now)) {
    state_ = AlertState::inactive;
    false_since_.reset();
    return state_;
  }
  const bool is_due = now - active_since_ >= timing_.hold;
  if (!is_due) false_since_.reset();
  return state_ = is_due ? AlertState::firing : AlertState::pending;
}

void Alert::restore(SimTime now, const StoredAlert& stored, const AlertRecovery& recovery) {
  if (state_ == AlertState::inactive || timing_.hold < recovery.grace_period) return;
  if (now - stored.evaluated > recovery.outage_tolerance) return;
  const Duration left = timing_.hold - (stored.evaluated - stored.active_since);
  if (left <= Duration{}) {
    active_since_ = stored.active_since;  // it was firing, and will at the next evaluation
  } else if (left < recovery.grace_period) {
    active_since_ = now + recovery.grace_period - timing_.hold;
  } else {
    active_since_ = stored.active_since + (now - stored.evaluated);
  }
}

std::optional<SimTime> Alert::active_since() const {
  return state_ == AlertState::inactive ? std::nullopt : std::optional{active_since_};
}

std::optional<SimTime> Alert::may_fire_at() const {
  return state_ == AlertState::inactive ? std::nullopt : std::optional{active_since_ + timing_.hold};
}

}  // namespace headroom
