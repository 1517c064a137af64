// One run of a Blueprint: engine, infrastructure, control loops, request plane, recorder. One run per process.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include "sim/cluster/blueprint.hpp"
#include "sim/measure/run_result.hpp"

namespace headroom {

// The run did not complete: deadlock, an error of the simulation engine, a budget spent. Exit code 4.
struct IncompleteRun : std::runtime_error {
  using std::runtime_error::runtime_error;
};
// The books do not balance: a fault of ours. Exit code 1.
struct LedgerViolation : std::logic_error {
  using std::logic_error::logic_error;
};

struct RunIdentity {
  std::string variant;
  std::uint64_t seed = 1;
  std::uint64_t replication = 0;
};

// Runs to the end. At most once per process (the engine's clock cannot be reset): a second call throws std::logic_error.
// Throws IncompleteRun, LedgerViolation, or what an actor threw.
RunResult simulate(const Blueprint& blueprint, const RunIdentity& identity);

}  // namespace headroom
