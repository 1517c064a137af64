#include "scenarios/language_model_spec.hpp"

namespace headroom {

void TokenPriceSpec::describe(Fields& field) {
  field.required("input", input, "of a million input tokens", at_least(0));
  field.required("output", output, "of a million output tokens", at_least(0));
  field("cached_input", cached_input, "of a million input tokens that the provider still had; as \"input\" without it",
        at_least(0));
}

void HostedModelSpec::describe(Fields& field) {
  field.required("first_token", first_token, "time to the first token, without the time for the input");
  field("per_1000_input_tokens", per_1000_input_tokens,
        "time that 1000 input tokens add to the first token; cached ones add none", at_least(Duration{}));
  field.required("token", token, "time for each further token; drawn once for a whole text");
  field("requests", requests, "the provider's limit: \"500 /min\"; none without it", more_than(0));
  field("tokens", tokens, "limit of input and output tokens together: \"200000 /min\"; none without it", more_than(0));
  field("burst", burst, "how much of either limit may be used at once; limits refill all the time", more_than(0));
  field("concurrency", concurrency, "texts in the making at a time; any number without it", between(1, 1e6));
  field.choice("on_limit", on_limit, "what exceeds a limit: fail (answered 429: rejected) or wait for its turn",
               {"fail", "wait"});
  field("failures", failures, "share that fails (unavailable) after the time to the first token", between(0.0, 1.0));
  field("price", price, "of tokens; only what is completed is billed");
}

void LanguageModelSpec::describe(Fields& field) {
  field.required("name", name, "name of the language model");
  field(FieldInfo{.name = "hosted", .meaning = "the API of a provider", .one_of = "kind"}, hosted);
  field(FieldInfo{.name = "engine",
                  .meaning = "run by each replica of the services that name it as \"language_model\"",
                  .one_of = "kind"},
        engine);
}

void PrefillTimeSpec::describe(Fields& field) {
  field.required("tokens", tokens, "prompt tokens read in one step", between(1, 1e8));
  field.required("time", time, "of that step", more_than(0));
}

void DecodeTimeSpec::describe(Fields& field) {
  field.required("batch", batch, "texts that get one token each in one step", between(1, 1e6));
  field.required("time", time, "of that step", more_than(0));
}

void EngineSpec::describe(Fields& field) {
  field.required("prefill", prefill, "measured times of steps that read prompts, by tokens; lines between them");
  field.required("decode", decode, "measured times of steps that write, by texts at a time; lines between them");
  field("per_1000_context_tokens", per_1000_context_tokens, "time that 1000 tokens of context add to a step that writes",
        at_least(Duration{}));
  field.required("kv_cache", kv_cache, "tokens whose keys and values one replica has room for", between(1, 1e12));
  field("batch", batch, "texts in the making at a time, per replica", between(1, 100000));
  field("step_tokens", step_tokens, "prompt tokens read in one step; with \"chunked_prefill\" written ones included",
        between(1, 1e8));
  field("chunked_prefill", chunked_prefill,
        "true: prompts are read in parts beside writing; false: whole, while writing stands still");
  field("weights", weights,
        "size of the model's weights, which a node loads from the registry before its first replica starts up, after the image",
        at_least(0));
}

namespace {

EngineBlueprint build_engine(const EngineSpec& spec) {
  std::vector<StepTimePoint> prefill, decode;
  for (const PrefillTimeSpec& point : spec.prefill)
    prefill.push_back({static_cast<double>(point.tokens), to_seconds(point.time)});
  for (const DecodeTimeSpec& point : spec.decode) decode.push_back({static_cast<double>(point.batch), to_seconds(point.time)});
  return {.times = {StepTimeCurve{std::move(prefill)}, StepTimeCurve{std::move(decode)},
                    to_seconds(spec.per_1000_context_tokens) / 1000.0},
          .kv_tokens = spec.kv_cache,
          .batch = spec.batch,
          .step_tokens = spec.step_tokens,
          .chunked = spec.chunked_prefill,
          .weights = spec.weights};
}

}  // namespace

LanguageModelBlueprint build_language_model(const LanguageModelSpec& spec) {
  constexpr double million = 1e6;
  LanguageModelBlueprint model{.name = spec.name};
  if (spec.engine) {
    model.engine = build_engine(*spec.engine);
    return model;
  }
  const HostedModelSpec& hosted = *spec.hosted;
  model.hosted = {.first_token = hosted.first_token.value,
                  .input_token = to_seconds(hosted.per_1000_input_tokens) / 1000.0,
                  .token = hosted.token.value,
                  .requests = hosted.requests.value_or(PerSecond{}),
                  .tokens = hosted.tokens.value_or(PerSecond{}),
                  .burst = hosted.burst,
                  .concurrency = hosted.concurrency,
                  .waits = hosted.on_limit == "wait",
                  .failures = hosted.failures.value};
  if (hosted.price) {
    const TokenPriceSpec& price = *hosted.price;
    model.hosted.prices = {price.input.value / million, price.cached_input.value_or(price.input).value / million,
                           price.output.value / million};
  }
  return model;
}

}  // namespace headroom
