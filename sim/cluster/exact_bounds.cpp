// Whether every station keeps its bounds, asked from outside at any instant. Nothing here runs unless somebody asks.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "sim/cluster/exact_request_plane.hpp"

namespace headroom {

// Sentences about levels that are out of bounds, or not what they are when counted one by one.
class BoundsCheck {
 public:
  explicit BoundsCheck(const ExactRequestPlane& plane) : plane_{plane} {}
  std::vector<std::string> broken() {
    check_slots();
    check_queues();
    check_generations();
    check_clients();
    check_bulkheads();
    check_gates();
    return std::move(sentences_);
  }

 private:
  void check_slots();
  void check_queues();
  void check_generations();
  void check_gates();
  void check_clients();
  void check_bulkheads();

  void expect_at_most(std::int64_t bound, std::int64_t level, const std::string& what) {
    if (level < 0 || level > bound) sentences_.push_back(fmt::format("{}: {}, not 0 to {}", what, level, bound));
  }
  void expect_equal(std::int64_t counted, std::int64_t level, const std::string& what) {
    if (level != counted) sentences_.push_back(fmt::format("{}: {}, and {} counted one by one", what, level, counted));
  }

  const ExactRequestPlane& plane_;
  std::vector<std::string> sentences_;
};

SimTime ExactRequestPlane::next_instant() const { return std::min({next_arrival_, events_.next_time(), changes_.next_time()}); }

std::vector<std::string> ExactRequestPlane::broken_bounds() const { return BoundsCheck{*this}.broken(); }

void BoundsCheck::check_slots() {
  std::vector<std::int64_t> in_slots(plane_.replicas_.size(), 0);
  for (Index slot = 0; slot < plane_.tasks_.size(); ++slot) {
    if (plane_.tasks_[slot].kind != TaskKind::free && plane_.tasks_[slot].in_slot) ++in_slots[plane_.tasks_[slot].replica];
  }
  for (Index index = 0; index < plane_.servers_.size(); ++index) {
    const Server& server = plane_.servers_[index];
    if (server.slots == nullptr) continue;
    const std::string who = fmt::format("server {}", index);
    std::int64_t busy = 0, waiting = 0;
    for (const Index number : server.replicas) {
      const Replica& replica = plane_.replicas_[number];
      // An instance that starts has no slot to give yet: they stand there as taken.
      const bool starts = server.platform != nullptr && std::as_const(server.platform->pool)[number].starting;
      const std::int64_t taken = starts ? 0 : replica.busy_slots;
      expect_at_most(server.concurrency, taken, who + ": slots of a replica");
      expect_equal(in_slots[number], taken, who + ": slots of a replica");
      if (server.backlog_limit) expect_at_most(*server.backlog_limit, replica.backlog.size(), who + ": backlog");
      busy += taken;
      waiting += replica.backlog.size();
    }
    expect_equal(busy, server.taken_slots.level(), who + ": slots");
    expect_equal(waiting, server.waiting.level(), who + ": waiting");
    if (server.platform != nullptr) expect_at_most(server.platform->most, server.platform->pool.size(), who + ": instances");
  }
}

// What comes back after its visibility time is in its queue's keeping already, and finds room whatever the limit.
void BoundsCheck::check_queues() {
  for (Index index = 0; index < plane_.queues_.size(); ++index) {
    const MessageQueue& queue = plane_.queues_[index];
    const std::string who = fmt::format("queue {}", index);
    std::int64_t waiting = 0;
    for (const TaskList& line : queue.classes) waiting += line.size();
    expect_equal(waiting, queue.waiting.level(), who + ": waiting");
    expect_equal(queue.publishing.size(), queue.blocked.level(), who + ": publishers that wait");
    if (queue.limit && !queue.visibility) expect_at_most(*queue.limit, waiting + queue.delayed, who + ": messages");
    expect_at_most(plane_.tasks_.live(), queue.taken.level(), who + ": taken");
  }
}

void BoundsCheck::check_generations() {
  std::vector<std::int64_t> served(plane_.language_models_.size(), 0);
  for (Index slot = 0; slot < plane_.tasks_.size(); ++slot) {
    if (plane_.tasks_[slot].kind == TaskKind::free || plane_.tasks_[slot].state != TaskState::generating) continue;
    served[plane_.generations_[slot].model] += plane_.generations_[slot].stage == GenerationStage::served;
  }
  for (Index index = 0; index < plane_.language_models_.size(); ++index) {
    const LanguageModel& model = plane_.language_models_[index];
    if (model.engine) continue;
    const std::string who = fmt::format("language model {}: generations", index);
    if (model.concurrency) expect_at_most(*model.concurrency, model.in_service, who);
    expect_equal(served[index], model.in_service, who);
  }
  for (Index index = 0; index < plane_.engines_.size(); ++index) {
    const Engine& engine = plane_.engines_[index];
    if (engine.options == nullptr) continue;
    std::int64_t held = 0;
    for (const Index slot : engine.running) held += plane_.generations_[slot].held;
    const std::string who = fmt::format("engine of replica {}", index);
    expect_at_most(engine.options->batch, std::ssize(engine.running), who + ": batch");
    expect_at_most(engine.options->kv_tokens, engine.kv_used, who + ": tokens in the cache");
    expect_equal(held, engine.kv_used, who + ": tokens in the cache");
  }
}

void BoundsCheck::check_gates() {
  std::vector<std::int64_t> in_flight(plane_.replicas_.size(), 0);
  for (Index slot = 0; slot < plane_.entered_as_.size(); ++slot) {
    if (plane_.entered_as_[slot] > 0) ++in_flight[plane_.tasks_[slot].replica];
  }
  for (Index index = 0; index < plane_.replicas_.size(); ++index) {
    const Replica& replica = plane_.replicas_[index];
    if (replica.gate == nullptr || !replica.alive) continue;
    const std::string who = fmt::format("gate of replica {}: in flight", index);
    expect_equal(in_flight[index], replica.gate->in_flight(), who);
    if (const auto most = replica.gate->policy().most())
      expect_at_most(static_cast<std::int64_t>(*most), replica.gate->in_flight(), who);
  }
}

// Connections, and what caches hold.
void BoundsCheck::check_clients() {
  for (const Database& database : plane_.databases_) {
    if (!database.clients) continue;
    const ClientPools& pools = *database.clients;
    expect_at_most(pools.limit(), pools.open(), "database " + database.name + ": connections");
    for (const Index client : pools.in_order()) {
      for (Index node = 0; node < pools.nodes(); ++node)
        expect_at_most(pools.connections_of(client), pools.in_use(client, node), "database " + database.name + ": a pool");
    }
  }
  for (const LoadBalancer& balancer : plane_.load_balancers_) {
    for (const std::int64_t carried : balancer.carried)
      expect_at_most(balancer.connections.value_or(plane_.tasks_.live()), carried, balancer.name + ": connections");
  }
  for (Index index = 0; index < plane_.caches_.size(); ++index) {
    const Cache& cache = plane_.caches_[index];
    for (const auto& tier : cache.tiers)
      expect_at_most(tier->capacity().count, tier->used().count, "cache " + plane_.cache_names_[index] + ": bytes");
    for (const Cache::Clients& clients : cache.clients)
      expect_at_most(cache.most_clients, clients.connected, "cache " + plane_.cache_names_[index] + ": clients");
  }
}

void BoundsCheck::check_bulkheads() {
  for (Index index = 0; index < plane_.service_clients_.size(); ++index) {
    const ServiceClient& client = plane_.service_clients_[index];
    if (!client.options.bulkhead) continue;
    const std::string who = "client " + client.options.name + ": calls of a replica";
    std::vector<std::int64_t> places(plane_.replicas_.size(), 0);
    for (Index slot = 0; slot < plane_.tasks_.size(); ++slot) {
      const Task& task = plane_.tasks_[slot];
      const bool calls = task.kind != TaskKind::free && task.call != no_index && plane_.program_.calls[task.call].client == index;
      const ClientCall* const call = plane_.client_calls_.find(slot);
      if (calls && call != nullptr && call->places > 0) places[task.replica] += call->places;
    }
    for (Index replica = 0; replica < client.of_replica.size(); ++replica) {
      const std::int64_t taken = client.of_replica[replica].calls;
      expect_at_most(client.options.bulkhead->calls, taken, who);
      expect_equal(places[replica], taken, who);
    }
  }
}

}  // namespace headroom
