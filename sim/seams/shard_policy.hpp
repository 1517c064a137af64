// ShardPolicy: decides rarely, serves as a ShardMap. Two maps compared give the keys that move on a resize.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

namespace headroom {

// From a key to a shard, 0 … count-1. Immutable.
class ShardMap {
 public:
  virtual ~ShardMap() = default;
  // Where the key is written.
  virtual std::uint32_t shard_of(std::uint64_t key) const = 0;
  // Reads of the key are spread over so many shards (>= 1) …
  virtual std::uint32_t copies_of(std::uint64_t) const { return 1; }
  // … of which this is one; copy < copies_of(key).
  virtual std::uint32_t shard_of_copy(std::uint64_t key, std::uint32_t) const { return shard_of(key); }
};

class ShardPolicy {
 public:
  static constexpr std::string_view seam = "sharding";
  static constexpr std::string_view discriminator = "policy";
  struct Context {};

  virtual ~ShardPolicy() = default;
  // shards >= 1.
  virtual std::unique_ptr<ShardMap> map(std::uint32_t shards) const = 0;
};

}  // namespace headroom
