// RetryBudget: how many retries a client may send on top of its calls.
//
// A token bucket: each call puts 1000 tokens in, which expire after the window; each retry takes 1000 / share out; and there is a
// reserve for `least` retries per second of the window. Tokens are kept by the tenth of the window. Source: Finagle,
// service/RetryBudget.scala (TokenRetryBudget) and com.twitter.util.TokenBucket.newLeakyBucket with its WindowedAdder.
#pragma once

#include <array>
#include <cstdint>

#include "sim/cluster/client_blueprint.hpp"
#include "sim/core/time.hpp"

namespace headroom {

class RetryBudget {
 public:
  RetryBudget(const RetryBudgetBlueprint& budget, SimTime now);

  void deposit(SimTime now);
  // False, and nothing is taken, if there is not enough.
  bool try_withdraw(SimTime now);
  // Retries that may be sent now.
  std::int64_t balance(SimTime now);

 private:
  static constexpr std::size_t past_slices = 9;  // beside the present one

  void bring_to(SimTime now);
  std::int64_t tokens() const;

  std::int64_t deposit_ = 0, withdrawal_ = 1, reserve_ = 0;
  Duration slice_;
  std::array<std::int64_t, past_slices> past_{};
  std::size_t oldest_ = 0;
  std::int64_t present_ = 0;
  SimTime present_since_;
};

}  // namespace headroom
