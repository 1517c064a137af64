#include "sim/cluster/load_balancer.hpp"

#include <algorithm>
#include <utility>

namespace headroom {

Fleet::Fleet(Index service, std::string name, Server& server, bool fixed, Index places)
    : service_{service}, name_{std::move(name)}, fixed_{fixed} {
  if (!fixed_) return;
  members_.resize(places);
  for (Index member = 0; member < places; ++member) {
    members_[member].listed = true;
    listed_.push_back(member);
  }
  server.registered.assign(places, no_index);
  server.in_flight.assign(places, 0);
}

std::size_t Fleet::position_of(Index member) const {
  return static_cast<std::size_t>(std::find(listed_.begin(), listed_.end(), member) - listed_.begin());
}

void Fleet::join(Server& server, std::vector<Replica>& replicas, Index replica, Index unanswered) {
  if (!fixed_) {
    members_.push_back({.replica = replica});
    return list(server, replicas, static_cast<Index>(members_.size() - 1), unanswered);
  }
  const auto place =
      std::find_if(members_.begin(), members_.end(), [](const FleetMember& member) { return member.replica == no_index; });
  if (place == members_.end()) return;
  place->replica = replica;
  if (!place->listed) return;
  const std::size_t position = position_of(number_of(*place));
  server.registered[position] = replica;
  server.in_flight[position] = unanswered;
  replicas[replica].position = static_cast<Index>(position);
}

void Fleet::leave(Server& server, std::vector<Replica>& replicas, Index replica) {
  const auto found =
      std::find_if(members_.begin(), members_.end(), [replica](const FleetMember& member) { return member.replica == replica; });
  if (found == members_.end()) return;
  const Index member = number_of(*found);
  if (fixed_) {
    found->replica = no_index;
    if (!found->listed) return;
    const std::size_t position = position_of(member);
    server.registered[position] = no_index;
    server.in_flight[position] = 0;
    replicas[replica].position = no_index;
    return;
  }
  if (found->listed) strike_off(server, replicas, member);
  members_.erase(found);
  for (Index& other : listed_) other -= other > member;
}

void Fleet::list(Server& server, std::vector<Replica>& replicas, Index number, Index unanswered) {
  FleetMember& member = members_[number];
  member.listed = true;
  member.strikes = member.passes = 0;
  if (member.replica != no_index) replicas[member.replica].position = static_cast<Index>(listed_.size());
  listed_.push_back(number);
  server.registered.push_back(member.replica);
  server.in_flight.push_back(unanswered);
}

void Fleet::strike_off(Server& server, std::vector<Replica>& replicas, Index number) {
  const std::size_t position = position_of(number);
  const auto offset = static_cast<std::ptrdiff_t>(position);
  listed_.erase(listed_.begin() + offset);
  server.registered.erase(server.registered.begin() + offset);
  server.in_flight.erase(server.in_flight.begin() + offset);
  for (std::size_t i = position; i < server.registered.size(); ++i) {
    if (server.registered[i] != no_index) replicas[server.registered[i]].position = static_cast<Index>(i);
  }
  FleetMember& member = members_[number];
  member.listed = false;
  member.strikes = member.passes = 0;
  if (member.replica != no_index) replicas[member.replica].position = no_index;
}

}  // namespace headroom
