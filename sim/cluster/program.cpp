#include "sim/cluster/program.hpp"

#include <numeric>

#include <fmt/format.h>

namespace headroom {
namespace {

class Compiler {
 public:
  Compiler(const Blueprint& blueprint, RandomStreams& streams, Program& program)
      : blueprint_{blueprint}, streams_{streams}, program_{program} {}

  Index compile(const Steps& steps, const std::string& path, bool& forks) {
    const Index entry = here();
    emit_all(steps, path, forks);
    return entry;
  }
  void add_query(Index database, const OperationBlueprint& operation) {
    const DatabaseBlueprint& blueprint = blueprint_.databases[database];
    const std::string name = blueprint.name + "." + operation.name;
    const Index entry = here();
    if (blueprint.replication && !operation.write) emit(Op::snapshot, database);
    Steps steps;
    if (!operation.cpu.is_zero()) steps.push_back({ComputeStep{operation.cpu}});
    if (!operation.wait.is_zero()) steps.push_back({WaitStep{operation.wait}});
    bool forks = false;
    emit_all(steps, "databases/" + name, forks);
    if (blueprint.replication && operation.write) emit(Op::commit, database);
    if (blueprint.resharding) emit(Op::await_other_owner, database);
    emit(Op::end);
    program_.targets.push_back({name, static_cast<Index>(blueprint_.services.size()) + database, entry, operation.write});
  }
  Index here() const { return static_cast<Index>(program_.code.size()); }
  void emit(Op op, Index a = no_index, Index b = no_index) {
    program_.code.push_back({op, a, b});
    program_.lock_around.push_back(lock_around_);
    program_.load_around.push_back(load_around_);
  }

 private:
  template <class T>
  static Index append(std::vector<T>& list, T item) {
    list.push_back(std::move(item));
    return static_cast<Index>(list.size() - 1);
  }

  void emit_all(const Steps& steps, const std::string& path, bool& forks) {
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const std::string place = fmt::format("{}/{}", path, i);
      std::visit([&](const auto& action) { emit_step(action, place, forks); }, steps[i].action);
    }
  }

  Demand demand(const Distribution& value, const std::string& place, const char* what) {
    return {value, streams_.key_of(place + "/" + what)};
  }

  Index sizes_of(const StepSizes& sizes, const std::string& place) {
    if (sizes.none()) return no_index;
    return append(program_.sizes,
                  SizeSite{demand(sizes.request, place, "request_size"), demand(sizes.response, place, "response_size")});
  }

  void emit_step(const ComputeStep& step, const std::string& place, bool&) {
    emit(Op::compute, append(program_.demands, demand(step.cpu, place, "compute")));
  }
  void emit_step(const WaitStep& step, const std::string& place, bool&) {
    emit(Op::wait, append(program_.demands, demand(step.span, place, "wait")));
  }
  void emit_step(const CallStep& step, const std::string& place, bool& forks) {
    CallSite site{.target = step.route == no_index ? step.endpoint : blueprint_.routes[step.route].endpoints.front(),
                  .timeout = step.timeout.value_or(Duration{}),
                  .retry = step.retry,
                  .ignore_failure = step.ignore_failure,
                  .jitter_key = streams_.key_of(place + "/retry"),
                  .patience = {},
                  .route = step.route};
    if (step.patience) site.patience = demand(*step.patience, place, "patience");
    site.client = step.client;
    const Index index = append(program_.calls, site);
    emit(step.client == no_index ? Op::call : Op::call_by_client, index);
    if (step.fallback.empty()) return;
    const Index skip = here();
    emit(Op::skip_fallback);
    program_.calls[index].fallback = here();
    emit_all(step.fallback, place + "/fallback", forks);
    program_.code[skip].b = here();
  }
  void emit_step(const QueryStep& step, const std::string& place, bool&) {
    const Index plain = step.write ? write_target(blueprint_, step.database) : read_target(blueprint_, step.database);
    const Index target = step.operation == no_index ? plain : operation_target(blueprint_, step.database, step.operation);
    CallSite site{.target = target, .key = step.key, .at_primary = step.at_primary, .patience = {}};
    site.pooled = blueprint_.databases[step.database].connections.has_value();
    site.sizes = sizes_of(step.sizes, place);
    if (step.age) site.age = append(program_.demands, demand(*step.age, place, "age"));
    emit(Op::call, append(program_.calls, std::move(site)));
    if (blueprint_.databases[step.database].connections) emit(Op::return_connection);
  }
  void emit_step(const ParallelStep& step, const std::string& place, bool& forks) {
    forks = true;
    const Index site = append(program_.forks, ForkSite{});
    emit(Op::fork, site);
    std::vector<Index> entries;
    for (std::size_t branch = 0; branch < step.branches.size(); ++branch) {
      entries.push_back(here());
      emit_all(step.branches[branch], fmt::format("{}/parallel/{}", place, branch), forks);
      emit(Op::end);
    }
    program_.forks[site] = {std::move(entries), here()};
  }
  void emit_step(const ForEachStep& step, const std::string& place, bool& forks) {
    if (step.at_most > 1) forks = true;
    ForEachSite site{.count = demand(step.count, place, "count"), .per = step.per, .at_most = static_cast<Index>(step.at_most)};
    const Index index = append(program_.for_eaches, site);
    emit(Op::for_each, index);
    const Index entry = here();
    emit_all(step.body, place + "/for_each", forks);
    emit(Op::end);
    program_.for_eaches[index].entry = entry;
    program_.for_eaches[index].after = here();
  }
  void emit_step(const ChooseStep& step, const std::string& place, bool& forks) {
    const double total = std::accumulate(step.weights.begin(), step.weights.end(), 0.0);
    Choice choice{.key = streams_.key_of(place + "/choose")};
    double sum = 0.0;
    for (const double weight : step.weights) choice.cumulative.push_back((sum += weight) / total);
    choice.cumulative.back() = 1.0;
    const Index index = append(program_.choices, choice);
    emit(Op::choose, index);
    std::vector<Index> entries, exits;
    for (std::size_t option = 0; option < step.options.size(); ++option) {
      entries.push_back(here());
      emit_all(step.options[option], fmt::format("{}/choose/{}", place, option), forks);
      exits.push_back(here());
      emit(Op::jump);
    }
    for (const Index exit : exits) program_.code[exit].b = here();
    program_.choices[index].entries = std::move(entries);
  }
  void emit_step(const CacheStep& step, const std::string& place, bool& forks) {
    const Index site = append(program_.cache_sites, CacheSite{.cache = step.cache,
                                                              .key = step.key,
                                                              .generation = step.generation,
                                                              .outer = load_around_,
                                                              .sizes = sizes_of(step.sizes, place)});
    const Index lookup = here();
    emit(Op::cache_lookup, site);
    load_around_ = site;
    emit_all(step.on_miss, place + "/on_miss", forks);
    emit(Op::cache_fill, site);  // a step before it that fails stands here already
    load_around_ = program_.cache_sites[site].outer;
    program_.code[lookup].b = here();
    // A refresh runs beside the request that met what was stale.
    if (blueprint_.caches[step.cache].soft_time_to_live) forks = true;
  }
  void emit_cache_latency(Index cache, const std::string& place) {
    if (const Distribution& latency = blueprint_.caches[cache].latency; !latency.is_zero())
      emit(Op::wait, append(program_.demands, demand(latency, place, "cache")));
  }
  void emit_step(const WriteCacheStep& step, const std::string& place, bool& forks) {
    const Index site = append(program_.cache_sites, CacheSite{.cache = step.cache,
                                                              .key = step.key,
                                                              .generation = step.generation,
                                                              .delay = step.delay,
                                                              .writes_behind = step.mode == WriteMode::behind});
    if (step.mode == WriteMode::behind || step.mode == WriteMode::around) emit_cache_latency(step.cache, place);
    const Index first = here();
    if (step.mode == WriteMode::around) emit(Op::invalidate, site);
    if (step.mode == WriteMode::behind) {
      forks = true;
      emit(Op::write_behind, site);
      emit(Op::begin_write, site);
    }
    emit_all(step.steps, place + "/write_cache", forks);
    if (step.mode == WriteMode::behind) {
      emit(Op::end);
      program_.code[first].b = here();
    }
    if (step.mode == WriteMode::around || step.mode == WriteMode::behind) return;
    emit_cache_latency(step.cache, place);
    emit(step.mode == WriteMode::through ? Op::cache_fill : Op::invalidate, site);
  }
  void emit_step(const InvalidateStep& step, const std::string& place, bool&) {
    const CacheSite site{.cache = step.cache, .key = step.key, .generation = step.generation};
    emit_cache_latency(step.cache, place);
    emit(Op::invalidate, append(program_.cache_sites, site));
  }
  void emit_step(const PublishStep& step, const std::string& place, bool&) {
    const Index sizes = sizes_of({.request = step.size}, place);
    emit(Op::publish, append(program_.publishes, PublishSite{step.queue, step.priority.value_or(-1), sizes}));
  }
  void emit_step(const LockStep& step, const std::string& place, bool& forks) {
    const Index site = append(program_.lock_sites, LockSite{.lock = step.lock,
                                                            .key = step.key,
                                                            .lease = step.lease,
                                                            .renew = step.renew.value_or(Duration{}),
                                                            .on_held = step.on_held,
                                                            .poll = step.poll,
                                                            .outer = lock_around_});
    emit(Op::ask_lock, site);
    emit(Op::take_lock, site);
    lock_around_ = site;
    emit_all(step.steps, place + "/lock", forks);
    if (const Distribution& latency = blueprint_.locks[step.lock].latency; !latency.is_zero())
      emit(Op::wait, append(program_.demands, demand(latency, place, "release")));
    emit(Op::release_lock, site);  // a step before it that fails stands here already
    lock_around_ = program_.lock_sites[site].outer;
    program_.lock_sites[site].after = here();
  }
  void emit_step(const GenerateStep& step, const std::string& place, bool&) {
    emit(Op::generate, append(program_.generates, GenerateSite{step.model, demand(step.input, place, "input"),
                                                               demand(step.output, place, "output"), step.cached}));
  }
  void emit_step(const StoreStep& step, const std::string&, bool&) {
    emit(Op::use_store, append(program_.store_sites, StoreSite{step.store, step.write}));
  }
  void emit_step(const TransferStep& step, const std::string& place, bool&) {
    TransferSite site{.link = step.link, .key = step.key, .compression = step.compression};
    if (step.bytes) site.bytes = demand(*step.bytes, place, "bytes");
    if (step.bit_rate) site.limit = step.bit_rate->value;
    emit(Op::transfer, append(program_.transfers, std::move(site)));
  }
  void emit_step(const RespondStep&, const std::string&, bool&) { emit(Op::respond); }
  void emit_step(const WhenChangedStep& step, const std::string& place, bool& forks) {
    const Index site = append(program_.changes, ChangeSite{.rate = step.rate.value,
                                                           .since = step.since.value_or(Duration{}),
                                                           .key = streams_.key_of(place + "/when_changed")});
    emit(Op::when_changed, site);
    emit_all(step.steps, place + "/when_changed", forks);
    program_.changes[site].after = here();
  }
  void emit_step(const LimitStep& step, const std::string& place, bool& forks) {
    const Duration longest = step.on_limit == OnLimit::wait ? step.longest_wait.value_or(Duration::max()) : Duration{};
    const Index site = append(program_.limit_sites, LimitSite{.limit = step.limit,
                                                              .cost = demand(step.cost, place, "cost"),
                                                              .on_limit = step.on_limit,
                                                              .longest_wait = longest});
    emit(Op::pass_limit, site);
    emit_all(step.steps, place + "/limit", forks);
    program_.limit_sites[site].after = here();
  }

  const Blueprint& blueprint_;
  RandomStreams& streams_;
  Program& program_;
  Index lock_around_ = no_index;
  Index load_around_ = no_index;
};

// What can be called: the endpoints, then reads and writes of the databases, then their other operations.
void add_targets(const Blueprint& blueprint, Compiler& compiler, Program& program) {
  for (const EndpointBlueprint& endpoint : blueprint.endpoints) {
    bool forks = false;
    const Index entry = compiler.compile(endpoint.steps, "services/" + endpoint.name, forks);
    compiler.emit(Op::end);
    program.targets.push_back({endpoint.name, endpoint.service, entry, false});
    if (forks) program.server_forks[endpoint.service] = true;
  }
  for (Index i = 0; i < blueprint.databases.size(); ++i) {
    const DatabaseBlueprint& database = blueprint.databases[i];
    compiler.add_query(i, {"read", false, database.read_cpu, database.read_wait});
    compiler.add_query(i, {"write", true, database.write_cpu, database.write_wait});
  }
  for (Index i = 0; i < blueprint.databases.size(); ++i) {
    for (const OperationBlueprint& operation : blueprint.databases[i].operations) compiler.add_query(i, operation);
  }
}

// A user who may have to wait for room needs a task to wait with.
bool is_plain_publish(const Blueprint& blueprint, const Program& program, const Instruction& step) {
  return step.op == Op::publish && !blueprint.queues[program.publishes[step.a].queue].publishers_wait;
}

// And so does one who may give up, try again, or go elsewhere.
bool is_plain_call(const WorkloadBlueprint& workload, const Program& program, const Instruction& step) {
  if (step.op != Op::call || !workload.region_shares.empty()) return false;
  const CallSite& call = program.calls[step.a];
  return call.timeout == Duration{} && !call.patience && call.retry.attempts == 1 && call.route == no_index;
}

JourneyCode journey_code(const Blueprint& blueprint, const WorkloadBlueprint& workload, const JourneyBlueprint& journey,
                         bool repeats, Compiler& compiler, const Program& program) {
  bool forks = false;
  JourneyCode code{.entry = compiler.compile(journey.steps, "workloads/" + workload.name + "/journeys/" + journey.name, forks)};
  if (repeats) {
    compiler.emit(Op::restart, no_index, code.entry);
    return code;
  }
  const bool one_step = compiler.here() == code.entry + 1;
  compiler.emit(Op::end);
  const Instruction first = program.code[code.entry];
  if (one_step && is_plain_publish(blueprint, program, first)) code.only_publish = first.a;
  if (one_step && is_plain_call(workload, program, first)) code.only_call = first.a;
  return code;
}

}  // namespace

Program compile(const Blueprint& blueprint, const std::vector<bool>& repeats, RandomStreams& streams) {
  Program program;
  program.server_forks.assign(blueprint.services.size() + blueprint.databases.size(), false);
  Compiler compiler{blueprint, streams, program};
  add_targets(blueprint, compiler, program);
  for (Index w = 0; w < blueprint.workloads.size(); ++w) {
    std::vector<JourneyCode>& codes = program.journeys.emplace_back();
    for (const JourneyBlueprint& journey : blueprint.workloads[w].journeys)
      codes.push_back(journey_code(blueprint, blueprint.workloads[w], journey, repeats[w], compiler, program));
  }
  for (const LoadBalancerBlueprint& balancer : blueprint.load_balancers) {
    bool forks = false;
    const Steps steps{{ComputeStep{balancer.cpu_per_request}}, {WaitStep{balancer.latency}}};
    program.load_balancer_entries.push_back(compiler.compile(steps, "load_balancers/" + balancer.name, forks));
    compiler.emit(Op::forward);
  }
  // Behind all that draws by where it stands.
  program.send_query = compiler.here();
  compiler.emit(Op::send_query);
  return program;
}

}  // namespace headroom
