// Combined: several policies of one service, each with its own state and times; the one that wants the most replicas counts.
//
//   replicas = largest of what each last wanted, of those that want anything, held to the bounds of a schedule
//
// Each sees the service as all of them have made it: what one adds, another takes for more replicas than its metric asks for.
//
// Source:  the largest of several counts in KEDA and the HPA (several metrics) and in AWS Auto Scaling (several policies; it goes
//          down only where every target tracking agrees), where scheduled actions bound all others.
// Differs: a policy keeps asking for what it last wanted until it looks again. Bounds that exclude each other: the larger minimum
//          counts.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "policies/autoscaling/rhythm.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/autoscaler.hpp"

namespace headroom {
namespace {

struct PolicyOption : PolicyChoice {
  PolicyOption() : PolicyChoice{choice_of<Autoscaler>()} {}
};

class Combined final : public Autoscaler {
 public:
  struct Options {
    std::vector<PolicyOption> policies;

    void describe(Fields& field) {
      field.required("policies", policies, "each with its options; a list in place of this policy means the same");
    }
    FieldProblems problems() const {
      if (policies.empty())
        return {{"policies", "has no policy; give one or more, as [{\"policy\": \"hpa\", …}, \"emergency\"]"}};
      return {};
    }
  };

  Combined(const Options& options, const Context& context) {
    for (const PolicyOption& option : options.policies) {
      auto policy = RegistryOf<Autoscaler>::instance().make(option, context);
      const Rhythm rhythm{policy->period()};
      members_.push_back({option.name, std::move(policy), rhythm, {}});
    }
  }

  Duration period() const override;
  ScalingDecision decide(const ServiceView& service) override;
  FieldProblems problems() const override;
  std::vector<MetricSelector> watched() const override;

 private:
  struct Member {
    std::string name;
    std::unique_ptr<Autoscaler> policy;
    Rhythm rhythm;
    std::optional<ScalingDecision> last;  // none until it has first looked
    bool votes() const { return last && !last->abstains; }
  };

  std::optional<IntegerRange> bounds() const;
  const Member* largest() const;
  std::string others(const Member* counting) const;

  std::vector<Member> members_;
};

Duration Combined::period() const {
  Duration::rep common = 0;
  for (const Member& member : members_) common = std::gcd(common, member.rhythm.period().count());
  return Duration{common};
}

FieldProblems Combined::problems() const {
  FieldProblems found;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    for (auto& [field, sentence] : members_[i].policy->problems())
      found.emplace_back(fmt::format("policies/{}/{}", i, field), std::move(sentence));
  }
  return found;
}

std::vector<MetricSelector> Combined::watched() const {
  std::vector<MetricSelector> all;
  for (const Member& member : members_) {
    for (MetricSelector& selector : member.policy->watched()) {
      if (std::ranges::find(all, selector) == all.end()) all.push_back(std::move(selector));
    }
  }
  return all;
}

std::optional<IntegerRange> Combined::bounds() const {
  std::optional<IntegerRange> common;
  for (const Member& member : members_) {
    if (!member.last || !member.last->bounds) continue;
    const IntegerRange one = *member.last->bounds;
    common = common ? IntegerRange{std::max(common->low, one.low), std::min(common->high, one.high)} : one;
    common->high = std::max(common->low, common->high);
  }
  return common;
}

// The first of those that want the most; null: nobody wants anything.
const Combined::Member* Combined::largest() const {
  const Member* most = nullptr;
  for (const Member& member : members_) {
    if (member.votes() && (!most || member.last->replicas > most->last->replicas)) most = &member;
  }
  return most;
}

std::string Combined::others(const Member* counting) const {
  std::string text;
  for (const Member& member : members_) {
    if (&member != counting && member.votes())
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", member.name, member.last->replicas);
  }
  return text.empty() ? text : " (" + text + ")";
}

ScalingDecision Combined::decide(const ServiceView& service) {
  for (Member& member : members_) {
    if (member.rhythm.is_due(service.now)) member.last = member.policy->decide(service);
  }
  const Member* counting = largest();
  ScalingDecision decision{
      .replicas = counting ? counting->last->replicas : service.current_replicas,
      .reason = counting ? counting->name + ": " + counting->last->reason + others(counting) : "none wants anything",
      .since = counting ? counting->last->since : std::nullopt,
      .abstains = counting == nullptr,
      .bounds = bounds()};
  if (!decision.bounds) return decision;
  const int held = std::clamp(decision.replicas, decision.bounds->low, decision.bounds->high);
  if (held != decision.replicas)
    decision.reason += fmt::format("; held to {} by {} to {}", held, decision.bounds->low, decision.bounds->high);
  decision.replicas = held;
  return decision;
}

const bool offered = offer<Autoscaler, Combined>("combined", "several policies; the one that wants the most replicas counts");

}  // namespace
}  // namespace headroom
