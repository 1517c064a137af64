// Caching, line by line: requests for objects, hits and misses, and who left.
#include <unordered_map>

#include <fmt/format.h>

#include "decisions/observed_key.hpp"
#include "decisions/seam.hpp"
#include "models/caches/replayed_cache.hpp"

namespace headroom::decisions {
namespace {

class CachingDecisions {
 public:
  using Interface = CachePolicy;
  struct Context {
    Bytes capacity;
    void describe(Fields& field) {
      field.required("capacity", capacity, "of the cache; objects without a size count 1 B, so that \"100 B\" are 100 of them",
                     between(1.0, 1e18));
    }
  };
  struct Observation {
    ObservedKey object;
    Bytes size{1};
    void describe(Fields& field) {
      object.describe(field);
      field("size", size, "of the object", at_least(0.0));
    }
  };

  CachingDecisions(const PolicyChoice& choice, const Context& context) : cache_{choice, context.capacity.count} {
    cache_.tell_who_leaves(&left_);
  }
  FieldProblems check(const Observation&) { return {}; }

  Json decide(const Observation& seen) {
    left_.clear();
    const std::uint64_t key = seen.object.number();
    if (seen.object.text) texts_.emplace(key, *seen.object.text);
    const bool hit = cache_.request({.key = key, .bytes = seen.size.count});
    (hit ? hits_ : misses_) += 1;
    Json evicted = Json::array();
    for (const std::uint64_t gone : left_) evicted.push_back(written(gone));
    return {{"key", seen.object.as_written()}, {"hit", hit}, {"evicted", std::move(evicted)}, {"reason", reason(hit, key, seen)}};
  }

  Json summary() const {
    const auto requests = static_cast<double>(hits_ + misses_);
    return {{"requests", hits_ + misses_},
            {"misses", misses_},
            {"missed_bytes", cache_.missed_bytes()},
            {"miss_ratio", requests > 0.0 ? static_cast<double>(misses_) / requests : 0.0}};
  }

 private:
  std::string reason(bool hit, std::uint64_t key, const Observation& seen) const {
    if (hit) return "is there";
    if (seen.size.count > cache_.capacity()) return "is larger than the cache";
    if (!cache_.holds(key)) return "was not there, and may not enter";
    return left_.empty() ? "was not there; there was room" : fmt::format("was not there; {} had to leave", left_.size());
  }
  Json written(std::uint64_t key) const {
    const auto text = texts_.find(key);
    if (text != texts_.end()) return text->second;
    return key;
  }

  ReplayedCache cache_;
  std::vector<std::uint64_t> left_;
  std::unordered_map<std::uint64_t, std::string> texts_;  // of keys that are texts
  std::uint64_t hits_ = 0, misses_ = 0;
};

const bool offered =
    offer_decisions<CachingDecisions>("a request for an object; what missed enters", R"({"text": "user:17", "size": "4 KiB"})");

}  // namespace
}  // namespace headroom::decisions
