// Priority shedding: the less urgent a request, the emptier the replica must be to let it in.
//
//   admits priority p while in flight < shares[p] × limit; priorities beyond the list count as its last
//
// Source:  Alejandro Forero Cuervo, "Handling Overload", in Beyer et al., Site Reliability Engineering (2016), chapter 21:
//          requests of lower criticality are rejected first; Netflix, "Keeping Netflix Reliable Using Prioritized Load
//          Shedding" (2020): a threshold of load for each bucket of priorities. As a law of a loss system it is trunk
//          reservation.
// Differs: the load is the requests in flight against a limit, which a process knows at every instant, in place of a smoothed
//          utilization of its CPU.
#include <algorithm>
#include <vector>

#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/admission_policy.hpp"

namespace headroom {
namespace {

class PriorityShedding final : public AdmissionPolicy {
 public:
  struct Options {
    std::optional<int> limit;
    std::vector<double> shares{1.0, 0.8, 0.6};

    void describe(Fields& field) {
      field("limit", limit, "requests in flight per replica that are all its load; its concurrency without it", between(1, 1e6))(
          "shares", shares,
          "of that limit, up to which a priority is let in: of priority 0, 1, …; the last also for all less urgent ones",
          between(0.001, 1.0));
    }
    FieldProblems problems() const {
      if (shares.empty()) return {{"shares", "is empty; give a share for priority 0 at least"}};
      for (std::size_t i = 1; i < shares.size(); ++i) {
        if (shares[i] > shares[i - 1])
          return {{"shares", "grows towards less urgent priorities; give each no more than the one before"}};
      }
      return {};
    }
  };

  PriorityShedding(const Options& options, const Context& context)
      : shares_{options.shares}, limit_{static_cast<double>(options.limit.value_or(context.slots))} {}

  bool admits(const AdmissionView& view, std::uint8_t priority) override {
    const std::size_t place = std::min<std::size_t>(priority, shares_.size() - 1);
    return view.in_flight < shares_[place] * limit_;
  }
  std::optional<double> limit() const override { return limit_; }
  std::optional<double> most() const override { return limit_; }

 private:
  std::vector<double> shares_;
  double limit_;
};

const bool offered =
    offer<AdmissionPolicy, PriorityShedding>("priority-shedding", "the less urgent, the emptier the replica must be");

}  // namespace
}  // namespace headroom
