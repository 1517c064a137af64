#include "models/arrivals/rate_profile.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace headroom {

namespace {

constexpr double day = 86'400.0;
constexpr double cell = 60.0;

// exp(-k) I0(k): finite for every k, unlike its factors. The integrand is periodic and smooth, so equal steps converge
// exponentially.
double scaled_bessel_i0(double k) {
  constexpr int steps = 512;
  double sum = 0.0;
  for (int i = 0; i < steps; ++i) sum += std::exp(k * (std::cos(2.0 * std::numbers::pi * i / steps) - 1.0));
  return sum / steps;
}

}  // namespace

bool PieceList::next(RatePiece& piece) {
  if (used_ == pieces_.size()) return false;
  piece = pieces_[used_++];
  return true;
}

std::unique_ptr<RateProfile> constant_rate(double per_second) {
  return std::make_unique<PieceList>(
      std::vector<RatePiece>{{0.0, std::numeric_limits<double>::infinity(), per_second, per_second}});
}

double diurnal_concentration(double peak_to_mean) {
  if (peak_to_mean <= 1.0) return 0.0;
  double low = 0.0;
  double high = 4096.0;  // peak / mean grows like sqrt(2 pi k): 20 needs k = 64
  for (int i = 0; i < 100; ++i) {
    const double middle = (low + high) / 2.0;
    (1.0 / scaled_bessel_i0(middle) < peak_to_mean ? low : high) = middle;
  }
  return low;
}

DiurnalRate::DiurnalRate(double mean, double peak_to_mean, double peak_at_seconds)
    : mean_{mean}, k_{diurnal_concentration(peak_to_mean)}, scale_{1.0 / scaled_bessel_i0(k_)}, peak_at_{peak_at_seconds} {}

double DiurnalRate::rate_at(double seconds) const {
  const double angle = 2.0 * std::numbers::pi * std::fmod(seconds - peak_at_, day) / day;
  return mean_ * scale_ * std::exp(k_ * (std::cos(angle) - 1.0));
}

bool DiurnalRate::next(RatePiece& piece) {
  // Borders lie a whole number of minutes from the peak, so that the peak is one of them.
  const double offset = std::fmod(peak_at_, cell);
  const double end = time_ < offset ? offset : offset + (std::floor((time_ - offset) / cell + 0.5) + 1.0) * cell;
  piece = {time_, end, rate_at(time_), rate_at(end)};
  time_ = end;
  return true;
}

RateSummary summarize(RateProfile& profile, double end_seconds) {
  RateSummary summary;
  RatePiece piece;
  while (profile.next(piece) && piece.begin < end_seconds) {
    if (piece.end > end_seconds) {
      piece.rate_end = piece.rate_at(end_seconds);
      piece.end = end_seconds;
    }
    summary.expected += piece.area();
    summary.peak = std::max({summary.peak, piece.rate_begin, piece.rate_end});
  }
  return summary;
}

}  // namespace headroom
