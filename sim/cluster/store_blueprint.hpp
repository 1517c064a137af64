// Object stores with tiers: part of a Blueprint.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/cluster/step_blueprint.hpp"
#include "sim/core/distribution.hpp"
#include "sim/core/time.hpp"
#include "sim/core/units.hpp"

namespace headroom {

struct StorageTierBlueprint {
  std::string name;
  Distribution latency;                        // to the first byte, of a read or a write
  BytesPerSecond bandwidth;                    // of one stream; 0: the bytes take no time
  Duration after{};                            // objects of this age lie here; the first tier: 0 (StoreBlueprint::half_life)
  Duration minimum{};                          // what leaves earlier pays for the rest of it
  double price = 0.0;                          // US dollars per byte and second
  double read_price = 0.0, write_price = 0.0;  // per request
  double retrieval_price = 0.0;                // per byte read
};

// Versions of an object: a whole one now and then, between them what has changed.
struct DeltaChain {
  std::int64_t snapshot_every = 1;  // versions; 1: every version is whole
  double share = 1.0;               // size of a change, of the whole

  // Wholes in place of one version, for versions 1, 2, …
  double written_by(std::int64_t version) const { return is_snapshot(version) ? 1.0 : share; }
  double stored_with(std::int64_t versions) const {
    const auto snapshots = static_cast<double>((versions + snapshot_every - 1) / snapshot_every);
    return snapshots + share * (static_cast<double>(versions) - snapshots);
  }
  // The last snapshot and every change since.
  double read_of(std::int64_t version) const { return 1.0 + share * static_cast<double>((version - 1) % snapshot_every); }

 private:
  bool is_snapshot(std::int64_t version) const { return (version - 1) % snapshot_every == 0; }
};

struct StoreBlueprint {
  std::string name;
  Index key = no_index;  // into Blueprint::keys: every one of its items is an object that is there from the start
  std::vector<StorageTierBlueprint> tiers;
  // Zero: an object's age is the time since it was last read or written. Else tiers are by frequency: every use counts 1, which
  // halves in this time; of an object whose count is c the age is -half_life × log2(c), negative for c > 1.
  Duration half_life{};
  bool promote_on_read = false;  // by age: a read brings an object to the first tier; a write always does
  Distribution ages;             // seconds since an object was last used, at the start
  DeltaChain chain;
  std::int64_t versions = 1;  // of each object at the start
  // Where it lies: its bytes are counted by where they go, and who is elsewhere is a round trip away. None: wherever it is used.
  Index region = no_index;
};

// What a store is called on the bill, beside "NAME (TIER)" for what lies in a tier.
inline std::string storage_component(const std::string& store, const std::string& tier) { return store + " (" + tier + ")"; }
inline std::string store_requests_component(const std::string& store) { return store + " (requests)"; }
inline std::string retrieval_component(const std::string& store) { return store + " (retrieval)"; }

}  // namespace headroom
