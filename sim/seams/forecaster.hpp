// Forecaster: what a series of evenly spaced values goes on with, from what it has been.
//
// It sees the past alone, as a controller has recorded it. A season is given as a time; how many steps that is, the context
// knows.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "sim/core/fields.hpp"
#include "sim/core/time.hpp"

namespace headroom {

class Forecaster {
 public:
  static constexpr std::string_view seam = "forecasting";
  static constexpr std::string_view discriminator = "model";
  struct Context {
    Duration step{std::chrono::minutes{1}};  // between two values, > 0

    double steps_in(Duration span) const { return to_seconds(span) / to_seconds(step); }
  };

  virtual ~Forecaster() = default;
  // The values (finite, oldest first) go on with these `horizon` ones; empty: they are too few to say.
  virtual std::vector<double> forecast(std::span<const double> values, std::size_t horizon) const = 0;
  // What the options ask for and this step cannot give, by field of the options; asked before a run.
  virtual FieldProblems problems() const { return {}; }
};

}  // namespace headroom
