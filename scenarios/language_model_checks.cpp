// Language models: options that say nothing without others.
#include <algorithm>

#include "scenarios/checks.hpp"
#include "scenarios/step_walk.hpp"

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

// Points of a curve: some, and in order.
template <class Point>
void check_points(const EngineSpec& engine, const std::vector<Point>& points, std::string_view list, std::string_view size_field,
                  std::int64_t (*size_of)(const Point&), const char* example, Reading& reading) {
  if (points.empty() && reading.is_given(&engine, list)) reading.issue(&engine, list, "has no point", example);
  for (std::size_t i = 1; i < points.size(); ++i) {
    if (size_of(points[i]) > size_of(points[i - 1])) continue;
    reading.issue(&points[i], size_field, "is not more than that of the point before", "order the points, each size once");
  }
}

void check_engine(const EngineSpec& engine, Reading& reading) {
  check_points<PrefillTimeSpec>(
      engine, engine.prefill, "prefill", "tokens", [](const PrefillTimeSpec& point) { return point.tokens; },
      "write [{\"tokens\": 512, \"time\": \"54 ms\"}, …]", reading);
  check_points<DecodeTimeSpec>(
      engine, engine.decode, "decode", "batch", [](const DecodeTimeSpec& point) { return std::int64_t{point.batch}; },
      "write [{\"batch\": 1, \"time\": \"30 ms\"}, …]", reading);
}

class EngineChecker {
 public:
  EngineChecker(const Scenario& scenario, Reading& reading) : scenario_{scenario}, reading_{reading} {}

  void check(const ServiceSpec& service) {
    const LanguageModelSpec* model = find(service.language_model.name);
    if (model != nullptr && model->hosted) {
      reading_.issue(&service, "language_model", model->name + " is hosted by its provider: no replica runs it", "remove it");
    }
    if (model != nullptr && model->engine) check_weights(service, *model);
    for (const EndpointSpec& endpoint : service.endpoints) check_steps(service, endpoint.steps);
  }

 private:
  const LanguageModelSpec* find(const std::string& name) const {
    const auto found = std::find_if(scenario_.language_models.begin(), scenario_.language_models.end(),
                                    [&](const LanguageModelSpec& model) { return !name.empty() && model.name == name; });
    return found == scenario_.language_models.end() ? nullptr : &*found;
  }

  void check_weights(const ServiceSpec& service, const LanguageModelSpec& model) {
    if (model.engine->weights.count <= 0 || !service.node_pool.name.empty()) return;
    reading_.issue(&service, "language_model",
                   "the weights of " + model.name + ", " + to_text(model.engine->weights) +
                       ", are loaded over the link of a node, but " + service.name + " has no node pool",
                   "add a \"node_pool\", or remove \"weights\" and count the load in \"start_up\"");
  }

  void check_steps(const ServiceSpec& service, const std::vector<StepSpec>& steps) {
    for (const StepSpec& step : steps) {
      if (step.generate) check_generate(service, step);
      for_each_inner(step, [&](const std::vector<StepSpec>& inner) { check_steps(service, inner); });
    }
  }

  void check_generate(const ServiceSpec& service, const StepSpec& step) {
    const LanguageModelSpec* model = find(step.generate->name);
    if (model == nullptr || !model->engine) return;
    if (service.language_model.name != model->name) {
      reading_.issue(&step, "generate", "no replica of " + service.name + " runs an engine of " + model->name,
                     "add \"language_model\": \"" + model->name + "\" to the service, or call one that has it");
    }
    if (!step.input || !step.output || !reading_.is_given(&*model->engine, "kv_cache")) return;
    const double tokens = step.input->value.mean() + step.output->value.mean() - 1.0;
    if (tokens <= static_cast<double>(model->engine->kv_cache)) return;
    reading_.issue(&step, "input",
                   "makes texts of " + to_text(tokens, Dimension::count) +
                       " tokens on average with their output, but the KV cache of " + model->name + " has room for " +
                       std::to_string(model->engine->kv_cache),
                   "most would be rejected");
  }

  const Scenario& scenario_;
  Reading& reading_;
};

}  // namespace

void check_language_models(const Scenario& scenario, Reading& reading) {
  for (const LanguageModelSpec& model : scenario.language_models) {
    if (model.hosted) check_hosted(*model.hosted, reading);
    if (model.engine) check_engine(*model.engine, reading);
  }
  EngineChecker checker{scenario, reading};
  for (const ServiceSpec& service : scenario.services) checker.check(service);
}

}  // namespace headroom
