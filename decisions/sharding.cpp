// Sharding, line by line: a key and its load, the shard; then how even that is and what another number of shards moves.
#include <unordered_set>

#include <fmt/format.h>

#include "decisions/observed_key.hpp"
#include "decisions/seam.hpp"
#include "sim/seams/shard_balance.hpp"

namespace headroom::decisions {
namespace {

class ShardingDecisions {
 public:
  using Interface = ShardPolicy;
  struct Context {
    int shards = 1;
    std::optional<int> resized_to;
    void describe(Fields& field) {
      field.required("shards", shards, "how many there are", between(1, 100'000));
      field("resized_to", resized_to, "another number, to see where keys stand then", between(1, 100'000));
    }
  };
  struct Observation {
    ObservedKey key;
    double load = 1.0;
    void describe(Fields& field) {
      key.describe(field);
      field("load", load, "of the key, in any unit, for the balance of shards", at_least(0.0));
    }
  };

  ShardingDecisions(const PolicyChoice& choice, const Context& context) : context_{context} {
    const auto policy = RegistryOf<ShardPolicy>::instance().make(choice, {});
    map_ = policy->map(static_cast<std::uint32_t>(context.shards));
    if (context.resized_to) resized_ = policy->map(static_cast<std::uint32_t>(*context.resized_to));
    loads_.assign(static_cast<std::size_t>(context.shards), 0.0);
  }
  FieldProblems check(const Observation&) { return {}; }

  Json decide(const Observation& seen) {
    const std::uint64_t key = seen.key.number();
    const std::uint32_t shard = map_->shard_of(key);
    const std::uint32_t copies = map_->copies_of(key);
    loads_[shard] += seen.load;
    const bool is_new = keys_.insert(key).second;
    Json decision{{"key", seen.key.as_written()}, {"shard", shard}};
    std::string reason = fmt::format("of {} shards", context_.shards);
    if (copies > 1) reason += fmt::format("; reads are spread over {}", copies);
    if (resized_) {
      const std::uint32_t afterwards = resized_->shard_of(key);
      decision["resized"] = afterwards;
      reason += fmt::format("; {} with {}", afterwards == shard ? "stays" : "moves", *context_.resized_to);
      moved_ += is_new && afterwards != shard ? 1U : 0U;
    }
    decision["reason"] = std::move(reason);
    return decision;
  }

  Json summary() const {
    const ShardBalance balance = balance_of(loads_);
    Json whole{{"keys", keys_.size()}, {"largest_over_mean", balance.largest_over_mean}, {"variation", balance.variation}};
    if (resized_) {
      whole["moved"] = moved_;
      whole["moved_share"] = keys_.empty() ? 0.0 : static_cast<double>(moved_) / static_cast<double>(keys_.size());
    }
    return whole;
  }

 private:
  Context context_;
  std::unique_ptr<ShardMap> map_, resized_;
  std::vector<double> loads_;  // of writes, by shard
  std::unordered_set<std::uint64_t> keys_;
  std::size_t moved_ = 0;
};

const bool offered = offer_decisions<ShardingDecisions>("a key; its load is added to its shard", R"({"key": 17, "load": 3})");

}  // namespace
}  // namespace headroom::decisions
