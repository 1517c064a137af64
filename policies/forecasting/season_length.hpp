// A season as a whole number of steps.
#pragma once

#include <cmath>
#include <cstddef>

#include <fmt/format.h>

#include "sim/seams/forecaster.hpp"

namespace headroom {

inline std::size_t season_length(Duration season, const Forecaster::Context& context) {
  return static_cast<std::size_t>(std::max(1.0, std::round(context.steps_in(season))));
}

// A season of one step would be none.
inline FieldProblems season_problems(std::string_view field, Duration season, const Forecaster::Context& context) {
  if (context.steps_in(season) >= 1.5) return {};
  return {{std::string{field}, fmt::format("is {}, not even two steps of {}; give a longer season or a shorter step",
                                           to_text(season), to_text(context.step))}};
}

}  // namespace headroom
