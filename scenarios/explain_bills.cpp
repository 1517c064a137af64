#include "scenarios/explain_bills.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scenarios/rounded_text.hpp"
#include "sim/cluster/tier_shares.hpp"
#include "sim/measure/derived_metrics.hpp"

namespace headroom {
namespace {

using BytesByKind = std::array<double, transfer_kinds.size()>;

void add(BytesByKind& bytes, TransferKind kind, double amount) { bytes[static_cast<std::size_t>(kind)] += amount; }

// Replicas of both on nodes of the same region: callees are taken in turn, one of as many zones as both have is the caller's.
double share_across_zones(const Blueprint& blueprint, const ServiceBlueprint& caller, const ServiceBlueprint& callee) {
  if (caller.node_pool == no_index || callee.node_pool == no_index) return 0.0;
  const int zones = std::max(blueprint.node_pools[caller.node_pool].zones, blueprint.node_pools[callee.node_pool].zones);
  return 1.0 - 1.0 / zones;
}

// Nodes of databases and caches lie in the zones of their region in turn.
double share_across_zones(const Blueprint& blueprint, const ServiceBlueprint& caller) {
  int zones = 1;
  for (const NodePoolBlueprint& pool : blueprint.node_pools) {
    if (pool.region == caller.region) zones = std::max(zones, pool.zones);
  }
  return caller.node_pool == no_index ? 0.0 : 1.0 - 1.0 / zones;
}

void add_to_stations(const Blueprint& blueprint, const ServiceBlueprint& caller, const MeanVisit& visit, double rate,
                     BytesByKind& bytes) {
  const double across = share_across_zones(blueprint, caller);
  const auto go = [&](Index region, double per_visit, double zones) {
    const bool is_far = region != caller.region;
    add(bytes, is_far ? TransferKind::cross_region : TransferKind::cross_zone, rate * per_visit * (is_far ? 1.0 : zones));
  };
  for (const MeanQueries& queries : visit.queries) {
    const StepSizes& sizes = queries.query.sizes;
    go(blueprint.databases[queries.query.database].region, queries.count * (sizes.request.mean() + sizes.response.mean()), across);
  }
  for (const MeanLookups& lookups : visit.lookups) go(caller.region, lookups.bytes, across);
  for (const MeanStores& stores : visit.stores) {
    const Index region = blueprint.stores[stores.store].region;
    if (region != no_index) go(region, stores.bytes, 0.0);
  }
  for (const ServiceBlueprint& worker : blueprint.services) {
    if (worker.queue == no_index) continue;
    const auto workers = std::count_if(blueprint.services.begin(), blueprint.services.end(),
                                       [&](const ServiceBlueprint& other) { return other.queue == worker.queue; });
    go(worker.region, visit.published[worker.queue] / static_cast<double>(workers), share_across_zones(blueprint, caller, worker));
  }
}

void add_calls_of_services(const Blueprint& blueprint, const SystemDemand& demand, BytesByKind& bytes) {
  for (Index e = 0; e < blueprint.endpoints.size(); ++e) {
    const ServiceBlueprint& caller = blueprint.services[blueprint.endpoints[e].service];
    add_to_stations(blueprint, caller, demand.visits().endpoint(e), demand.mean()[e], bytes);
    for (const MeanCalls& calls : demand.visits().endpoint(e).calls_by_region) {
      const EndpointBlueprint& endpoint = blueprint.endpoints[calls.endpoint];
      const ServiceBlueprint& callee = blueprint.services[endpoint.service];
      const double per_second = demand.mean()[e] * calls.count * (endpoint.request_size.mean() + endpoint.response_size.mean());
      if (caller.region != callee.region) {
        add(bytes, TransferKind::cross_region, per_second);
      } else {
        add(bytes, TransferKind::cross_zone, per_second * share_across_zones(blueprint, caller, callee));
      }
    }
  }
}

void add_answers_to_users(const Blueprint& blueprint, const SystemDemand& demand, BytesByKind& bytes) {
  const Rates closed = demand.closed();
  for (Index w = 0; w < demand.sources().size(); ++w) {
    const Source& source = demand.sources()[w];
    const double rate = source.mean_rate + demand.closed_share() * closed[w];
    for (std::size_t j = 0; j < source.shares.size(); ++j) {
      const MeanVisit visit = demand.visits().journey(w, blueprint.workloads[w].journeys[j]);
      for (Index e = 0; e < visit.calls.size(); ++e)
        add(bytes, TransferKind::internet_out,
            rate * source.shares[j] * visit.calls[e] * blueprint.endpoints[e].response_size.mean());
    }
  }
}

void add_transfers(const Blueprint& blueprint, const SystemDemand& demand, std::vector<std::string>& remarks) {
  BytesByKind bytes{};
  add_calls_of_services(blueprint, demand, bytes);
  add_answers_to_users(blueprint, demand, bytes);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto kind = static_cast<TransferKind>(i);
    const double price = blueprint.network.transfer_prices.of(kind);
    if (!(price > 0.0) || !(bytes[i] > 0.0)) continue;
    remarks.push_back(fmt::format("{}: {} GB a month at the mean load, {} USD", transfer_component(kind),
                                  rounded_text(bytes[i] * month_seconds / 1e9), rounded_text(bytes[i] * month_seconds * price)));
  }
}

void add_bytes_passed(const Blueprint& blueprint, const SystemDemand& demand, std::vector<std::string>& remarks) {
  for (Index i = 0; i < blueprint.load_balancers.size(); ++i) {
    const LoadBalancerBlueprint& balancer = blueprint.load_balancers[i];
    double bytes = 0.0;
    for (Index e = 0; e < blueprint.endpoints.size(); ++e) {
      const EndpointBlueprint& endpoint = blueprint.endpoints[e];
      if (blueprint.services[endpoint.service].load_balancer == i)
        bytes += demand.mean()[e] * (endpoint.request_size.mean() + endpoint.response_size.mean());
    }
    if (!(balancer.price_per_byte > 0.0) || !(bytes > 0.0)) continue;
    remarks.push_back(fmt::format("{}: {} GB a month at the mean load, {} USD", passed_bytes_component(balancer.name),
                                  rounded_text(bytes * month_seconds / 1e9), rounded_text(bytes * month_seconds * balancer.price_per_byte)));
  }
}

struct StoreUse {
  double requests = 0.0, retrieval = 0.0;  // US dollars per second
};

// Reads find the ages of the start.
StoreUse use_of(const Blueprint& blueprint, const SystemDemand& demand, Index index, const std::vector<double>& shares) {
  const StoreBlueprint& store = blueprint.stores[index];
  const double bytes = std::max(1.0, blueprint.keys[store.key].size.mean()) * store.chain.read_of(store.versions);
  StoreUse use;
  for (Index e = 0; e < blueprint.endpoints.size(); ++e) {
    for (const MeanStores& asked : demand.visits().endpoint(e).stores) {
      if (asked.store != index) continue;
      const double rate = demand.mean()[e] * asked.count;
      if (asked.write) use.requests += rate * store.tiers.front().write_price;
      for (std::size_t i = 0; !asked.write && i < shares.size(); ++i) {
        use.requests += rate * shares[i] * store.tiers[i].read_price;
        use.retrieval += rate * shares[i] * store.tiers[i].retrieval_price * bytes;
      }
    }
  }
  return use;
}

void add_store(const Blueprint& blueprint, const SystemDemand& demand, Index index, std::vector<std::string>& remarks) {
  const StoreBlueprint& store = blueprint.stores[index];
  const KeyBlueprint& key = blueprint.keys[store.key];
  const double bytes = static_cast<double>(key.items) * std::max(1.0, key.size.mean()) * store.chain.stored_with(store.versions);
  const std::vector<double> shares = tier_shares(store, 0.0);
  std::string tiers;
  double dollars = 0.0;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    tiers += fmt::format("{}{:.1f} % {}", tiers.empty() ? "" : ", ", 100.0 * shares[i], store.tiers[i].name);
    dollars += bytes * shares[i] * store.tiers[i].price * month_seconds;
  }
  const StoreUse use = use_of(blueprint, demand, index, shares);
  std::string text = fmt::format("stores/{}: {} GB at the start ({}) cost {} USD a month to keep", store.name,
                                 rounded_text(bytes / 1e9), tiers, rounded_text(dollars));
  if (use.requests + use.retrieval > 0.0)
    text += fmt::format("; requests {} USD and retrieval {} USD a month, as long as reads find it like that",
                        rounded_text(use.requests * month_seconds), rounded_text(use.retrieval * month_seconds));
  remarks.push_back(std::move(text));
}

}  // namespace

void add_bills(const Blueprint& blueprint, const SystemDemand& demand, std::vector<std::string>& remarks) {
  for (Index store = 0; store < blueprint.stores.size(); ++store) add_store(blueprint, demand, store, remarks);
  add_transfers(blueprint, demand, remarks);
  add_bytes_passed(blueprint, demand, remarks);
}

}  // namespace headroom
