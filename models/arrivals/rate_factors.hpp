// Factors of a rate: profiles that others are multiplied with. They begin at 0, have no gaps and never end.
#pragma once

#include <memory>
#include <vector>

#include "models/arrivals/rate_profile.hpp"
#include "sim/core/random.hpp"

namespace headroom {

// Through the given points (seconds, factor), linear in between, constant before the first and after the last. Two points at one
// time are a step. Not empty; times not decreasing, not negative; factors not negative.
struct FactorPoint {
  double at = 0.0;
  double factor = 1.0;
};
std::unique_ptr<RateProfile> factor_curve(const std::vector<FactorPoint>& points);

// Seven days, over and over: the factor of each, divided by their mean. The first is the day on which the run begins, for clocks
// that are ahead of it by so many seconds (within a day, either way) sooner. Not all 0.
std::unique_ptr<RateProfile> weekly_factor(const std::vector<double>& days, double seconds_ahead = 0.0);

// As factor_curve, of one day that repeats. The points lie within it.
std::unique_ptr<RateProfile> daily_factor(const std::vector<FactorPoint>& points);

// Two states in turn, each for an exponential time (a Markov-modulated Poisson process has such a rate; Fischer and
// Meier-Hellstern, Performance Evaluation 18, 1993): in a burst the rate is `burst_factor` (> 1) times that of the quiet time,
// and 1 in the mean. In its steady state from the start.
std::unique_ptr<RateProfile> burst_factor(double burst_factor, double mean_quiet_seconds, double mean_burst_seconds,
                                          RandomStream stream);
// The factor within a burst.
double factor_in_burst(double burst_factor, double mean_quiet_seconds, double mean_burst_seconds);

// The product. Where two factors change at the same time it is not linear; there it is cut into pieces of at most a minute, each
// exact at its ends.
class ProductRate final : public RateProfile {
 public:
  explicit ProductRate(std::vector<std::unique_ptr<RateProfile>> factors);
  bool next(RatePiece& piece) override;

 private:
  std::vector<std::unique_ptr<RateProfile>> factors_;
  std::vector<RatePiece> present_;  // of each factor
  double time_ = 0.0;
};

}  // namespace headroom
