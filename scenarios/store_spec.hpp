// Object stores with tiers as a file spells them: part of a Scenario.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/step_spec.hpp"
#include "sim/cluster/store_blueprint.hpp"
#include "sim/core/fields.hpp"

namespace headroom {

struct StorageTierSpec {
  static constexpr std::string_view type_name = "storage_tier";
  std::string name;
  Duration after{};
  std::optional<double> below;
  DistributionField latency;
  std::optional<BytesPerSecond> bandwidth;
  Dollars price_per_gb_month, price_per_1000_reads, price_per_1000_writes, retrieval_price_per_gb;
  Duration minimum{};
  void describe(Fields& field);
};

struct DeltaSpec {
  static constexpr std::string_view type_name = "delta";
  std::int64_t versions = 1;
  std::int64_t snapshot_every = 10;
  Ratio share{0.1};
  void describe(Fields& field);
};

struct StoreSpec {
  static constexpr std::string_view type_name = "store";
  std::string name;
  ToKey key;
  std::vector<StorageTierSpec> tiers;
  std::optional<Duration> half_life;
  bool promote_on_read = false;
  DistributionField ages;
  std::optional<DeltaSpec> delta;
  ToRegion region;
  void describe(Fields& field);
};

// `key`: its index.
StoreBlueprint build_store(const StoreSpec& spec, Index key);

}  // namespace headroom
