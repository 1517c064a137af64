// A `generate` step from its first to its last token.
//
// Hosted: a request and its tokens (input and output) are taken from the provider's buckets; without room it fails at once, or
// waits until the debt is paid. Then it needs one of the `concurrency` places, again failing or waiting in line. It is served in
//   first_token + (input - cached) × input_token + (output - 1) × token
// whatever else is served: an M/G/∞ station behind its limits. Completed generations are billed.
//
// A model of our own is an engine in the task's replica: exact_engines.cpp.
#include <algorithm>
#include <cmath>

#include "sim/cluster/exact_hot_path.hpp"

namespace headroom {

namespace {

std::uint32_t whole_tokens(double drawn) {
  constexpr double most = 1e8;  // a draw from a heavy tail ends here
  return static_cast<std::uint32_t>(std::clamp(std::round(drawn), 1.0, most));
}

}  // namespace

void ExactRequestPlane::make_language_models(const Blueprint& blueprint, RandomStreams& streams, Recorder& recorder) {
  for (const LanguageModelBlueprint& described : blueprint.language_models) {
    const std::string path = "language_models/" + described.name;
    const std::vector<Label> labels{{"language_model", described.name}};
    const HostedModelBlueprint& hosted = described.hosted;
    LanguageModel& model = language_models_.emplace_back();
    model.first_token = {hosted.first_token, streams.key_of(path + "/first_token")};
    model.token = {hosted.token, streams.key_of(path + "/token")};
    model.input_token = hosted.input_token;
    model.requests = {hosted.requests, hosted.burst};
    model.tokens = {hosted.tokens, hosted.burst};
    model.concurrency = hosted.concurrency;
    model.waits = hosted.waits;
    model.failures = hosted.failures;
    model.failure_key = streams.key_of(path + "/failures");
    model.count = &request_counts_.emplace_back(request_count(recorder, labels));
    model.time_to_first_token = &recorder.durations("time_to_first_token", labels);
    model.time_per_token = &recorder.durations("time_per_token", labels);
    model.tokens_in = &recorder.counter("tokens_in", labels);
    model.tokens_out = &recorder.counter("tokens_out", labels);
    model.engine = described.engine;
    if (!model.engine) model.rate_limited = &recorder.counter("rate_limited", labels);
    const auto pay = [&](LanguageModel::Paid& tokens, CostKind kind, double price) {
      tokens.part = {described.name, kind, {"language_model", described.name}};
      tokens.price = price;
      if (price > 0.0) tokens.cost = &recorder.counter("cost", labels_of(tokens.part));
    };
    pay(model.input, CostKind::tokens_in, hosted.prices.input);
    pay(model.cached_input, CostKind::tokens_cached, hosted.prices.cached_input);
    pay(model.output, CostKind::tokens_out, hosted.prices.output);
  }
  make_engine_instruments(blueprint, recorder);
}

void ExactRequestPlane::start_generation(Index slot, Index site_index) {
  const GenerateSite& site = program_.generates[site_index];
  Task& task = tasks_[slot];
  LanguageModel& model = language_models_[site.model];
  Generation& generation = generations_.begin(slot);
  generation = {.begun = now_, .model = site.model, .draw_id = mix(task.draw_id, task.pc)};
  generation.input = whole_tokens(site.input.draw(task.draw_id));
  generation.output = whole_tokens(site.output.draw(task.draw_id));
  generation.cached = static_cast<std::uint32_t>(std::floor(site.cached * generation.input));
  ++model.entered;
  task.state = TaskState::generating;
  if (task.followed) [[unlikely]]
    ExactTrace{*this}.generates(slot, site.model, false);
  if (model.engine) return join_engine(slot, generation);
  ask_provider(slot, generation, model);
}

void ExactRequestPlane::ask_provider(Index slot, Generation& generation, LanguageModel& model) {
  const double tokens = static_cast<double>(generation.input) + generation.output;
  if (!model.waits) {
    const bool full = model.concurrency && model.in_service >= *model.concurrency;
    if (full || !model.requests.has(now_, 1.0) || !model.tokens.has(now_, tokens)) {
      model.rate_limited->add();
      return fail_generation(slot, TaskOutcome::rejected);
    }
  }
  const Duration wait = std::max(model.requests.take(now_, 1.0), model.tokens.take(now_, tokens));
  if (wait == Duration{}) return enter_provider(slot, generation, model);
  model.rate_limited->add();
  generation.stage = GenerationStage::limited;
  tasks_[slot].timer = events_.schedule(now_ + wait, generation_due, slot);
}

void ExactRequestPlane::enter_provider(Index slot, Generation& generation, LanguageModel& model) {
  if (!model.concurrency || model.in_service < *model.concurrency) return serve(slot, generation, model);
  generation.stage = GenerationStage::in_line;
  model.line.push_back(tasks_, slot);
}

void ExactRequestPlane::serve(Index slot, Generation& generation, LanguageModel& model) {
  ++model.in_service;
  generation.stage = GenerationStage::served;
  if (tasks_[slot].followed) [[unlikely]]
    ExactTrace{*this}.generates(slot, generation.model, true);
  generation.fails = model.failures > 0.0 && Draws{model.failure_key, generation.draw_id}.uniform() < model.failures;
  double seconds = model.first_token.draw(generation.draw_id) + model.input_token * (generation.input - generation.cached);
  generation.first_token = now_ + to_duration(seconds);
  if (!generation.fails && generation.output > 1) seconds += model.token.draw(generation.draw_id) * (generation.output - 1);
  tasks_[slot].timer = events_.schedule(now_ + to_duration(seconds), generation_due, slot);
}

// The place of one that has ended is its successor's.
void ExactRequestPlane::leave_provider(LanguageModel& model) {
  --model.in_service;
  if (model.line.empty()) return;
  const Index next = model.line.pop_front(tasks_);
  serve(next, generations_[next], model);
}

void ExactRequestPlane::on_generation(Index slot) {
  Generation& generation = generations_[slot];
  LanguageModel& model = language_models_[generation.model];
  if (generation.stage == GenerationStage::limited) return enter_provider(slot, generation, model);
  leave_provider(model);
  if (generation.fails) return fail_generation(slot, TaskOutcome::unavailable);
  model.input.take(generation.input - generation.cached);
  model.cached_input.take(generation.cached);
  model.output.take(generation.output);
  end_generation(generation, TaskOutcome::completed);
  resume(slot, tasks_[slot]);
}

// For the books and the metrics.
void ExactRequestPlane::end_generation(const Generation& generation, TaskOutcome outcome) {
  LanguageModel& model = language_models_[generation.model];
  ++model.ended[static_cast<std::size_t>(outcome)];
  model.count->count(outcome, Histogram::Entry{now_ - generation.begun});
  if (outcome != TaskOutcome::completed) return;
  model.time_to_first_token->record(generation.first_token - generation.begun);
  if (generation.output > 1) model.time_per_token->record((now_ - generation.first_token) / (generation.output - 1));
  model.tokens_in->add(generation.input);
  model.tokens_out->add(generation.output);
}

void ExactRequestPlane::fail_generation(Index slot, TaskOutcome outcome) {
  end_generation(generations_[slot], outcome);
  end_task(slot, outcome);
}

// Of a task whose replica is gone; the provider learns of it at once, and an engine is gone too.
void ExactRequestPlane::abandon_generation(Index slot, TaskOutcome why) {
  const Generation& generation = generations_[slot];
  LanguageModel& model = language_models_[generation.model];
  if (!model.engine) {
    if (generation.stage == GenerationStage::in_line) model.line.remove(tasks_, slot);
    if (generation.stage == GenerationStage::served) leave_provider(model);
  }
  end_generation(generation, why);
}

void ExactRequestPlane::enter_generations(RunResult& result) const {
  if (language_models_.empty()) return;
  LedgerEntry entry{.name = "generations"};
  for (const LanguageModel& model : language_models_) {
    entry.entered += model.entered;
    entry.completed += model.ended.front();
    for (std::size_t i = 1; i < outcome_count; ++i) {
      if (model.ended[i] > 0) entry.failed[to_text(static_cast<TaskOutcome>(i))] += model.ended[i];
    }
  }
  for (Index slot = 0; slot < tasks_.size(); ++slot) {  // counted one by one
    entry.in_flight += tasks_[slot].kind != TaskKind::free && tasks_[slot].state == TaskState::generating;
  }
  result.ledger.push_back(std::move(entry));
}

}  // namespace headroom
