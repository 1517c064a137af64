// Weighted: smooth weighted round robin. Every replica gains its weight, the richest is picked and pays for all.
//
//   c_i += w_i for all i; pick = argmax c_i, the first that attains it; c_pick -= sum of w
//
// In sum(w) picks replica i has w_i turns, spread as evenly as they can be: weights 5, 1, 1 give a a b a c a a.
//
// Source:  nginx ngx_http_upstream_round_robin, commit 52327e0627f4 ("Upstream: smooth weighted round-robin balancing").
// Differs: weights go with places, in order and over again, not with servers; nginx lowers the weight of one that fails, not
// here.
#include <numeric>
#include <vector>

#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/balancer.hpp"

namespace headroom {
namespace {

class Weighted final : public Balancer {
 public:
  struct Options {
    std::vector<int> weights;

    void describe(Fields& field) {
      field("weights", weights, "weight of the first replica, the second, …; further ones begin again; none: all the same",
            between(1, 1'000'000));
    }
  };
  Weighted(const Options& options, const Context&) : weights_{options.weights} {
    if (weights_.empty()) weights_.push_back(1);
  }

  std::size_t pick(std::span<const std::uint32_t> in_flight, RandomStream&) override {
    if (current_.size() != in_flight.size()) current_.assign(in_flight.size(), 0);
    std::int64_t total = 0;
    std::size_t best = 0;
    for (std::size_t i = 0; i < current_.size(); ++i) {
      const std::int64_t weight = weights_[i % weights_.size()];
      total += weight;
      current_[i] += weight;
      if (current_[i] > current_[best]) best = i;
    }
    current_[best] -= total;
    return best;
  }

 private:
  std::vector<int> weights_;
  std::vector<std::int64_t> current_;
};

const bool offered = offer<Balancer, Weighted>("weighted", "smooth weighted round robin, as in nginx");

}  // namespace
}  // namespace headroom
