#include "sim/cluster/node_pool.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <stdexcept>

#include "sim/cluster/network.hpp"

namespace headroom {
namespace {

// Requests are sums of decimal fractions of cores: 10 × 0.1 must fit into 1.
constexpr double rounding = 1e-9;

std::unique_ptr<PlacementPolicy> make_placement(const NodePoolBlueprint& pool) {
  const auto& registry = RegistryOf<PlacementPolicy>::instance();
  const PolicyChoice choice = pool.placement.chosen() ? pool.placement : registry.choose("best-fit");
  if (!choice.chosen()) throw std::invalid_argument{fmt::format("node pool {}: has no placement policy", pool.name)};
  return registry.make(choice, {});
}

std::vector<Label> label_of(const NodePoolBlueprint& pool) { return {{"node_pool", pool.name}}; }

// Of pods of one service, which differ in their requests at most.
bool asks_for_no_less(const PodShape& shape, const PodShape& than) {
  return shape.cpu >= than.cpu && shape.memory >= than.memory;
}

}  // namespace

NodePool::NodePool(const NodePoolBlueprint& blueprint, std::vector<simgrid::s4u::Host*> hosts, Recorder& recorder)
    : blueprint_{blueprint},
      types_{blueprint.types()},
      hosts_{std::move(hosts)},
      host_taken_(hosts_.size(), false),
      placement_{make_placement(blueprint)},
      nodes_gauge_{recorder.gauge("nodes", label_of(blueprint))},
      pending_gauge_{recorder.gauge("pending_pods", label_of(blueprint))},
      cpu_share_{recorder.level_share("node_cpu_requested", label_of(blueprint))},
      cpu_used_{recorder.level_share("node_cpu_used", label_of(blueprint))},
      memory_share_{recorder.level_share("node_memory_requested", label_of(blueprint))} {
  for (const NodeType& type : types_)
    type_views_.push_back({type.name, type.cpu, type.memory, type.pods_per_node, type.gpus, type.price});
  const auto has_gpus = [](const NodeType& type) { return type.gpus > 0; };
  if (std::any_of(types_.begin(), types_.end(), has_gpus)) {
    gpu_share_ = &recorder.level_share("node_gpus_requested", label_of(blueprint));
    gpus_used_ = &recorder.level_share("node_gpus_used", label_of(blueprint));
  }
  if (blueprint.purchase.spot > 0.0) interruptions_ = &recorder.counter("node_interruptions", label_of(blueprint));
}

// ---- nodes -------------------------------------------------------------------------------------------------------------------

Node* NodePool::ask_for_node(SimTime now, std::uint32_t type) {
  const auto of_type = static_cast<std::ptrdiff_t>(hosts_.size() / types_.size());
  const auto first = host_taken_.begin() + of_type * type;
  const auto free = std::find(first, first + of_type, false);
  if (free == first + of_type) return nullptr;
  *free = true;
  const auto slot = static_cast<std::uint32_t>(free - host_taken_.begin());
  const Purchase purchase = next_purchase(type);
  const std::uint32_t id = next_id_++;
  auto& node = nodes_[id];
  node = std::make_unique<Node>(id, Node::Machine{type, slot, Network::zone_of(blueprint_, slot), hosts_[slot]}, now, purchase);
  return node.get();
}

// Reserved ones first: they are paid for anyway.
Purchase NodePool::next_purchase(std::uint32_t type) const {
  const PurchaseMix& mix = blueprint_.purchase;
  int reserved = 0, spot = 0;
  for (const auto& [id, node] : nodes_) {
    reserved += node->purchase() == Purchase::reserved;
    spot += node->purchase() == Purchase::spot;
  }
  if (type == 0 && reserved < mix.reserved) return Purchase::reserved;
  const auto others = static_cast<double>(nodes_.size()) - reserved + 1;
  return spot + 1 <= mix.spot * others + rounding ? Purchase::spot : Purchase::on_demand;
}

void NodePool::node_is_up(Node& node, SimTime now) {
  node.stage = NodeStage::up;
  count_node(node, +1);
  nodes_gauge_.set(now, up_);
  note_requests(now);
}

void NodePool::give_back(Node& node, SimTime now) {
  if (node.stage != NodeStage::booting) count_node(node, -1);
  ++given_back_;
  host_taken_[node.slot()] = false;
  nodes_.erase(node.id());
  nodes_gauge_.set(now, up_);
  note_requests(now);
}

void NodePool::count_node(const Node& node, int change) {
  const NodeType& type = type_of(node);
  up_ += change;
  cpu_up_ += type.cpu * change;
  memory_up_ += Bytes{type.memory.count * change};
  gpus_up_ += type.gpus * change;
}

Node* NodePool::find(std::uint32_t id) {
  const auto found = nodes_.find(id);
  return found == nodes_.end() ? nullptr : found->second.get();
}

int NodePool::nodes_kept() const {
  return static_cast<int>(
      std::count_if(nodes_.begin(), nodes_.end(), [](const auto& entry) { return entry.second->stage != NodeStage::draining; }));
}

// ---- pods --------------------------------------------------------------------------------------------------------------------

bool NodePool::fits(const Node& node, const PodShape& shape) const {
  const NodeType& type = type_of(node);
  return node.stage == NodeStage::up && static_cast<int>(node.pods().size()) < type.pods_per_node &&
         node.cpu_requested() + shape.cpu <= type.cpu + rounding && node.memory_requested() + shape.memory <= type.memory &&
         node.gpus_requested() + shape.gpus <= type.gpus;
}

DollarsPerSecond NodePool::price_of(const Node& node) const {
  if (node.purchase() == Purchase::reserved) return {};
  return node.purchase() == Purchase::spot ? type_of(node).spot_price : type_of(node).price;
}

void NodePool::count_pods_by_zone(Index service) {
  std::fill(pods_by_zone_.begin(), pods_by_zone_.end(), 0U);
  for (const auto& [id, node] : nodes_) {
    if (node->zone() >= pods_by_zone_.size()) pods_by_zone_.resize(node->zone() + 1U, 0U);
    if (node->stage == NodeStage::up) pods_by_zone_[node->zone()] += node->pods_of(service);
  }
}

bool NodePool::try_to_place(Pod& pod, SimTime now) {
  const PodShape& shape = pod.shape;
  fitting_.clear();
  count_pods_by_zone(pod.service);
  for (const auto& [id, node] : nodes_) {
    if (!fits(*node, shape)) continue;
    const NodeType& type = type_of(*node);
    fitting_.push_back({.node = id,
                        .cpu_allocatable = type.cpu,
                        .cpu_free = type.cpu - node->cpu_requested(),
                        .memory_allocatable = type.memory,
                        .memory_free = type.memory - node->memory_requested(),
                        .zone = node->zone(),
                        .pods_of_service = node->pods_of(pod.service),
                        .pods_of_service_in_zone = pods_by_zone_[node->zone()],
                        .price = price_of(*node)});
  }
  if (fitting_.empty()) return false;
  const std::size_t chosen = placement_->place({shape.cpu, shape.memory, pod.service, shape.gpus}, fitting_);
  nodes_.at(fitting_.at(chosen).node)->take(pod);
  count_pod(shape, +1, now);
  return true;
}

bool NodePool::place(Pod& pod, SimTime now) {
  if (try_to_place(pod, now)) return true;
  pending_.push_back(&pod);
  pending_gauge_.set(now, static_cast<double>(pending_.size()));
  return false;
}

std::vector<Pod*> NodePool::place_pending(SimTime now) {
  std::vector<Pod*> placed;
  std::map<Index, PodShape> hopeless;  // by service: what has found no room
  for (Pod* pod : pending_) {
    const auto tried = hopeless.find(pod->service);
    if (tried != hopeless.end() && asks_for_no_less(pod->shape, tried->second)) continue;
    if (try_to_place(*pod, now)) {
      placed.push_back(pod);
    } else {
      hopeless[pod->service] = pod->shape;
    }
  }
  std::erase_if(pending_, [](const Pod* pod) { return pod->node != nullptr; });
  pending_gauge_.set(now, static_cast<double>(pending_.size()));
  return placed;
}

void NodePool::remove(Pod& pod, SimTime now) {
  if (pod.node == nullptr) {
    std::erase(pending_, &pod);
    pending_gauge_.set(now, static_cast<double>(pending_.size()));
    return;
  }
  pod.node->release(pod);
  count_pod(pod.shape, -1, now);
}

void NodePool::count_pod(const PodShape& shape, int change, SimTime now) {
  cpu_requested_ += shape.cpu * change;
  memory_requested_ += Bytes{shape.memory.count * change};
  if (shape.gpus > 0) gpus_requested_.add(now, shape.gpus * change);
  note_requests(now);
}

bool NodePool::resize(Pod& pod, const PodShape& shape, SimTime now) {
  Node& node = *pod.node;
  const NodeType& type = type_of(node);
  if (node.cpu_requested() - pod.shape.cpu + shape.cpu > type.cpu + rounding ||
      node.memory_requested() - pod.shape.memory + shape.memory > type.memory)
    return false;
  count_pod(pod.shape, -1, now);
  node.release(pod);
  pod.shape = shape;
  node.take(pod);
  count_pod(shape, +1, now);
  return true;
}

void NodePool::note_requests(SimTime now) {
  cpu_share_.part.set(now, cpu_requested_);
  cpu_share_.whole.set(now, cpu_up_);
  cpu_used_.whole.set(now, cpu_up_);
  memory_share_.part.set(now, static_cast<double>(memory_requested_.count));
  memory_share_.whole.set(now, static_cast<double>(memory_up_.count));
  if (gpu_share_ == nullptr) return;
  gpu_share_->part.set(now, gpus_requested_.level());
  gpu_share_->whole.set(now, gpus_up_);
  gpus_used_->whole.set(now, gpus_up_);
}

// ---- what the node autoscaler sees -----------------------------------------------------------------------------------------

NodePoolView NodePool::view(SimTime now) {
  node_views_.clear();
  for (const auto& [id, node] : nodes_) {
    if (node->stage == NodeStage::draining) continue;
    node_views_.push_back({.node = id,
                           .type = node->type(),
                           .booting = node->stage == NodeStage::booting,
                           .created = node->created(),
                           .pods = static_cast<std::uint32_t>(node->pods().size()),
                           .cpu_requested = node->cpu_requested(),
                           .memory_requested = node->memory_requested(),
                           .gpus_requested = node->gpus_requested(),
                           .pods_fit_elsewhere = true});
  }
  find_pods_that_fit_elsewhere();
  pending_views_.clear();
  for (const Pod* pod : pending_) {
    const PodShape& shape = pod->shape;
    pending_views_.push_back({shape.cpu, shape.memory, pod->service, shape.gpus});
  }
  return {.now = now,
          .minimum = blueprint_.minimum,
          .maximum = blueprint_.maximum,
          .cpu_allocatable = blueprint_.cpu,
          .memory_allocatable = blueprint_.memory,
          .pods_per_node = blueprint_.pods_per_node,
          .gpus = blueprint_.gpus,
          .being_removed = static_cast<int>(nodes_.size() - node_views_.size()),
          .nodes = node_views_,
          .pending = pending_views_,
          .types = type_views_};
}

// First fit over the other nodes that are up, in order; each node is tried as if it alone were removed.
void NodePool::find_pods_that_fit_elsewhere() {
  struct Room {
    double cpu;
    Bytes memory;
    int pods;
    int gpus;
    bool fits(const PodShape& shape) const {
      return pods >= 1 && cpu + rounding >= shape.cpu && memory >= shape.memory && gpus >= shape.gpus;
    }
    // one: +1 a pod comes, -1 it goes
    void change(const PodShape& shape, int one) {
      cpu -= one * shape.cpu;
      memory = memory - Bytes{one * shape.memory.count};
      pods -= one;
      gpus -= one * shape.gpus;
    }
  };
  std::vector<Room> room;
  for (const NodeView& view : node_views_) {
    const NodeType& type = types_[view.type];
    room.push_back({type.cpu - view.cpu_requested, type.memory - view.memory_requested,
                    view.booting ? 0 : type.pods_per_node - static_cast<int>(view.pods), type.gpus - view.gpus_requested});
  }
  std::vector<std::pair<std::size_t, PodShape>> moved;
  for (std::size_t from = 0; from < node_views_.size(); ++from) {
    for (const Pod* pod : nodes_.at(node_views_[from].node)->pods()) {
      if (pod->deleting()) continue;  // on its way out anyway
      const PodShape& shape = pod->shape;
      std::size_t to = 0;
      while (to < room.size() && (to == from || !room[to].fits(shape))) ++to;
      if (to == room.size()) {
        node_views_[from].pods_fit_elsewhere = false;
        break;
      }
      room[to].change(shape, +1);
      moved.emplace_back(to, shape);
    }
    for (const auto& [to, shape] : moved) room[to].change(shape, -1);
    moved.clear();
  }
}

}  // namespace headroom
