// ObjectStore: which tier each object of a store lies in, what using it takes, and what the store costs.
//
// Every item of the store's key is an object from the start. Of the objects at rest only the number is kept: they lie in the
// tiers in the shares that follow from the ages, in expectation and with the mean size. At rest is what nobody has touched yet,
// and again what has come to the last tier, for at least as long as is paid for anyway, in as many versions as at the start. A
// touch draws the object's own age: whoever has come to the last tier since the start is found there by its age at the start too,
// so nothing is lost with what is forgotten. Memory goes with those in use: touched within the age of the last tier and its
// minimum, or written in delta versions. No allocation once as many have been in use at a time as will be.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "sim/cluster/blueprint.hpp"
#include "sim/cluster/program.hpp"
#include "sim/core/probing_table.hpp"
#include "sim/measure/bill.hpp"
#include "sim/measure/recorder.hpp"

namespace headroom {

class ObjectStore {
 public:
  ObjectStore(const Blueprint& blueprint, const StoreBlueprint& described, RandomStreams& streams, Recorder& recorder);

  Index key() const { return key_; }
  // Seconds that it takes, from now on, and bytes that move; what else it changes, it changes at once.
  struct Use {
    double seconds = 0.0, bytes = 0.0;
  };
  Use read(std::uint64_t key, Bytes size, std::uint64_t draw_id, SimTime now);
  Use write(std::uint64_t key, Bytes size, std::uint64_t draw_id, SimTime now);
  Index region() const { return described_.region; }
  // What it comes to by counts of requests and bytes, and by what has lain there up to now.
  void add_charges(SimTime now, std::vector<Charge>& charges) const;
  // Brings what is sampled up to now: bytes by tier, and their cost.
  void refresh(SimTime now);
  std::size_t in_use() const { return by_key_.size(); }

 private:
  struct Object {
    std::uint64_t key = 0;
    double size = 0.0;  // of a whole version, bytes
    std::int64_t versions = 1;
    Index tier = 0;
    SimTime used, entered;      // used: last; by frequency the instant at which its count is 1; entered: its tier
    SimTime available;          // until then it is on its way to the first tier
    SimTime due = end_of_time;  // when it is looked at next
  };
  // Bytes × seconds, exact: with t_i the instants of entering and u_i those of leaving, level × now - sum(t_i) + sum(u_i).
  struct Holding {
    double level = 0.0, offset = 0.0;
    void enter(SimTime at, double amount) {
      level += amount;
      offset -= amount * to_seconds(at - start_of_time);
    }
    double integral(SimTime now) const { return level * to_seconds(now - start_of_time) + offset; }
  };
  struct Tier {
    StorageTierBlueprint described;
    Demand latency;
    Holding bytes;                  // of objects in use
    double share = 0.0;             // of the others, at the last refresh
    double resting_seconds = 0.0;   // objects × seconds, up to then
    double early_departures = 0.0;  // US dollars
    double reads = 0.0, writes = 0.0, bytes_read = 0.0;
    Counter* requests = nullptr;
    Gauge* stored = nullptr;
    Counter* cost = nullptr;  // of what lies here; where it has a price
  };
  struct Due {
    SimTime at;
    Index object = no_index;
    bool operator<(const Due& other) const { return at > other.at; }  // a heap with the earliest on top
  };

  Index touch(std::uint64_t key, Bytes size, SimTime now);
  Index add_object(std::uint64_t key, Bytes size, SimTime now);
  Index tier_at(Duration age) const;
  void count_use(Object& object, SimTime now) const;
  // By frequency a read may bring it nearer to the first tier, by age to that itself.
  void promote(Object& object, SimTime now, double latency);
  void settle(SimTime now);
  void look_again(Index object, SimTime now);
  SimTime rests_at(const Object& object) const;
  void forget(Index object, SimTime at);
  void move(Object& object, Index tier, SimTime at);
  // Objects at rest × seconds since the last refresh.
  double rested(SimTime now) const { return resting_.integral(now) - resting_before_; }
  BillPart part_of(CostKind kind, const std::string& component) const;
  BillPart requests_part() const;
  BillPart retrieval_part() const;
  // Whole bytes: what has come and gone leaves exactly nothing.
  double stored_bytes(const Object& object) const { return std::round(object.size * chain_.stored_with(object.versions)); }

  Index key_ = no_index;
  bool promotes_ = false;
  DeltaChain chain_;
  StoreBlueprint described_;
  Demand ages_;
  double mean_bytes_ = 0.0;      // of an object at rest with its versions
  double half_life_ = 0.0;       // seconds
  Holding resting_;              // objects
  double resting_before_ = 0.0;  // its integral at the last refresh
  std::vector<Tier> tiers_;
  std::vector<Object> objects_;  // those in use, and free ones
  std::vector<Index> free_;
  ProbingTable<TableIndex> by_key_;  // into objects_
  std::vector<Due> dues_;
  DurationInstrument* time_ = nullptr;
  Counter* request_cost_ = nullptr;
  Counter* retrieval_cost_ = nullptr;
};

}  // namespace headroom
