// What answers a `generate` step, as a Blueprint describes it: the hosted API of a provider.
#pragma once

#include <optional>
#include <string>

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

struct LanguageModelBlueprint {
  std::string name;
  HostedModelBlueprint hosted;
};

}  // namespace headroom
