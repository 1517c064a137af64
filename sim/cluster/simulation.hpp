// One run of a Blueprint: engine, infrastructure, control loops, request plane, recorder. One run per process.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "sim/cluster/blueprint.hpp"
#include "sim/cluster/request_plane.hpp"
#include "sim/measure/run_error.hpp"
#include "sim/measure/run_result.hpp"

namespace headroom {

class RandomStreams;
class Recorder;
class RequestTrace;

struct RunIdentity {
  std::string variant;
  std::uint64_t seed = 1;
  std::uint64_t replication = 0;
};

// Makes the request plane of a run. It starts without replicas.
using RequestPlaneFactory = std::function<std::unique_ptr<RequestPlane>(const Blueprint&, RandomStreams&, Recorder&)>;

// Runs to the end. At most once per process (the engine's clock cannot be reset): a second call throws std::logic_error.
// Throws std::invalid_argument (with all of check_blueprint's sentences), IncompleteRun, LedgerViolation, or what an actor threw.
// `trace` is told of the requests (none: nobody looks); it changes no result.
RunResult simulate(const Blueprint& blueprint, const RunIdentity& identity, RequestTrace* trace = nullptr);
// The same with another request plane, whose blueprint need not pass check_blueprint.
RunResult simulate_with(const Blueprint& blueprint, const RunIdentity& identity, const RequestPlaneFactory& make_plane);

}  // namespace headroom
