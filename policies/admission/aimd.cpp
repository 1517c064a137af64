// AIMD: the limit grows by one where it is used and requests are answered in time, and shrinks by a factor where one is dropped.
//
//   dropped, or round trip > timeout: limit = floor(limit × back_off)
//   else if 2 × in flight >= limit:   limit = limit + 1        (in flight when the request was let in, itself among them)
//   limit = min(maximum, max(minimum, limit));  admits while in flight < limit
//
// Source:  AIMDLimit of Netflix concurrency-limits 0.5 (784c960); Chiu and Jain, "Analysis of the increase and decrease
//          algorithms for congestion avoidance in computer networks", Computer Networks and ISDN Systems 17(1), 1989.
// Differs: nothing. Drops are what the limiter's interceptors take for one: a time-out or somebody without room, here or
//          behind.
#include <algorithm>

#include "policies/admission/limit_range.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/admission_policy.hpp"

namespace headroom {
namespace {

class Aimd final : public AdmissionPolicy {
 public:
  struct Options {
    LimitRange limits;
    double back_off = 0.9;
    Duration timeout{std::chrono::seconds{5}};

    void describe(Fields& field) {
      limits.describe(field);
      field("back_off", back_off, "what is left of the limit after a drop", between(0.5, 0.999))(
          "timeout", timeout, "an answer that took longer counts as dropped", more_than(0));
    }
    FieldProblems problems() const { return limits.problems(); }
  };

  Aimd(const Options& options, const Context&) : options_{options}, limit_{options.limits.initial} {}

  bool admits(const AdmissionView& view, std::uint8_t) override { return static_cast<int>(view.in_flight) < limit_; }

  void answered(const AdmissionSample& sample) override {
    if (sample.dropped || sample.round_trip > options_.timeout)
      limit_ = static_cast<int>(limit_ * options_.back_off);
    else if (2 * std::int64_t{sample.in_flight} >= limit_)
      ++limit_;
    limit_ = std::min(options_.limits.maximum, std::max(options_.limits.minimum, limit_));
  }

  std::optional<double> limit() const override { return limit_; }
  std::optional<double> most() const override { return options_.limits.maximum; }

 private:
  Options options_;
  int limit_;
};

const bool offered =
    offer<AdmissionPolicy, Aimd>("aimd", "a limit that grows by one and shrinks by a factor when requests are dropped");

}  // namespace
}  // namespace headroom
