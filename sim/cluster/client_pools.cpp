#include "sim/cluster/client_pools.hpp"

#include <algorithm>

namespace headroom {

void ClientPools::join(Index replica) {
  if (free_.empty()) {
    free_.push_back(static_cast<Index>(clients_.size()));
    clients_.emplace_back();
    pools_.resize(pools_.size() + nodes_);
  }
  const Index client = free_.back();
  free_.pop_back();
  if (replica >= clients_by_replica_.size()) clients_by_replica_.resize(replica + std::size_t{1}, no_index);
  clients_by_replica_[replica] = client;
  in_order_.push_back(client);
  deal();
}

void ClientPools::leave(Index replica) {
  const Index client = clients_by_replica_[replica];
  clients_by_replica_[replica] = no_index;
  open_ -= clients_[client].connections;
  clients_[client].connections = 0;
  ++clients_[client].life;
  for (Index node = 0; node < nodes_; ++node) pools_[client * nodes_ + node].in_use = 0;
  std::erase(in_order_, client);
  free_.push_back(client);
  deal();
}

void ClientPools::deal() {
  for (const Index client : in_order_) {
    const Index more = std::min(per_client_ - clients_[client].connections, limit_ - open_);
    clients_[client].connections += more;
    open_ += more;
  }
}

}  // namespace headroom
