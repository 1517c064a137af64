#include <deque>

#include "sim/core/random.hpp"
#include "tests/policies/cache_under_test.hpp"

namespace headroom {
namespace {

// Capacity 20: small 2, main 18, ghosts worth 18; objects of size 1.
void fill(CacheUnderTest& cache, std::uint64_t first, std::uint64_t count) {
  for (std::uint64_t key = first; key < first + count; ++key) cache.get(key);
}

TEST(S3Fifo, LetsWhatIsUsedOncePassThrough) {
  CacheUnderTest cache{"s3-fifo", 20};
  fill(cache, 0, 20);
  for (int hits = 0; hits < 2; ++hits) cache.get(0);
  fill(cache, 100, 40);  // a scan twice as long as the cache
  EXPECT_TRUE(cache.holds(0)) << "two hits in small earn a place in main";
  EXPECT_FALSE(cache.holds(1));
}

TEST(S3Fifo, NeedsTwoHitsForMain) {
  CacheUnderTest cache{"s3-fifo", 20};
  fill(cache, 0, 20);
  cache.get(0);
  fill(cache, 100, 1);
  EXPECT_FALSE(cache.holds(0));
}

TEST(S3Fifo, AdmitsAGhostToMain) {
  CacheUnderTest cache{"s3-fifo", 20};
  fill(cache, 0, 21);  // 0 leaves small and is remembered
  ASSERT_FALSE(cache.holds(0));
  cache.get(0);  // comes back, to main
  fill(cache, 100, 40);
  EXPECT_TRUE(cache.holds(0));
}

TEST(S3Fifo, ForgetsGhostsBeyondTheirShare) {
  CacheUnderTest cache{"s3-fifo", 20};
  fill(cache, 0, 20 + 19);  // 19 keys have left, 18 are remembered
  cache.get(0);
  fill(cache, 100, 40);
  EXPECT_FALSE(cache.holds(0));
}

TEST(S3Fifo, FindsAGhostThatTheEvictionForItWouldPushOut) {
  CacheUnderTest cache{"s3-fifo", 20};
  fill(cache, 0, 20 + 18);  // exactly 0 … 17 are remembered; making room for 0 adds one more
  cache.get(0);
  fill(cache, 100, 40);
  EXPECT_TRUE(cache.holds(0));
}

TEST(S3Fifo, AdmitsNothingThatFillsTheSmallShare) {
  const auto cache = policy<CachePolicy>({{"policy", "s3-fifo"}}, {.capacity = {1000}});
  EXPECT_TRUE(cache->admits({99}));
  EXPECT_FALSE(cache->admits({100}));
}

TEST(S3Fifo, HasNoGhostsAfterAFlush) {
  CacheUnderTest cache{"s3-fifo", 20};
  fill(cache, 0, 25);
  cache.flush();
  cache.get(0);
  fill(cache, 100, 40);
  EXPECT_FALSE(cache.holds(0));
}

// The rules once more with plain queues and linear searches.
class PlainS3Fifo {
 public:
  explicit PlainS3Fifo(std::int64_t capacity)
      : capacity_{capacity}, small_share_{capacity / 10}, ghost_share_{capacity * 9 / 10} {}

  bool get(std::uint64_t key, std::int64_t size) {
    if (Object* object = find(small_, key)) return ++object->hits, true;
    const auto ghost = std::ranges::find(ghosts_, key, &Object::key);
    const bool was_ghost = ghost != ghosts_.end();
    if (was_ghost) ghosts_.erase(ghost);
    if (Object* object = find(main_, key)) return ++object->hits, true;
    if (size >= small_share_) return false;
    while (bytes(small_) + bytes(main_) + size > capacity_) evict();
    (was_ghost ? main_ : small_).push_back({key, size, 0});
    return false;
  }

 private:
  struct Object {
    std::uint64_t key;
    std::int64_t size;
    int hits;
  };
  static Object* find(std::deque<Object>& queue, std::uint64_t key) {
    const auto found = std::ranges::find(queue, key, &Object::key);
    return found == queue.end() ? nullptr : &*found;
  }
  static std::int64_t bytes(const std::deque<Object>& queue) {
    std::int64_t sum = 0;
    for (const Object& object : queue) sum += object.size;
    return sum;
  }
  void remember(const Object& object) {
    while (bytes(ghosts_) + object.size > ghost_share_) ghosts_.pop_front();
    ghosts_.push_back(object);
  }
  void evict() {
    if (bytes(main_) > capacity_ - small_share_ || small_.empty()) {
      while (main_.front().hits > 0) {
        Object object = main_.front();
        main_.pop_front();
        object.hits = std::min(object.hits, 3) - 1;
        main_.push_back(object);
      }
      main_.pop_front();
      return;
    }
    while (!small_.empty()) {
      Object object = small_.front();
      small_.pop_front();
      if (object.hits < 2) return remember(object);
      object.hits = 0;
      main_.push_back(object);
    }
  }
  std::int64_t capacity_, small_share_, ghost_share_;
  std::deque<Object> small_, main_, ghosts_;
};

TEST(S3Fifo, DoesAsPlainQueuesDo) {
  CacheUnderTest cache{"s3-fifo", 3000};
  PlainS3Fifo plain{3000};
  RandomStream random{2};
  for (int i = 0; i < 60'000; ++i) {
    const std::uint64_t key = random.below(1 + random.below(1500));
    const std::int64_t size = 1 + static_cast<std::int64_t>(key * 7 % 13);
    ASSERT_EQ(cache.get(key, size), plain.get(key, size)) << i;
  }
}

}  // namespace
}  // namespace headroom
