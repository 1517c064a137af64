// Balancing, line by line: replicas with what is in flight at each, the one that the request goes to.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "decisions/line_clock.hpp"
#include "decisions/observed_key.hpp"
#include "decisions/seam.hpp"
#include "sim/seams/balancer.hpp"

namespace headroom::decisions {
namespace {

struct ReplicaObservation {
  static constexpr std::string_view type_name = "registered_replica";
  static constexpr std::string_view shorthand = "in_flight";
  std::string name;
  int in_flight = 0;
  std::optional<int> zone;
  void describe(Fields& field) {
    field.required("name", name, "of the replica");
    field("zone", zone, "number of the zone of its node", between(0, 1'000'000));
    field("in_flight", in_flight, "requests that were sent to it and are not answered", between(0, 1'000'000'000));
  }
};

struct AnswerObservation {
  static constexpr std::string_view type_name = "answer";
  static constexpr std::string_view shorthand = "after";
  std::string name;
  Duration after{};
  void describe(Fields& field) {
    field.required("name", name, "of the replica that has answered since the line before")
        .required("after", after, "how long it took", at_least(Duration{0}));
  }
};

class BalancingDecisions {
 public:
  using Interface = Balancer;
  struct Context {
    std::int64_t seed = 1;
    void describe(Fields& field) { field("seed", seed, "of the balancer's random numbers", at_least(0.0)); }
  };
  struct Observation {
    double time = 0.0;
    std::vector<ReplicaObservation> replicas;
    std::vector<AnswerObservation> answered;
    std::int64_t key = 0;
    std::optional<int> zone;

    void describe(Fields& field) {
      field("time", time, "seconds of a clock that never goes back", between(-4e9, 4e9));
      field.required("replicas", replicas, "{name: in flight}, or a list of objects with these fields; in the balancer's order");
      field("answered", answered, "{name: time}, or a list: for balancers that go by response times")(
          "key", key, "whom the request is for: number of a user or tenant", at_least(0.0))(
          "zone", zone, "that the request comes from, for balancers that look at zones", between(0, 1'000'000));
    }
    FieldProblems problems() const {
      if (replicas.empty()) return {{"replicas", "is empty; a request needs one to go to"}};
      return {};
    }
  };

  BalancingDecisions(const PolicyChoice& choice, const Context& context)
      : balancer_{RegistryOf<Balancer>::instance().make(choice, {})},
        random_{RandomStreams{static_cast<std::uint64_t>(context.seed), 0}.named("balancing")} {}

  FieldProblems check(const Observation& seen) {
    FieldProblems found = clock_.check(seen.time);
    for (const ReplicaObservation& replica : seen.replicas) number_of(replica.name);
    for (std::size_t i = 0; i < seen.answered.size(); ++i) {
      if (!numbers_.contains(seen.answered[i].name))
        found.emplace_back(fmt::format("answered/{}/name", i),
                           "\"" + seen.answered[i].name + "\" is no replica of this line or one before");
    }
    return found;
  }

  Json decide(const Observation& seen) {
    const SimTime now = at_seconds(seen.time);
    for (const AnswerObservation& answer : seen.answered) balancer_->answered(number_of(answer.name), answer.after, now);
    in_flight_.clear();
    replicas_.clear();
    zones_.clear();
    for (const ReplicaObservation& replica : seen.replicas) {
      in_flight_.push_back(static_cast<std::uint32_t>(replica.in_flight));
      replicas_.push_back(number_of(replica.name));
      zones_.push_back(zone_of(replica.zone));
    }
    const BalancingView view{in_flight_, replicas_, now, static_cast<std::uint64_t>(seen.key), zones_, zone_of(seen.zone)};
    const std::size_t place = balancer_->looks_further() ? balancer_->pick(view, random_) : balancer_->pick(in_flight_, random_);
    const ReplicaObservation& chosen = seen.replicas[place];
    ++picked_[chosen.name];
    return {{"replica", chosen.name},
            {"reason", fmt::format("{} in flight there; at the {} replicas from {} to {}", chosen.in_flight, in_flight_.size(),
                                   std::ranges::min(in_flight_), std::ranges::max(in_flight_))}};
  }
  Json summary() const { return {{"picked", picked_}}; }

 private:
  static std::uint32_t zone_of(std::optional<int> zone) {
    return zone ? static_cast<std::uint32_t>(*zone) : BalancingView::no_zone;
  }
  std::uint32_t number_of(const std::string& name) {
    return numbers_.emplace(name, static_cast<std::uint32_t>(numbers_.size())).first->second;
  }

  std::unique_ptr<Balancer> balancer_;
  RandomStream random_;
  std::map<std::string, std::uint32_t> numbers_;  // by order of first appearance
  std::vector<std::uint32_t> in_flight_, replicas_, zones_;
  std::map<std::string, std::size_t> picked_;
  LineClock clock_;
};

const bool offered =
    offer_decisions<BalancingDecisions>("the replicas that a request may go to", R"({"replicas": {"a": 3, "b": 5}, "key": 17})");

}  // namespace
}  // namespace headroom::decisions
