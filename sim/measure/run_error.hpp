// How a run can fail to give a result that may be believed. The exit codes of the program follow from the type.
#pragma once

#include <stdexcept>

namespace headroom {

// The run did not complete: deadlock, an error of the simulation engine, a budget spent. Exit code 4.
struct IncompleteRun : std::runtime_error {
  using std::runtime_error::runtime_error;
};
// The books do not balance: a fault of ours. Exit code 1.
struct LedgerViolation : std::logic_error {
  using std::logic_error::logic_error;
};

}  // namespace headroom
