// Language models as a file spells them: part of a Scenario.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/cluster/language_model.hpp"
#include "sim/core/fields.hpp"

namespace headroom {

// Prices of a million tokens, as providers list them.
struct TokenPriceSpec {
  static constexpr std::string_view type_name = "token_price";
  Dollars input, output;
  std::optional<Dollars> cached_input;  // default: as input
  void describe(Fields& field);
};

struct HostedModelSpec {
  static constexpr std::string_view type_name = "hosted_model";
  DistributionField first_token;
  Duration per_1000_input_tokens{};
  DistributionField token;
  std::optional<PerSecond> requests, tokens;
  Duration burst{std::chrono::minutes{1}};
  std::optional<int> concurrency;
  std::string on_limit = "fail";  // "fail" or "wait"
  Ratio failures{0.0};
  std::optional<TokenPriceSpec> price;
  void describe(Fields& field);
};

struct PrefillTimeSpec {
  static constexpr std::string_view type_name = "prefill_time";
  std::int64_t tokens = 1;
  Duration time{};
  void describe(Fields& field);
};

struct DecodeTimeSpec {
  static constexpr std::string_view type_name = "decode_time";
  int batch = 1;
  Duration time{};
  void describe(Fields& field);
};

struct EngineSpec {
  static constexpr std::string_view type_name = "engine";
  std::vector<PrefillTimeSpec> prefill;
  std::vector<DecodeTimeSpec> decode;
  Duration per_1000_context_tokens{};
  std::int64_t kv_cache = 1;  // tokens
  int batch = 256;
  std::int64_t step_tokens = 8192;
  bool chunked_prefill = false;
  Bytes weights;
  void describe(Fields& field);
};

struct LanguageModelSpec {
  static constexpr std::string_view type_name = "language_model";
  std::string name;
  std::optional<HostedModelSpec> hosted;  // exactly one of these
  std::optional<EngineSpec> engine;
  void describe(Fields& field);
};

LanguageModelBlueprint build_language_model(const LanguageModelSpec& spec);

}  // namespace headroom
