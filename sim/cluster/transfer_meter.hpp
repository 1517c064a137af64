// TransferMeter: bytes of calls and answers, messages, look-ups and objects, by where they go from and to, and what they cost.
#pragma once

#include <array>
#include <vector>

#include "sim/cluster/blueprint.hpp"
#include "sim/cluster/program.hpp"
#include "sim/cluster/slot_table.hpp"
#include "sim/measure/bill.hpp"
#include "sim/measure/recorder.hpp"

namespace headroom {

// Where a call comes from.
struct CallerPlace {
  Index region = 0;
  Index zone = no_index;
  bool user = false;
  Index sizes = no_index;  // into Program::sizes: of the step itself; none: those of the endpoint
};

class TransferMeter {
 public:
  // Endpoints first among the targets of calls. `steps`: the program's sizes, which outlive this.
  TransferMeter(const Blueprint& blueprint, const std::vector<SizeSite>& steps, RandomStreams& streams, Recorder& recorder);

  // Whether anything has sizes; without that nothing here is called.
  bool active() const { return active_; }
  // By the slot of the request, from sending it until it ends.
  void note_caller(Index slot, const CallerPlace& caller);
  void add_charges(std::vector<Charge>& charges) const;
  // A request has reached a replica there, an answer leaves it.
  void count_request(Index slot, Index target, std::uint64_t draw_id, Index region, Index zone);
  void count_answer(Index slot, Index target, std::uint64_t draw_id, Index region, Index zone);
  void count(const CallerPlace& caller, Index region, Index zone, double bytes, bool answer);
  // Of the region's nodes of databases and caches, which lie in its zones in turn; none where it has no nodes of its own.
  Index zone_of(Index region, std::size_t node) const;
  // Of a call, 0 where none are said.
  double request_bytes(Index target, std::uint64_t draw_id) const {
    return target < sizes_.size() ? sizes_[target].request.draw(draw_id) : 0.0;
  }
  double answer_bytes(Index target, std::uint64_t draw_id) const {
    return target < sizes_.size() ? sizes_[target].response.draw(draw_id) : 0.0;
  }

 private:
  struct Sizes {
    Demand request, response;
  };
  void count(TransferKind kind, double bytes);
  static BillPart part_of(TransferKind kind);
  static TransferKind kind_of(const CallerPlace& caller, Index region, Index zone, bool answer);

  void make_sizes(const Blueprint& blueprint, RandomStreams& streams);

  bool active_ = false;
  std::vector<Sizes> sizes_;  // by endpoint
  const std::vector<SizeSite>& steps_;
  std::vector<Index> zones_;  // by region
  SlotTable<CallerPlace> callers_;
  TransferPrices prices_;
  std::array<Counter*, transfer_kinds.size()> bytes_{}, cost_{};
};

}  // namespace headroom
