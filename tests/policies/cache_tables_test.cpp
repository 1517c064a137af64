// The cache policies against the miss counts of libCacheSim on its own trace, to the request. Applicable rows: those whose
// algorithm is offered here under the same name.
#include <iostream>

#include "tests/policies/cache_under_test.hpp"

namespace headroom {
namespace {

struct Misses {
  std::int64_t count = 0;
  std::int64_t bytes = 0;
};

Misses replay(const std::string& policy, std::int64_t capacity, bool unit_size) {
  CacheUnderTest cache{policy, capacity};
  Misses misses;
  for (const CacheRequest& request : block_trace()) {
    if (cache.get(request.key, unit_size ? 1 : request.size)) continue;
    ++misses.count;
    misses.bytes += request.size;
  }
  return misses;
}

TEST(CacheTables, MissAsOftenAsLibCacheSimByBytes) {
  const Json table = reference_table("cache/libcachesim_bytes.json");
  HEADROOM_SKIP_WITHOUT(table);
  if (block_trace().empty()) GTEST_SKIP() << "no trace, or no xz to read it";
  ASSERT_EQ(block_trace().size(), table.at("trace").at("requests").get<std::size_t>());
  int compared = 0;
  for (const Json& row : table.at("rows")) {
    const std::string policy = policy_for(row.at("algorithm"));
    if (policy.empty()) continue;
    for (std::size_t i = 0; i < table.at("capacity_bytes").size(); ++i) {
      const Misses misses = replay(policy, table.at("capacity_bytes").at(i), false);
      EXPECT_EQ(misses.count, row.at("miss_count").at(i).get<std::int64_t>()) << policy << " " << i;
      EXPECT_EQ(misses.bytes, row.at("miss_bytes").at(i).get<std::int64_t>()) << policy << " " << i;
      ++compared;
    }
  }
  std::cout << compared << " columns of libcachesim_bytes compared\n";
  EXPECT_GT(compared, 0);
}

TEST(CacheTables, MissAsOftenAsLibCacheSimByObjects) {
  const Json table = reference_table("cache/libcachesim_unit.json");
  HEADROOM_SKIP_WITHOUT(table);
  if (block_trace().empty()) GTEST_SKIP() << "no trace, or no xz to read it";
  int compared = 0;
  for (const Json& row : table.at("rows")) {
    const std::string policy = policy_for(row.at("algorithm"));
    if (policy.empty() || !row.at("exact").get<bool>()) continue;
    for (std::size_t i = 0; i < table.at("capacity_objects").size(); ++i) {
      EXPECT_EQ(replay(policy, table.at("capacity_objects").at(i), true).count, row.at("miss_count").at(i).get<std::int64_t>())
          << policy << " " << i;
      ++compared;
    }
  }
  std::cout << compared << " columns of libcachesim_unit compared\n";
  EXPECT_GT(compared, 0);
}

TEST(CacheTables, AgreeOnTinyTracesRequestByRequest) {
  const Json table = reference_table("cache/tiny_traces.json");
  HEADROOM_SKIP_WITHOUT(table);
  int compared = 0;
  for (const Json& row : table.at("rows")) {
    const std::string policy = policy_for(row.at("algorithm"));
    if (policy.empty()) continue;
    CacheUnderTest cache{policy, row.at("capacity")};
    EXPECT_EQ(cache.replay(row.at("requests")), row.at("result").get<std::string>()) << row.dump();
    ++compared;
  }
  std::cout << compared << " rows of tiny_traces compared\n";
  EXPECT_GT(compared, 0);
}

}  // namespace
}  // namespace headroom
