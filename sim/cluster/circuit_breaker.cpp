#include "sim/cluster/circuit_breaker.hpp"

#include <algorithm>
#include <limits>

namespace headroom {

CallCounts& CallCounts::operator+=(const CallCounts& other) {
  calls += other.calls;
  failed += other.failed;
  slow += other.slow;
  return *this;
}

CallCounts& CallCounts::operator-=(const CallCounts& other) {
  calls -= other.calls;
  failed -= other.failed;
  slow -= other.slow;
  return *this;
}

const CallCounts& CallWindow::record(const CallCounts& one, SimTime now) {
  const auto begin_slot = [this](std::size_t slot) {
    total_ -= slots_[slot];
    slots_[slot] = {};
  };
  if (unit_ == Unit::calls) {
    begin_slot(head_);
    slots_[head_] = one;
    head_ = (head_ + 1) % slots_.size();
    return total_ += one;
  }
  const std::int64_t second = now.time_since_epoch() / std::chrono::seconds{1};
  const std::int64_t passed = std::min(second - second_, static_cast<std::int64_t>(slots_.size()));
  for (std::int64_t i = 0; i < passed; ++i) begin_slot(head_ = (head_ + 1) % slots_.size());
  second_ = second;
  slots_[head_] += one;
  return total_ += one;
}

void CallWindow::clear() {
  std::fill(slots_.begin(), slots_.end(), CallCounts{});
  total_ = {};
}

CircuitBreaker::CircuitBreaker(const CircuitBreakerBlueprint& options)
    : options_{options},
      closed_{options.seconds ? CallWindow::Unit::seconds : CallWindow::Unit::calls, options.seconds.value_or(options.calls)},
      half_open_{CallWindow::Unit::calls, options.half_open_calls} {}

bool CircuitBreaker::try_acquire(SimTime now) {
  if (state_ == State::closed) return true;
  if (state_ == State::open) {
    if (now - opened_at_ <= options_.open) return false;
    state_ = State::half_open;
    may_try_ = options_.half_open_calls;
    in_a_row_ = 0;
    half_open_.clear();
  }
  if (may_try_ == 0) return false;
  --may_try_;
  return true;
}

void CircuitBreaker::release() {
  if (state_ == State::half_open) ++may_try_;
}

// Calls that were let through in another state count in the present one; in open they change nothing.
void CircuitBreaker::record(bool failed, Duration took, SimTime now) {
  if (state_ == State::open) return;
  const CallCounts one{.calls = 1, .failed = failed ? 1 : 0, .slow = took > options_.slow ? 1 : 0};
  const bool is_closed = state_ == State::closed;
  Verdict verdict;
  if (options_.consecutive_failures)
    verdict = judge_in_a_row(failed);
  else if (is_closed)
    verdict = judge(closed_.record(one, now), options_.seconds ? std::numeric_limits<int>::max() : options_.calls);
  else
    verdict = judge(half_open_.record(one, now), options_.half_open_calls);
  if (verdict == Verdict::bad) open(now);
  if (verdict == Verdict::good && !is_closed) close();
}

// size: of the window; more calls than that it cannot wait for.
CircuitBreaker::Verdict CircuitBreaker::judge(const CallCounts& counts, int size) const {
  if (counts.calls < std::min(options_.minimum_calls, size)) return Verdict::too_few;
  const double calls = counts.calls;
  const bool fails = counts.failed / calls >= options_.failure_rate, is_slow = counts.slow / calls >= options_.slow_rate;
  return fails || is_slow ? Verdict::bad : Verdict::good;
}

CircuitBreaker::Verdict CircuitBreaker::judge_in_a_row(bool failed) {
  const bool is_closed = state_ == State::closed;
  if (failed && !is_closed) return Verdict::bad;
  in_a_row_ = failed == is_closed ? in_a_row_ + 1 : 0;
  if (is_closed) return in_a_row_ >= *options_.consecutive_failures ? Verdict::bad : Verdict::good;
  return in_a_row_ >= options_.half_open_calls ? Verdict::good : Verdict::too_few;
}

void CircuitBreaker::open(SimTime now) {
  state_ = State::open;
  opened_at_ = now;
}

void CircuitBreaker::close() {
  state_ = State::closed;
  in_a_row_ = 0;
  closed_.clear();
}

}  // namespace headroom
