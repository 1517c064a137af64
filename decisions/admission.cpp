// Admission, line by line: requests as they come to one replica, have their turn and are answered; who is let in, and who is
// served.
#include <fmt/format.h>

#include "decisions/line_clock.hpp"
#include "decisions/seam.hpp"
#include "sim/core/fields.hpp"
#include "sim/seams/admission_policy.hpp"

namespace headroom::decisions {
namespace {

constexpr double most_requests = 1e9;

struct Arriving {
  static constexpr std::string_view type_name = "arriving_request";
  int in_flight = 0, waiting = 0, priority = 0;
  void describe(Fields& field) {
    field("in_flight", in_flight, "taken in and not answered yet, without this one", between(0, most_requests))(
        "waiting", waiting, "of these, in line for a slot", between(0, most_requests))("priority", priority,
                                                                                       "0 is the most urgent", between(0, 255));
  }
};

struct Turn {
  static constexpr std::string_view type_name = "turn_of_request";
  Duration waited{};
  int in_flight = 0, waiting = 0;
  void describe(Fields& field) {
    field.required("waited", waited, "in line for the slot that it would get", at_least(Duration{0}));
    field("in_flight", in_flight, "taken in and not answered yet, without this one", between(0, most_requests))(
        "waiting", waiting, "of these, in line for a slot", between(0, most_requests));
  }
};

struct Answered {
  static constexpr std::string_view type_name = "answered_request";
  Duration after{};
  int in_flight = 1;
  bool dropped = false;
  void describe(Fields& field) {
    field.required("after", after, "since its arrival", at_least(Duration{0}));
    field("in_flight", in_flight, "when it was taken in, itself among them", between(1, most_requests))(
        "dropped", dropped, "refused by a station behind, or not served in time");
  }
};

class AdmissionDecisions {
 public:
  using Interface = AdmissionPolicy;
  struct Context {
    int slots = 1;
    void describe(Fields& field) { field("slots", slots, "requests that the replica works on at a time", between(1, 1'000'000)); }
  };
  struct Observation {
    double time = 0.0;
    std::optional<Arriving> arrives;
    std::optional<Turn> turn;
    std::optional<Answered> answered;

    void describe(Fields& field) {
      field.required("time", time, "seconds of a clock that never goes back", between(-4e9, 4e9));
      field("arrives", arrives, "a request: is it let in, and how long may it wait")(
          "turn", turn, "a slot is free for a request: is it served")("answered", answered, "a request has its answer");
    }
    FieldProblems problems() const {
      if (arrives.has_value() + turn.has_value() + answered.has_value() == 1) return {};
      return {{"", "says not exactly one of \"arrives\", \"turn\" and \"answered\"; write one line for each"}};
    }
  };

  AdmissionDecisions(const PolicyChoice& choice, const Context& context)
      : policy_{RegistryOf<AdmissionPolicy>::instance().make(choice, {context.slots})} {}

  FieldProblems check(const Observation& seen) { return clock_.check(seen.time); }

  Json decide(const Observation& seen) {
    Json decision{{"time", seen.time}};
    std::string reason;
    if (seen.arrives) reason = arrive(seen, decision);
    if (seen.turn) reason = serve(seen, decision);
    if (seen.answered) reason = learn(seen);
    if (const std::optional<double> limit = policy_->limit()) decision["limit"] = *limit;
    decision["reason"] = std::move(reason);
    return decision;
  }
  Json summary() const { return {{"let_in", let_in_}, {"refused", refused_}, {"served", served_}, {"dropped", dropped_}}; }

 private:
  static AdmissionView view(double time, int in_flight, int waiting) {
    return {at_seconds(time), static_cast<std::uint32_t>(in_flight), static_cast<std::uint32_t>(waiting)};
  }
  std::string arrive(const Observation& seen, Json& decision) {
    const Arriving& request = *seen.arrives;
    const AdmissionView now = view(seen.time, request.in_flight, request.waiting);
    const bool let_in = policy_->admits(now, static_cast<std::uint8_t>(request.priority));
    ++(let_in ? let_in_ : refused_);
    decision["let_in"] = let_in;
    std::string reason = fmt::format("{} in flight, {} of them waiting", request.in_flight, request.waiting);
    const auto longest = let_in ? policy_->longest_wait(now) : std::nullopt;
    if (!longest) return reason;
    decision["longest_wait"] = to_text(*longest);
    return reason + fmt::format("; may wait {}", to_text(*longest));
  }
  std::string serve(const Observation& seen, Json& decision) {
    const Turn& request = *seen.turn;
    const bool served = policy_->serves(view(seen.time, request.in_flight, request.waiting), request.waited);
    ++(served ? served_ : dropped_);
    decision["served"] = served;
    decision["newest_first"] = policy_->newest_first(at_seconds(seen.time));
    return fmt::format("waited {}", to_text(request.waited));
  }
  std::string learn(const Observation& seen) {
    const Answered& answer = *seen.answered;
    policy_->answered({at_seconds(seen.time), answer.after, static_cast<std::uint32_t>(answer.in_flight), answer.dropped});
    return fmt::format("{} after {}", answer.dropped ? "dropped" : "answered", to_text(answer.after));
  }

  std::unique_ptr<AdmissionPolicy> policy_;
  LineClock clock_;
  std::size_t let_in_ = 0, refused_ = 0, served_ = 0, dropped_ = 0;
};

const bool offered =
    offer_decisions<AdmissionDecisions>("a request that arrives at a replica, has its turn or is answered",
                                        R"({"time": 0.5, "arrives": {"in_flight": 3, "waiting": 1, "priority": 1}})");

}  // namespace
}  // namespace headroom::decisions
