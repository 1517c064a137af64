#include "scenarios/step_builder.hpp"

#include <utility>

namespace headroom {

namespace {

CallStep build_call(const StepSpec& step, const StepIndices& indices) {
  CallStep call;
  const std::string& callee = step.call ? step.call->name : step.request->name;
  if (indices.routes.has(callee))
    call.route = indices.routes.at(callee);
  else
    call.endpoint = indices.endpoints.at(callee);
  call.timeout = step.timeout;
  call.ignore_failure = step.on_failure.value_or("fail") == "continue";
  if (step.retry) {
    const RetrySpec& retry = *step.retry;
    call.retry = RetryPolicy{retry.attempts, retry.base, retry.factor, retry.at_most, retry.jitter == "full"};
  }
  if (step.patience) call.patience = step.patience->value;
  if (step.client) call.client = indices.clients.at(step.client->name);
  call.fallback = build_steps(step.fallback, indices);
  return call;
}

ParallelStep build_parallel(const std::vector<std::vector<StepSpec>>& branches, const StepIndices& indices) {
  ParallelStep parallel;
  for (const auto& branch : branches) parallel.branches.push_back(build_steps(branch, indices));
  return parallel;
}

ChooseStep build_choose(const std::vector<OptionSpec>& options, const StepIndices& indices) {
  ChooseStep choose;
  for (const OptionSpec& option : options) {
    choose.weights.push_back(option.weight);
    choose.options.push_back(build_steps(option.steps, indices));
  }
  return choose;
}

StepSizes sizes_of(const StepSpec& step) {
  StepSizes sizes;
  if (step.request_size) sizes.request = step.request_size->value;
  if (step.response_size) sizes.response = step.response_size->value;
  return sizes;
}

QueryStep build_query(const StepSpec& step, const StepIndices& indices) {
  const bool is_write = step.write.has_value();
  QueryStep query{indices.databases.at(step.query->name), is_write, indices.keys.at(is_write ? step.write->name : step.read->name)};
  if (step.operation) query.operation = indices.operations.at(step.query->name).at(*step.operation);
  if (step.age) query.age = step.age->value;
  query.sizes = sizes_of(step);
  query.at_primary = step.consistency.value_or("any") == "primary";
  return query;
}

LockStep build_lock(const StepSpec& step, const StepIndices& indices) {
  LockStep lock;
  lock.lock = indices.locks.at(step.lock->name);
  lock.key = indices.keys.at(step.key->name);
  lock.lease = *step.lease;
  lock.renew = step.renew;
  const std::string on_held = step.on_held.value_or("wait");
  lock.on_held = on_held == "skip" ? OnHeld::skip : on_held == "fail" ? OnHeld::fail : OnHeld::wait;
  if (step.poll) lock.poll = *step.poll;
  lock.steps = build_steps(step.steps, indices);
  return lock;
}

ForEachStep build_for_each(const StepSpec& step, const StepIndices& indices) {
  const std::string per = step.per.value_or("task");
  const KeyPer drawn = per == "subject" ? KeyPer::subject : per == "request" ? KeyPer::request : KeyPer::task;
  return {step.for_each->value, step.at_most.value_or(1), build_steps(step.steps, indices), drawn};
}

LimitStep build_limit(const StepSpec& step, const StepIndices& indices) {
  LimitStep limit;
  limit.limit = indices.limits.at(step.limit->name);
  if (step.cost) limit.cost = step.cost->value;
  const std::string on_limit = step.on_limit.value_or("fail");
  limit.on_limit = on_limit == "wait" ? OnLimit::wait : on_limit == "skip" ? OnLimit::skip : OnLimit::fail;
  limit.longest_wait = step.longest_wait;
  limit.steps = build_steps(step.steps, indices);
  return limit;
}

Index generation_of(const StepSpec& step, const StepIndices& indices) {
  return step.generation ? indices.keys.at(step.generation->name) : no_index;
}

WriteMode mode_of(std::string_view name) {
  if (name == "through") return WriteMode::through;
  if (name == "behind") return WriteMode::behind;
  return name == "around" ? WriteMode::around : WriteMode::aside;
}

WriteCacheStep build_write(const StepSpec& step, const StepIndices& indices) {
  return {.cache = indices.caches.at(step.write_cache->name),
          .key = indices.keys.at(step.key->name),
          .mode = mode_of(*step.mode),
          .delay = step.delay.value_or(Duration{}),
          .steps = build_steps(step.steps, indices),
          .generation = generation_of(step, indices)};
}

InvalidateStep build_invalidate(const StepSpec& step, const StepIndices& indices) {
  return {.cache = indices.caches.at(step.invalidate->name),
          .key = step.key ? indices.keys.at(step.key->name) : no_index,
          .generation = generation_of(step, indices)};
}

TransferStep build_transfer(const StepSpec& step, const StepIndices& indices) {
  TransferStep transfer{.link = indices.links.at(step.transfer->name), .compression = step.compression.value_or(Ratio{1.0}).value};
  if (step.bytes) transfer.bytes = step.bytes->value;
  if (step.key) transfer.key = indices.keys.at(step.key->name);
  transfer.bit_rate = step.bit_rate;
  return transfer;
}

Step build_step(const StepSpec& step, const StepIndices& indices) {
  if (step.compute) return {ComputeStep{step.compute->value}};
  if (step.wait) return {WaitStep{step.wait->value}};
  if (step.think) return {WaitStep{step.think->value}};
  if (step.call || step.request) return {build_call(step, indices)};
  if (step.parallel) return {build_parallel(*step.parallel, indices)};
  if (step.for_each) return {build_for_each(step, indices)};
  if (step.choose) return {build_choose(*step.choose, indices)};
  if (step.cache) return {CacheStep{indices.caches.at(step.cache->name), indices.keys.at(step.key->name), build_steps(step.on_miss, indices),
                                    generation_of(step, indices), sizes_of(step)}};
  if (step.query) return {build_query(step, indices)};
  if (step.publish) return {PublishStep{indices.queues.at(step.publish->name), step.priority, sizes_of(step).request}};
  if (step.lock) return {build_lock(step, indices)};
  if (step.generate) {
    return {GenerateStep{indices.language_models.at(step.generate->name), step.input->value, step.output->value,
                         step.cached.value_or(Ratio{0.0}).value}};
  }
  if (step.when_changed) return {WhenChangedStep{*step.when_changed, step.since, build_steps(step.steps, indices)}};
  if (step.limit) return {build_limit(step, indices)};
  if (step.store) return {StoreStep{indices.stores.at(step.store->name), step.write.has_value()}};
  if (step.write_cache) return {build_write(step, indices)};
  if (step.invalidate) return {build_invalidate(step, indices)};
  if (step.transfer) return {build_transfer(step, indices)};
  return {RespondStep{}};
}

}  // namespace

Steps build_steps(const std::vector<StepSpec>& steps, const StepIndices& indices) {
  Steps built;
  for (const StepSpec& step : steps) built.push_back(build_step(step, indices));
  return built;
}

}  // namespace headroom
