#include "scenarios/resolve.hpp"

#include <algorithm>
#include <memory>
#include <optional>

#include "sim/core/registry.hpp"
#include "sim/measure/derived_metrics.hpp"

namespace headroom {

namespace {

constexpr IntegerRange any_number{1, 10'000};

// The option "replicas" of a policy; of one that combines several, the fewest and the most of any.
struct ReplicasOption final : Visitor {
  std::string place{};  // of the policy's fields
  std::optional<IntegerRange> found{};
  std::vector<std::string> pointers{};
  void visit(const FieldInfo& info, FieldValue value) override {
    IntegerRange* const* range = std::get_if<IntegerRange*>(&value);
    const std::string pointer = place + "/" + std::string{info.name};
    if (info.name == "replicas" && range != nullptr) {
      found = **range;
      pointers.push_back(pointer);
    }
    const auto* list = std::get_if<std::shared_ptr<ListAccess>>(&value);
    if (list == nullptr || !std::holds_alternative<PolicyChoice*>((*list)->prototype())) return;
    for (std::size_t i = 0; i < (*list)->size(); ++i) {
      add(*std::get<PolicyChoice*>((*list)->at(i)), pointer + "/" + std::to_string(i));
    }
  }
  void add(const PolicyChoice& policy, const std::string& policy_place) {
    if (!policy.chosen()) return;
    ReplicasOption option;
    option.place = policy_place;
    Fields fields{option};
    policy.options->describe(fields);
    pointers.insert(pointers.end(), option.pointers.begin(), option.pointers.end());
    const IntegerRange range = option.found.value_or(any_number);
    found = found ? IntegerRange{std::min(found->low, range.low), std::max(found->high, range.high)} : range;
  }
};

ReplicasOption option_of(const ServiceSpec& service) {
  ReplicasOption option;
  option.place = "/autoscaler";
  Fields fields{option};
  service.autoscaler.options->describe(fields);
  return option;
}

}  // namespace

const PriceSheet* price_sheet() {
  static const std::unique_ptr<PriceSheet> sheet = []() -> std::unique_ptr<PriceSheet> {
    const PolicyChoice choice = choice_of<PriceSheet>("list-price");
    return choice.chosen() ? RegistryOf<PriceSheet>::instance().make(choice, {}) : nullptr;
  }();
  return sheet.get();
}

NodeSize node_size(const InstanceType& type, const NodePoolSpec& pool) {
  const bool for_three = pool.purchase && pool.purchase->term == "3 years";
  return {.cpu = type.cpu_allocatable,
          .memory = type.memory_allocatable,
          .pods_per_node = type.pods_per_node,
          .bandwidth = type.bandwidth,
          .price = type.on_demand,
          .gpus = type.gpus,
          .spot_price = type.spot,
          .reserved_price = for_three ? type.reserved_3_years : type.reserved_1_year,
          .interruptions = PerSecond{interruptions_per_month(type.interruptions) / month_seconds}};
}

NodeSize node_size(const NodePoolSpec& pool) {
  NodeSize size;
  const PriceSheet* sheet = pool.instance ? price_sheet() : nullptr;
  if (const InstanceType* type = sheet == nullptr ? nullptr : sheet->find(*pool.instance)) size = node_size(*type, pool);
  if (pool.gpus) size.gpus = *pool.gpus;
  if (pool.purchase && pool.purchase->spot_price) size.spot_price = pool.purchase->spot_price;
  if (pool.purchase && pool.purchase->reserved_price) size.reserved_price = pool.purchase->reserved_price;
  if (pool.purchase && pool.purchase->interruptions) size.interruptions = pool.purchase->interruptions;
  if (pool.cpu) size.cpu = *pool.cpu;
  if (pool.memory) size.memory = *pool.memory;
  if (pool.pods_per_node) size.pods_per_node = *pool.pods_per_node;
  if (pool.bandwidth) size.bandwidth = *pool.bandwidth;
  if (pool.price) size.price = *pool.price;
  return size;
}

NodeSize largest_node(const NodePoolSpec& pool) {
  NodeSize largest = node_size(pool);
  const PriceSheet* sheet = price_sheet();
  for (const std::string& name : pool.other_instances) {
    const InstanceType* type = sheet == nullptr ? nullptr : sheet->find(name);
    if (type == nullptr) continue;
    largest.cpu = std::max(largest.cpu, type->cpu_allocatable);
    largest.memory = std::max(largest.memory, type->memory_allocatable);
    largest.gpus = std::max(largest.gpus, type->gpus);
  }
  return largest;
}

IntegerRange replica_limits_of(const ServiceSpec& service) {
  if (service.replica_limits) return *service.replica_limits;
  if (!service.autoscaler.chosen()) return {service.replicas, service.replicas};
  return option_of(service).found.value_or(any_number);
}

std::vector<std::string> replica_bounds_of(const ServiceSpec& service) {
  std::vector<std::string> places;
  if (service.autoscaler.chosen()) places = option_of(service).pointers;
  if (service.replica_limits || places.empty()) places.insert(places.begin(), "/replica_limits");
  return places;
}

}  // namespace headroom
