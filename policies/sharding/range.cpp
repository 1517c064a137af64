// Range: the key space cut into consecutive ranges, one per shard.
//
//   place of a key, 0 … 1: key / key_count, or to_unit(mix(key)) when the order of keys has nothing to do with how often they are
//   asked equal ranges: shard = floor(place × n); with split points p: the range that the place lies in
//
// With split points more shards halve the widest range, again and again, and fewer give the range of the last shard to its
// neighbour: that moves half a range, where from n to n + 1 equal ranges half of all keys move. Keys that are asked in order (the
// newest most) meet on one shard: with `key_count` the keys, which are numbered by popularity, lie in that order.
//
// Source:  Chang et al., "Bigtable", OSDI 2006: tablets are row ranges that split in two.
// Differs: splits come with the number of shards, not when a range has grown to a size; the middle of the key space, not of the
// data.
#include <algorithm>
#include <vector>

#include "sim/core/fields.hpp"
#include "sim/core/random.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/shard_policy.hpp"

namespace headroom {
namespace {

struct KeyRange {
  double begin = 0.0;
  double end = 1.0;
  std::uint32_t shard = 0;
};

std::vector<KeyRange> equal_ranges(std::uint32_t shards) {
  std::vector<KeyRange> ranges;
  for (std::uint32_t shard = 0; shard < shards; ++shard)
    ranges.push_back({double(shard) / shards, (shard + 1.0) / shards, shard});
  return ranges;
}

void split_widest(std::vector<KeyRange>& ranges) {
  const auto widest = std::ranges::max_element(ranges, {}, [](const KeyRange& range) { return range.end - range.begin; });
  const double middle = (widest->begin + widest->end) / 2.0;
  const KeyRange upper{middle, widest->end, static_cast<std::uint32_t>(ranges.size())};
  widest->end = middle;
  ranges.insert(widest + 1, upper);
}

void merge_last(std::vector<KeyRange>& ranges) {
  const auto last = std::ranges::max_element(ranges, {}, &KeyRange::shard);
  if (last == ranges.begin())
    (last + 1)->begin = last->begin;
  else
    (last - 1)->end = last->end;
  ranges.erase(last);
}

std::vector<KeyRange> split_ranges(const std::vector<Ratio>& points, std::uint32_t shards) {
  std::vector<KeyRange> ranges;
  double begin = 0.0;
  for (const Ratio point : points) {
    ranges.push_back({begin, point.value, static_cast<std::uint32_t>(ranges.size())});
    begin = point.value;
  }
  ranges.push_back({begin, 1.0, static_cast<std::uint32_t>(ranges.size())});
  while (ranges.size() < shards) split_widest(ranges);
  while (ranges.size() > shards) merge_last(ranges);
  return ranges;
}

class RangeMap final : public ShardMap {
 public:
  RangeMap(std::vector<KeyRange> ranges, std::int64_t key_count)
      : ranges_{std::move(ranges)}, key_count_{static_cast<double>(key_count)} {}
  std::uint32_t shard_of(std::uint64_t key) const override {
    const double place = key_count_ > 0.0 ? static_cast<double>(key) / key_count_ : to_unit(mix(key));
    const auto after = std::ranges::upper_bound(ranges_, place, {}, &KeyRange::begin);
    return (after - 1)->shard;
  }

 private:
  std::vector<KeyRange> ranges_;  // the first begins at 0
  double key_count_;
};

class KeyRanges final : public ShardPolicy {
 public:
  struct Options {
    std::vector<Ratio> split_points;
    std::int64_t key_count = 0;

    void describe(Fields& field) {
      field("split_points", split_points, "where ranges end, as parts of the key space in rising order; none: equal ranges",
            between(0.0, 1.0))("key_count", key_count,
                               "keys in the key space, if their order is that of their popularity; 0: their order is any",
                               at_least(0));
    }
    FieldProblems problems() const {
      double before = 0.0;
      for (const Ratio point : split_points) {
        if (point.value <= before || point.value >= 1.0)
          return {{"split_points", "must rise strictly between 0 and 1, as [0.25, 0.5, 0.75]"}};
        before = point.value;
      }
      return {};
    }
  };
  KeyRanges(const Options& options, const Context&) : options_{options} {}

  std::unique_ptr<ShardMap> map(std::uint32_t shards) const override {
    auto ranges = options_.split_points.empty() ? equal_ranges(shards) : split_ranges(options_.split_points, shards);
    return std::make_unique<RangeMap>(std::move(ranges), options_.key_count);
  }

 private:
  Options options_;
};

const bool offered = offer<ShardPolicy, KeyRanges>("range", "consecutive ranges of the key space, equal or with split points");

}  // namespace
}  // namespace headroom
