// The state of an alert, as Prometheus keeps it from one evaluation of its rule to the next, and what a restart makes of it.
//
//   inactive -> pending   at the first evaluation whose condition is true
//   pending  -> firing    once it has been true without a break for `hold`: >=, so without `hold` at once, never pending
//   pending  -> inactive  at the first evaluation whose condition is not true
//   firing   -> inactive  at the first evaluation whose condition is not true and that comes `keep_firing` or later after the
//   first
//                         of those in a row; a true one in between begins the row anew, and needs no new `hold`
//   firing   -> pending   where `hold` was raised and is no longer reached
//
// Source:  prometheus/prometheus, rules/alerting.go (Eval) and rules/group.go (RestoreForState).
// Differs: the instant since which an alert is active is stored there in whole seconds.
#pragma once

#include <chrono>
#include <optional>

#include "sim/core/time.hpp"

namespace headroom {

enum class AlertState { inactive, pending, firing };

struct AlertTiming {
  Duration hold{};         // "for"
  Duration keep_firing{};  // "keep_firing_for"
};

// What a restart knows of the time before it: the series ALERTS_FOR_STATE.
struct StoredAlert {
  SimTime active_since;
  SimTime evaluated;  // last before the outage
};

struct AlertRecovery {
  Duration outage_tolerance{std::chrono::hours{1}};  // of a longer outage nothing is restored
  Duration grace_period{std::chrono::minutes{10}};  // between the restart and firing at least; a shorter `hold` is never restored
};

class Alert {
 public:
  Alert() = default;
  explicit Alert(AlertTiming timing) : timing_{timing} {}

  // One evaluation; the instants never fall.
  AlertState update(SimTime now, bool is_true);
  // The rule is loaded again with other times; the next evaluation sees them.
  void set_timing(AlertTiming timing) { timing_ = timing; }
  // After the first evaluation of a restarted process, at `now`. The time it was down does not count towards `hold`.
  void restore(SimTime now, const StoredAlert& stored, const AlertRecovery& recovery);

  AlertState state() const { return state_; }
  // None while it is inactive.
  std::optional<SimTime> active_since() const;
  // The earliest instant at which it may fire while its condition stays true; none while it is inactive.
  std::optional<SimTime> may_fire_at() const;

 private:
  bool is_kept(SimTime now);

  AlertTiming timing_;
  AlertState state_ = AlertState::inactive;
  SimTime active_since_{};
  std::optional<SimTime> false_since_;  // firing only
};

}  // namespace headroom
