// Node autoscaling, line by line: a pool of nodes and the pods that wait, nodes to add and to remove.
#include <fmt/format.h>

#include "decisions/line_clock.hpp"
#include "decisions/seam.hpp"
#include "sim/seams/node_autoscaler.hpp"

namespace headroom::decisions {
namespace {

const Range instants = between(-4e9, 4e9);

struct NodeTypeObservation {
  static constexpr std::string_view type_name = "node_type";
  std::string name;
  double cpu = 0.0;
  Bytes memory{std::int64_t{1} << 50};
  int pods_per_node = NodePoolView{}.pods_per_node;
  int gpus = 0;
  DollarsPerSecond price;

  void describe(Fields& field) {
    field.required("name", name, "of the type").required("cpu", cpu, "cores that pods can request", more_than(0.0));
    field("memory", memory, "that pods can request; default: as good as unlimited", at_least(0.0))(
        "pods_per_node", pods_per_node, "at most", between(1, 100'000))("gpus", gpus, "of a node", between(0, 1'000))(
        "price", price, "of a node", at_least(0.0));
  }
};

struct NodeObservation {
  static constexpr std::string_view type_name = "node";
  std::optional<int> node;
  int type = 0;
  bool booting = false;
  std::optional<double> created;
  int pods = 0;
  double cpu_requested = 0.0;
  Bytes memory_requested;
  int gpus_requested = 0;
  bool pods_fit_elsewhere = true;

  void describe(Fields& field) {
    field("type", type, "0 is the pool's own, 1 the first of other_types, …", between(0, 1'000));
    field("node", node, "number that stays with the node; default: its place in the list, from 0", between(0, 1'000'000))(
        "booting", booting, "asked for, not up yet")("created", created,
                                                     "when it was asked for, in seconds; default: an hour before", instants)(
        "pods", pods, "on it", between(0, 100'000))("cpu_requested", cpu_requested, "cores, of its pods together", at_least(0.0))(
        "memory_requested", memory_requested, "of its pods together", at_least(0.0))("gpus_requested", gpus_requested,
                                                                                     "of its pods together", between(0, 100'000))(
        "pods_fit_elsewhere", pods_fit_elsewhere, "its pods would find room on other nodes that are up");
  }
};

struct WaitingPod {
  static constexpr std::string_view type_name = "waiting_pod";
  int count = 1;
  double cpu = 0.0;
  Bytes memory;
  int gpus = 0;
  int service = 0;

  void describe(Fields& field) {
    field("count", count, "so many pods that are alike", between(1, 100'000));
    field.required("cpu", cpu, "cores that it requests", at_least(0.0));
    field("memory", memory, "that it requests", at_least(0.0))("gpus", gpus, "that it requests", between(0, 1'000))(
        "service", service, "number of the service that it is of", between(0, 1'000'000));
  }
};

class NodeDecisions {
 public:
  using Interface = NodeAutoscaler;
  struct Context {
    std::string node_pool = "pool";
    void describe(Fields& field) { field("node_pool", node_pool, "its name"); }
  };
  struct Observation {
    double time = 0.0;
    IntegerRange size{0, 1000};
    double cpu = 0.0;
    Bytes memory{std::int64_t{1} << 50};
    int pods_per_node = NodePoolView{}.pods_per_node;
    int gpus = 0;
    int being_removed = 0;
    DollarsPerSecond price;
    std::vector<NodeObservation> nodes;
    std::vector<WaitingPod> pending;
    std::vector<NodeTypeObservation> other_types;

    void describe(Fields& field) {
      field.required("time", time, "seconds of a clock that never goes back", instants);
      field("size", size, "fewest and most nodes", between(0, 100'000));
      field.required("cpu", cpu, "cores of one node that pods can request", more_than(0.0));
      field("memory", memory, "of one node that pods can request; default: as good as unlimited", at_least(0.0))(
          "pods_per_node", pods_per_node, "at most", between(1, 100'000))("gpus", gpus, "of one node", between(0, 1'000))(
          "price", price, "of one node", at_least(0.0))(
          "being_removed", being_removed, "nodes that are drained, which count against the most", between(0, 100'000))(
          "nodes", nodes, "in order of their numbers, without those being removed")("pending", pending,
                                                                                    "pods that found no room, oldest first")(
          "other_types", other_types, "that may be asked for beside the pool's own, whose cpu, memory, … stand above");
    }
    FieldProblems problems() const {
      FieldProblems found;
      for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (std::cmp_greater(nodes[i].type, other_types.size()))
          found.emplace_back(fmt::format("nodes/{}/type", i),
                             fmt::format("is {}, but there are {} other_types", nodes[i].type, other_types.size()));
      }
      for (std::size_t i = 1; i < nodes.size(); ++i) {
        if (number(i) <= number(i - 1))
          found.emplace_back(fmt::format("nodes/{}/node", i),
                             fmt::format("is {} after {}; nodes stand in order of their numbers", number(i), number(i - 1)));
      }
      return found;
    }
    int number(std::size_t place) const { return nodes[place].node.value_or(static_cast<int>(place)); }
  };

  NodeDecisions(const PolicyChoice& choice, const Context& context)
      : autoscaler_{RegistryOf<NodeAutoscaler>::instance().make(choice, {context.node_pool})} {}

  FieldProblems check(const Observation& seen) { return clock_.check(seen.time); }

  Json decide(const Observation& seen) {
    const std::vector<NodeView> nodes = nodes_in(seen);
    const std::vector<PodRequest> pending = pending_in(seen);
    const std::vector<NodeTypeView> types = types_in(seen);
    const NodeDecision decision = autoscaler_->decide({.now = at_seconds(seen.time),
                                                       .minimum = seen.size.low,
                                                       .maximum = seen.size.high,
                                                       .cpu_allocatable = seen.cpu,
                                                       .memory_allocatable = seen.memory,
                                                       .pods_per_node = seen.pods_per_node,
                                                       .gpus = seen.gpus,
                                                       .being_removed = seen.being_removed,
                                                       .nodes = nodes,
                                                       .pending = pending,
                                                       .types = types});
    Json told{{"time", seen.time}, {"add", decision.add}};
    if (!seen.other_types.empty()) {
      told["types"] = Json::array();
      for (const std::uint32_t type : decision.types) told["types"].push_back(std::string{types.at(type).name});
    }
    told["remove"] = decision.remove;
    told["reason"] = decision.reason;
    return told;
  }
  Json summary() const { return nullptr; }

 private:
  static std::vector<NodeView> nodes_in(const Observation& seen) {
    std::vector<NodeView> nodes;
    for (std::size_t i = 0; i < seen.nodes.size(); ++i) {
      const NodeObservation& node = seen.nodes[i];
      nodes.push_back({.node = static_cast<std::uint32_t>(seen.number(i)),
                       .type = static_cast<std::uint32_t>(node.type),
                       .booting = node.booting,
                       .created = at_seconds(node.created.value_or(seen.time - 3600.0)),
                       .pods = static_cast<std::uint32_t>(node.pods),
                       .cpu_requested = node.cpu_requested,
                       .memory_requested = node.memory_requested,
                       .gpus_requested = node.gpus_requested,
                       .pods_fit_elsewhere = node.pods_fit_elsewhere});
    }
    return nodes;
  }
  static std::vector<NodeTypeView> types_in(const Observation& seen) {
    std::vector<NodeTypeView> types{{"own", seen.cpu, seen.memory, seen.pods_per_node, seen.gpus, seen.price}};
    for (const NodeTypeObservation& type : seen.other_types)
      types.push_back({type.name, type.cpu, type.memory, type.pods_per_node, type.gpus, type.price});
    return types;
  }
  static std::vector<PodRequest> pending_in(const Observation& seen) {
    std::vector<PodRequest> pods;
    for (const WaitingPod& pod : seen.pending)
      pods.insert(pods.end(), static_cast<std::size_t>(pod.count),
                  {pod.cpu, pod.memory, static_cast<std::uint32_t>(pod.service), pod.gpus});
    return pods;
  }

  std::unique_ptr<NodeAutoscaler> autoscaler_;
  LineClock clock_;
};

const bool offered = offer_decisions<NodeDecisions>(
    "a pool of alike nodes and the pods that found no room",
    R"({"time": 10, "size": [1, 10], "cpu": 3.9, "memory": "14 GiB", "nodes": [{"pods": 3, "cpu_requested": 3.5}],)"
    R"( "pending": [{"count": 4, "cpu": 1, "memory": "2 GiB"}]})");

}  // namespace
}  // namespace headroom::decisions
