#include "scenarios/rounded_text.hpp"

#include <fmt/format.h>

#include <cmath>

namespace headroom {

namespace {

// In the unit that leaves one to three digits before the point.
std::string rounded_time(double seconds) {
  const double size = std::fabs(seconds);
  if (size >= 1.0) return fmt::format("{:.4g} s", seconds);
  if (size >= 1e-3) return fmt::format("{:.4g} ms", seconds * 1e3);
  return size >= 1e-6 ? fmt::format("{:.4g} us", seconds * 1e6) : fmt::format("{:.4g} ns", seconds * 1e9);
}

}  // namespace

std::string rounded_text(double value, Dimension dimension) {
  if (value == 0.0 || !std::isfinite(value)) return to_text(value, dimension);
  if (dimension == Dimension::time && std::fabs(value) < 1e4) return rounded_time(value);
  if (dimension == Dimension::count && std::fabs(value) >= 1000.0) return fmt::format("{:.0f}", value);
  // By way of decimal digits: a product with a power of ten would leave such last digits itself.
  return to_text(std::stod(fmt::format("{:.3e}", value)), dimension);
}

}  // namespace headroom
