// A question that no plan can answer as it was asked: a pointer to no number, a scenario without objectives. The command line is
// wrong, or the scenario is, for this question.
#pragma once

#include <stdexcept>

namespace headroom {

struct PlanError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace headroom
