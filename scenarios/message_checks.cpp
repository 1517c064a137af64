// Messages that lead to messages: circles through queues that give back all they got.
#include <fmt/format.h>

#include "scenarios/builder.hpp"
#include "scenarios/checks.hpp"
#include "scenarios/step_walk.hpp"
#include "scenarios/traffic.hpp"

namespace headroom {

namespace {

class MessageChecker {
 public:
  MessageChecker(const Scenario& scenario, Reading& reading)
      : scenario_{scenario}, reading_{reading}, blueprint_{build_blueprint(scenario)} {}

  // As if every look-up hit: a circle that only misses keep up ends once the cache is warm.
  void check() {
    const MeanVisits visits{blueprint_, [](const MeanLookups&) { return 0.0; }};
    for (const SelfFeedingCircle& circle : self_feeding_circles(routing_of(blueprint_, visits))) report(circle);
  }

 private:
  // The queue through which one endpoint leads to the next; none: it calls it.
  Index queue_before(std::size_t endpoint) const {
    const ServiceBlueprint& service = blueprint_.services[blueprint_.endpoints[endpoint].service];
    return service.worker_endpoint == endpoint ? service.queue : no_index;
  }

  const StepSpec* publish_step(std::size_t endpoint, const std::string& queue) const {
    for (const ServiceSpec& service : scenario_.services) {
      for (const EndpointSpec& spec : service.endpoints) {
        if (service.name + "." + spec.name != blueprint_.endpoints[endpoint].name) continue;
        return find_step(spec.steps, [&](const StepSpec& step) { return step.publish && step.publish->name == queue; });
      }
    }
    return nullptr;
  }

  void report(const SelfFeedingCircle& circle) {
    const StepSpec* step = nullptr;
    std::string way = blueprint_.endpoints[circle.stations.front()].name;
    for (std::size_t i = 0; i < circle.stations.size(); ++i) {
      const std::size_t next = circle.stations[(i + 1) % circle.stations.size()];
      const Index queue = queue_before(next);
      if (queue != no_index) {
        way += " -> queue " + blueprint_.queues[queue].name;
        if (step == nullptr) step = publish_step(circle.stations[i], blueprint_.queues[queue].name);
      }
      way += " -> " + blueprint_.endpoints[next].name;
    }
    const std::string back = circle.gain >= 1.0 - 1e-9
                                 ? fmt::format("each message brings back {:.3g}", circle.gain)
                                 : std::string{"with other ways round as many messages come back as set out, or more"};
    reading_.issue(step, "publish", "closes a circle of messages that never ends: " + way + "; " + back,
                   "publish in fewer cases, as an option of \"choose\", so that fewer come back than set out");
  }

  const Scenario& scenario_;
  Reading& reading_;
  Blueprint blueprint_;
};

}  // namespace

void check_messages(const Scenario& scenario, Reading& reading) {
  if (!scenario.queues.empty()) MessageChecker{scenario, reading}.check();
}

}  // namespace headroom
