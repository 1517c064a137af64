// What is called per request does not allocate, once everything has been seen.
#include "sim/core/random.hpp"
#include "sim/seams/admission_policy.hpp"
#include "sim/seams/balancer.hpp"
#include "sim/seams/cache_policy.hpp"
#include "sim/seams/shard_policy.hpp"
#include "tests/support/allocation_counter.hpp"
#include "tests/policies/policy_under_test.hpp"
#include "tests/support/sanitizers.hpp"

namespace headroom {
namespace {

template <class Work>
std::size_t allocations_of(Work&& work) {
  const std::size_t before = allocations_so_far();
  work();
  return allocations_so_far() - before;
}

TEST(RequestPath, CountsAllocationsAtAll) {
  std::vector<int> grown;
  EXPECT_EQ(allocations_of([&] { grown.resize(1000); }), 1U);
  EXPECT_EQ(grown.size(), 1000U);
}

TEST(RequestPath, BalancersDoNotAllocate) {
  const std::vector<std::uint32_t> in_flight = {3, 1, 4, 1, 5};
  for (const std::string& name : RegistryOf<Balancer>::instance().names()) {
    const auto balancer = policy<Balancer>({{"policy", name}});
    RandomStream random;
    balancer->pick(in_flight, random);
    EXPECT_EQ(allocations_of([&] {
                for (int i = 0; i < 10'000; ++i) balancer->pick(in_flight, random);
              }),
              0U)
        << name;
  }
}

TEST(RequestPath, AdmissionPoliciesDoNotAllocate) {
  for (const std::string& name : RegistryOf<AdmissionPolicy>::instance().names()) {
    const auto admission = policy<AdmissionPolicy>({{"policy", name}});
    EXPECT_EQ(allocations_of([&] {
                for (unsigned i = 0; i < 10'000; ++i) {
                  const AdmissionView view{.now = SimTime{std::chrono::milliseconds{i}}, .in_flight = i % 300, .waiting = i % 200};
                  admission->admits(view, static_cast<std::uint8_t>(i % 256));
                  admission->longest_wait(view);
                  admission->serves(view, std::chrono::milliseconds{i % 30});
                  admission->answered({.now = view.now, .round_trip = std::chrono::milliseconds{i % 50}, .in_flight = i % 300, .dropped = i % 7 == 0});
                }
              }),
              0U)
        << name;
  }
}

TEST(RequestPath, ShardMapsDoNotAllocate) {
  for (const std::string& name : RegistryOf<ShardPolicy>::instance().names()) {
    const auto map = policy<ShardPolicy>({{"policy", name}})->map(8);
    std::uint64_t sum = 0;
    EXPECT_EQ(allocations_of([&] {
                for (std::uint64_t key = 0; key < 10'000; ++key) sum += map->shard_of(key);
              }),
              0U)
        << name;
    EXPECT_GT(sum, 0U);
  }
}

// A tier of 2000 unit objects over 20,000 keys, in plain arrays of its own.
class PlainTier {
 public:
  explicit PlainTier(CachePolicy& cache_policy) : policy_{cache_policy}, slot_of_(keys, 0), key_of_(places), free_(places) {
    for (std::uint32_t slot = 0; slot < places; ++slot) free_[slot] = slot;
  }
  void run(RandomStream& random, int requests) {
    for (int i = 0; i < requests; ++i) get(random.below(1 + random.below(keys)));
  }

 private:
  static constexpr std::uint64_t keys = 20'000;
  static constexpr std::uint32_t places = 2000;
  void get(std::uint64_t key) {
    if (slot_of_[key] != 0) {
      policy_.hit(slot_of_[key] - 1);
      return release_dropped();
    }
    policy_.announce(key, {1});
    if (used_ == places) release(policy_.evict());
    const CachePolicy::Slot slot = free_[used_++];
    key_of_[slot] = key;
    slot_of_[key] = slot + 1;
    policy_.insert(slot, key, {1});
    release_dropped();
  }
  void release(CachePolicy::Slot slot) {
    slot_of_[key_of_[slot]] = 0;
    free_[--used_] = slot;
  }
  void release_dropped() {
    for (auto slot = policy_.dropped(); slot != CachePolicy::no_slot; slot = policy_.dropped()) release(slot);
  }
  CachePolicy& policy_;
  std::vector<std::uint32_t> slot_of_;  // 1 + slot; 0: not resident
  std::vector<std::uint64_t> key_of_;
  std::vector<std::uint32_t> free_;  // from used_ on
  std::uint32_t used_ = 0;
};

TEST(RequestPath, CachePoliciesDoNotAllocateAfterWarmUp) {
  for (const std::string& name : RegistryOf<CachePolicy>::instance().names()) {
    const auto cache = policy<CachePolicy>({{"policy", name}}, {.capacity = {2000}});
    PlainTier tier{*cache};
    RandomStream random{4};
    tier.run(random, 100'000);
    EXPECT_EQ(allocations_of([&] { tier.run(random, test::repetitions(1'000'000)); }), 0U) << name;
  }
}

}  // namespace
}  // namespace headroom
