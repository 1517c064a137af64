// One seam as `headroom decide` asks it: what a line of observations is, what a policy is made for, and what it answers.
//
// A seam is offered by a class of its own, from an anonymous namespace, in one file:
//
//   class PlacementDecisions {
//    public:
//     using Interface = PlacementPolicy;
//     struct Context { void describe(Fields&); };      // what the policy is made for, --context
//     struct Observation { void describe(Fields&); };  // a line
//     PlacementDecisions(const PolicyChoice&, const Context&);
//     FieldProblems check(const Observation&);         // what only the lines before show; called before every decide()
//     Json decide(const Observation&);
//     Json summary() const;                            // after the last line; null: there is none
//   };
//   const bool offered = offer_decisions<PlacementDecisions>("a pod and the nodes that are up", R"({"pod": …})");
//
// problems() -> FieldProblems may say of the options what this context cannot give, and remarks() -> std::vector<std::string>,
// after the last line, what the lines never showed.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"

namespace headroom::decisions {

using Json = nlohmann::ordered_json;  // fields in the order in which a person reads them

// A policy that is asked line by line.
class Asked {
 public:
  virtual ~Asked() = default;
  // Of the options, by their fields; asked once.
  virtual FieldProblems problems() const = 0;
  // The observation is one of this seam's.
  virtual FieldProblems check(const AnyOptions& observation) = 0;
  virtual Json decide(const AnyOptions& observation) = 0;
  virtual Json summary() const = 0;
  virtual std::vector<std::string> remarks() const = 0;
};

struct Seam {
  std::string_view line;     // what one is
  std::string_view example;  // of a line
  const Registry* registry = nullptr;
  std::unique_ptr<AnyOptions> (*make_context)() = nullptr;
  std::unique_ptr<AnyOptions> (*make_observation)() = nullptr;
  std::unique_ptr<Asked> (*ask)(const PolicyChoice&, const AnyOptions& context) = nullptr;
};

// By name ("autoscaling"); null: decisions of this seam cannot be asked for.
const Seam* find_seam(std::string_view name);
// Sorted.
std::vector<std::string> seam_names();
bool add_seam(const Seam& seam);

template <class Decisions>
class AskedOf final : public Asked {
  using Observation = typename Decisions::Observation;

 public:
  AskedOf(const PolicyChoice& choice, const AnyOptions& context)
      : decisions_{choice, dynamic_cast<const OptionsOf<typename Decisions::Context>&>(context).value} {}
  FieldProblems problems() const override {
    if constexpr (requires { decisions_.problems(); }) return decisions_.problems();
    return {};
  }
  FieldProblems check(const AnyOptions& observation) override { return decisions_.check(seen(observation)); }
  Json decide(const AnyOptions& observation) override { return decisions_.decide(seen(observation)); }
  Json summary() const override { return decisions_.summary(); }
  std::vector<std::string> remarks() const override {
    if constexpr (requires { decisions_.remarks(); }) return decisions_.remarks();
    return {};
  }

 private:
  static const Observation& seen(const AnyOptions& any) { return dynamic_cast<const OptionsOf<Observation>&>(any).value; }
  Decisions decisions_;
};

template <class Decisions>
bool offer_decisions(std::string_view line, std::string_view example) {
  return add_seam(
      {.line = line,
       .example = example,
       .registry = &RegistryOf<typename Decisions::Interface>::instance(),
       .make_context = []() -> std::unique_ptr<AnyOptions> { return std::make_unique<OptionsOf<typename Decisions::Context>>(); },
       .make_observation = []() -> std::unique_ptr<AnyOptions> {
         return std::make_unique<OptionsOf<typename Decisions::Observation>>();
       },
       .ask = [](const PolicyChoice& choice, const AnyOptions& context) -> std::unique_ptr<Asked> {
         return std::make_unique<AskedOf<Decisions>>(choice, context);
       }});
}

}  // namespace headroom::decisions
