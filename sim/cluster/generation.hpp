// Language models as the exact request plane sees them: limits of a provider, engines of replicas, and what each text in the
// making needs.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/cluster/program.hpp"
#include "sim/cluster/station.hpp"
#include "sim/cluster/task.hpp"
#include "sim/cluster/token_bucket.hpp"
#include "sim/measure/bill.hpp"
#include "sim/measure/instruments.hpp"

namespace headroom {

enum class GenerationStage : std::uint8_t {
  limited,  // waits until a bucket allows it
  in_line,  // waits until another one ends, or for room in its engine
  served,
};

// One text in the making. By the slot of the task that waits for it.
struct Generation {
  SimTime begun{};
  SimTime first_token{};
  Index model = no_index;
  std::uint32_t input = 0, cached = 0, output = 0;  // tokens
  GenerationStage stage = GenerationStage::served;
  bool fails = false;
  bool in_step = false;                                   // of its engine
  std::uint32_t written = 0, unread = 0, step_share = 0;  // tokens: output so far; input not read yet; of that in this step
  std::uint32_t held = 0;                                 // tokens in the KV cache
  std::uint64_t draw_id = 0;
};

// Of the replicas of one service.
struct EngineInstruments {
  LevelShare* kv_cache = nullptr;
  Gauge* batch_size = nullptr;
  Gauge* waiting = nullptr;
  Counter* preemptions = nullptr;
  Occupancy stepping;  // engines that make a step
};

// What one replica has in the making. By the replica's slot.
struct Engine {
  const EngineBlueprint* options = nullptr;
  std::vector<Index> running;    // in the order in which they were let in
  std::vector<Index> preempted;  // the last goes first, and before all that wait
  TaskList waiting;
  std::int64_t kv_used = 0;  // tokens
  bool stepping = false;
  double shown_kv = 0.0, shown_batch = 0.0, shown_waiting = 0.0;  // in the instruments
};

struct LanguageModel {
  std::optional<EngineBlueprint> engine;  // own; else hosted
  Demand first_token, token;
  double input_token = 0.0;  // seconds
  TokenBucket requests, tokens;
  std::optional<std::int64_t> concurrency;
  bool waits = false;
  double failures = 0.0;
  std::uint64_t failure_key = 0;
  std::int64_t in_service = 0;
  TaskList line;

  std::uint64_t entered = 0;
  std::array<std::uint64_t, outcome_count> ended{};

  RequestCount* count = nullptr;
  DurationInstrument* time_to_first_token = nullptr;
  DurationInstrument* time_per_token = nullptr;
  Counter* tokens_in = nullptr;
  Counter* tokens_out = nullptr;
  Counter* rate_limited = nullptr;
  struct Paid {
    BillPart part;
    double price = 0.0;  // of a token
    Counter* cost = nullptr;  // where it has a price
    std::uint64_t tokens = 0;

    void take(std::uint32_t count) {
      if (cost == nullptr) return;
      tokens += count;
      cost->add(price * count);
    }
  };
  Paid input, cached_input, output;
};

}  // namespace headroom
