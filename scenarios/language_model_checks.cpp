// Language models: options that say nothing without others.
#include "scenarios/checks.hpp"

namespace headroom {

namespace {

void check_hosted(const HostedModelSpec& hosted, Reading& reading) {
  const bool has_bucket = hosted.requests || hosted.tokens;
  if (!has_bucket && reading.is_given(&hosted, "burst")) {
    reading.issue(&hosted, "burst", "has no meaning without a limit of \"requests\" or \"tokens\"", "remove it");
  }
  if (!has_bucket && !hosted.concurrency && reading.is_given(&hosted, "on_limit")) {
    reading.issue(&hosted, "on_limit", "has no meaning without a limit: \"requests\", \"tokens\" or \"concurrency\"",
                  "remove it");
  }
  const auto below_one = [&](const std::optional<PerSecond>& limit, const char* field, const char* what) {
    if (!limit || !(to_seconds(hosted.burst) * limit->value < 1.0)) return;
    reading.issue(&hosted, field,
                  std::string{"allows less than one "} + what + " in the time of \"burst\", " + to_text(hosted.burst),
                  "nothing could ever be asked; raise \"burst\"");
  };
  below_one(hosted.requests, "requests", "request");
  below_one(hosted.tokens, "tokens", "token");
}

}  // namespace

void check_language_models(const Scenario& scenario, Reading& reading) {
  for (const LanguageModelSpec& model : scenario.language_models) {
    if (model.hosted) check_hosted(*model.hosted, reading);
  }
}

}  // namespace headroom
