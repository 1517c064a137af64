#include "models/arrivals/rate_factors.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>

namespace headroom {
namespace {

constexpr double day = 86'400.0;
constexpr double cell = 60.0;
constexpr double for_ever = std::numeric_limits<double>::infinity();

class WeeklyFactor final : public RateProfile {
 public:
  WeeklyFactor(std::vector<double> days, double seconds_ahead) : days_{std::move(days)}, ahead_{seconds_ahead} {
    const double mean = std::accumulate(days_.begin(), days_.end(), 0.0) / static_cast<double>(days_.size());
    for (double& factor : days_) factor /= mean;
  }
  bool next(RatePiece& piece) override {
    // Days by the local clock; the one before the first for those who are behind.
    const auto local_day = static_cast<std::int64_t>(std::floor((begin_ + ahead_) / day + 1e-9));
    const auto count = static_cast<std::int64_t>(days_.size());
    const double factor = days_[static_cast<std::size_t>((local_day % count + count) % count)];
    const double end = static_cast<double>(local_day + 1) * day - ahead_;
    piece = {begin_, end, factor, factor};
    begin_ = end;
    return true;
  }

 private:
  std::vector<double> days_;
  double ahead_;
  double begin_ = 0.0;
};

class DailyFactor final : public RateProfile {
 public:
  explicit DailyFactor(const std::vector<FactorPoint>& points) : points_{points} {}
  bool next(RatePiece& piece) override {
    for (; at_ + 1 < points_.size(); ++at_) {
      const FactorPoint &from = points_[at_], &to = points_[at_ + 1];
      if (to.at <= from.at) continue;
      piece = {begin_ + from.at, begin_ + to.at, from.factor, to.factor};
      ++at_;
      return true;
    }
    const FactorPoint& last = points_.back();
    piece = {begin_ + last.at, begin_ + day, last.factor, last.factor};
    begin_ += day;
    at_ = 0;
    return true;
  }

 private:
  std::vector<FactorPoint> points_;
  std::size_t at_ = 0;
  double begin_ = 0.0;
};

class BurstFactor final : public RateProfile {
 public:
  BurstFactor(double in_burst, double when_quiet, double mean_quiet, double mean_burst, RandomStream stream)
      : in_burst_{in_burst}, when_quiet_{when_quiet}, mean_quiet_{mean_quiet}, mean_burst_{mean_burst}, stream_{stream} {
    bursting_ = stream_.uniform() < mean_burst / (mean_quiet + mean_burst);
  }
  bool next(RatePiece& piece) override {
    const double factor = bursting_ ? in_burst_ : when_quiet_;
    const double end = time_ - (bursting_ ? mean_burst_ : mean_quiet_) * std::log(stream_.uniform());
    piece = {time_, end, factor, factor};
    time_ = end;
    bursting_ = !bursting_;
    return true;
  }

 private:
  double in_burst_, when_quiet_, mean_quiet_, mean_burst_;
  RandomStream stream_;
  bool bursting_ = false;
  double time_ = 0.0;
};

}  // namespace

std::unique_ptr<RateProfile> factor_curve(const std::vector<FactorPoint>& points) {
  std::vector<RatePiece> pieces;
  double time = 0.0, factor = points.front().factor;
  for (const FactorPoint& point : points) {
    if (point.at > time) pieces.push_back({time, point.at, factor, point.factor});
    time = point.at;
    factor = point.factor;
  }
  pieces.push_back({time, for_ever, factor, factor});
  return std::make_unique<PieceList>(std::move(pieces));
}

std::unique_ptr<RateProfile> weekly_factor(const std::vector<double>& days, double seconds_ahead) {
  return std::make_unique<WeeklyFactor>(days, seconds_ahead);
}

std::unique_ptr<RateProfile> daily_factor(const std::vector<FactorPoint>& points) {
  return std::make_unique<DailyFactor>(points);
}

double factor_in_burst(double burst_factor, double mean_quiet_seconds, double mean_burst_seconds) {
  const double share = mean_burst_seconds / (mean_quiet_seconds + mean_burst_seconds);
  return burst_factor / (1.0 + share * (burst_factor - 1.0));
}

std::unique_ptr<RateProfile> burst_factor(double burst_factor, double mean_quiet_seconds, double mean_burst_seconds,
                                          RandomStream stream) {
  const double in_burst = factor_in_burst(burst_factor, mean_quiet_seconds, mean_burst_seconds);
  return std::make_unique<BurstFactor>(in_burst, in_burst / burst_factor, mean_quiet_seconds, mean_burst_seconds, stream);
}

ProductRate::ProductRate(std::vector<std::unique_ptr<RateProfile>> factors) : factors_{std::move(factors)} {
  present_.resize(factors_.size());  // empty pieces at 0: the first call takes the first of each
}

bool ProductRate::next(RatePiece& piece) {
  double end = for_ever;
  int changing = 0;
  for (std::size_t i = 0; i < factors_.size(); ++i) {
    while (present_[i].end <= time_) {
      if (!factors_[i]->next(present_[i])) return false;
    }
    end = std::min(end, present_[i].end);
    changing += present_[i].rate_begin != present_[i].rate_end;
  }
  if (changing > 1) end = std::min(end, time_ + cell);
  piece = {time_, end, 1.0, 1.0};
  for (const RatePiece& factor : present_) {
    piece.rate_begin *= factor.rate_at(time_);
    piece.rate_end *= end == for_ever ? factor.rate_begin : factor.rate_at(end);
  }
  time_ = end;
  return true;
}

}  // namespace headroom
