#include "sim/cluster/network.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <stdexcept>

namespace headroom {
namespace {

namespace s4u = simgrid::s4u;

constexpr double unlimited = 1e15;  // bytes per second; of links that are there for their latency
constexpr double host_speed = 1e9;  // flop/s; computing is the request plane's, so it decides nothing

s4u::Link* unlimited_link(s4u::NetZone* zone, const std::string& name, Duration latency = {}) {
  return zone->create_link(name, unlimited)
      ->set_latency(to_seconds(latency))
      ->set_sharing_policy(s4u::Link::SharingPolicy::FATPIPE);
}

void attach(s4u::NetZone* star, simgrid::kernel::routing::NetPoint* point, s4u::Link* link) {
  star->add_route(point, nullptr, nullptr, nullptr, {s4u::LinkInRoute{link}}, true);
}

void check(const NodePoolBlueprint& pool, const NetworkBlueprint& network) {
  const auto refuse = [&](const char* why) { throw std::invalid_argument{fmt::format("node pool {}: {}", pool.name, why)}; };
  if (pool.region >= network.regions.size()) refuse("its region does not exist");
  if (pool.zones < 1) refuse("needs one zone at least");
  const auto has_no_link = [](const NodeType& type) { return !(type.bandwidth.value > 0.0); };
  if (std::ranges::any_of(pool.types(), has_no_link)) refuse("the bandwidth of a node's link must be more than 0");
}

}  // namespace

Network::Network(const NetworkBlueprint& network, const std::vector<NodePoolBlueprint>& pools,
                 const std::vector<DatabaseBlueprint>& databases) {
  if (!(network.registry_bandwidth.value > 0.0))
    throw std::invalid_argument{"network: the registry's bandwidth must be more than 0"};
  for (const NodePoolBlueprint& pool : pools) check(pool, network);

  world_ = s4u::create_full_zone("world");
  make_registry(network);

  std::vector<std::vector<Zone>> zones(network.regions.size());
  for (const NodePoolBlueprint& pool : pools) {
    auto& of_region = zones[pool.region];
    for (auto number = of_region.size(); number < static_cast<std::size_t>(pool.zones); ++number) {
      of_region.push_back(new_zone(fmt::format("{}/zone {}", network.regions[pool.region], number), pool.region));
    }
  }
  make_nodes(pools, zones);
  for (const DatabaseBlueprint& database : databases) make_shards(database);

  std::vector<Zone> all;
  for (const auto& of_region : zones) all.insert(all.end(), of_region.begin(), of_region.end());
  registry_zone_.zone->seal();
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].zone->seal();
    join(registry_zone_, all[i], Duration{});
    for (std::size_t j = 0; j < i; ++j) join(all[j], all[i], network.round_trip[all[j].region][all[i].region] / 2);
  }
  world_->seal();
  for (const auto& hosts : node_hosts_) {
    for (s4u::Host* host : hosts) host->turn_off();
  }
}

void Network::pull_image(Bytes image, s4u::Host* node) const {
  s4u::Comm::sendto(registry_, node, static_cast<std::uint64_t>(image.count));
}

Network::Zone Network::new_zone(const std::string& name, Index region) {
  Zone zone{region, s4u::create_star_zone(name), nullptr};
  zone.zone->set_parent(world_);
  zone.gateway = zone.zone->create_router(name + "/gateway");
  attach(zone.zone, zone.gateway, unlimited_link(zone.zone, name + "/backbone"));
  return zone;
}

void Network::make_registry(const NetworkBlueprint& network) {
  registry_zone_ = new_zone("control plane", 0);
  s4u::NetZone* zone = registry_zone_.zone;
  registry_ = zone->create_host("registry", host_speed);
  s4u::Link* link = zone->create_link("registry link", network.registry_bandwidth.value);
  attach(zone, registry_->get_netpoint(), link->set_latency(to_seconds(network.registry_latency)));
  control_ = zone->create_host("controllers", host_speed);
  attach(zone, control_->get_netpoint(), unlimited_link(zone, "controllers link"));
}

void Network::make_nodes(const std::vector<NodePoolBlueprint>& pools, std::vector<std::vector<Zone>>& zones) {
  for (const NodePoolBlueprint& pool : pools) {
    auto& hosts = node_hosts_.emplace_back();
    const std::vector<NodeType> types = pool.types();
    const std::uint32_t of_type = slots_of_type(pool);
    for (std::uint32_t slot = 0; slot < of_type * types.size(); ++slot) {
      s4u::NetZone* zone = zones[pool.region][zone_of(pool, slot)].zone;
      const std::string name = fmt::format("{}/node {}", pool.name, slot);
      hosts.push_back(zone->create_host(name, host_speed));
      attach(zone, hosts.back()->get_netpoint(), zone->create_link(name + "/link", types[slot / of_type].bandwidth.value));
    }
  }
}

void Network::make_shards(const DatabaseBlueprint& database) {
  auto& hosts = shard_hosts_.emplace_back();
  if (!database.resharding) return;
  const Zone zone = new_zone("databases/" + database.name, database.region);
  for (int shard = 0; shard < database.most_shards(); ++shard) {
    const std::string name = fmt::format("databases/{}/shard {}", database.name, shard);
    hosts.push_back(zone.zone->create_host(name, host_speed));
    const s4u::SplitDuplexLink* link = zone.zone->create_split_duplex_link(name + "/link", database.resharding->bandwidth.value);
    zone.zone->add_route(hosts.back()->get_netpoint(), nullptr, nullptr, nullptr,
                         {s4u::LinkInRoute{link, s4u::LinkInRoute::Direction::UP}}, true);
  }
  zone.zone->seal();
}

void Network::join(const Zone& a, const Zone& b, Duration one_way) {
  s4u::Link* link = unlimited_link(world_, fmt::format("{} to {}", a.zone->get_name(), b.zone->get_name()), one_way);
  world_->add_route(a.zone->get_netpoint(), b.zone->get_netpoint(), a.gateway, b.gateway, {s4u::LinkInRoute{link}}, true);
}

}  // namespace headroom
