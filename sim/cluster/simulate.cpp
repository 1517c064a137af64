#include <fmt/format.h>

#include "sim/cluster/exact_request_plane.hpp"
#include "sim/cluster/simulation.hpp"

namespace headroom {

RunResult simulate(const Blueprint& blueprint, const RunIdentity& identity, RequestTrace* trace) {
  if (const auto problems = check_blueprint(blueprint); !problems.empty()) {
    throw std::invalid_argument{fmt::format("this cannot run: {}", fmt::join(problems, "; "))};
  }
  return simulate_with(blueprint, identity, [trace](const Blueprint& built, RandomStreams& streams, Recorder& recorder) {
    auto plane = std::make_unique<ExactRequestPlane>(built, streams, recorder);
    plane->follow_requests(built);
    if (trace != nullptr) plane->attach(*trace);
    return plane;
  });
}

}  // namespace headroom
