// LIRS: what was used twice within a short distance stays (LIR); the rest (HIR) has a hundredth of the room, to be found out
// about.
//
//   S: a stack by last use of the LIR, of resident HIR and of HIR that have left; Q: the resident HIR, by entry
//   shares of bytes: HIR max(1, 1 %), LIR the rest. "Prune": what stands below the oldest LIR leaves S
//   hit LIR: to the top of S, prune. hit HIR in S: LIR, out of Q; LIR above their share: the oldest of them goes to Q, prune.
//   hit HIR not in S: to the tops of S and Q.
//   miss of a key in S: LIR; room among the LIR is made as above. Other misses: LIR while there is room among them, else HIR,
//   to the tops of S and Q; evict: the old end of Q, which stays in S as one that has left. S holds at most twice the capacity:
//   the one that has left first is forgotten. An object larger than the share of HIR is not admitted.
//
// Source:  Jiang and Zhang, "LIRS: an efficient low inter-reference recency set replacement policy", SIGMETRICS 2002, in bytes as
//          libCacheSim LIRS (aa0fc40) counts them.
// Differs: from the paper where sizes differ: room is made for the bytes that come, so one miss may evict several or none, and a
//          LIR that is larger than the share of HIR leaves at once.
#include <algorithm>

#include "policies/caching/dropped_slots.hpp"
#include "policies/caching/slot_queue.hpp"
#include "policies/caching/slot_values.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/probing_table.hpp"
#include "sim/core/registry.hpp"

namespace headroom {
namespace {

class Lirs final : public CachePolicy {
 public:
  struct Options {
    Ratio hir{0.01};

    void describe(Fields& field) {
      field("hir", hir, "share of the capacity for what was not used twice of late", between(0.0001, 0.999));
    }
  };
  Lirs(const Options& options, const Context& context)
      : capacity_{context.capacity.count},
        hir_share_{std::max<std::int64_t>(
            1, static_cast<std::int64_t>(options.hir.value * static_cast<double>(context.capacity.count)))},
        lir_share_{capacity_ - hir_share_} {}

  bool admits(Bytes size) const override { return size.count <= std::min(hir_share_, lir_share_); }

  // All room is made here, for the share that the object goes to.
  void announce(std::uint64_t key, Bytes size) override {
    const TableIndex* const left = left_nodes_.find(key);
    coming_ = left != nullptr ? *left : TableIndex{};
    if (coming_.in_use()) {
      move_to_top(coming_.index);
      make_room_among_lir(size.count);
      forget_that_it_left(coming_.index);
    } else if (lir_bytes_ + size.count > lir_share_) {
      while (hir_bytes_ + size.count > hir_share_) evict_hir();
    }
  }
  void insert(Slot slot, std::uint64_t key, Bytes size) override {
    const bool came_back = coming_.in_use();
    const NodeIndex node = came_back ? coming_.index : new_node(key, size.count);
    coming_ = {};
    if (!came_back) push_on_stack(node);
    node_of_.set(slot, node);
    nodes_[node].slot = slot;
    if (came_back || lir_bytes_ + size.count <= lir_share_)
      become_lir(node);
    else
      enter_queue(node);
    limit_stack();
  }
  void hit(Slot slot) override {
    const NodeIndex node = node_of_[slot];
    if (nodes_[node].is_lir) {
      move_to_top(node);
      prune();
    } else if (nodes_[node].in_stack) {
      move_to_top(node);
      leave_queue(node);
      make_room_among_lir(nodes_[node].bytes);
      become_lir(node);
    } else {
      queue_.make_youngest(node);
      push_on_stack(node);
      make_room_among_lir(nodes_[node].bytes);
    }
    limit_stack();
  }
  Slot evict() override {
    if (dropped_.empty() && queue_.empty()) evict_lir();
    if (dropped_.empty()) evict_hir();
    return dropped();
  }
  bool drops() const override { return true; }
  Slot dropped() override { return dropped_.take(); }
  void remove(Slot slot) override {
    const NodeIndex node = node_of_[slot];
    if (nodes_[node].is_lir)
      lir_bytes_ -= nodes_[node].bytes;
    else
      leave_queue(node);
    if (nodes_[node].in_stack) leave_stack(node);
    free_nodes_.push_back(node);
    prune();
  }
  void clear() override {
    while (!left_.empty()) forget_that_it_left(left_.oldest());
    stack_.clear();
    queue_.clear();
    nodes_.clear();
    free_nodes_.clear();
    lir_bytes_ = hir_bytes_ = stack_bytes_ = 0;
    coming_ = {};
  }

 private:
  using NodeIndex = std::uint32_t;
  // An object that is resident, in the stack, or both.
  struct Node {
    std::uint64_t key = 0;
    std::int64_t bytes = 0;
    Slot slot = no_slot;
    bool is_lir = false;
    bool in_stack = false;
    bool has_left = false;
  };

  NodeIndex new_node(std::uint64_t key, std::int64_t bytes) {
    if (free_nodes_.empty()) {
      free_nodes_.push_back(static_cast<NodeIndex>(nodes_.size()));
      nodes_.emplace_back();
    }
    const NodeIndex node = free_nodes_.back();
    free_nodes_.pop_back();
    nodes_[node] = {.key = key, .bytes = bytes};
    return node;
  }
  void push_on_stack(NodeIndex node) {
    stack_.push_young(node);
    nodes_[node].in_stack = true;
    stack_bytes_ += nodes_[node].bytes;
  }
  void leave_stack(NodeIndex node) {
    stack_.take_out(node);
    nodes_[node].in_stack = false;
    stack_bytes_ -= nodes_[node].bytes;
  }
  void move_to_top(NodeIndex node) { stack_.make_youngest(node); }
  void enter_queue(NodeIndex node) {
    queue_.push_young(node);
    hir_bytes_ += nodes_[node].bytes;
  }
  void leave_queue(NodeIndex node) {
    queue_.take_out(node);
    hir_bytes_ -= nodes_[node].bytes;
  }
  void become_lir(NodeIndex node) {
    nodes_[node].is_lir = true;
    lir_bytes_ += nodes_[node].bytes;
  }
  void forget_that_it_left(NodeIndex node) {
    left_.take_out(node);
    left_nodes_.erase(nodes_[node].key);
    nodes_[node].has_left = false;
  }
  void make_room_among_lir(std::int64_t bytes) {
    while (lir_bytes_ + bytes > lir_share_ && evict_lir()) {
    }
  }

  void evict_hir() {
    const NodeIndex node = queue_.oldest();
    leave_queue(node);
    dropped_.push(nodes_[node].slot);
    if (!nodes_[node].in_stack) return free_nodes_.push_back(node);
    nodes_[node].has_left = true;
    left_.push_young(node);
    left_nodes_.insert(nodes_[node].key, {node});
  }
  // The oldest LIR goes to the queue, if it may be there at all. False: there is none.
  bool evict_lir() {
    prune();
    if (stack_.empty() || !nodes_[stack_.oldest()].is_lir) return false;
    const NodeIndex node = stack_.oldest();
    leave_stack(node);
    nodes_[node].is_lir = false;
    lir_bytes_ -= nodes_[node].bytes;
    if (nodes_[node].bytes <= hir_share_) {
      while (hir_bytes_ + nodes_[node].bytes > hir_share_) evict_hir();
      enter_queue(node);
    } else {
      dropped_.push(nodes_[node].slot);
      free_nodes_.push_back(node);
    }
    prune();
    return true;
  }
  // What stands below the oldest LIR leaves the stack; the top stays, as it may be on its way to be one.
  void prune() {
    while (!stack_.empty() && stack_.oldest() != stack_.youngest() && !nodes_[stack_.oldest()].is_lir)
      drop_from_stack(stack_.oldest());
  }
  // A node that is no LIR.
  void drop_from_stack(NodeIndex node) {
    leave_stack(node);
    if (!nodes_[node].has_left) return;
    forget_that_it_left(node);
    free_nodes_.push_back(node);
  }
  void limit_stack() {
    while (stack_bytes_ > 2 * capacity_ && !left_.empty()) drop_from_stack(left_.oldest());
  }

  std::int64_t capacity_, hir_share_, lir_share_;
  std::int64_t lir_bytes_ = 0, hir_bytes_ = 0, stack_bytes_ = 0;
  std::vector<Node> nodes_;
  std::vector<NodeIndex> free_nodes_;
  SlotValues<NodeIndex> node_of_;
  std::vector<SlotLink> stack_links_, other_links_;  // by node
  SlotQueue stack_{stack_links_};
  SlotQueue queue_{other_links_}, left_{other_links_};
  ProbingTable<TableIndex> left_nodes_;  // by key
  TableIndex coming_;                    // what was announced, if it is one that has left
  DroppedSlots dropped_;
};

const bool offered = offer<CachePolicy, Lirs>("lirs", "what is used twice within a short distance stays");

}  // namespace
}  // namespace headroom
