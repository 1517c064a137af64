// Who of those that wait for a slot is next: by hand, and against formulas.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/plane_under_test.hpp"
#include "tests/support/poisson_arrivals.hpp"

namespace headroom::test {
namespace {

constexpr double exact = 1e-8;

Blueprint served(Discipline discipline, Distribution work) {
  Blueprint blueprint = one_service({{WaitStep{std::move(work)}}}, scripted({}));
  blueprint.services[0].discipline = discipline;
  return blueprint;
}

// One slot, one second each. 7 asks for four at once, then 8 for two and 9 for one. 7 is served, and 7, 8, 9 wait in this order:
// in turns 7 8 9 7 8 7.
TEST(ExactDisciplines, FairGivesEachSubjectItsTurn) {
  std::vector<Arrival> arrivals;
  for (const std::uint64_t subject : {7, 7, 7, 7, 8, 8, 9}) arrivals.push_back({.at = start_of_time, .subject = subject});
  Blueprint blueprint = served(Discipline::fair, seconds(1));
  for (const std::uint64_t subject : {7, 8, 9}) {
    std::vector<Arrival> own;
    for (const Arrival& arrival : arrivals) {
      if (arrival.subject == subject) own.push_back(arrival);
    }
    WorkloadBlueprint workload = blueprint.workloads[0];
    workload.name = "tenant-" + std::to_string(subject);
    workload.model = scripted(own);
    blueprint.workloads.push_back(workload);
  }
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_NEAR(run.value("avg latency{workload=tenant-7}"), (1.0 + 2 + 5 + 7) / 4, exact);
  EXPECT_NEAR(run.value("avg latency{workload=tenant-8}"), (3.0 + 6) / 2, exact);
  EXPECT_NEAR(run.value("avg latency{workload=tenant-9}"), 4.0, exact);
}

TEST(ExactDisciplines, LifoServesWhoCameLast) {
  Blueprint blueprint = served(Discipline::lifo, seconds(1));
  blueprint.workloads[0].model = arriving_at({0, 0.2, 0.4});
  PlaneUnderTest run{blueprint, 1, 2.5};
  run.finish();
  // Served 0-1; then the third 1-2, with 0.6 s of waiting; the second is still at work.
  EXPECT_NEAR(run.value("avg latency{workload=users}"), (1.0 + 1.6) / 2, exact);
}

TEST(ExactDisciplines, WhoWaitsTooLongLeavesAnyLine) {
  for (const Discipline discipline : {Discipline::fifo, Discipline::lifo, Discipline::priority, Discipline::fair}) {
    Blueprint blueprint = served(discipline, seconds(10));
    blueprint.services[0].wait_limit = seconds(1);
    blueprint.workloads[0].model = arriving_at({0, 0, 0, 0});
    PlaneUnderTest run{blueprint};
    run.advance(5);
    EXPECT_EQ(run.plane().sample(run.replicas(0)[0]).in_flight, 1U);
    run.finish();
    EXPECT_EQ(run.ledger("requests").failed.at("wait_limit"), 3U);
  }
}

TEST(ExactDisciplines, WhoWaitsIsLostWithTheReplicaInAnyLine) {
  for (const Discipline discipline : {Discipline::fifo, Discipline::lifo, Discipline::priority, Discipline::fair}) {
    Blueprint blueprint = served(discipline, seconds(10));
    blueprint.workloads[0].model = arriving_at({0, 0, 0, 0});
    PlaneUnderTest run{blueprint};
    run.advance(5);
    run.plane().remove_replica(run.replicas(0)[0]);
    run.finish();
    EXPECT_EQ(run.ledger("requests").failed.at("lost"), 4U);
    EXPECT_EQ(run.value("last queue_length{service=api}"), 0);
  }
}

// M/M/1, two classes of rate 0.3 and 0.4, service 1. Cobham (1954): W_1 = W_0 / (1 - rho_1), W_2 = W_0 / ((1 - rho_1)(1 - rho_1 -
// rho_2)), W_0 = sum lambda_i E[S^2] / 2 = 0.7: 1 and 3.3333.
TEST(ExactDisciplines, TwoPrioritiesWaitAsCobhamSays) {
  constexpr double end = 100'000;
  std::vector<double> urgent, other;
  for (std::uint64_t seed = 1; seed <= 16; ++seed) {
    Blueprint blueprint = served(Discipline::priority, Distribution::exponential(1.0));
    blueprint.workloads[0].model = scripted(poisson(0.3, end, 0, 2 * seed));
    blueprint.workloads.push_back(blueprint.workloads[0]);
    blueprint.workloads[1].name = "others";
    blueprint.workloads[1].model = scripted(poisson(0.4, end, 1, 2 * seed + 1));
    PlaneUnderTest run{blueprint, seed, end};
    run.finish();
    urgent.push_back(run.value("avg latency{workload=users}"));
    other.push_back(run.value("avg latency{workload=others}"));
  }
  expect_known(urgent, 1.0 + 0.7 / 0.7, "urgent");
  expect_known(other, 1.0 + 0.7 / (0.7 * 0.3), "others");
}

double second_moment(const RunResult& result, const std::string& metric) {
  for (const Series& series : result.series) {
    if (series.metric != metric || series.labels != std::vector<Label>{{"service", "api"}}) continue;
    Histogram all;
    for (const Histogram& slice : series.slices) all.merge(slice);
    double sum = 0.0;
    for (const Histogram::Bucket& bucket : all.buckets()) {
      const double middle = (Histogram::lower_bound_seconds(bucket.index) + Histogram::upper_bound_seconds(bucket.index)) / 2;
      sum += middle * middle * static_cast<double>(bucket.count);
    }
    return sum / static_cast<double>(all.count());
  }
  return NAN;
}

// M/M/1 at rho 0.5: the mean wait is the same, rho / (1 - rho) = 1; E[W^2] is 2 rho / (1 - rho)^2 = 4 first come first served,
// and 1 / (1 - rho) times that last come first served (Takacs, 1963). Buckets are 1/128 wide: 1 % of the second moment at most.
TEST(ExactDisciplines, LastComeFirstServedWaitsAsLongButMoreUnevenly) {
  constexpr double end = 200'000;
  for (const Discipline discipline : {Discipline::fifo, Discipline::lifo}) {
    std::vector<double> means, squares;
    for (std::uint64_t seed = 1; seed <= 16; ++seed) {
      Blueprint blueprint = served(discipline, Distribution::exponential(1.0));
      blueprint.workloads[0].model = scripted(poisson(0.5, end, 0, seed));
      PlaneUnderTest run{blueprint, seed, end};
      run.finish();
      means.push_back(run.value("avg queue_wait{service=api}"));
      squares.push_back(second_moment(run.finish_result(), "queue_wait"));
    }
    expect_known(means, 1.0, "mean");
    expect_known(squares, discipline == Discipline::fifo ? 4.0 : 8.0, "second moment");
  }
}

// Two tenants, one of whom asks for far more than there is: the other is served as if alone with its share. M/D/1-like bound: a
// modest tenant's request finds at most one of each tenant's before it (its own arrive 10 s apart), so it waits 2 s at most.
TEST(ExactDisciplines, ATenantThatAsksForTooMuchWaitsForItselfAlone) {
  for (const bool fair : {true, false}) {
    Blueprint blueprint = served(fair ? Discipline::fair : Discipline::fifo, seconds(1));
    std::vector<Arrival> greedy, modest;
    for (int i = 0; i < 4000; ++i) greedy.push_back({.at = at_seconds(0.25 * i), .subject = 1});
    for (int i = 0; i < 90; ++i) modest.push_back({.at = at_seconds(3.1 + 10.0 * i), .subject = 2});
    blueprint.workloads[0].model = scripted(greedy);
    blueprint.workloads.push_back(blueprint.workloads[0]);
    blueprint.workloads[1].name = "modest";
    blueprint.workloads[1].model = scripted(modest);
    PlaneUnderTest run{blueprint};
    run.finish();
    if (fair) {
      EXPECT_LE(run.value("p(100) latency{workload=modest}"), 3.0 * (1 + 1.0 / 128));
    } else {
      EXPECT_GT(run.value("avg latency{workload=modest}"), 100.0);
    }
  }
}

// Two tenants of two workloads that both always wait, with weights 3 and 1: of 1000 s of work the one has 750, the other 250. The subjects have
// the same number, and are two all the same.
TEST(Weights, GiveATenantItsShareWhileOthersWait) {
  Blueprint blueprint = served(Discipline::fair, seconds(1));
  std::vector<Arrival> always;
  for (int i = 0; i < 2000; ++i) always.push_back({.at = at_seconds(0.5 * i), .subject = 7});
  blueprint.workloads[0].model = scripted(always);
  blueprint.workloads.push_back(blueprint.workloads[0]);
  blueprint.workloads[1].name = "others";
  blueprint.services[0].fair_weights = {3, 1};
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_NEAR(run.value("count requests{workload=users}"), 750.0, 3.0);
  EXPECT_NEAR(run.value("count requests{workload=others}"), 250.0, 3.0);
}

// Two tenants of weight 3 against one of weight 1: 3 : 3 : 1.
TEST(Weights, AreOfEachTenant) {
  Blueprint blueprint = served(Discipline::fair, seconds(1));
  std::vector<Arrival> two, one;
  for (int i = 0; i < 2000; ++i) {
    two.push_back({.at = at_seconds(0.5 * i), .subject = static_cast<std::uint64_t>(i % 2)});
    one.push_back({.at = at_seconds(0.5 * i), .subject = 9});
  }
  blueprint.workloads[0].model = scripted(two);
  blueprint.workloads.push_back(blueprint.workloads[0]);
  blueprint.workloads[1].name = "others";
  blueprint.workloads[1].model = scripted(one);
  blueprint.services[0].fair_weights = {3, 1};
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_NEAR(run.value("count requests{workload=users}"), 1000.0 * 6 / 7, 7.0);
  EXPECT_NEAR(run.value("count requests{workload=others}"), 1000.0 / 7, 3.0);
}

}  // namespace
}  // namespace headroom::test
