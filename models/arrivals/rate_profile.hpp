// A rate over time, in pieces on which it is linear: what a load test, a day or a trace looks like to an arrival process.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

namespace headroom {

// Seconds and events per second; begin <= end; rates >= 0; the rate is linear in between. end may be infinite when it is
// constant.
struct RatePiece {
  double begin = 0.0;
  double end = 0.0;
  double rate_begin = 0.0;
  double rate_end = 0.0;
  // Expected number of events.
  double area() const { return rate_begin + rate_end > 0.0 && end > begin ? (end - begin) * (rate_begin + rate_end) / 2.0 : 0.0; }
  // The time at which `area` (0 … area()) has been collected; the smaller root of a quadratic, written without cancellation.
  double time_of(double collected) const {
    if (rate_begin == rate_end) return std::min(end, begin + collected / rate_begin);
    const double slope = (rate_end - rate_begin) / (end - begin);
    const double root = std::sqrt(std::max(0.0, rate_begin * rate_begin + 2.0 * slope * collected));
    return std::min(end, begin + 2.0 * collected / (rate_begin + root));
  }
  double rate_at(double time) const {
    return rate_begin == rate_end ? rate_begin : rate_begin + (rate_end - rate_begin) * (time - begin) / (end - begin);
  }
};

class RateProfile {
 public:
  virtual ~RateProfile() = default;
  // The next piece, not before the end of the one before (between them the rate is zero). False: the rate is zero from here on.
  virtual bool next(RatePiece& piece) = 0;
};

// A few pieces given in order of time.
class PieceList final : public RateProfile {
 public:
  explicit PieceList(std::vector<RatePiece> pieces) : pieces_{std::move(pieces)} {}
  bool next(RatePiece& piece) override;

 private:
  std::vector<RatePiece> pieces_;
  std::size_t used_ = 0;
};

// The same rate for ever.
std::unique_ptr<RateProfile> constant_rate(double per_second);

// A day that repeats: rate(t) = mean × exp(k cos(2π (t - peak_at) / 24 h)) / I0(k), the von Mises curve: always positive, one
// peak, and its mean over a day is `mean` exactly. k is solved so that the peak is peak_to_mean times the mean (1 … 20; 1: flat).
// Made of linear pieces of a minute; their mean over a day is that of the curve to 12 digits.
class DiurnalRate final : public RateProfile {
 public:
  DiurnalRate(double mean, double peak_to_mean, double peak_at_seconds);
  bool next(RatePiece& piece) override;
  double rate_at(double seconds) const;
  double concentration() const { return k_; }

 private:
  double mean_, k_, scale_, peak_at_;
  double time_ = 0.0;
};
// The k with exp(k) / I0(k) = peak_to_mean, 1 … 20.
double diurnal_concentration(double peak_to_mean);

// Expected number of events before `end`, and the largest rate before it.
struct RateSummary {
  double expected = 0.0;
  double peak = 0.0;
};
RateSummary summarize(RateProfile& profile, double end_seconds);

}  // namespace headroom
