// Locality: a replica in the zone that the request comes from, if there is one; else any.
//
//   near = replicas in the caller's zone; none, or the caller is in none: all
//   overflow f > 0: all as well while (in flight per replica of near) > f × (in flight per replica of all)
//   pick: any of them, each as likely as the others, or of those with the fewest in flight the next in turn
//
// Traffic that stays in its zone costs nothing and comes early; a zone with few replicas and many callers is overrun, which is
// what `overflow` is for. O(n) per request.
//
// Source:  Kubernetes Service trafficDistribution PreferClose (KEP-4444) as kube-proxy's iptables do it: the endpoints of the
//          zone if any is ready, one of them at random.
// Differs: `overflow` is not there; Envoy's zone-aware routing sends a share elsewhere by the numbers of hosts instead.
#include <algorithm>
#include <numeric>
#include <vector>

#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/balancer.hpp"

namespace headroom {
namespace {

class Locality final : public Balancer {
 public:
  struct Options {
    std::string among = "random";
    double overflow = 0.0;

    void describe(Fields& field) {
      field.choice("among", among, "which of the replicas that may be picked", {"random", "least-connections"});
      field("overflow", overflow,
            "other zones too while a replica of the own zone has so many times the requests of one of all; 0: never",
            between(0.0, 1000.0));
    }
  };
  Locality(const Options& options, const Context&) : fewest_{options.among == "least-connections"}, overflow_{options.overflow} {}

  bool looks_further() const override { return true; }
  bool looks_at_zones() const override { return true; }

  std::size_t pick(std::span<const std::uint32_t> in_flight, RandomStream& random) override {
    candidates_.resize(in_flight.size());
    std::iota(candidates_.begin(), candidates_.end(), std::size_t{0});
    return choose(in_flight, random);
  }
  std::size_t pick(const BalancingView& view, RandomStream& random) override {
    candidates_.clear();
    for (std::size_t i = 0; i < view.zones.size(); ++i) {
      if (view.zone != BalancingView::no_zone && view.zones[i] == view.zone) candidates_.push_back(i);
    }
    return candidates_.empty() || is_overrun(view.in_flight) ? pick(view.in_flight, random) : choose(view.in_flight, random);
  }

 private:
  bool is_overrun(std::span<const std::uint32_t> in_flight) const {
    if (overflow_ == 0.0) return false;
    const double all = std::accumulate(in_flight.begin(), in_flight.end(), 0.0);
    double near = 0.0;
    for (const std::size_t i : candidates_) near += in_flight[i];
    return near * static_cast<double>(in_flight.size()) > overflow_ * all * static_cast<double>(candidates_.size());
  }
  std::size_t choose(std::span<const std::uint32_t> in_flight, RandomStream& random) {
    if (!fewest_) return candidates_[random.below(candidates_.size())];
    // In order of place: the first behind the previous pick.
    const auto first = static_cast<std::size_t>(std::ranges::lower_bound(candidates_, next_) - candidates_.begin());
    std::size_t best = candidates_[first % candidates_.size()];
    for (std::size_t k = 1; k < candidates_.size() && in_flight[best] > 0; ++k) {
      const std::size_t candidate = candidates_[(first + k) % candidates_.size()];
      if (in_flight[candidate] < in_flight[best]) best = candidate;
    }
    next_ = best + 1;
    return best;
  }

  bool fewest_;
  double overflow_;
  std::size_t next_ = 0;
  std::vector<std::size_t> candidates_;
};

const bool offered = offer<Balancer, Locality>("locality", "a replica in the zone that the request comes from");

}  // namespace
}  // namespace headroom
