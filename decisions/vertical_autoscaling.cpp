// Vertical autoscaling, line by line: a service with its pods, the request of new ones and who is to have it now.
#include <fmt/format.h>

#include "decisions/line_clock.hpp"
#include "decisions/seam.hpp"
#include "decisions/service_observation.hpp"
#include "sim/seams/vertical_autoscaler.hpp"

namespace headroom::decisions {
namespace {

class ResizeDecisions {
 public:
  using Interface = VerticalAutoscaler;
  struct Context {
    std::string service = "service";
    double cpu = 1.0;
    Bytes memory;

    void describe(Fields& field) {
      field("service", service, "its name")("cpu", cpu, "cores that a replica requests at the start", at_least(0.0))(
          "memory", memory, "that a replica requests at the start; 0: none is declared", at_least(0.0));
    }
  };
  using Observation = ServiceObservation;

  ResizeDecisions(const PolicyChoice& choice, const Context& context)
      : autoscaler_{RegistryOf<VerticalAutoscaler>::instance().make(choice, {context.service, {context.cpu, context.memory}})} {}
  FieldProblems problems() const { return autoscaler_->problems(); }

  FieldProblems check(const Observation& seen) {
    FieldProblems found = clock_.check(seen.time);
    if (!seen.pods && !seen.replicas) found.emplace_back("pods", "are missing; their samples are what is decided by");
    return found;
  }

  Json decide(const Observation& seen) {
    const ResizeDecision decision = autoscaler_->decide(shown_.show(seen, 0));
    Json request = nullptr;
    if (decision.request) {
      request = {{"cpu", decision.request->cpu}};
      if (decision.request->memory.count > 0) request["memory"] = decision.request->memory.count;
    }
    return {{"time", seen.time},
            {"request", std::move(request)},
            {"evict", decision.evict},
            {"resize", decision.resize},
            {"reason", decision.reason}};
  }
  Json summary() const { return nullptr; }

 private:
  std::unique_ptr<VerticalAutoscaler> autoscaler_;
  ShownService shown_{false};
  LineClock clock_;
};

const bool offered = offer_decisions<ResizeDecisions>(
    "a service with the newest samples of its pods; it answers with the request of new pods and the numbers of those that change",
    R"({"time": 60, "pods": [{"count": 2, "cpu_request": 1, "cpu": 0.4, "memory_request": "2 GiB", "memory": "1.5 GiB"}]})");

}  // namespace
}  // namespace headroom::decisions
