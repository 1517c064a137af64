// What answers a `generate` step, as a Blueprint describes it: the hosted API of a provider, or an engine that
// each replica of a service runs.
#pragma once

#include <optional>
#include <string>

#include "sim/cluster/step_times.hpp"
#include "sim/core/distribution.hpp"
#include "sim/core/time.hpp"
#include "sim/core/units.hpp"

namespace headroom {

// US dollars for one token.
struct TokenPrices {
  double input = 0.0, cached_input = 0.0, output = 0.0;
  bool any() const { return input > 0.0 || cached_input > 0.0 || output > 0.0; }
};

// A provider's API. Its speed does not depend on our load; its limits do the rest.
struct HostedModelBlueprint {
  Distribution first_token;                 // seconds to the first token, without the time for the input
  double input_token = 0.0;                 // seconds that each input token adds to it, cached ones excepted
  Distribution token;                       // seconds for each further token; drawn once per generation
  PerSecond requests;                       // limit; 0: none
  PerSecond tokens;                         // limit of input and output together; 0: none
  Duration burst{std::chrono::minutes{1}};  // that much of either limit may come at once
  std::optional<int> concurrency;           // generations at a time
  bool waits = false;                       // what exceeds a limit waits for it in turn; else it fails at once
  double failures = 0.0;                    // share that fails after the time to the first token
  TokenPrices prices;                       // of what is answered
};

// Continuous batching on one replica (its GPUs together).
struct EngineBlueprint {
  StepTimes times;
  std::int64_t kv_tokens = 1;       // room for the keys and values of that many tokens
  int batch = 256;                  // texts in the making at a time
  std::int64_t step_tokens = 8192;  // of prompts read in one step; with chunks, of prompts read and tokens written
  bool chunked = false;             // prompts are read in parts, beside writing; else whole, while writing stands still
  Bytes weights;                    // that a node has before a replica on it starts; its next replicas find them there
};

struct LanguageModelBlueprint {
  std::string name;
  HostedModelBlueprint hosted;            // of a model without an engine
  std::optional<EngineBlueprint> engine;  // of services that name this model
};

}  // namespace headroom
