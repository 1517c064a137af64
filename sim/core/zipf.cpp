#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "sim/core/distribution.hpp"

namespace headroom {

namespace {

constexpr std::uint64_t most_items = std::uint64_t{1} << 53;

// sum over k = 1 … items of k^-s: the first terms one by one, the rest by Euler and Maclaurin up to the first derivative. The
// term left out is s(s+1)(s+2)/720 * head^-(s+3), below 1e-11 of the sum.
double generalised_harmonic(std::uint64_t items, double s) {
  constexpr std::uint64_t head = 2000;
  const std::uint64_t summed = std::min(items, head);
  double sum = 0.0;
  for (std::uint64_t k = summed; k >= 1; --k) sum += std::pow(static_cast<double>(k), -s);
  if (items == summed) return sum;
  const double from = static_cast<double>(summed);
  const double to = static_cast<double>(items);
  const double span = std::log(to / from);
  const double grown = (1.0 - s) * span;
  const double integral = std::pow(from, 1.0 - s) * (grown == 0.0 ? span : std::expm1(grown) / (1.0 - s));
  const double ends = 0.5 * (std::pow(to, -s) - std::pow(from, -s));
  const double slopes = s / 12.0 * (std::pow(from, -s - 1.0) - std::pow(to, -s - 1.0));
  return sum + integral + ends + slopes;
}

}  // namespace

Zipf::Zipf(std::uint64_t items, double exponent) : items_{items}, exponent_{exponent} {
  if (items < 1 || items > most_items) throw std::invalid_argument{"needs from 1 to 2^53 items"};
  if (!(std::isfinite(exponent) && exponent >= 0.0)) throw std::invalid_argument{"needs an exponent of at least 0"};
  h_first_ = integral(1.5) - 1.0;
  h_items_ = integral(static_cast<double>(items) + 0.5);
  threshold_ = 2.0 - inverse_integral(integral(2.5) - std::pow(2.0, -exponent));
  normaliser_ = generalised_harmonic(items, exponent);
}

double Zipf::integral(double x) const {
  const double log_x = std::log(x);
  const double grown = (1.0 - exponent_) * log_x;
  return grown == 0.0 ? log_x : std::expm1(grown) / grown * log_x;
}

double Zipf::inverse_integral(double y) const {
  // Rounding may carry the argument past the pole of the logarithm for exponents above 1.
  const double grown = std::max(-1.0, y * (1.0 - exponent_));
  return grown == 0.0 ? std::exp(y) : std::exp(std::log1p(grown) / grown * y);
}

std::uint64_t Zipf::rank_at(double u) const {
  const double x = inverse_integral(u);
  const double nearest = std::clamp(std::floor(x + 0.5), 1.0, static_cast<double>(items_));
  const bool accepted = nearest - x <= threshold_ || u >= integral(nearest + 0.5) - std::pow(nearest, -exponent_);
  return accepted ? static_cast<std::uint64_t>(nearest) : 0;
}

double Zipf::probability(std::uint64_t rank) const {
  if (rank >= items_) return 0.0;
  return std::pow(static_cast<double>(rank) + 1.0, -exponent_) / normaliser_;
}

}  // namespace headroom
