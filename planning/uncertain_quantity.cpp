#include "planning/uncertain_quantity.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sim/core/random.hpp"

namespace headroom {
namespace {

// The lower end of the triangle with its top at mid and its upper end at `high` of which `beyond` lies below `low`:
// (low - a)^2 = beyond (high - a)(mid - a).
double lower_end(double low, double mid, double high, double beyond) {
  const double b = 2.0 * low - beyond * (high + mid), c = low * low - beyond * high * mid;
  return (b - std::sqrt(std::max(0.0, b * b - 4.0 * (1.0 - beyond) * c))) / (2.0 * (1.0 - beyond));
}

std::optional<Quantity> quantity_of(const std::string& text) {
  QuantityError ignored;
  return parse_quantity(text, ignored);
}

bool is_plain(Dimension dimension) { return dimension == Dimension::count || dimension == Dimension::ratio; }

}  // namespace

double triangular_quantile(double low, double mid, double high, double share) {
  if (!(high > low)) return mid;
  const double below = (mid - low) / (high - low);
  if (share < below) return low + std::sqrt(share * (high - low) * (mid - low));
  return high - std::sqrt((1.0 - share) * (high - low) * (high - mid));
}

std::string UncertainQuantity::text(double value) const { return to_text(is_whole ? std::round(value) : value, dimension); }

std::vector<SettingChange> UncertainQuantity::changes(double value) const {
  std::vector<SettingChange> changes;
  const bool has_entry = pointer.starts_with("/assumptions/");
  if (has_entry && (value < low || value > high)) changes.emplace_back(pointer + "/range", "null");
  changes.emplace_back(pointer, text(value));
  return changes;
}

double UncertainQuantity::quantile(double share) const {
  double from = low, to = high;
  if (confidence && high > low) {
    const double beyond = (1.0 - *confidence) / 2.0;
    for (int round = 0; round < 200; ++round) {
      from = lower_end(low, mid, to, beyond);
      to = -lower_end(-high, -mid, -from, beyond);
    }
    if (low >= 0.0) from = std::max(0.0, from);
    if (dimension == Dimension::ratio && high <= 1.0) to = std::min(1.0, to);
  }
  return triangular_quantile(from, mid, to, share);
}

std::optional<UncertainQuantity> uncertain_quantity(const AssumptionSpec& assumption) {
  if (assumption.range.size() != 2) return std::nullopt;
  const auto low = quantity_of(assumption.range[0]), mid = quantity_of(assumption.value), high = quantity_of(assumption.range[1]);
  if (!low || !mid || !high || !(low->value < high->value)) return std::nullopt;
  const bool alike = low->dimension == high->dimension && low->dimension == mid->dimension;
  const bool plain = is_plain(low->dimension) && is_plain(mid->dimension) && is_plain(high->dimension);
  if (!alike && !plain) return std::nullopt;
  const auto whole = [](double x) { return x == std::floor(x); };
  const bool is_whole = mid->dimension == Dimension::count && whole(low->value) && whole(mid->value) && whole(high->value);
  return UncertainQuantity{assumption.name, assumption.pointer(), low->value, mid->value,
                           high->value,     mid->dimension,       is_whole,   assumption.confidence};
}

std::vector<std::vector<double>> latin_hypercube(std::size_t samples, const std::vector<std::string>& dimensions,
                                                 std::uint64_t seed) {
  std::vector<std::vector<double>> points(samples, std::vector<double>(dimensions.size()));
  RandomStreams streams{seed, 0};
  for (std::size_t d = 0; d < dimensions.size(); ++d) {
    RandomStream stream = streams.named("plans/samples/" + dimensions[d]);
    std::vector<std::size_t> strata(samples);
    std::iota(strata.begin(), strata.end(), std::size_t{0});
    for (std::size_t i = samples; i > 1; --i) std::swap(strata[i - 1], strata[stream.below(i)]);
    for (std::size_t i = 0; i < samples; ++i)
      points[i][d] = (static_cast<double>(strata[i]) + stream.uniform()) / static_cast<double>(samples);
  }
  return points;
}

BinomialShare binomial_share(std::size_t successes, std::size_t trials) {
  if (trials == 0) return {};
  constexpr double z = 1.959963984540054;  // of the normal distribution at 97.5 %
  const double n = static_cast<double>(trials), share = static_cast<double>(successes) / n, shrink = 1.0 + z * z / n;
  const double centre = (share + z * z / (2.0 * n)) / shrink;
  const double half = z * std::sqrt(share * (1.0 - share) / n + z * z / (4.0 * n * n)) / shrink;
  return {share, std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

}  // namespace headroom
