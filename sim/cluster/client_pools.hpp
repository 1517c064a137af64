// ClientPools: the connections to the nodes of a database that its clients, the replicas of the services that query it, hold
// open.
//
// A client opens as many as its pool has to every node when it starts, or as many as are left, and keeps them until it is gone;
// what it then leaves goes to those that have too few, first come first. Of its connections to a node each carries one query at a
// time; further ones wait in the client's line. All nodes have the same clients, so what is open is counted once.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/cluster/task.hpp"

namespace headroom {

// Whose connection a caller has, or waits for. `life` tells a client from those that had its place before.
struct Connection {
  Index client = no_index;  // none: neither
  Index database = 0, node = 0;
  std::uint32_t life = 0;
};

class ClientPools {
 public:
  ClientPools(Index limit, Index per_client, Index nodes) : limit_{limit}, per_client_{per_client}, nodes_{nodes} {}

  void join(Index replica);
  // Nobody waits in its lines any more. Others may have more connections than before.
  void leave(Index replica);

  // None: not a client.
  Index client_of(Index replica) const { return replica < clients_by_replica_.size() ? clients_by_replica_[replica] : no_index; }
  // Of a client, to each node.
  Index connections_of(Index client) const { return clients_[client].connections; }
  std::uint32_t life_of(Index client) const { return clients_[client].life; }
  // To each node.
  Index open() const { return open_; }
  Index limit() const { return limit_; }
  Index nodes() const { return nodes_; }
  // In the order in which they came.
  const std::vector<Index>& in_order() const { return in_order_; }

  TaskList& line(Index client, Index node) { return pools_[client * nodes_ + node].line; }
  bool has_free(Index client, Index node) const { return pools_[client * nodes_ + node].in_use < clients_[client].connections; }
  Index in_use(Index client, Index node) const { return pools_[client * nodes_ + node].in_use; }
  void take(Index client, Index node) { ++pools_[client * nodes_ + node].in_use; }
  void give_back(Index client, Index node) { --pools_[client * nodes_ + node].in_use; }

 private:
  struct Client {
    Index connections = 0;
    std::uint32_t life = 0;
  };
  struct Pool {
    Index in_use = 0;
    TaskList line;
  };

  void deal();

  Index limit_, per_client_, nodes_;
  Index open_ = 0;
  std::vector<Client> clients_;
  std::vector<Pool> pools_;  // [client × nodes + node]
  std::vector<Index> free_, in_order_, clients_by_replica_;
};

}  // namespace headroom
