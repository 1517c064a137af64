// A fixed concurrency limit: so many requests in flight, the next is refused at once.
//
//   admits while in flight < limit
//
// Source:  FixedLimit and SimpleLimiter of Netflix concurrency-limits 0.5: a semaphore of so many permits that is never waited
//          for.
// Differs: without "limit" it is the replica's concurrency, so that nobody waits in its line.
#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/admission_policy.hpp"

namespace headroom {
namespace {

class FixedConcurrency final : public AdmissionPolicy {
 public:
  struct Options {
    std::optional<int> limit;

    void describe(Fields& field) {
      field("limit", limit, "requests in flight per replica, those that wait among them; its concurrency without it",
            between(1, 1e6));
    }
  };

  FixedConcurrency(const Options& options, const Context& context)
      : limit_{static_cast<std::uint32_t>(options.limit.value_or(context.slots))} {}

  bool admits(const AdmissionView& view, std::uint8_t) override { return view.in_flight < limit_; }
  std::optional<double> limit() const override { return limit_; }
  std::optional<double> most() const override { return limit_; }

 private:
  std::uint32_t limit_;
};

const bool offered =
    offer<AdmissionPolicy, FixedConcurrency>("fixed-concurrency", "so many requests in flight, the next is refused");

}  // namespace
}  // namespace headroom
