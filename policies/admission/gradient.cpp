// Gradient: the limit shrinks as round trips become long compared with their long average, and grows by a queue otherwise.
//
//   long = average of round trips: plain over the first 10, then exponential with factor 2 / (long_window + 1)
//   if long / short > 2: the average is cut to 0.95 of itself, after this sample has seen it
//   if in flight < limit / 2: the limit stays
//   gradient = max(0.5, min(1, tolerance × long / short))
//   limit = (1 - smoothing) × limit + smoothing × (limit × gradient + queue), within minimum and maximum
//   admits while in flight < floor(limit)
//
// Source:  Gradient2Limit and ExpAvgMeasurement of Netflix concurrency-limits 0.5 (f2528de).
// Differs: a round trip of no time counts as 1 ns (there it divides by zero). No WindowedLimit stands before it: every answer
//          is a sample.
#include <algorithm>

#include "policies/admission/limit_range.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/admission_policy.hpp"

namespace headroom {
namespace {

class LongAverage {
 public:
  explicit LongAverage(int window) : factor_{2.0 / (window + 1)} {}
  double add(double sample) {
    if (count_ < warm_up) {
      sum_ += sample;
      value_ = sum_ / ++count_;
    } else {
      value_ = value_ * (1.0 - factor_) + sample * factor_;
    }
    return value_;
  }
  void cut() { value_ *= 0.95; }

 private:
  static constexpr int warm_up = 10;
  double factor_;
  double value_ = 0.0, sum_ = 0.0;
  int count_ = 0;
};

class Gradient final : public AdmissionPolicy {
 public:
  struct Options {
    LimitRange limits;
    double smoothing = 0.2;
    int queue = 4;
    int long_window = 600;
    double tolerance = 1.5;

    void describe(Fields& field) {
      limits.describe(field);
      field("smoothing", smoothing, "weight of the new limit against the old one", between(0.001, 1.0))(
          "queue", queue, "requests that the limit grows by, before smoothing, while round trips are not long", between(0, 1e6))(
          "long_window", long_window, "samples of the long average", between(1, 1e9))(
          "tolerance", tolerance, "round trips as many times the long average still count as short", between(1.0, 1000.0));
    }
    FieldProblems problems() const { return limits.problems(); }
  };

  Gradient(const Options& options, const Context&)
      : options_{options}, limit_{static_cast<double>(options.limits.initial)}, average_{options.long_window} {}

  bool admits(const AdmissionView& view, std::uint8_t) override { return view.in_flight < static_cast<std::uint32_t>(limit_); }

  void answered(const AdmissionSample& sample) override {
    const auto nanoseconds = static_cast<double>(std::max(sample.round_trip, Duration{1}).count());
    const double average = average_.add(nanoseconds);
    if (average / nanoseconds > 2.0) average_.cut();
    if (sample.in_flight < limit_ / 2.0) return;
    const double gradient = std::max(0.5, std::min(1.0, options_.tolerance * average / nanoseconds));
    const double proposed = limit_ * gradient + options_.queue;
    limit_ = limit_ * (1.0 - options_.smoothing) + proposed * options_.smoothing;
    limit_ = std::max<double>(options_.limits.minimum, std::min<double>(options_.limits.maximum, limit_));
  }

  std::optional<double> limit() const override { return static_cast<int>(limit_); }
  std::optional<double> most() const override { return options_.limits.maximum; }

 private:
  Options options_;
  double limit_;
  LongAverage average_;
};

const bool offered = offer<AdmissionPolicy, Gradient>("gradient", "a limit that follows round trips against their long average");

}  // namespace
}  // namespace headroom
