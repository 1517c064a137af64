// Directory: a table says where each key stands that matters; hot keys are placed by their load and, too hot for one, split.
//
//   keys of `assignments`: there; keys with a known load: heaviest first, to the shards that have the least so far
//   a key of load l is split over k = min(n, ceil(l × n / split_above)) shards: its reads are spread over k, each with l / k
//   every other key: mix(key) mod n
//
// Longest processing time first loads no shard more than 4/3 - 1/(3n) of what the best assignment would.
//
// Source:  Graham, "Bounds on Multiprocessing Timing Anomalies", SIAM J. Appl. Math. 17(2), 1969 (the order);
//          Adya et al., "Slicer", OSDI 2016 (a directory by observed load; hot keys on several tasks).
// Differs: decides once per number of shards, from loads as they were observed, not again and again; writes of a split key go to
//          its first shard alone, so keeping its copies alike costs nothing here.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <unordered_map>
#include <vector>

#include "sim/core/fields.hpp"
#include "sim/core/random.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/shard_policy.hpp"

namespace headroom {
namespace {

struct Assignment {
  static constexpr std::string_view type_name = "shard_assignment";
  std::int64_t key = 0;
  int shard = 0;

  void describe(Fields& field) {
    field.required("key", key, "number of the key, the most popular is 0", at_least(0))
        .required("shard", shard, "where it stands; a shard that is not there: as if it were not assigned", at_least(0));
  }
};

using Directory = std::unordered_map<std::uint64_t, std::vector<std::uint32_t>>;

class DirectoryMap final : public ShardMap {
 public:
  DirectoryMap(Directory directory, std::uint32_t shards) : directory_{std::move(directory)}, shards_{shards} {}
  std::uint32_t shard_of(std::uint64_t key) const override { return shard_of_copy(key, 0); }
  std::uint32_t copies_of(std::uint64_t key) const override {
    const auto found = directory_.find(key);
    return found == directory_.end() ? 1 : static_cast<std::uint32_t>(found->second.size());
  }
  std::uint32_t shard_of_copy(std::uint64_t key, std::uint32_t copy) const override {
    const auto found = directory_.find(key);
    return found == directory_.end() ? static_cast<std::uint32_t>(mix(key) % shards_) : found->second[copy];
  }

 private:
  Directory directory_;
  std::uint32_t shards_;
};

class DirectorySharding final : public ShardPolicy {
 public:
  struct Options {
    std::vector<Assignment> assignments;
    std::vector<Ratio> loads;
    Ratio split_above{0.5};

    void describe(Fields& field) {
      field("assignments", assignments, "keys that stand where they are told to, on one shard")(
          "loads", loads, "observed share of all load that key 0, 1, 2, … has; keys without one are spread by hash",
          between(0.0, 1.0))("split_above", split_above,
                             "a key with a larger part of a shard's mean load than this has its reads spread over several",
                             more_than(0.0));
    }
    FieldProblems problems() const;
  };
  DirectorySharding(const Options& options, const Context&) : options_{options} {}

  std::unique_ptr<ShardMap> map(std::uint32_t shards) const override;

 private:
  Options options_;
};

FieldProblems DirectorySharding::Options::problems() const {
  FieldProblems problems;
  std::set<std::int64_t> seen;
  for (const Assignment& assignment : assignments) {
    if (!seen.insert(assignment.key).second)
      problems.push_back(
          {"assignments", "key " + std::to_string(assignment.key) + " is assigned twice: a key stands on one shard"});
  }
  const auto add = [](double sum, const Ratio& load) { return sum + load.value; };
  if (std::accumulate(loads.begin(), loads.end(), 0.0, add) > 1.0 + 1e-9)
    problems.push_back({"loads", "must add up to 1 at most: they are shares of all load"});
  return problems;
}

// The `count` shards with the least load, the least first; of equal ones the lower number.
std::vector<std::uint32_t> least_loaded(const std::vector<double>& loads, std::size_t count) {
  std::vector<std::uint32_t> shards(loads.size());
  std::iota(shards.begin(), shards.end(), 0U);
  std::ranges::stable_sort(shards, {}, [&](std::uint32_t shard) { return loads[shard]; });
  shards.resize(count);
  return shards;
}

std::unique_ptr<ShardMap> DirectorySharding::map(std::uint32_t shards) const {
  Directory directory;
  std::vector<double> loads(shards, 0.0);  // of the keys placed so far; the rest is the same on all
  for (const Assignment& assignment : options_.assignments) {
    const auto shard = static_cast<std::uint32_t>(assignment.shard);
    const auto key = static_cast<std::uint64_t>(assignment.key);
    if (shard >= shards) continue;
    directory[key] = {shard};
    if (key < options_.loads.size()) loads[shard] += options_.loads[key].value;
  }
  std::vector<std::uint64_t> heaviest_first;
  for (std::uint64_t key = 0; key < options_.loads.size(); ++key) {
    if (!directory.contains(key) && options_.loads[key].value > 0.0) heaviest_first.push_back(key);
  }
  std::ranges::stable_sort(heaviest_first, std::greater<>{}, [&](std::uint64_t key) { return options_.loads[key].value; });
  for (const std::uint64_t key : heaviest_first) {
    const double load = options_.loads[key].value;
    const double pieces = std::clamp(std::ceil(load * shards / options_.split_above.value), 1.0, double(shards));
    const auto holders = least_loaded(loads, static_cast<std::size_t>(pieces));
    for (const std::uint32_t shard : holders) loads[shard] += load / pieces;
    directory[key] = holders;
  }
  return std::make_unique<DirectoryMap>(std::move(directory), shards);
}

const bool offered =
    offer<ShardPolicy, DirectorySharding>("directory", "a table of keys: as assigned, or by observed load with hot keys split");

}  // namespace
}  // namespace headroom
