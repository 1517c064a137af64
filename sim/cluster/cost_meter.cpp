#include "sim/cluster/cost_meter.hpp"

namespace headroom {

CostMeter::CostMeter(const Blueprint& blueprint, Recorder& recorder) {
  for (const NodePoolBlueprint& pool : blueprint.node_pools) {
    const PurchaseMix& mix = pool.purchase;
    std::vector<PoolAccounts>& accounts = nodes_.emplace_back();
    for (const NodeType& type : pool.types()) {
      const std::string name = accounts.empty() ? pool.name : type_component(pool.name, type.name);
      accounts.push_back({open(recorder, name, type.price, 0.0),
                          mix.spot > 0.0 ? open(recorder, spot_component(name), type.spot_price, 0.0) : none});
    }
    if (mix.reserved > 0) open(recorder, reserved_component(pool.name), mix.reserved_price, mix.reserved);
  }
  for (const ServiceBlueprint& service : blueprint.services) {
    const bool pays_itself = service.node_pool == no_index;
    replicas_.push_back(pays_itself ? open(recorder, service.name, service.price, 0.0) : none);
  }
  for (const DatabaseBlueprint& database : blueprint.databases) {
    databases_.push_back(open(recorder, database.name, database.price, static_cast<double>(database.shards) * database.replicas));
  }
  for (const LockBlueprint& lock : blueprint.locks) open(recorder, lock.name, lock.price, 1.0);
  for (const CacheBlueprint& cache : blueprint.caches) {
    if (cache.scope == CacheScope::replica) continue;  // lives in memory that the replica pays for
    const double instances = cache.scope == CacheScope::region ? static_cast<double>(blueprint.network.regions.size()) : 1.0;
    open(recorder, cache.name, cache.price, instances * cache.nodes);
  }
  for (const LoadBalancerBlueprint& balancer : blueprint.load_balancers)
    open(recorder, balancer.name, balancer.price, balancer.instances);
}

std::size_t CostMeter::open(Recorder& recorder, const std::string& component, DollarsPerSecond price, double count) {
  if (!(price.value > 0.0)) return none;
  accounts_.push_back({&recorder.counter("cost", {{"component", component}}), price.value, count, start_of_time});
  return accounts_.size() - 1;
}

void CostMeter::add_node(Index pool, const Node& node, SimTime now, int change) {
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
}

void CostMeter::accrue(SimTime now) {
  for (std::size_t account = 0; account < accounts_.size(); ++account) change_count(account, now, 0);
}

}  // namespace headroom
