// One policy, one file: what is offered and what lies in the folders are the same names.
#include "sim/seams/admission_policy.hpp"
#include "sim/seams/autoscaler.hpp"
#include "sim/seams/balancer.hpp"
#include "sim/seams/cache_policy.hpp"
#include "sim/seams/forecaster.hpp"
#include "sim/seams/node_autoscaler.hpp"
#include "sim/seams/offline_cache_policy.hpp"
#include "sim/seams/placement_policy.hpp"
#include "sim/seams/shard_policy.hpp"
#include "sim/seams/vertical_autoscaler.hpp"
#include "tests/policies/policy_under_test.hpp"
#include "tests/support/places.hpp"

namespace headroom {
namespace {

std::set<std::string> names_of_files() {
  std::set<std::string> names;
  for (const auto& folder : std::filesystem::directory_iterator{std::filesystem::path{source_dir()} / "policies"}) {
    if (!folder.is_directory()) continue;
    for (const auto& file : std::filesystem::directory_iterator{folder}) {
      if (file.path().extension() != ".cpp") continue;
      std::string stem = file.path().stem().string();
      std::ranges::replace(stem, '_', '-');
      names.insert(folder.path().filename().string() + "/" + stem);
    }
  }
  return names;
}

template <class Interface>
void add_offers(std::set<std::string>& names, const std::string& folder = std::string{Interface::seam}) {
  for (const std::string& name : RegistryOf<Interface>::instance().names()) names.insert(folder + "/" + name);
}

TEST(Offers, AreExactlyThePolicyFiles) {
  std::set<std::string> offered;
  add_offers<Autoscaler>(offered);
  add_offers<NodeAutoscaler>(offered, "autoscaling");
  add_offers<Balancer>(offered);
  add_offers<CachePolicy>(offered);
  add_offers<OfflineCachePolicy>(offered, "caching");
  add_offers<ShardPolicy>(offered);
  add_offers<PlacementPolicy>(offered);
  add_offers<VerticalAutoscaler>(offered, "autoscaling");
  add_offers<Forecaster>(offered);
  add_offers<AdmissionPolicy>(offered);
  EXPECT_EQ(offered, names_of_files());
  EXPECT_GE(offered.size(), 14U);
}

// Every field has a meaning, and the default lies in the range that the description allows.
class Inspector final : public Visitor {
 public:
  explicit Inspector(std::string policy) : policy_{std::move(policy)} {}
  void visit(const FieldInfo& info, FieldValue value) override {
    EXPECT_GE(info.meaning.size(), 10U) << policy_ << " " << info.name;
    std::visit([&](const auto& target) { check(info, target); }, value);
  }

 private:
  void expect_within(const FieldInfo& info, double value) {
    EXPECT_TRUE(info.range.contains(value)) << policy_ << " " << info.name << " is " << value << " by default";
  }
  void check(const FieldInfo& info, int* target) { expect_within(info, *target); }
  void check(const FieldInfo& info, Ratio* target) { expect_within(info, target->value); }
  void check(const FieldInfo& info, Duration* target) { expect_within(info, to_seconds(*target)); }
  void check(const FieldInfo& info, IntegerRange* target) {
    expect_within(info, target->low);
    expect_within(info, target->high);
  }
  void check(const FieldInfo& info, std::string* target) {
    const bool known = info.choices.empty() || std::ranges::find(info.choices, *target) != info.choices.end();
    EXPECT_TRUE(known) << policy_ << " " << info.name << " is " << *target << " by default";
  }
  void check(const FieldInfo&, const ObjectAccess& target) {
    Fields fields{*this};
    target.describe(target.object, fields);
  }
  void check(const FieldInfo& info, const std::shared_ptr<OptionalAccess>& target) {
    if (std::holds_alternative<ObjectAccess>(target->prototype()) || target->has_value()) {
      std::visit([&](const auto& inner) { check(info, inner); }, target->has_value() ? target->get() : target->prototype());
    }
  }
  void check(const FieldInfo& info, const std::shared_ptr<ListAccess>& target) {
    for (std::size_t i = 0; i < target->size(); ++i) {
      std::visit([&](const auto& inner) { check(info, inner); }, target->at(i));
    }
  }
  void check(const FieldInfo&, const auto&) {}

  std::string policy_;
};

template <class Interface>
void inspect_defaults() {
  const auto& registry = RegistryOf<Interface>::instance();
  for (const std::string& name : registry.names()) {
    Inspector inspector{name};
    Fields fields{inspector};
    registry.choose(name).options->describe(fields);
    EXPECT_GE(registry.offers().at(name).summary.size(), 10U) << name;
  }
}

TEST(Offers, HaveMeaningsAndDefaultsWithinTheirRanges) {
  inspect_defaults<Autoscaler>();
  inspect_defaults<NodeAutoscaler>();
  inspect_defaults<Balancer>();
  inspect_defaults<CachePolicy>();
  inspect_defaults<OfflineCachePolicy>();
  inspect_defaults<ShardPolicy>();
  inspect_defaults<PlacementPolicy>();
  inspect_defaults<VerticalAutoscaler>();
  inspect_defaults<Forecaster>();
  inspect_defaults<AdmissionPolicy>();
}

}  // namespace
}  // namespace headroom
