// CircuitBreaker: does not let calls through that would only fail.
//
// Closed, it lets all calls through and looks at how they end: the last ones, or those of the last seconds. When a share of them,
// of so many at least, has failed or was slow, it opens and lets none through. The first call after its waiting time finds it
// half open: so many calls may try, and when enough of them have ended it opens again or closes. With `consecutive_failures` it
// opens after so many in a row instead; half open, one failure opens it, and it closes when all that may try have succeeded.
// Source: resilience4j, CircuitBreakerStateMachine and CircuitBreakerMetrics (rates reach their thresholds by equality, a call is
// slow, and the wait in open is over, by strict inequality; without automaticTransitionFromOpenToHalfOpenEnabled and
// maxWaitDurationInHalfOpenState). Differs: consecutive failures are those of Finagle's failure accrual.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/cluster/client_blueprint.hpp"
#include "sim/core/time.hpp"

namespace headroom {

struct CallCounts {
  int calls = 0, failed = 0, slow = 0;
  CallCounts& operator+=(const CallCounts& other);
  CallCounts& operator-=(const CallCounts& other);
};

// How the last calls ended, or those of the last seconds (whole ones of the clock, the present one among them).
class CallWindow {
 public:
  enum class Unit : std::uint8_t { calls, seconds };
  CallWindow(Unit unit, int size) : unit_{unit}, slots_(static_cast<std::size_t>(size)) {}

  const CallCounts& record(const CallCounts& one, SimTime now);
  void clear();

 private:
  Unit unit_;
  std::vector<CallCounts> slots_;
  std::size_t head_ = 0;     // the next call's, or the present second's
  std::int64_t second_ = 0;  // of head_
  CallCounts total_;
};

class CircuitBreaker {
 public:
  enum class State : std::uint8_t { closed, open, half_open };

  explicit CircuitBreaker(const CircuitBreakerBlueprint& options);

  // Whether a call may be made now. Whoever may has to record how it ended, or that it says nothing.
  bool try_acquire(SimTime now);
  void record(bool failed, Duration took, SimTime now);
  void release();
  State state() const { return state_; }

 private:
  enum class Verdict : std::uint8_t { too_few, good, bad };

  Verdict judge(const CallCounts& counts, int size) const;
  Verdict judge_in_a_row(bool failed);
  void open(SimTime now);
  void close();

  CircuitBreakerBlueprint options_;
  State state_ = State::closed;
  SimTime opened_at_{};
  int may_try_ = 0;   // half open
  int in_a_row_ = 0;  // failures; half open: successes
  CallWindow closed_, half_open_;
};

}  // namespace headroom
