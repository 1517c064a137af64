// ReplicationLog: the writes of one shard in the order in which they were committed, and how far each copy has applied them.
//
// A copy applies in that order: a write whose own lag is short waits for those before it. No allocation once as many writes have
// been on their way as are at a time.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/cluster/step_blueprint.hpp"
#include "sim/core/probing_table.hpp"
#include "sim/core/time.hpp"

namespace headroom {

class ReplicationLog {
 public:
  explicit ReplicationLog(Index copies);

  // A write of this key, at all copies at once but for those it is then shipped to. `now` never goes back.
  void commit(std::uint64_t key, SimTime now);
  // The last write reaches `copy` at `arrival`. Returns when it is applied there.
  SimTime ship(Index copy, SimTime arrival);
  // How many writes `copy` has not applied yet.
  std::uint64_t unapplied(Index copy, SimTime now);
  // Whether the newest write of the key is among them.
  bool is_behind(Index copy, std::uint64_t key, SimTime now);
  // What `leader` has not applied never happened; the other copies keep no more than it has.
  void forget_unapplied(Index leader, SimTime now);
  // The copy has everything.
  void catch_up(Index copy, SimTime now);

 private:
  struct Newest {
    std::uint64_t write = 0;  // number of the key's newest write; the first of all is 1
    bool in_use() const { return write != 0; }
  };
  struct Copy {
    std::uint64_t applied = 0;  // number of the last write applied; brought up to date when somebody asks
    SimTime last{};             // when the last write shipped is applied
  };

  SimTime& time_of(std::uint64_t write, Index copy) { return times_[(write & (capacity_ - 1)) * copies_.size() + copy]; }
  void bring(Index copy, SimTime now);
  std::uint64_t applied_everywhere(SimTime now);
  // everywhere: number of the last write that all copies have.
  void make_room(std::uint64_t everywhere);
  void remember(std::uint64_t key, std::uint64_t everywhere);

  std::vector<Copy> copies_;
  std::size_t capacity_ = 16;    // writes on their way, a power of two
  std::vector<SimTime> times_;   // [write modulo capacity × copies + copy]: when it is applied
  std::uint64_t last_ = 0;       // number of the last write; the first is 1
  ProbingTable<Newest> newest_;  // by key
};

}  // namespace headroom
