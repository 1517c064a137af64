// Placement, line by line: a pod and the nodes that are up, the node that it goes to.
#include <map>

#include <fmt/format.h>

#include "decisions/seam.hpp"
#include "sim/seams/placement_policy.hpp"

namespace headroom::decisions {
namespace {

struct PodObservation {
  static constexpr std::string_view type_name = "pod_request";
  double cpu = 0.0;
  Bytes memory;
  int gpus = 0;

  void describe(Fields& field) {
    field.required("cpu", cpu, "cores that it requests", at_least(0.0));
    field("memory", memory, "that it requests", at_least(0.0))("gpus", gpus, "that it requests", between(0, 1'000));
  }
};

struct NodeObservation {
  static constexpr std::string_view type_name = "node_with_room";
  std::string name;
  double cpu = 0.0;
  std::optional<double> cpu_free;
  Bytes memory{std::int64_t{1} << 50};
  std::optional<Bytes> memory_free;
  int gpus_free = 0;
  std::string zone;
  int pods_of_service = 0;
  DollarsPerSecond price;

  void describe(Fields& field) {
    field.required("name", name, "of the node").required("cpu", cpu, "cores that pods can request", more_than(0.0));
    field("cpu_free", cpu_free, "cores that no pod requests; default: all", at_least(0.0))(
        "memory", memory, "that pods can request; default: as good as unlimited", at_least(0.0))(
        "memory_free", memory_free, "that no pod requests; default: all", at_least(0.0))(
        "gpus_free", gpus_free, "that no pod requests", between(0, 1'000))("zone", zone, "that the node stands in")(
        "pods_of_service", pods_of_service, "of the same service on this node", between(0, 100'000))(
        "price", price, "of the node; 0: it is paid for anyway", at_least(0.0));
  }
  double free_cores() const { return cpu_free.value_or(cpu); }
  Bytes free_memory() const { return memory_free.value_or(memory); }
  bool has_room(const PodObservation& pod) const {
    constexpr double rounding = 1e-9;  // of sums of cores
    return free_cores() + rounding >= pod.cpu && free_memory() >= pod.memory && gpus_free >= pod.gpus;
  }
};

class PlacementDecisions {
 public:
  using Interface = PlacementPolicy;
  struct Context {
    void describe(Fields&) {}
  };
  struct Observation {
    PodObservation pod;
    std::vector<NodeObservation> nodes;

    void describe(Fields& field) {
      field.required("pod", pod, "that needs a node")
          .required("nodes", nodes, "that are up, with room or without: {name: {…}}, or a list of objects with these fields");
    }
    FieldProblems problems() const {
      FieldProblems found;
      for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (nodes[i].free_cores() > nodes[i].cpu)
          found.emplace_back(fmt::format("nodes/{}/cpu_free", i), "is more than the cores of the node");
        if (nodes[i].free_memory() > nodes[i].memory)
          found.emplace_back(fmt::format("nodes/{}/memory_free", i), "is more than the memory of the node");
      }
      return found;
    }
  };

  PlacementDecisions(const PolicyChoice& choice, const Context&)
      : policy_{RegistryOf<PlacementPolicy>::instance().make(choice, {})} {}
  FieldProblems check(const Observation&) { return {}; }

  Json decide(const Observation& seen) {
    const std::vector<PlacementView> fitting = fitting_in(seen);
    if (fitting.empty()) {
      ++waiting_;
      return {{"node", nullptr}, {"reason", fmt::format("none of {} nodes has room; the pod waits", seen.nodes.size())}};
    }
    const PlacementView& chosen = fitting[policy_->place({seen.pod.cpu, seen.pod.memory, 0, seen.pod.gpus}, fitting)];
    ++placed_;
    return {{"node", seen.nodes[chosen.node].name},
            {"reason", fmt::format("{} of {} nodes have room; {:g} of {:g} cores stay free there", fitting.size(),
                                   seen.nodes.size(), chosen.cpu_free - seen.pod.cpu, chosen.cpu_allocatable)}};
  }
  Json summary() const { return {{"placed", placed_}, {"waiting", waiting_}}; }

 private:
  std::vector<PlacementView> fitting_in(const Observation& seen) {
    std::map<std::uint32_t, std::uint32_t> in_zone;
    for (const NodeObservation& node : seen.nodes) in_zone[zone_of(node)] += static_cast<std::uint32_t>(node.pods_of_service);
    std::vector<PlacementView> fitting;
    for (std::size_t i = 0; i < seen.nodes.size(); ++i) {
      const NodeObservation& node = seen.nodes[i];
      if (!node.has_room(seen.pod)) continue;
      fitting.push_back({.node = static_cast<std::uint32_t>(i),
                         .cpu_allocatable = node.cpu,
                         .cpu_free = node.free_cores(),
                         .memory_allocatable = node.memory,
                         .memory_free = node.free_memory(),
                         .zone = zone_of(node),
                         .pods_of_service = static_cast<std::uint32_t>(node.pods_of_service),
                         .pods_of_service_in_zone = in_zone[zone_of(node)],
                         .price = node.price});
    }
    return fitting;
  }
  // By order of first appearance, the same on every line.
  std::uint32_t zone_of(const NodeObservation& node) {
    return zones_.emplace(node.zone, static_cast<std::uint32_t>(zones_.size())).first->second;
  }

  std::unique_ptr<PlacementPolicy> policy_;
  std::map<std::string, std::uint32_t> zones_;
  std::size_t placed_ = 0, waiting_ = 0;
};

const bool offered = offer_decisions<PlacementDecisions>(
    "a pod and the nodes that are up; a pod that is placed is not remembered, the next line says what is free then",
    R"({"pod": {"cpu": 1}, "nodes": {"a": {"cpu": 4, "cpu_free": 2, "zone": "a"}, "b": {"cpu": 8, "cpu_free": 0.5, "zone": "b"}}})");

}  // namespace
}  // namespace headroom::decisions
