// Network: regions, zones and nodes as SimGrid zones, hosts and links, and the image registry behind one shared link.
//
// One SimGrid zone per region and availability zone; in it a host per potential node with its own link. Regions are joined by
// links of half their round trip. All image pulls of all regions share the registry's link.
#pragma once

#include <cstdint>
#include <simgrid/s4u.hpp>
#include <string>
#include <vector>

#include "sim/cluster/blueprint.hpp"

namespace headroom {

class Network {
 public:
  // Throws std::invalid_argument for a pool without bandwidth, without zones or in no region.
  Network(const NetworkBlueprint& network, const std::vector<NodePoolBlueprint>& pools, const std::vector<DatabaseBlueprint>& databases = {});

  // Where control loops run; always up.
  simgrid::s4u::Host* control() const { return control_; }
  // The hosts of a pool's potential nodes, by slot: as many as its maximum. All are off at the start.
  const std::vector<simgrid::s4u::Host*>& node_hosts(Index pool) const { return node_hosts_[pool]; }
  // Hosts of a pool: as many of each type, one type after the other, as it may ever have nodes at a time.
  static std::uint32_t slots_of_type(const NodePoolBlueprint& pool) {
    return static_cast<std::uint32_t>(std::max({pool.maximum, pool.nodes, 0}));
  }
  // Nodes are dealt to the zones of their pool in turn.
  static std::uint32_t zone_of(const NodePoolBlueprint& pool, std::uint32_t slot) {
    return slot % slots_of_type(pool) % static_cast<std::uint32_t>(pool.zones);
  }

  // Of a database that reshards: where the primary of each shard is, in a network of their own with a link each.
  const std::vector<simgrid::s4u::Host*>& shard_hosts(Index database) const { return shard_hosts_[database]; }

  // Moves an image, or weights, from the registry to a node; the calling actor waits until it is there.
  void pull_image(Bytes image, simgrid::s4u::Host* node) const;

 private:
  struct Zone {
    Index region = 0;
    simgrid::s4u::NetZone* zone = nullptr;
    simgrid::kernel::routing::NetPoint* gateway = nullptr;
  };
  Zone new_zone(const std::string& name, Index region);
  void make_registry(const NetworkBlueprint& network);
  void make_nodes(const std::vector<NodePoolBlueprint>& pools, std::vector<std::vector<Zone>>& zones);
  void make_shards(const DatabaseBlueprint& database);
  void join(const Zone& a, const Zone& b, Duration one_way);

  simgrid::s4u::NetZone* world_ = nullptr;
  Zone registry_zone_;
  simgrid::s4u::Host* registry_ = nullptr;
  simgrid::s4u::Host* control_ = nullptr;
  std::vector<std::vector<simgrid::s4u::Host*>> node_hosts_;  // by pool and slot
  std::vector<std::vector<simgrid::s4u::Host*>> shard_hosts_;  // by database and shard
};

}  // namespace headroom
