#include "sim/cluster/retry_budget.hpp"

#include <algorithm>
#include <numeric>

namespace headroom {

RetryBudget::RetryBudget(const RetryBudgetBlueprint& budget, SimTime now)
    : slice_{budget.window / static_cast<std::int64_t>(past_slices + 1)}, present_since_{now} {
  constexpr double scale = 1000.0;
  if (budget.share > 0.0) {
    deposit_ = static_cast<std::int64_t>(scale);
    withdrawal_ = static_cast<std::int64_t>(scale / std::max(budget.share, 1e-6));
  }
  reserve_ = static_cast<std::int64_t>(budget.least * to_seconds(budget.window) * static_cast<double>(withdrawal_));
}

void RetryBudget::deposit(SimTime now) {
  bring_to(now);
  present_ += deposit_;
}

bool RetryBudget::try_withdraw(SimTime now) {
  bring_to(now);
  if (tokens() < withdrawal_) return false;
  present_ -= withdrawal_;
  return true;
}

std::int64_t RetryBudget::balance(SimTime now) {
  bring_to(now);
  return tokens() / withdrawal_;
}

std::int64_t RetryBudget::tokens() const { return std::accumulate(past_.begin(), past_.end(), reserve_ + present_); }

// A slice ends when somebody looks after its time; the next one begins then, and those that nobody saw were empty.
void RetryBudget::bring_to(SimTime now) {
  if (now - present_since_ < slice_) return;
  const auto put = [this](std::int64_t tokens) {
    past_[oldest_] = tokens;
    oldest_ = (oldest_ + 1) % past_slices;
  };
  put(present_);
  const std::int64_t unseen = std::min<std::int64_t>((now - present_since_) / slice_ - 1, past_slices);
  for (std::int64_t i = 0; i < unseen; ++i) put(0);
  present_ = 0;
  present_since_ = now;
}

}  // namespace headroom
