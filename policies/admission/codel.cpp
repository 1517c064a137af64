// CoDel: drops requests from the head of the line while their waits have been above a target for an interval, ever more often.
//
//   above the target for an interval: drop one, and the next `interval / sqrt(count)` after the last, count growing by each;
//   until one has waited less than the target or at most one waits behind it
//   entered again within 16 intervals: count goes on from the drops of the last time
//
// Source:  Nichols, Jacobson, McGregor and Iyengar, "Controlled Delay Active Queue Management", RFC 8289 (2018), section 5.
// Differs: it counts requests instead of packets, so "no more than one MTU in the queue" is at most one request that waits
//          behind; the law is rounded to nanoseconds. A request that is dropped fails at once. Who finds a free slot has
//          waited nothing, which is a wait below the target as in an empty queue.
#include "policies/admission/codel_law.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/admission_policy.hpp"

namespace headroom {
namespace {

class Codel final : public AdmissionPolicy {
 public:
  struct Options {
    Duration target{std::chrono::milliseconds{5}};
    Duration interval{std::chrono::milliseconds{100}};

    void describe(Fields& field) {
      field("target", target, "wait that is no queue", more_than(0))(
          "interval", interval, "waits above the target for so long are a queue that stands; about the longest usual round trip",
          more_than(0));
    }
  };

  Codel(const Options& options, const Context&) : law_{options.target, options.interval} {}

  bool serves(const AdmissionView& view, Duration waited) override { return !law_.drops(view.now, waited, view.waiting); }

 private:
  CodelLaw law_;
};

const bool offered =
    offer<AdmissionPolicy, Codel>("codel", "drops from the head of a line that stands, ever more often (RFC 8289)");

}  // namespace
}  // namespace headroom
