#include <gtest/gtest.h>

#include <set>

#include "sim/core/random.hpp"
#include "tests/policies/replayed_requests.hpp"

namespace headroom {
namespace {

std::vector<CacheRequest> random_requests(std::uint64_t seed, bool unit_sizes) {
  RandomStream random{seed};
  std::vector<CacheRequest> requests(20'000);
  for (CacheRequest& request : requests) {
    request.key = random.below(1 + random.below(600));
    request.bytes = unit_sizes ? 1 : 1 + static_cast<std::int64_t>(request.key * 7 % 13);
  }
  tell_next(requests);
  return requests;
}

std::vector<PolicyChoice> all_policies() {
  std::vector<PolicyChoice> all;
  for (const std::string& name : RegistryOf<CachePolicy>::instance().names())
    all.push_back(RegistryOf<CachePolicy>::instance().choose(name));
  for (const std::string& name : RegistryOf<OfflineCachePolicy>::instance().names())
    all.push_back(RegistryOf<OfflineCachePolicy>::instance().choose(name));
  return all;
}

std::uint64_t misses_of(const PolicyChoice& policy, std::int64_t capacity, const std::vector<CacheRequest>& requests) {
  ReplayedCache cache{policy, capacity};
  for (const CacheRequest& request : requests) cache.request(request);
  return cache.misses();
}

TEST(CacheLaws, EveryPolicyKeepsToTheCapacityAndHitsWhatIsThere) {
  for (const PolicyChoice& policy : all_policies()) {
    for (const std::int64_t capacity : {1, 2, 7, 100, 1500}) {
      ReplayedCache cache{policy, capacity};
      for (const CacheRequest& request : random_requests(3, false)) {
        const bool there = cache.holds(request.key);
        ASSERT_EQ(cache.request(request), there) << policy.name << " " << capacity;
        ASSERT_LE(cache.used(), capacity) << policy.name;
        ASSERT_GE(cache.used(), 0) << policy.name;
      }
    }
  }
}

TEST(CacheLaws, NothingMissesLessThanBeladyWithUnitSizes) {
  const PolicyChoice belady = RegistryOf<OfflineCachePolicy>::instance().choose("belady");
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    const auto requests = random_requests(seed, true);
    for (const std::int64_t capacity : {1, 3, 20, 150}) {
      const std::uint64_t bound = misses_of(belady, capacity, requests);
      for (const PolicyChoice& policy : all_policies()) {
        // What a policy does not admit at all makes no room: that Belady, who always admits, cannot do.
        if (policy.name == "w-tiny-lfu" || policy.name == "s3-fifo") continue;
        EXPECT_GE(misses_of(policy, capacity, requests), bound) << policy.name << " " << capacity;
      }
    }
  }
}

// Mattson: what LRU holds, a larger LRU holds too. The same holds of the optimum.
TEST(CacheLaws, StackPoliciesNeverMissMoreWithMoreRoom) {
  const auto requests = random_requests(5, true);
  for (const PolicyChoice& policy :
       {RegistryOf<CachePolicy>::instance().choose("lru"), RegistryOf<OfflineCachePolicy>::instance().choose("belady")}) {
    std::uint64_t before = requests.size();
    for (const std::int64_t capacity : {1, 2, 5, 10, 20, 50, 100, 200, 400}) {
      const std::uint64_t misses = misses_of(policy, capacity, requests);
      EXPECT_LE(misses, before) << policy.name << " " << capacity;
      before = misses;
    }
  }
}

TEST(CacheLaws, ALargeEnoughCacheMissesEveryObjectOnce) {
  const auto requests = random_requests(6, true);
  std::set<std::uint64_t> objects;
  for (const CacheRequest& request : requests) objects.insert(request.key);
  for (const PolicyChoice& policy : all_policies()) {
    // Room for all in each of their parts.
    EXPECT_EQ(misses_of(policy, 100'000, requests), objects.size()) << policy.name;
  }
}

}  // namespace
}  // namespace headroom
