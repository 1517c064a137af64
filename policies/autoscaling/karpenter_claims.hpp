// Which new nodes the waiting pods get, as Karpenter's scheduler decides: a new node stays every type that holds its pods, and is
// bought as the cheapest of them.
//
//   pods by cpu, then memory, largest first; each to the first present node with room, else to the new node with the fewest pods
//   of which some type still holds all, else to one more
//
// Source: kubernetes-sigs/karpenter at 2266468, pkg/controllers/provisioning/scheduling/{scheduler,nodeclaim,queue}.go.
// Differs: "cheapest" is by the price on demand; prices of several zones or purchases of one type are not compared.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "policies/autoscaling/karpenter_arithmetic.hpp"
#include "policies/autoscaling/waiting_pods.hpp"

namespace headroom::karpenter {

class Claims {
 public:
  using Room = cluster_autoscaler::Room;

  Claims(const NodePoolView& pool, int limit) : limit_{static_cast<std::size_t>(std::max(limit, 0))} {
    for (std::size_t i = 0; i < pool.type_count(); ++i) {
      rooms_.push_back(cluster_autoscaler::empty_node(pool.type(i)));
      prices_.push_back(pool.type(i).price.value);
    }
    present_ = cluster_autoscaler::present_nodes(pool);
  }

  void place(std::span<const Room> needs) {
    for (const Room& need : needs) {
      if (!to_present(need) && !to_claim(need)) to_new(need);
    }
  }
  // Of the new nodes, in the order in which they were wanted; of equally cheap types the first.
  std::vector<std::uint32_t> types() const {
    std::vector<std::uint32_t> chosen;
    for (const Claim& claim : claims_)
      chosen.push_back(*std::ranges::min_element(claim.types, {}, [this](std::uint32_t type) { return prices_[type]; }));
    return chosen;
  }

 private:
  struct Claim {
    Room taken;
    std::vector<std::uint32_t> types;  // that hold all of it
  };

  bool to_present(const Room& need) {
    const auto found = std::ranges::find_if(present_, [&](const auto& node) { return node.room.fits(need); });
    if (found == present_.end()) return false;
    found->room.take(need);
    return true;
  }
  bool to_claim(const Room& need) {
    Claim* best = nullptr;
    for (Claim& claim : claims_) {
      const bool holds = std::ranges::any_of(claim.types, [&](std::uint32_t type) { return holds_both(type, claim, need); });
      if (holds && (best == nullptr || claim.taken.pods < best->taken.pods)) best = &claim;
    }
    if (best == nullptr) return false;
    std::erase_if(best->types, [&](std::uint32_t type) { return !holds_both(type, *best, need); });
    add(*best, need);
    return true;
  }
  void to_new(const Room& need) {
    if (claims_.size() == limit_) return;
    Claim claim;
    for (std::uint32_t type = 0; type < rooms_.size(); ++type) {
      if (rooms_[type].fits(need)) claim.types.push_back(type);
    }
    if (claim.types.empty()) return;
    add(claim, need);
    claims_.push_back(std::move(claim));
  }
  bool holds_both(std::uint32_t type, const Claim& claim, const Room& need) const {
    Room left = rooms_[type];
    left.take(claim.taken);
    return left.fits(need);
  }
  static void add(Claim& claim, const Room& need) {
    claim.taken.cpu_milli += need.cpu_milli;
    claim.taken.memory += need.memory;
    claim.taken.pods += need.pods;
    claim.taken.gpus += need.gpus;
  }

  std::size_t limit_;
  std::vector<Room> rooms_;  // by type, empty
  std::vector<double> prices_;
  std::vector<cluster_autoscaler::PackedNode> present_;
  std::vector<Claim> claims_;
};

}  // namespace headroom::karpenter
