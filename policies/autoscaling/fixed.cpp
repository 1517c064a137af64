// Fixed: as many replicas as at the start, or as said, whatever happens.
//
//   wanted = replicas
//
// Source:  the control of every comparison of autoscalers; `docker compose up --scale api=5`.
// Differs: nothing to differ from.
#include "sim/core/registry.hpp"
#include "sim/seams/autoscaler.hpp"

namespace headroom {
namespace {

class Fixed final : public Autoscaler {
 public:
  struct Options {
    std::optional<int> replicas;

    void describe(Fields& field) {
      field("replicas", replicas, "how many to keep; what the service starts with when it is not given", between(1, 100'000));
    }
  };

  Fixed(const Options& options, const Context& context) : replicas_{options.replicas.value_or(context.initial_replicas)} {}

  Duration period() const override { return std::chrono::seconds{15}; }

  ScalingDecision decide(const ServiceView&) override { return {replicas_, "fixed at " + std::to_string(replicas_)}; }

 private:
  int replicas_;
};

const bool offered = offer<Autoscaler, Fixed>("fixed", "keep the number of replicas");

}  // namespace
}  // namespace headroom
