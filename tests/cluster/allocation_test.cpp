// After warm-up the exact plane takes no memory per event: every allocation of the process is counted while it runs.
#include <gtest/gtest.h>

#include "tests/bench/engine_works.hpp"
#include "tests/support/allocation_counter.hpp"

namespace headroom::bench {
namespace {

class NoAllocation : public testing::TestWithParam<std::pair<unsigned, unsigned>> {};

TEST_P(NoAllocation, PerEventAfterWarmUp) {
  const auto [stations, servers] = GetParam();
  Blueprint blueprint = tandem_blueprint(stations, servers, 0.8 * servers);
  constexpr double end = 40'000;
  blueprint.duration = to_duration(end);
  RandomStreams streams{1, 0};
  Recorder recorder{{end}, {}};
  const std::unique_ptr<RequestPlane> plane = make_exact_request_plane(blueprint, streams, recorder);
  for (Index i = 0; i < blueprint.services.size(); ++i) plane->add_replica(i);
  plane->advance_to(at_seconds(end / 2));
  const std::uint64_t before = allocations_so_far();
  plane->advance_to(at_seconds(end));
  // Tens of thousands of events; the few allocations left are queues and histograms that reach a new largest size.
  EXPECT_LE(allocations_so_far() - before, 8U);
  RunResult result;
  plane->finish(result);
  EXPECT_GT(result.events, 60'000U);
}

INSTANTIATE_TEST_SUITE_P(Works, NoAllocation, testing::Values(std::pair{1U, 1U}, std::pair{1U, 16U}, std::pair{3U, 8U}));

}  // namespace
}  // namespace headroom::bench
