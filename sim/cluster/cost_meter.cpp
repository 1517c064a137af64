#include "sim/cluster/cost_meter.hpp"

#include <algorithm>
#include <utility>

namespace headroom {

void CostMeter::open_pool(Recorder& recorder, const NodePoolBlueprint& pool) {
  const Label owner{"node_pool", pool.name};
  const PurchaseMix& mix = pool.purchase;
  std::vector<PoolAccounts>& accounts = nodes_.emplace_back();
  std::vector<int>& gpus = gpus_.emplace_back();
  for (const NodeType& type : pool.types()) {
    const std::string name = accounts.empty() ? pool.name : type_component(pool.name, type.name);
    accounts.push_back(
        {open(recorder, {name, CostKind::nodes, owner}, type.price, 0.0),
         mix.spot > 0.0 ? open(recorder, {spot_component(name), CostKind::spot_nodes, owner}, type.spot_price, 0.0) : none});
    gpus.push_back(type.gpus);
  }
  if (mix.reserved > 0)
    open(recorder, {reserved_component(pool.name), CostKind::reserved_nodes, owner}, mix.reserved_price, mix.reserved);
  const bool has_gpus = std::any_of(gpus.begin(), gpus.end(), [](int count) { return count > 0; });
  gpu_hours_.push_back({has_gpus ? &recorder.counter("gpu_hours", {owner}) : nullptr, {}});
}

CostMeter::CostMeter(const Blueprint& blueprint, Recorder& recorder) {
  for (const NodePoolBlueprint& pool : blueprint.node_pools) open_pool(recorder, pool);
  for (const ServiceBlueprint& service : blueprint.services) {
    const bool pays_itself = service.node_pool == no_index;
    const BillPart part{service.name, CostKind::replicas, {"service", service.name}};
    replicas_.push_back(pays_itself ? open(recorder, part, service.price, 0.0) : none);
  }
  for (const DatabaseBlueprint& database : blueprint.databases) {
    const Label owner{"database", database.name};
    databases_.push_back(open(recorder, {database.name, CostKind::databases, owner}, database.price,
                              static_cast<double>(database.shards) * database.replicas));
    open(recorder, {database.name, CostKind::database_storage, owner}, database.storage_price, 1.0);
  }
  for (const LockBlueprint& lock : blueprint.locks)
    open(recorder, {lock.name, CostKind::locks, {"lock", lock.name}}, lock.price, 1.0);
  for (const CacheBlueprint& cache : blueprint.caches) {
    if (cache.scope == CacheScope::replica) continue;  // lives in memory that the replica pays for
    const double instances = cache.scope == CacheScope::region ? static_cast<double>(blueprint.network.regions.size()) : 1.0;
    open(recorder, {cache.name, CostKind::caches, {"cache", cache.name}}, cache.price, instances * cache.nodes);
  }
  for (const LoadBalancerBlueprint& balancer : blueprint.load_balancers)
    open(recorder, {balancer.name, CostKind::load_balancers, {"load_balancer", balancer.name}}, balancer.price,
         balancer.instances);
}

std::size_t CostMeter::open(Recorder& recorder, BillPart part, DollarsPerSecond price, double count) {
  if (!(price.value > 0.0)) return none;
  Account account;
  account.spent = &recorder.counter("cost", labels_of(part));
  account.price = price.value;
  account.count = count;
  account.part = std::move(part);
  account.level.set(start_of_time, count);
  accounts_.push_back(std::move(account));
  return accounts_.size() - 1;
}

void CostMeter::add_node(Index pool, const Node& node, SimTime now, int change) {
  gpu_hours_[pool].gpus.add(now, static_cast<double>(gpus_[pool][node.type()]) * change);
  if (node.purchase() == Purchase::reserved) return;
  const PoolAccounts& accounts = nodes_[pool][node.type()];
  change_count(node.purchase() == Purchase::spot ? accounts.spot : accounts.on_demand, now, change);
}

void CostMeter::change_count(std::size_t account, SimTime now, int change) {
  if (account == none) return;
  Account& changed = accounts_[account];
  changed.spent->add(changed.price * changed.count * to_seconds(now - changed.since));
  changed.since = now;
  changed.count += change;
  if (change != 0) changed.level.add(now, change);
}

void CostMeter::accrue(SimTime now) {
  for (std::size_t account = 0; account < accounts_.size(); ++account) change_count(account, now, 0);
  for (const GpuHours& pool : gpu_hours_) {
    if (pool.hours != nullptr) pool.hours->total = pool.gpus.integral_seconds(now) / 3600.0;
  }
}

std::vector<Charge> CostMeter::charges(SimTime now) const {
  std::vector<Charge> all;
  for (const Account& account : accounts_)
    all.push_back({account.part, account.price * account.level.integral_seconds(now)});
  return all;
}

}  // namespace headroom
