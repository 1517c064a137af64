#include "scenarios/rounded_text.hpp"

#include <fmt/format.h>

#include <cmath>

namespace headroom {

std::string rounded_text(double value, Dimension dimension) {
  if (value == 0.0 || !std::isfinite(value)) return to_text(value, dimension);
  if (dimension == Dimension::count && std::fabs(value) >= 1000.0) return fmt::format("{:.0f}", value);
  // By way of decimal digits: a product with a power of ten would leave such last digits itself.
  return to_text(std::stod(fmt::format("{:.3e}", value)), dimension);
}

}  // namespace headroom
