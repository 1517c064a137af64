#include "sim/cluster/transfer_meter.hpp"

#include <algorithm>

namespace headroom {

TransferMeter::TransferMeter(const Blueprint& blueprint, const std::vector<SizeSite>& steps, RandomStreams& streams,
                             Recorder& recorder)
    : steps_{steps}, zones_(blueprint.network.regions.size(), 0), prices_{blueprint.network.transfer_prices} {
  make_sizes(blueprint, streams);
  const bool has_places = std::any_of(blueprint.stores.begin(), blueprint.stores.end(),
                                      [](const StoreBlueprint& store) { return store.region != no_index; });
  active_ = !sizes_.empty() || !steps.empty() || has_places;
  if (!active_) return;
  for (const NodePoolBlueprint& pool : blueprint.node_pools)
    zones_[pool.region] = std::max(zones_[pool.region], static_cast<Index>(pool.zones));
  for (std::size_t i = 0; i < transfer_kinds.size(); ++i) {
    const auto kind = static_cast<TransferKind>(i);
    bytes_[i] = &recorder.counter("transferred", {{"transfer", transfer_kinds[i]}});
    if (prices_.of(kind) > 0.0) cost_[i] = &recorder.counter("cost", labels_of(part_of(kind)));
  }
}

void TransferMeter::make_sizes(const Blueprint& blueprint, RandomStreams& streams) {
  const auto has_sizes = [](const EndpointBlueprint& endpoint) {
    return !endpoint.request_size.is_zero() || !endpoint.response_size.is_zero();
  };
  if (std::none_of(blueprint.endpoints.begin(), blueprint.endpoints.end(), has_sizes)) return;
  for (const EndpointBlueprint& endpoint : blueprint.endpoints) {
    const std::string path = "services/" + endpoint.name;
    sizes_.push_back({{endpoint.request_size, streams.key_of(path + "/request_size")},
                      {endpoint.response_size, streams.key_of(path + "/response_size")}});
  }
}

void TransferMeter::note_caller(Index slot, const CallerPlace& caller) { callers_.begin(slot) = caller; }

TransferKind TransferMeter::kind_of(const CallerPlace& caller, Index region, Index zone, bool answer) {
  if (caller.user) return answer ? TransferKind::internet_out : TransferKind::internet_in;
  if (caller.region != region) return TransferKind::cross_region;
  const bool crosses = caller.zone != no_index && zone != no_index && caller.zone != zone;
  return crosses ? TransferKind::cross_zone : TransferKind::zone;
}

BillPart TransferMeter::part_of(TransferKind kind) {
  const CostKind paid = kind == TransferKind::cross_zone     ? CostKind::cross_zone_bytes
                        : kind == TransferKind::cross_region ? CostKind::cross_region_bytes
                                                             : CostKind::internet_bytes;
  return {transfer_component(kind), paid, {"transfer", transfer_kinds[static_cast<std::size_t>(kind)]}};
}

void TransferMeter::add_charges(std::vector<Charge>& charges) const {
  for (std::size_t i = 0; i < transfer_kinds.size(); ++i) {
    const auto kind = static_cast<TransferKind>(i);
    if (cost_[i] != nullptr) charges.push_back({part_of(kind), bytes_[i]->total * prices_.of(kind)});
  }
}

void TransferMeter::count(TransferKind kind, double bytes) {
  const auto i = static_cast<std::size_t>(kind);
  bytes_[i]->add(bytes);
  if (cost_[i] != nullptr) cost_[i]->add(bytes * prices_.of(kind));
}

void TransferMeter::count(const CallerPlace& caller, Index region, Index zone, double bytes, bool answer) {
  count(kind_of(caller, region, zone, answer), bytes);
}

Index TransferMeter::zone_of(Index region, std::size_t node) const {
  return zones_[region] == 0 ? no_index : static_cast<Index>(node % zones_[region]);
}

void TransferMeter::count_request(Index slot, Index target, std::uint64_t draw_id, Index region, Index zone) {
  const CallerPlace& caller = callers_[slot];
  if (caller.sizes != no_index)
    count(caller, region, zone, steps_[caller.sizes].request.draw(draw_id), false);
  else if (target < sizes_.size())
    count(caller, region, zone, sizes_[target].request.draw(draw_id), false);
}

void TransferMeter::count_answer(Index slot, Index target, std::uint64_t draw_id, Index region, Index zone) {
  const CallerPlace& caller = callers_[slot];
  if (caller.sizes != no_index)
    count(caller, region, zone, steps_[caller.sizes].response.draw(draw_id), true);
  else if (target < sizes_.size())
    count(caller, region, zone, sizes_[target].response.draw(draw_id), true);
}

}  // namespace headroom
