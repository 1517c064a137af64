// LoadBalancer: the state of a balancer in front of services, and its fleets: who of a service's replicas it sends requests to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/cluster/load_balancer_blueprint.hpp"
#include "sim/cluster/station.hpp"

namespace headroom {

struct FleetMember {
  Index replica = no_index;  // none: the place is empty
  bool listed = false;       // gets requests: stands in Server::registered
  int strikes = 0;           // checks failed in a row
  int passes = 0;            // passed in a row, once struck off
  Index checked = no_index;  // replica that has not answered the present check yet
};

// The members of one service. Server::registered and Server::in_flight are of those that are listed, `listed` says which they
// are; an empty place that is listed is none among the registered.
class Fleet {
 public:
  // Fixed: with so many empty places, all of them listed.
  Fleet(Index service, std::string name, Server& server, bool fixed, Index places);

  Index service() const { return service_; }
  const std::string& name() const { return name_; }
  std::vector<FleetMember>& members() { return members_; }
  FleetMember& listed(std::size_t position) { return members_[listed_[position]]; }
  Index number_of(const FleetMember& member) const { return static_cast<Index>(&member - members_.data()); }
  std::size_t size() const { return listed_.size(); }

  // `unanswered`: requests that are in the replica already.
  void join(Server& server, std::vector<Replica>& replicas, Index replica, Index unanswered);
  void leave(Server& server, std::vector<Replica>& replicas, Index replica);
  void list(Server& server, std::vector<Replica>& replicas, Index member, Index unanswered);
  void strike_off(Server& server, std::vector<Replica>& replicas, Index member);

 private:
  std::size_t position_of(Index member) const;

  Index service_;
  std::string name_;  // of the service
  bool fixed_;
  std::vector<FleetMember> members_;
  std::vector<Index> listed_;  // members, in the order of Server::registered
};

struct LoadBalancer {
  std::string name;
  Index server = no_index;         // its own: its instances are the replicas
  Index entry = no_index;          // what a request does here, in the program
  std::uint64_t instance_key = 0;  // of the draws of an instance
  std::optional<std::int64_t> connections;
  std::vector<std::int64_t> carried;  // by instance
  std::size_t retries = 0;
  std::optional<HealthCheckBlueprint> checks;
  SimTime checked_at{};
  bool told = false;  // that a member was struck off; what follows is in the metrics
  std::vector<Fleet> fleets;
  double price_per_byte = 0.0;

  Gauge* connections_open = nullptr;
  Gauge* members = nullptr;  // that are listed, of all fleets
  Counter* forwarded = nullptr;
  Counter* connections_refused = nullptr;
  Counter* connections_failed = nullptr;
  Counter* failed_checks = nullptr;
  Counter* cost = nullptr;  // where bytes have a price
  BillPart part;
  double passed = 0.0;      // bytes, there
};

// Where a request came through.
struct Passage {
  Index load_balancer = no_index;  // none: it came through none, or has been answered
  Index instance = 0;
};

}  // namespace headroom
