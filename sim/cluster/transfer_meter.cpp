#include "sim/cluster/transfer_meter.hpp"

#include <algorithm>

namespace headroom {

TransferMeter::TransferMeter(const Blueprint& blueprint, RandomStreams& streams, Recorder& recorder)
    : prices_{blueprint.network.transfer_prices} {
  const auto has_sizes = [](const EndpointBlueprint& endpoint) {
    return !endpoint.request_size.is_zero() || !endpoint.response_size.is_zero();
  };
  if (std::none_of(blueprint.endpoints.begin(), blueprint.endpoints.end(), has_sizes)) return;
  for (const EndpointBlueprint& endpoint : blueprint.endpoints) {
    const std::string path = "services/" + endpoint.name;
    sizes_.push_back({{endpoint.request_size, streams.key_of(path + "/request_size")},
                      {endpoint.response_size, streams.key_of(path + "/response_size")}});
  }
  for (std::size_t i = 0; i < transfer_kinds.size(); ++i) {
    const auto kind = static_cast<TransferKind>(i);
    bytes_[i] = &recorder.counter("transferred", {{"transfer", transfer_kinds[i]}});
    if (prices_.of(kind) > 0.0) cost_[i] = &recorder.counter("cost", {{"component", transfer_component(kind)}});
  }
}

void TransferMeter::note_caller(Index slot, const CallerPlace& caller) { callers_.begin(slot) = caller; }

TransferKind TransferMeter::kind_of(const CallerPlace& caller, Index region, Index zone, bool answer) {
  if (caller.user) return answer ? TransferKind::internet_out : TransferKind::internet_in;
  if (caller.region != region) return TransferKind::cross_region;
  const bool crosses = caller.zone != no_index && zone != no_index && caller.zone != zone;
  return crosses ? TransferKind::cross_zone : TransferKind::zone;
}

void TransferMeter::count(TransferKind kind, double bytes) {
  const auto i = static_cast<std::size_t>(kind);
  bytes_[i]->add(bytes);
  if (cost_[i] != nullptr) cost_[i]->add(bytes * prices_.of(kind));
}

void TransferMeter::count_request(Index slot, Index target, std::uint64_t draw_id, Index region, Index zone) {
  if (target >= sizes_.size()) return;
  count(kind_of(callers_[slot], region, zone, false), sizes_[target].request.draw(draw_id));
}

void TransferMeter::count_answer(Index slot, Index target, std::uint64_t draw_id, Index region, Index zone) {
  if (target >= sizes_.size()) return;
  count(kind_of(callers_[slot], region, zone, true), sizes_[target].response.draw(draw_id));
}

}  // namespace headroom
