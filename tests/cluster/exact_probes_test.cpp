// Where a probe stands in a replica's line, as timelines by hand.
#include <gtest/gtest.h>

#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

// One slot, 10 s of work each.
Blueprint probed_service(const std::vector<double>& arrivals) {
  Blueprint blueprint = one_service({{WaitStep{seconds(10)}}}, arriving_at(arrivals));
  blueprint.services[0].liveness = ProbeBlueprint{};
  return blueprint;
}

ProbeAnswer probe(PlaneUnderTest& run, double sent, double now) {
  run.advance(now);
  return run.plane().answer_to_probe(run.replicas(0)[0], at_seconds(sent));
}

// Requests that come at 0, 1 and 2 are served from 0, 10 and 20 to 30.
TEST(ExactProbes, AreAnsweredWhenThoseBeforeThemAre) {
  PlaneUnderTest run{probed_service({0, 1, 2})};
  EXPECT_EQ(probe(run, 0.5, 9.9), ProbeAnswer::waits);
  EXPECT_EQ(probe(run, 0.5, 10.1), ProbeAnswer::answered);  // ahead of who came at 1
  EXPECT_EQ(probe(run, 1.5, 19.9), ProbeAnswer::waits);
  EXPECT_EQ(probe(run, 1.5, 20.1), ProbeAnswer::answered);
  EXPECT_EQ(probe(run, 5.0, 29.9), ProbeAnswer::waits);
  EXPECT_EQ(probe(run, 5.0, 30.1), ProbeAnswer::answered);  // behind everybody
}

TEST(ExactProbes, WaitForABusySlotThoughNobodyElseWaits) {
  PlaneUnderTest run{probed_service({1})};
  EXPECT_EQ(probe(run, 0.5, 0.5), ProbeAnswer::answered);
  EXPECT_EQ(probe(run, 3.0, 3.0), ProbeAnswer::waits);
  EXPECT_EQ(probe(run, 3.0, 10.9), ProbeAnswer::waits);
  EXPECT_EQ(probe(run, 3.0, 11.1), ProbeAnswer::answered);
}

// The slot was free from 10 to 12: whoever has it now came later.
TEST(ExactProbes, AreAnsweredByASlotThatWasFreeMeanwhile) {
  PlaneUnderTest run{probed_service({0, 12})};
  EXPECT_EQ(probe(run, 5.0, 13.0), ProbeAnswer::answered);
}

TEST(ExactProbes, AreTurnedAwayLikeARequestWhenTheBacklogIsFull) {
  Blueprint blueprint = probed_service({0, 1});
  blueprint.services[0].backlog = 1;
  PlaneUnderTest run{blueprint};
  EXPECT_EQ(probe(run, 0.5, 0.5), ProbeAnswer::waits);
  EXPECT_EQ(probe(run, 2.0, 2.0), ProbeAnswer::refused);
}

// The first replica has one request in flight when it comes back: the second is asked next, and the first again when it is done.
TEST(ExactProbes, AReplicaThatIsBackIsKnownByWhatItHasInFlight) {
  Blueprint blueprint = probed_service({0, 3, 12});
  blueprint.services[0].replicas = 2;
  blueprint.services[0].balancer = choice_of<Balancer>("least-connections");
  PlaneUnderTest run{blueprint};
  run.advance(1);
  const ReplicaRef busy = run.replicas(0)[run.plane().sample(run.replicas(0)[0]).in_flight == 1 ? 0 : 1];
  const ReplicaRef idle = run.replicas(0)[busy.replica == run.replicas(0)[0].replica ? 1 : 0];
  run.plane().drain_replica(busy);
  run.advance(2);
  run.plane().restore_replica(busy);
  run.advance(4);
  EXPECT_EQ(run.plane().sample(idle).in_flight, 1U);
  run.advance(12.5);
  EXPECT_EQ(run.plane().sample(busy).in_flight, 1U);
  run.finish();
  EXPECT_EQ(run.ledger("requests").completed, 3U);
}

}  // namespace
}  // namespace headroom::test
