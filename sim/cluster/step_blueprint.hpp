// What endpoints, workers and journeys do, step by step, every name resolved to an index: part of a Blueprint.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "sim/core/distribution.hpp"
#include "sim/core/time.hpp"
#include "sim/core/units.hpp"

namespace headroom {

using Index = std::uint32_t;
inline constexpr Index no_index = ~Index{0};

struct Step;
using Steps = std::vector<Step>;

// What keys and counts are drawn for: one value for everything a request does, one per subject (user, tenant, monitor), one per
// task (each branch of a for_each its own), or what the workload's arrival brings (trace).
enum class KeyPer { request, subject, task, arrival };

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
  std::optional<Distribution> patience;       // of a user, over all tries: who has waited so long leaves
  Index route = no_index;                     // into Blueprint::routes: it chooses the endpoint, per try
  Index client = no_index;                    // into Blueprint::clients: that it goes through; none: nothing holds it up
  Steps fallback{};                           // of a service: done instead, when all tries have failed; none: it fails
};
struct ParallelStep { std::vector<Steps> branches; };   // all at once; fails when the last has ended and one failed
struct ForEachStep {
  Distribution count;                         // rounded to the nearest integer
  int at_most = 1;                            // bodies at a time
  Steps body;
  KeyPer per = KeyPer::task;                  // what has a count of its own, and always the same
};
struct ChooseStep {
  std::vector<double> weights;
  std::vector<Steps> options;                 // as many as weights
};
// Bytes of what is asked and of what is answered, counted by where they go; 0: not modelled.
struct StepSizes {
  Distribution request{}, response{};
  bool none() const { return request.is_zero() && response.is_zero(); }
};
// Looks a key up; on a miss runs the steps and then fills the key (cache aside). Fails when a step on the way fails.
struct CacheStep {
  Index cache = no_index;
  Index key = no_index;                       // into Blueprint::keys
  Steps on_miss;
  Index generation = no_index;                // into Blueprint::keys: whose invalidation ends the entry too; none: nobody's
  StepSizes sizes{};                          // response: the value, when it is found and when it is filled
};
struct QueryStep {
  Index database = no_index;
  bool write = false;
  Index key = no_index;                       // shards by it; none: spread evenly
  Index operation = no_index;                 // of the database's, a write if this is one; none: the plain read or write
  bool at_primary = false;                    // a read that goes where the writes go
  std::optional<Distribution> age;            // seconds, of the rows asked for, where they lie in partitions; none: now
  StepSizes sizes{};
};
struct PublishStep {
  Index queue = no_index;
  std::optional<int> priority;                // none: the request's
  Distribution size{};                        // bytes of the message, counted from the publisher to the worker; 0: not modelled
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
// Runs the steps if what changes at this rate (a Poisson process) has changed since it was looked at last.
struct WhenChangedStep {
  PerSecond rate;
  std::optional<Duration> since;              // the last look; none: the workload's rhythm, and without one it always has changed
  Steps steps;
};
// Takes tokens from the bucket and the quota of whoever asks, and runs the steps. Fails (throttled) without tokens, waits for
// them, or goes on behind the steps.
enum class OnLimit : std::uint8_t { fail, wait, skip };
struct LimitStep {
  Index limit = no_index;                     // into Blueprint::limits
  Distribution cost = Distribution::constant(1.0);  // tokens
  OnLimit on_limit = OnLimit::fail;
  std::optional<Duration> longest_wait;       // wait: who would have to wait longer fails at once
  Steps steps;
};
struct RespondStep {};                        // answer now, go on working
// Asks a language model for a text and waits for its last token. Numbers of tokens are rounded, at least 1.
struct GenerateStep {
  Index model = no_index;                     // into Blueprint::language_models
  Distribution input, output;                 // tokens
  double cached = 0.0;                        // share of the input that the model still has from earlier requests
};

// Reads or writes the object under a key of a store.
struct StoreStep {
  Index store = no_index;                     // into Blueprint::stores
  bool write = false;
};
// Writes a key: `steps` are what it takes to write it to what lies behind the cache.
enum class WriteMode : std::uint8_t {
  through,  // steps, then the cache has the new value
  behind,   // the cache has it at once, and the request goes on; the steps run after `delay`, together for all writes until then
  around,   // the entry is removed, then steps
  aside,    // steps, then the entry is removed
};
struct WriteCacheStep {
  Index cache = no_index;
  Index key = no_index;
  WriteMode mode = WriteMode::aside;
  Duration delay{};                           // behind
  Steps steps;
  Index generation = no_index;                // as in CacheStep
};
// Removes one key from the cache, or everything that was looked up under the present generation.
struct InvalidateStep {
  Index cache = no_index;
  Index key = no_index;                       // none: the generation
  Index generation = no_index;                // with a key: the generation under which that is looked up
};

// Sends bytes over a link and waits until they are through.
struct TransferStep {
  Index link = no_index;                      // into Blueprint::links
  std::optional<Distribution> bytes;          // none: the size of the object under the key
  Index key = no_index;
  double compression = 1.0;                   // bytes sent of bytes
  std::optional<BytesPerSecond> bit_rate;     // at most
};

struct Step {
  std::variant<ComputeStep, WaitStep, CallStep, ParallelStep, ForEachStep, ChooseStep, CacheStep, QueryStep, PublishStep, LockStep,
               RespondStep, GenerateStep, WhenChangedStep, LimitStep, StoreStep, WriteCacheStep, InvalidateStep, TransferStep>
      action;
};

}  // namespace headroom
