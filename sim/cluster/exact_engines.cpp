// Engines of replicas: continuous batching, step by step (the scheduling of Orca and vLLM).
//
// Before each step texts are let in, first come first served, while the batch has a place and the KV cache room for the whole
// prompt. Whole prompts: if any is let in, the step reads prompts only, up to `step_tokens` of them (one at least), and writing
// stands still; otherwise every text gets one token. Chunks: every text gets its token, and what `step_tokens` leaves reads
// prompts, in parts if need be. The step that reads the last of a prompt writes the first token. A token's keys and values are in
// the cache from the step after the one that wrote it, so a text of n input and m output tokens holds n + m - 1 in the end; one
// that could never fit is rejected. When the cache has no room for a step's tokens, the text let in last gives up its
// place, waits before all others and reads its prompt and what it has written anew. What the model still has of earlier requests
// is not read, but takes its room. One event per step and replica: it belongs to the first text of the batch.
#include <algorithm>
#include <iterator>
#include <utility>

#include "sim/cluster/exact_hot_path.hpp"

namespace headroom {

void ExactRequestPlane::make_engine_instruments(const Blueprint& blueprint, Recorder& recorder) {
  for (const ServiceBlueprint& service : blueprint.services) {
    EngineInstruments& instruments = engine_instruments_.emplace_back();
    if (service.language_model == no_index) continue;
    const std::vector<Label> labels{{"language_model", blueprint.language_models[service.language_model].name},
                                    {"service", service.name}};
    instruments.kv_cache = &recorder.level_share("kv_cache", labels);
    instruments.batch_size = &recorder.gauge("batch_size", labels);
    instruments.waiting = &recorder.gauge("generations_waiting", labels);
    instruments.preemptions = &recorder.counter("preemptions", labels);
  }
}

void ExactRequestPlane::start_engine(Index replica) {
  if (replica >= engines_.size()) engines_.resize(replica + 1);
  const Index service = replicas_[replica].server;
  Engine& engine = engines_[replica];
  engine = Engine{.options = &*language_models_[servers_[service].language_model].engine};
  engine.running.reserve(static_cast<std::size_t>(engine.options->batch));
  engine.preempted.reserve(static_cast<std::size_t>(engine.options->batch));
  engine_instruments_[service].kv_cache->whole.add(now_, static_cast<double>(engine.options->kv_tokens));
}

// What it had in the making has been abandoned.
void ExactRequestPlane::stop_engine(Index replica) {
  Engine& engine = engines_[replica];
  engine.running.clear();
  engine.preempted.clear();
  engine.waiting = TaskList{};
  engine.kv_used = 0;
  show_stepping(replica, false);
  show_engine(replica);
  engine_instruments_[replicas_[replica].server].kv_cache->whole.add(now_, -static_cast<double>(engine.options->kv_tokens));
}

void ExactRequestPlane::show_engine(Index replica) {
  Engine& engine = engines_[replica];
  EngineInstruments& instruments = engine_instruments_[replicas_[replica].server];
  const auto show = [this](Gauge& gauge, double& shown, double level) {
    if (level == shown) return;
    gauge.add(now_, level - shown);
    shown = level;
  };
  show(instruments.kv_cache->part, engine.shown_kv, static_cast<double>(engine.kv_used));
  show(*instruments.batch_size, engine.shown_batch, static_cast<double>(engine.running.size()));
  show(*instruments.waiting, engine.shown_waiting, static_cast<double>(engine.waiting.size() + engine.preempted.size()));
}

void ExactRequestPlane::show_stepping(Index replica, bool stepping) {
  Engine& engine = engines_[replica];
  if (stepping == engine.stepping) return;
  engine.stepping = stepping;
  Occupancy& engines = engine_instruments_[replicas_[replica].server].stepping;
  if (stepping)
    engines.enter(now_);
  else
    engines.leave(now_);
}

void ExactRequestPlane::join_engine(Index slot, Generation& generation) {
  const Index replica = tasks_[slot].replica;
  Engine& engine = engines_[replica];
  if (std::int64_t{generation.input} + generation.output - 1 > engine.options->kv_tokens)
    return fail_generation(slot, TaskOutcome::rejected);
  generation.stage = GenerationStage::in_line;
  generation.unread = std::max(1U, generation.input - generation.cached);
  engine.waiting.push_back(tasks_, slot);
  if (engine.stepping) return show_engine(replica);
  begin_step(replica);
}

void ExactRequestPlane::begin_step(Index replica) {
  Engine& engine = engines_[replica];
  const EngineBlueprint& options = *engine.options;
  std::int64_t prompt_tokens = 0, texts = 0, context = 0;
  if (!options.chunked) prompt_tokens = let_in(engine, options.step_tokens);
  if (prompt_tokens == 0) {
    make_room(engine, engine_instruments_[replicas_[replica].server]);
    texts = write_tokens(engine, context);
    if (options.chunked) {
      prompt_tokens = read_prompts(engine, options.step_tokens - texts);
      prompt_tokens += let_in(engine, options.step_tokens - texts - prompt_tokens);
    }
  }
  show_engine(replica);
  show_stepping(replica, !engine.running.empty());
  if (!engine.stepping) return;
  const Duration span = to_duration(options.times.seconds(prompt_tokens, texts, context));
  const Index leader = engine.running.front();
  tasks_[leader].timer = events_.schedule(now_ + std::max(span, Duration{1}), step_done, leader);
}

// Until every text that is being written has room for one more token in the cache. The first always has.
void ExactRequestPlane::make_room(Engine& engine, EngineInstruments& instruments) {
  std::int64_t needed = 0;
  for (const Index slot : engine.running) needed += generations_[slot].unread == 0;
  while (engine.kv_used + needed > engine.options->kv_tokens) {
    const Index slot = engine.running.back();
    Generation& victim = generations_[slot];
    engine.running.pop_back();
    needed -= victim.unread == 0;
    engine.kv_used -= victim.held;
    victim.held = 0;
    victim.unread = std::max(1U, victim.input - victim.cached + victim.written);
    victim.stage = GenerationStage::in_line;
    if (tasks_[slot].followed) [[unlikely]]
      ExactTrace{*this}.generates(slot, victim.model, false);
    engine.preempted.push_back(slot);
    instruments.preemptions->add();
  }
}

// Returns how many texts get a token in this step; `context` grows by the tokens they look back at.
std::int64_t ExactRequestPlane::write_tokens(Engine& engine, std::int64_t& context) {
  std::int64_t texts = 0;
  for (const Index slot : engine.running) {
    Generation& generation = generations_[slot];
    if (generation.unread > 0) continue;
    generation.in_step = true;
    context += ++generation.held;
    ++texts;
  }
  engine.kv_used += texts;
  return texts;
}

// Goes on with prompts that are read in parts. Returns how many tokens are read.
std::int64_t ExactRequestPlane::read_prompts(Engine& engine, std::int64_t budget) {
  std::int64_t read = 0;
  for (const Index slot : engine.running) {
    if (read >= budget) break;
    Generation& generation = generations_[slot];
    if (generation.unread == 0) continue;
    generation.in_step = true;
    generation.step_share = static_cast<std::uint32_t>(std::min<std::int64_t>(generation.unread, budget - read));
    read += generation.step_share;
  }
  return read;
}

// Lets in who comes next while there is room; returns how many tokens of their prompts are read in this step.
std::int64_t ExactRequestPlane::let_in(Engine& engine, std::int64_t budget) {
  const EngineBlueprint& options = *engine.options;
  std::int64_t read = 0;
  while (std::ssize(engine.running) < options.batch && read < budget) {
    const bool again = !engine.preempted.empty();
    if (!again && engine.waiting.empty()) break;
    const Index slot = again ? engine.preempted.back() : engine.waiting.first();
    Generation& generation = generations_[slot];
    const std::uint32_t room = generation.input + generation.written;
    if (engine.kv_used + room > options.kv_tokens) break;
    if (!options.chunked && read > 0 && read + generation.unread > budget) break;
    if (again)
      engine.preempted.pop_back();
    else
      engine.waiting.remove(tasks_, slot);
    engine.running.push_back(slot);
    engine.kv_used += room;
    generation.held = room;
    generation.stage = GenerationStage::served;
    if (tasks_[slot].followed) [[unlikely]]
      ExactTrace{*this}.generates(slot, generation.model, true);
    generation.in_step = true;
    generation.step_share = generation.unread;
    if (options.chunked)
      generation.step_share = static_cast<std::uint32_t>(std::min<std::int64_t>(generation.unread, budget - read));
    read += generation.step_share;
  }
  return read;
}

void ExactRequestPlane::end_step(Index leader) {
  const Index replica = tasks_[leader].replica;
  Engine& engine = engines_[replica];
  std::size_t kept = 0;
  for (const Index slot : engine.running) {
    Generation& generation = generations_[slot];
    if (generation.in_step) {
      generation.in_step = false;
      generation.unread -= std::exchange(generation.step_share, 0U);
      if (generation.unread == 0 && ++generation.written == 1) generation.first_token = now_;
    }
    if (generation.written == generation.output) {
      engine.kv_used -= generation.held;
      end_generation(generation, TaskOutcome::completed);
      make_runnable(slot, tasks_[slot]);
    } else {
      engine.running[kept++] = slot;
    }
  }
  engine.running.resize(kept);
  begin_step(replica);
}

}  // namespace headroom
