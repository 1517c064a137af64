// What endpoints, workers and journeys do, step by step, every name resolved to an index: part of a Blueprint.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "sim/core/distribution.hpp"
#include "sim/core/time.hpp"

namespace headroom {

using Index = std::uint32_t;
inline constexpr Index no_index = ~Index{0};

struct Step;
using Steps = std::vector<Step>;

// CPU demand on the replica's cores, in core-seconds.
struct ComputeStep { Distribution cpu; };
// Time that takes no resource (a third party, a disk, a user thinking).
struct WaitStep { Distribution span; };

struct RetryPolicy {
  int attempts = 1;                           // tries in all, the first included
  Duration base{std::chrono::milliseconds{25}};  // back-off before try n+1: base × factor^(n-1), at most cap
  double factor = 2.0;
  Duration cap{std::chrono::milliseconds{250}};
  bool full_jitter = true;                    // uniform between 0 and that value (Envoy); else exactly it
};

// Asks an endpoint of a service and waits for its answer, holding what it holds.
struct CallStep {
  Index endpoint = no_index;                  // into Blueprint::endpoints
  std::optional<Duration> timeout;            // per try; the callee goes on working when it fires
  RetryPolicy retry;
  bool ignore_failure = false;                // go on as if it had been answered
};
struct ParallelStep { std::vector<Steps> branches; };   // all at once; fails when the last has ended and one failed
struct ForEachStep {
  Distribution count;                         // rounded to the nearest integer
  int at_most = 1;                            // bodies at a time
  Steps body;
};
struct ChooseStep {
  std::vector<double> weights;
  std::vector<Steps> options;                 // as many as weights
};
// Looks a key up; on a miss runs the steps and then fills the key (cache aside). Fails when a step on the way fails.
struct CacheStep {
  Index cache = no_index;
  Index key = no_index;                       // into Blueprint::keys
  Steps on_miss;
};
struct QueryStep {
  Index database = no_index;
  bool write = false;
  Index key = no_index;                       // shards by it; none: spread evenly
  Index operation = no_index;                 // of the database's, a write if this is one; none: the plain read or write
  bool at_primary = false;                    // a read that goes where the writes go
};
struct PublishStep {
  Index queue = no_index;
  std::optional<int> priority;                // none: the request's
};
// Runs the steps while it holds the key of the lock; fails when one of them fails, and then gives the key back.
enum class OnHeld : std::uint8_t { wait, skip, fail };
struct LockStep {
  Index lock = no_index;                      // into Blueprint::locks
  Index key = no_index;                       // into Blueprint::keys: what is locked
  Duration lease{};                           // after so long another may take it, whoever holds it
  std::optional<Duration> renew;              // the holder extends its lease this often; shorter than the lease
  OnHeld on_held = OnHeld::wait;              // wait: asks again; skip: goes on behind the steps
  Duration poll{std::chrono::milliseconds{100}};  // wait: how long after an answer it asks again
  Steps steps;
};
struct RespondStep {};                        // answer now, go on working
// Asks a language model for a text and waits for its last token. Numbers of tokens are rounded, at least 1.
struct GenerateStep {
  Index model = no_index;                     // into Blueprint::language_models
  Distribution input, output;                 // tokens
  double cached = 0.0;                        // share of the input that the model still has from earlier requests
};

struct Step {
  std::variant<ComputeStep, WaitStep, CallStep, ParallelStep, ForEachStep, ChooseStep, CacheStep, QueryStep, PublishStep, LockStep,
               RespondStep, GenerateStep>
      action;
};

}  // namespace headroom
