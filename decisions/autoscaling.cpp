// Autoscaling, line by line: a service with its pods and metrics, replicas and the reason.
#include <set>

#include <fmt/format.h>

#include "decisions/line_clock.hpp"
#include "decisions/samples_read.hpp"
#include "decisions/seam.hpp"
#include "decisions/service_observation.hpp"

namespace headroom::decisions {
namespace {

class ScalingDecisions {
 public:
  using Interface = Autoscaler;
  struct Context {
    std::string service = "service";
    IntegerRange replicas{1, 100'000};
    std::optional<int> initial_replicas;
    Bytes memory;
    std::string queue;

    void describe(Fields& field) {
      field("service", service, "its name, as labels of metrics have it")("replicas", replicas, "that the service may have",
                                                                          between(0, 100'000))(
          "initial_replicas", initial_replicas, "asked for before the first line; default: the fewest, but at least one",
          between(0, 100'000))("memory", memory, "of a replica; 0: none is declared", at_least(0.0))(
          "queue", queue, "that it takes messages from; empty: a balancer sends it requests");
    }
    int at_first() const { return initial_replicas.value_or(std::max(1, replicas.low)); }
    Autoscaler::Context of_the_policy() const { return {service, at_first(), replicas, memory, queue}; }
  };
  using Observation = ServiceObservation;

  ScalingDecisions(const PolicyChoice& choice, const Context& context)
      : replicas_{context.at_first()},
        autoscaler_{RegistryOf<Autoscaler>::instance().make(choice, context.of_the_policy())},
        shown_{!reads_samples(choice, context.of_the_policy(), PodResource::cpu)} {
    for (const MetricSelector& selector : autoscaler_->watched()) unseen_.insert(to_text(selector));
  }
  FieldProblems problems() const { return autoscaler_->problems(); }

  FieldProblems check(const Observation& seen) { return clock_.check(seen.time); }

  Json decide(const Observation& seen) {
    const ServiceView& view = shown_.show(seen, replicas_);
    std::erase_if(unseen_, [&](const std::string& name) { return shown_.metrics().holds(name); });
    const ScalingDecision decision = autoscaler_->decide(view);
    replicas_ = decision.replicas;
    return {{"time", seen.time}, {"from", view.current_replicas}, {"replicas", decision.replicas}, {"reason", decision.reason}};
  }

  Json summary() const { return nullptr; }
  std::vector<std::string> remarks() const {
    std::vector<std::string> sentences;
    for (const std::string& name : unseen_)
      sentences.push_back(fmt::format("the policy reads {}, which no line gave; write \"metrics\": {{\"{}\": 12}}", name, name));
    return sentences;
  }

 private:
  int replicas_;
  std::unique_ptr<Autoscaler> autoscaler_;
  ShownService shown_;
  LineClock clock_;
  std::set<std::string> unseen_;  // what it watches and no line has given yet
};

const bool offered = offer_decisions<ScalingDecisions>(
    "a service as its controller sees it; replicas follow at once where a line does not say how many there are",
    R"({"time": 15, "replicas": 3, "pods": [{"count": 3, "cpu": 0.93}], "metrics": {"queue_length{queue=jobs}": 64}})");

}  // namespace
}  // namespace headroom::decisions
