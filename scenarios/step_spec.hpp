// Steps as a file spells them, and what a step may refer to: part of a Scenario.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/fields.hpp"

namespace headroom {

// References and distributions that know what they refer to and what they are a number of.
struct ToEndpoint : Reference {
  ToEndpoint() : Reference{{}, "endpoint"} {}
};
struct ToService : Reference {
  ToService() : Reference{{}, "service"} {}
};
struct ToLock : Reference {
  ToLock() : Reference{{}, "lock"} {}
};
struct ToCache : Reference {
  ToCache() : Reference{{}, "cache"} {}
};
struct ToLink : Reference {
  ToLink() : Reference{{}, "link"} {}
};
struct ToDatabase : Reference {
  ToDatabase() : Reference{{}, "database"} {}
};
struct ToQueue : Reference {
  ToQueue() : Reference{{}, "queue"} {}
};
struct ToKey : Reference {
  ToKey() : Reference{{}, "key"} {}
};
struct ToLanguageModel : Reference {
  ToLanguageModel() : Reference{{}, "language_model"} {}
};
struct ToLimit : Reference {
  ToLimit() : Reference{{}, "limit"} {}
};
struct ToRegion : Reference {
  ToRegion() : Reference{{}, "region"} {}
};
struct ToNodePool : Reference {
  ToNodePool() : Reference{{}, "node_pool"} {}
};
struct ToStore : Reference {
  ToStore() : Reference{{}, "store"} {}
};
struct ToWorkload : Reference {
  ToWorkload() : Reference{{}, "workload"} {}
};
struct ToLoadBalancer : Reference {
  ToLoadBalancer() : Reference{{}, "load_balancer"} {}
};
struct ToClient : Reference {
  ToClient() : Reference{{}, "client"} {}
};
struct CountField : DistributionField {
  CountField() : DistributionField{{}, Dimension::count} {}
};
struct SizeField : DistributionField {
  SizeField() : DistributionField{{}, Dimension::bytes} {}
};

struct RetrySpec {
  static constexpr std::string_view type_name = "retry";
  int attempts = 2;
  Duration base{std::chrono::milliseconds{25}};
  double factor = 2.0;
  Duration at_most{std::chrono::milliseconds{250}};
  std::string jitter = "full";  // "full" or "none"
  void describe(Fields& field);
};

// One step of an endpoint, a worker or a journey. Exactly one action; the other fields belong to an action.
struct StepSpec {
  static constexpr std::string_view type_name = "step";
  std::optional<DistributionField> compute;  // CPU demand (time of one core)
  std::optional<DistributionField> wait;
  std::optional<DistributionField> think;  // journeys
  std::optional<ToEndpoint> call;          // endpoint "service.endpoint"; services
  std::optional<ToEndpoint> request;       // the same from a journey
  std::optional<std::vector<std::vector<StepSpec>>> parallel;
  std::optional<CountField> for_each;  // count
  std::optional<std::vector<struct OptionSpec>> choose;
  std::optional<ToCache> cache;
  std::optional<ToDatabase> query;  // database
  std::optional<ToQueue> publish;   // queue
  std::optional<ToLock> lock;       // lock
  std::optional<bool> respond;
  std::optional<ToLanguageModel> generate;  // language model
  std::optional<PerSecond> when_changed;    // rate of changes
  std::optional<ToLimit> limit;             // limit
  std::optional<ToStore> store;             // store
  std::optional<ToCache> write_cache, invalidate;
  std::optional<ToLink> transfer;

  std::optional<Duration> timeout;             // call, request
  std::optional<RetrySpec> retry;              // call, request
  std::optional<std::string> on_failure;       // call, request: "fail" or "continue"
  std::optional<int> at_most;                  // for_each
  std::vector<StepSpec> steps;                 // for_each, lock, when_changed, limit, write_cache
  std::optional<ToKey> key;                    // cache, lock, write_cache, invalidate, transfer
  std::vector<StepSpec> on_miss;               // cache
  std::optional<ToKey> read, write;            // query: the key by which it shards; store: its key; exactly one
  std::optional<int> priority;                 // publish
  std::optional<Duration> lease, renew, poll;  // lock
  std::optional<std::string> on_held;          // lock: "wait", "skip" or "fail"
  std::optional<CountField> input, output;     // generate: tokens
  std::optional<Ratio> cached;                 // generate: share of the input
  std::optional<DistributionField> patience;   // request
  std::optional<std::string> per;              // for_each: "task", "request" or "subject"
  std::optional<Duration> since;               // when_changed
  std::optional<CountField> cost;              // limit: tokens
  std::optional<std::string> on_limit;         // limit: "fail", "wait" or "skip"
  std::optional<Duration> longest_wait;        // limit
  std::optional<std::string> mode;             // write_cache: "through", "behind", "around" or "aside"
  std::optional<Duration> delay;               // write_cache, behind
  std::optional<ToKey> generation;             // cache, write_cache, invalidate
  std::optional<SizeField> bytes;              // transfer: or key
  std::optional<Ratio> compression;            // transfer: bytes sent of bytes
  std::optional<BytesPerSecond> bit_rate;      // transfer
  std::optional<std::string> operation;        // query: one of its database's
  std::optional<std::string> consistency;      // query: "any" or "primary"
  std::optional<DistributionField> age;        // query of a database in partitions
  std::optional<SizeField> request_size;       // query, cache, publish
  std::optional<SizeField> response_size;      // query, cache
  std::optional<ToClient> client;              // call
  std::vector<StepSpec> fallback;              // call
  void describe(Fields& field);
};

struct OptionSpec {
  static constexpr std::string_view type_name = "option";
  double weight = 1.0;
  std::vector<StepSpec> steps;
  void describe(Fields& field);
};

}  // namespace headroom
