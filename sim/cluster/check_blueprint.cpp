// What cannot run, found before anything is built from it.
#include <fmt/format.h>

#include "sim/cluster/blueprint.hpp"
#include "sim/cluster/steps.hpp"
#include "sim/core/graph.hpp"

namespace headroom {
namespace {

enum class Place { endpoint, journey };

class Checker {
 public:
  explicit Checker(const Blueprint& blueprint) : blueprint_{blueprint}, calls_(blueprint.endpoints.size()) {}

  std::vector<std::string> check() {
    check_services();
    for (Index i = 0; i < blueprint_.endpoints.size(); ++i) {
      const EndpointBlueprint& endpoint = blueprint_.endpoints[i];
      expect(endpoint.service < blueprint_.services.size(), "endpoint " + endpoint.name + ": its service does not exist");
      endpoint_ = i;
      check_steps(endpoint.steps, "endpoint " + endpoint.name, Place::endpoint);
    }
    for (const WorkloadBlueprint& workload : blueprint_.workloads) {
      expect(workload.region < blueprint_.network.regions.size(), "workload " + workload.name + ": its region does not exist");
      expect(workload.model.chosen(), "workload " + workload.name + ": has no model");
      expect(!workload.journeys.empty(), "workload " + workload.name + ": has no journey");
      for (const JourneyBlueprint& journey : workload.journeys) {
        expect(!journey.steps.empty(), "journey " + journey.name + ": has no step");
        check_steps(journey.steps, "journey " + journey.name, Place::journey);
      }
    }
    for (const FaultBlueprint& fault : blueprint_.faults)
      std::visit([this](const auto& what) { check_fault(what); }, fault.what);
    check_cycles();
    return std::move(problems_);
  }

 private:
  void expect(bool good, const std::string& problem) {
    if (!good) problems_.push_back(problem);
  }

  void check_services() {
    for (const ServiceBlueprint& service : blueprint_.services) {
      const std::string who = "service " + service.name;
      expect(service.region < blueprint_.network.regions.size(), who + ": its region does not exist");
      expect(service.node_pool == no_index || service.node_pool < blueprint_.node_pools.size(), who + ": its node pool does not exist");
      expect(service.concurrency >= 1 && service.cpu > 0.0, who + ": needs a slot and some CPU");
      expect(service.balancer.chosen(), who + ": has no balancer");
      const Index model = service.language_model;
      expect(model == no_index || (model < blueprint_.language_models.size() && blueprint_.language_models[model].engine),
             who + ": its language model has no engine");
      if (service.queue == no_index) continue;
      expect(service.queue < blueprint_.queues.size(), who + ": its queue does not exist");
      expect(service.worker_endpoint < blueprint_.endpoints.size(), who + ": its worker endpoint does not exist");
      expect(service.batch >= 1, who + ": takes no message at a time");
    }
    for (const DatabaseBlueprint& database : blueprint_.databases) {
      expect(database.sharding.chosen(), "database " + database.name + ": has no sharding");
      expect(database.shards >= 1 && database.replicas >= 1 && database.pool >= 1, "database " + database.name + ": has no connection");
      expect(!database.replication || database.replicas >= 2, "database " + database.name + ": replicates without a replica");
    }
    for (const CacheBlueprint& cache : blueprint_.caches) expect(cache.policy.chosen(), "cache " + cache.name + ": has no policy");
    for (const QueueBlueprint& queue : blueprint_.queues) check_queue(queue);
    for (const LanguageModelBlueprint& model : blueprint_.language_models) {
      if (!model.engine) continue;
      const EngineBlueprint& engine = *model.engine;
      expect(!engine.times.prefill.empty() && !engine.times.decode.empty(), "language model " + model.name + ": has no step times");
      expect(engine.kv_tokens >= 1 && engine.batch >= 1 && engine.step_tokens >= 1, "language model " + model.name + ": has no room");
    }
  }

  void check_fault(const FailPrimary& fault) {
    if (fault.database >= blueprint_.databases.size()) return problems_.push_back("a fault: its database does not exist");
    const DatabaseBlueprint& database = blueprint_.databases[fault.database];
    expect(fault.shard < static_cast<Index>(database.shards), "a fault: database " + database.name + " has no such shard");
  }

  void check_queue(const QueueBlueprint& queue) {
    const std::string who = "queue " + queue.name;
    expect(queue.priorities >= 1, who + ": has no priority class");
    expect(!queue.visibility || *queue.visibility > Duration{}, who + ": its visibility is no time");
    expect(!queue.deliveries || (queue.visibility && *queue.deliveries >= 1), who + ": its deliveries need a visibility, and to be one at least");
    expect(queue.dead_letters == no_index || queue.deliveries, who + ": has dead letters without a bound on deliveries");
    expect(queue.dead_letters == no_index || queue.dead_letters < blueprint_.queues.size(), who + ": its queue of dead letters does not exist");
  }

  void check_steps(const Steps& steps, const std::string& where, Place place) {
    for (const Step& step : steps) {
      std::visit([&](const auto& action) { check_step(action, where, place); }, step.action);
      for_each_inner(step, [&](const Steps& inner) { check_steps(inner, where, place); });
    }
  }

  void check_step(const ComputeStep&, const std::string& where, Place place) {
    expect(place != Place::journey, where + ": a journey has no CPU to compute on");
  }
  void check_step(const WaitStep&, const std::string&, Place) {}
  void check_step(const CallStep& step, const std::string& where, Place place) {
    if (step.endpoint >= blueprint_.endpoints.size()) return problems_.push_back(where + ": calls an endpoint that does not exist");
    const Index service = blueprint_.endpoints[step.endpoint].service;
    if (service < blueprint_.services.size() && blueprint_.services[service].queue != no_index) {
      problems_.push_back(where + ": calls " + blueprint_.endpoints[step.endpoint].name + ", a worker that takes messages from a queue");
    }
    expect(step.retry.attempts >= 1, where + ": a call needs one attempt at least");
    if (place != Place::journey) calls_[endpoint_].push_back(step.endpoint);
  }
  void check_step(const ParallelStep&, const std::string&, Place) {}
  void check_step(const ForEachStep& step, const std::string& where, Place) {
    expect(step.at_most >= 1, where + ": for_each needs at_most of one at least");
  }
  void check_step(const ChooseStep& step, const std::string& where, Place) {
    double total = 0.0;
    for (const double weight : step.weights) total += weight;
    expect(!step.options.empty() && step.options.size() == step.weights.size() && total > 0.0,
           where + ": choose needs weighted options");
  }
  void check_step(const CacheStep& step, const std::string& where, Place place) {
    expect(place != Place::journey, where + ": a journey has no cache");
    expect(step.cache < blueprint_.caches.size() && step.key < blueprint_.keys.size(),
           where + ": its cache or key does not exist");
  }
  void check_step(const QueryStep& step, const std::string& where, Place place) {
    expect(place != Place::journey, where + ": a journey has no database");
    expect(step.database < blueprint_.databases.size(), where + ": its database does not exist");
    expect(step.key == no_index || step.key < blueprint_.keys.size(), where + ": its key does not exist");
    if (step.operation == no_index || step.database >= blueprint_.databases.size()) return;
    const std::vector<OperationBlueprint>& operations = blueprint_.databases[step.database].operations;
    expect(step.operation < operations.size() && operations[step.operation].write == step.write,
           where + ": its operation does not exist, or reads where it writes");
  }
  void check_step(const PublishStep& step, const std::string& where, Place) {
    expect(step.queue < blueprint_.queues.size(), where + ": its queue does not exist");
  }
  void check_step(const LockStep& step, const std::string& where, Place place) {
    expect(place != Place::journey, where + ": a journey has no replica to hold a lock on");
    expect(step.lock < blueprint_.locks.size() && step.key < blueprint_.keys.size(), where + ": its lock or key does not exist");
    expect(step.lease > Duration{} && step.poll > Duration{}, where + ": a lock needs a lease and a time to ask again");
    expect(!step.renew || (*step.renew > Duration{} && *step.renew < step.lease), where + ": a lease is renewed before it runs out");
  }
  void check_step(const GenerateStep& step, const std::string& where, Place place) {
    expect(place != Place::journey, where + ": a journey has nothing to ask a language model with");
    expect(step.model < blueprint_.language_models.size(), where + ": its language model does not exist");
    if (step.model < blueprint_.language_models.size() && blueprint_.language_models[step.model].engine && place != Place::journey) {
      expect(blueprint_.services[blueprint_.endpoints[endpoint_].service].language_model == step.model,
             where + ": its service runs no engine of " + blueprint_.language_models[step.model].name);
    }
    expect(step.cached >= 0.0 && step.cached <= 1.0, where + ": the cached share of the input lies between 0 and 1");
  }
  void check_step(const RespondStep&, const std::string& where, Place place) {
    expect(place != Place::journey, where + ": a journey has nobody to respond to");
  }

  void check_cycles() {
    for (const ClosingEdge& edge : closing_edges(calls_)) {
      problems_.push_back(fmt::format("cycle of calls through {} and {}", blueprint_.endpoints[edge.path.front()].name,
                                      blueprint_.endpoints[edge.path.back()].name));
    }
  }

  const Blueprint& blueprint_;
  Successors calls_;  // by endpoint
  Index endpoint_ = 0;
  std::vector<std::string> problems_;
};

}  // namespace

std::vector<std::string> check_blueprint(const Blueprint& blueprint) { return Checker{blueprint}.check(); }

}  // namespace headroom
