// The clock of observations that have a time: it never goes back.
#pragma once

#include <optional>

#include <fmt/format.h>

#include "sim/core/fields.hpp"

namespace headroom::decisions {

class LineClock {
 public:
  // Of the next line, in seconds.
  FieldProblems check(double time) {
    FieldProblems found;
    if (last_ && time < *last_)
      found.emplace_back(
          "time", fmt::format("is {:g}, before the {:g} of the line before; put the lines in order of time", time, *last_));
    last_ = time;
    return found;
  }

 private:
  std::optional<double> last_;
};

}  // namespace headroom::decisions
