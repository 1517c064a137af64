// Least response time: of two replicas drawn at random, the one whose recent response time times its requests is lower.
//
//   cost decays with age, w = exp(-elapsed / decay); an answer after r: cost = r where r > cost × w (peak), else cost × w + r ×
//   (1 - w) load = cost × (in flight + 1); of one that has not answered yet, but has something in flight: more than any other's
//
// With `average` "mean" a single slow answer does not jump to its peak.
//
// Source:  finagle p2cPeakEwma (Metric in PeakEwma.scala); linkerd2 tower balance uses the same.
// Differs: refusals and failures count as answers there too: a replica that fails fast draws requests.
#include <cmath>
#include <unordered_map>

#include "policies/balancing/known_replicas.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/balancer.hpp"

namespace headroom {
namespace {

struct Cost {
  double seconds = 0.0;  // 0: has not answered yet
  SimTime at{};
};

class LeastResponseTime final : public Balancer {
 public:
  struct Options {
    Duration decay{std::chrono::seconds{10}};
    std::string average = "peak";

    void describe(Fields& field) {
      field("decay", decay, "time in which an old response time loses all but 1/e of its weight",
            between(std::chrono::milliseconds{1}, std::chrono::hours{24}))
          .choice("average", average, "whether a response slower than the average counts fully at once, or as the others",
                  {"peak", "mean"});
    }
  };
  LeastResponseTime(const Options& options, const Context&)
      : decay_{to_seconds(options.decay)}, peak_{options.average == "peak"} {}

  std::size_t pick(std::span<const std::uint32_t> in_flight, RandomStream& random) override {
    const auto [first, second] = two_of(in_flight.size(), random);
    return in_flight[second] < in_flight[first] ? second : first;
  }
  bool looks_further() const override { return true; }
  std::size_t pick(const BalancingView& view, RandomStream& random) override {
    if (known_.change_to(view.replicas)) meet(view.replicas);
    const auto [first, second] = two_of(view.in_flight.size(), random);
    return load_of(view, second) < load_of(view, first) ? second : first;
  }
  void answered(std::uint32_t replica, Duration after, SimTime now) override {
    const auto found = costs_.find(replica);
    if (found == costs_.end()) return;
    Cost& cost = found->second;
    const double seconds = to_seconds(after), weight = std::exp(-to_seconds(now - cost.at) / decay_);
    const double decayed = cost.seconds * weight;
    const bool counts_fully = cost.seconds == 0.0 || (peak_ && seconds > decayed);
    cost = {counts_fully ? seconds : decayed + seconds * (1.0 - weight), now};
  }

 private:
  static std::pair<std::size_t, std::size_t> two_of(std::size_t count, RandomStream& random) {
    if (count == 1) return {0, 0};
    const std::size_t first = random.below(count);
    const std::size_t second = random.below(count - 1);
    return {first, second < first ? second : second + 1};
  }
  double load_of(const BalancingView& view, std::size_t position) const {
    constexpr double penalty = 1e12;  // seconds
    const Cost& cost = costs_.at(view.replicas[position]);
    const double pending = view.in_flight[position];
    if (cost.seconds == 0.0) return pending > 0.0 ? penalty + pending : 0.0;
    return cost.seconds * std::exp(-to_seconds(view.now - cost.at) / decay_) * (pending + 1.0);
  }
  // One that comes again under a former one's number starts anew.
  void meet(std::span<const std::uint32_t> replicas) {
    std::erase_if(costs_, [&](const auto& cost) { return std::ranges::find(replicas, cost.first) == replicas.end(); });
    for (const std::uint32_t replica : replicas) costs_.try_emplace(replica);
  }

  double decay_;  // seconds
  bool peak_;
  KnownReplicas known_;
  std::unordered_map<std::uint32_t, Cost> costs_;
};

const bool offered = offer<Balancer, LeastResponseTime>("least-response-time",
                                                        "of two at random, by recent response time times requests (peak EWMA)");

}  // namespace
}  // namespace headroom
