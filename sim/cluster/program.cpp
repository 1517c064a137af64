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
    emit(Op::end);
    program_.targets.push_back({name, static_cast<Index>(blueprint_.services.size()) + database, entry, operation.write});
  }
  Index here() const { return static_cast<Index>(program_.code.size()); }
  void emit(Op op, Index a = no_index, Index b = no_index) {
    program_.code.push_back({op, a, b});
    program_.lock_around.push_back(lock_around_);
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

  void emit_step(const ComputeStep& step, const std::string& place, bool&) {
    emit(Op::compute, append(program_.demands, demand(step.cpu, place, "compute")));
  }
  void emit_step(const WaitStep& step, const std::string& place, bool&) {
    emit(Op::wait, append(program_.demands, demand(step.span, place, "wait")));
  }
  void emit_step(const CallStep& step, const std::string& place, bool&) {
    CallSite site{.target = step.endpoint, .timeout = step.timeout.value_or(Duration{}), .retry = step.retry,
                  .ignore_failure = step.ignore_failure, .jitter_key = streams_.key_of(place + "/retry")};
    emit(Op::call, append(program_.calls, site));
  }
  void emit_step(const QueryStep& step, const std::string&, bool&) {
    const Index plain = step.write ? write_target(blueprint_, step.database) : read_target(blueprint_, step.database);
    const Index target = step.operation == no_index ? plain : operation_target(blueprint_, step.database, step.operation);
    emit(Op::call, append(program_.calls, CallSite{.target = target, .key = step.key, .at_primary = step.at_primary}));
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
    ForEachSite site{.count = demand(step.count, place, "count"), .at_most = static_cast<Index>(step.at_most)};
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
    const Index site = append(program_.cache_sites, CacheSite{step.cache, step.key});
    const Index lookup = here();
    emit(Op::cache_lookup, site);
    emit_all(step.on_miss, place + "/on_miss", forks);
    emit(Op::cache_fill, site);
    program_.code[lookup].b = here();
  }
  void emit_step(const PublishStep& step, const std::string&, bool&) {
    emit(Op::publish, append(program_.publishes, PublishSite{step.queue, step.priority.value_or(-1)}));
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
    lock_around_ = program_.lock_sites[site].outer;
    emit(Op::release_lock, site);
    program_.lock_sites[site].after = here();
  }
  void emit_step(const GenerateStep& step, const std::string& place, bool&) {
    emit(Op::generate, append(program_.generates, GenerateSite{step.model, demand(step.input, place, "input"),
                                                               demand(step.output, place, "output"), step.cached}));
  }
  void emit_step(const RespondStep&, const std::string&, bool&) { emit(Op::respond); }

  const Blueprint& blueprint_;
  RandomStreams& streams_;
  Program& program_;
  Index lock_around_ = no_index;
};

}  // namespace

Program compile(const Blueprint& blueprint, const std::vector<bool>& repeats, RandomStreams& streams) {
  Program program;
  program.server_forks.assign(blueprint.services.size() + blueprint.databases.size(), false);
  Compiler compiler{blueprint, streams, program};

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
  for (Index w = 0; w < blueprint.workloads.size(); ++w) {
    const WorkloadBlueprint& workload = blueprint.workloads[w];
    std::vector<JourneyCode>& codes = program.journeys.emplace_back();
    for (const JourneyBlueprint& journey : workload.journeys) {
      bool forks = false;
      JourneyCode code{.entry = compiler.compile(journey.steps, "workloads/" + workload.name + "/journeys/" + journey.name, forks)};
      const Instruction first = code.entry < program.code.size() ? program.code[code.entry] : Instruction{Op::end};
      if (repeats[w]) {
        compiler.emit(Op::restart, no_index, code.entry);
      } else {
        const bool one_step = compiler.here() == code.entry + 1;
        compiler.emit(Op::end);
        // A user who may have to wait for room needs a task to wait with.
        const bool plain_publish = one_step && first.op == Op::publish && !blueprint.queues[program.publishes[first.a].queue].publishers_wait;
        if (plain_publish) code.only_publish = first.a;
        const bool plain_call = one_step && first.op == Op::call && program.calls[first.a].timeout == Duration{} &&
                                program.calls[first.a].retry.attempts == 1;
        if (plain_call) code.only_call = first.a;
      }
      codes.push_back(code);
    }
  }
  return program;
}

}  // namespace headroom
