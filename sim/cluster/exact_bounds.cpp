// Whether every station keeps its bounds, asked from outside at any instant. Nothing here runs unless somebody asks.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "sim/cluster/exact_request_plane.hpp"

namespace headroom {

// Sentences about levels that are out of bounds, or not what they are when counted one by one.
class BrokenBounds {
 public:
  void expect_at_most(std::int64_t bound, std::int64_t level, const std::string& what) {
    if (level < 0 || level > bound) sentences_.push_back(fmt::format("{}: {}, not 0 to {}", what, level, bound));
  }
  void expect_equal(std::int64_t counted, std::int64_t level, const std::string& what) {
    if (level != counted) sentences_.push_back(fmt::format("{}: {}, and {} counted one by one", what, level, counted));
  }
  std::vector<std::string> take() { return std::move(sentences_); }

 private:
  std::vector<std::string> sentences_;
};

SimTime ExactRequestPlane::next_instant() const { return std::min({next_arrival_, events_.next_time(), changes_.next_time()}); }

std::vector<std::string> ExactRequestPlane::broken_bounds() const {
  BrokenBounds broken;
  check_slots(broken);
  check_queues(broken);
  check_generations(broken);
  check_clients(broken);
  check_bulkheads(broken);
  check_gates(broken);
  return broken.take();
}

void ExactRequestPlane::check_slots(BrokenBounds& broken) const {
  std::vector<std::int64_t> in_slots(replicas_.size(), 0);
  for (Index slot = 0; slot < tasks_.size(); ++slot) {
    if (tasks_[slot].kind != TaskKind::free && tasks_[slot].in_slot) ++in_slots[tasks_[slot].replica];
  }
  for (Index index = 0; index < servers_.size(); ++index) {
    const Server& server = servers_[index];
    if (server.slots == nullptr) continue;
    const std::string who = fmt::format("server {}", index);
    std::int64_t busy = 0, waiting = 0;
    for (const Index number : server.replicas) {
      const Replica& replica = replicas_[number];
      // An instance that starts has no slot to give yet: they stand there as taken.
      const bool starts = server.platform != nullptr && std::as_const(server.platform->pool)[number].starting;
      const std::int64_t taken = starts ? 0 : replica.busy_slots;
      broken.expect_at_most(server.concurrency, taken, who + ": slots of a replica");
      broken.expect_equal(in_slots[number], taken, who + ": slots of a replica");
      if (server.backlog_limit) broken.expect_at_most(*server.backlog_limit, replica.backlog.size(), who + ": backlog");
      busy += taken;
      waiting += replica.backlog.size();
    }
    broken.expect_equal(busy, server.taken_slots.level(), who + ": slots");
    broken.expect_equal(waiting, server.waiting.level(), who + ": waiting");
    if (server.platform != nullptr)
      broken.expect_at_most(server.platform->most, server.platform->pool.size(), who + ": instances");
  }
}

// What comes back after its visibility time is in its queue's keeping already, and finds room whatever the limit.
void ExactRequestPlane::check_queues(BrokenBounds& broken) const {
  for (Index index = 0; index < queues_.size(); ++index) {
    const MessageQueue& queue = queues_[index];
    const std::string who = fmt::format("queue {}", index);
    std::int64_t waiting = 0;
    for (const TaskList& line : queue.classes) waiting += line.size();
    broken.expect_equal(waiting, queue.waiting.level(), who + ": waiting");
    broken.expect_equal(queue.publishing.size(), queue.blocked.level(), who + ": publishers that wait");
    if (queue.limit && !queue.visibility) broken.expect_at_most(*queue.limit, waiting + queue.delayed, who + ": messages");
    broken.expect_at_most(tasks_.live(), queue.taken.level(), who + ": taken");
  }
}

void ExactRequestPlane::check_generations(BrokenBounds& broken) const {
  std::vector<std::int64_t> served(language_models_.size(), 0);
  for (Index slot = 0; slot < tasks_.size(); ++slot) {
    if (tasks_[slot].kind == TaskKind::free || tasks_[slot].state != TaskState::generating) continue;
    served[generations_[slot].model] += generations_[slot].stage == GenerationStage::served;
  }
  for (Index index = 0; index < language_models_.size(); ++index) {
    const LanguageModel& model = language_models_[index];
    if (model.engine) continue;
    const std::string who = fmt::format("language model {}: generations", index);
    if (model.concurrency) broken.expect_at_most(*model.concurrency, model.in_service, who);
    broken.expect_equal(served[index], model.in_service, who);
  }
  for (Index index = 0; index < engines_.size(); ++index) {
    const Engine& engine = engines_[index];
    if (engine.options == nullptr) continue;
    std::int64_t held = 0;
    for (const Index slot : engine.running) held += generations_[slot].held;
    const std::string who = fmt::format("engine of replica {}", index);
    broken.expect_at_most(engine.options->batch, std::ssize(engine.running), who + ": batch");
    broken.expect_at_most(engine.options->kv_tokens, engine.kv_used, who + ": tokens in the cache");
    broken.expect_equal(held, engine.kv_used, who + ": tokens in the cache");
  }
}

void ExactRequestPlane::check_gates(BrokenBounds& broken) const {
  std::vector<std::int64_t> in_flight(replicas_.size(), 0);
  for (Index slot = 0; slot < entered_as_.size(); ++slot) {
    if (entered_as_[slot] > 0) ++in_flight[tasks_[slot].replica];
  }
  for (Index index = 0; index < replicas_.size(); ++index) {
    const Replica& replica = replicas_[index];
    if (replica.gate == nullptr || !replica.alive) continue;
    const std::string who = fmt::format("gate of replica {}: in flight", index);
    broken.expect_equal(in_flight[index], replica.gate->in_flight(), who);
    if (const auto most = replica.gate->policy().most())
      broken.expect_at_most(static_cast<std::int64_t>(*most), replica.gate->in_flight(), who);
  }
}

// Connections, and what caches hold.
void ExactRequestPlane::check_clients(BrokenBounds& broken) const {
  for (const Database& database : databases_) {
    if (!database.clients) continue;
    const ClientPools& pools = *database.clients;
    broken.expect_at_most(pools.limit(), pools.open(), "database " + database.name + ": connections");
    for (const Index client : pools.in_order()) {
      for (Index node = 0; node < pools.nodes(); ++node)
        broken.expect_at_most(pools.connections_of(client), pools.in_use(client, node), "database " + database.name + ": a pool");
    }
  }
  for (const LoadBalancer& balancer : load_balancers_) {
    for (const std::int64_t carried : balancer.carried)
      broken.expect_at_most(balancer.connections.value_or(tasks_.live()), carried, balancer.name + ": connections");
  }
  for (Index index = 0; index < caches_.size(); ++index) {
    const Cache& cache = caches_[index];
    for (const auto& tier : cache.tiers)
      broken.expect_at_most(tier->capacity().count, tier->used().count, "cache " + cache_names_[index] + ": bytes");
    for (const Cache::Clients& clients : cache.clients)
      broken.expect_at_most(cache.most_clients, clients.connected, "cache " + cache_names_[index] + ": clients");
  }
}

void ExactRequestPlane::check_bulkheads(BrokenBounds& broken) const {
  for (Index index = 0; index < service_clients_.size(); ++index) {
    const ServiceClient& client = service_clients_[index];
    if (!client.options.bulkhead) continue;
    const std::string who = "client " + client.options.name + ": calls of a replica";
    std::vector<std::int64_t> places(replicas_.size(), 0);
    for (Index slot = 0; slot < tasks_.size(); ++slot) {
      const Task& task = tasks_[slot];
      const bool calls = task.kind != TaskKind::free && task.call != no_index && program_.calls[task.call].client == index;
      const ClientCall* const call = client_calls_.find(slot);
      if (calls && call != nullptr && call->places > 0) places[task.replica] += call->places;
    }
    for (Index replica = 0; replica < client.of_replica.size(); ++replica) {
      const std::int64_t taken = client.of_replica[replica].calls;
      broken.expect_at_most(client.options.bulkhead->calls, taken, who);
      broken.expect_equal(places[replica], taken, who);
    }
  }
}

}  // namespace headroom
