// What a Maglev table is set by, whoever fills it: replicas that requests come to, shards that keys belong to.
#pragma once

#include <string>
#include <string_view>

#include "policies/sharding/hash_maps.hpp"
#include "sim/core/fields.hpp"

namespace headroom {

struct MaglevOptions {
  int table_size = static_cast<int>(hashing::default_maglev_table);

  void describe(Fields& field) {
    field("table_size", table_size, "slots of the table, a prime number; more make the shares more even", between(2, 5'000'011));
  }
  // `owners`: "replicas".
  FieldProblems problems_of(std::string_view owners) const {
    if (hashing::is_prime(static_cast<std::uint64_t>(table_size))) return {};
    return {{"table_size",
             "must be a prime number, as 65537 or 655373: else some " + std::string{owners} + " would not reach every slot"}};
  }
};

}  // namespace headroom
