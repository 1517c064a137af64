// What comes again: sources of a subject, changes between two looks, runs that are late; and users who leave.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/policies/policy_under_test.hpp"
#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

constexpr double exact = 1e-8;

Blueprint many_slots(Steps steps, PolicyChoice arrivals) {
  Blueprint blueprint = one_service(std::move(steps), std::move(arrivals));
  blueprint.services[0].concurrency = 100'000;
  blueprint.services[0].cpu = 100'000;
  return blueprint;
}

std::vector<double> every(double gap, int count) {
  std::vector<double> times;
  for (int i = 0; i < count; ++i) times.push_back(gap * i);
  return times;
}

TEST(ExactRhythms, ASubjectKeepsItsCount) {
  for (const KeyPer per : {KeyPer::subject, KeyPer::task}) {
    std::vector<Arrival> arrivals;
    for (const double at : every(10.0, 20)) arrivals.push_back({.at = at_seconds(at), .subject = 7});
    const ForEachStep sources{Distribution::uniform(1.0, 1000.0), 1, {{WaitStep{seconds(0.001)}}}, per};
    PlaneUnderTest run{many_slots({{sources}}, scripted(std::move(arrivals)))};
    run.finish();
    const double most = run.value("max latency{workload=users}"), fewest = run.value("min latency{workload=users}");
    if (per == KeyPer::subject)
      EXPECT_NEAR(most, fewest, 0.01 * most);
    else
      EXPECT_GT(most, 2.0 * fewest);
  }
}

// Two subjects have their counts independently: over many subjects the mean is that of the distribution.
TEST(ExactRhythms, SubjectsHaveCountsOfTheirOwn) {
  constexpr int subjects = 2000;
  const ForEachStep sources{Distribution::uniform(10.0, 30.0), 1, {{WaitStep{seconds(0.001)}}}, KeyPer::subject};
  PlaneUnderTest run{many_slots({{sources}}, arriving_at(every(0.1, subjects)))};
  run.finish();
  // Deviation of a count: 20 / sqrt(12).
  EXPECT_NEAR(run.value("avg latency{workload=users}"), 0.020, 4.5 * 0.001 * 20.0 / std::sqrt(12.0 * subjects));
}

// Changes at rate 0.1 /s, looked at every 5 s: 1 - exp(-0.5) of the looks find one.
TEST(ExactRhythms, ASourceHasChangedWithTheChanceOfAPoissonProcess) {
  constexpr int looks = 20'000;
  const double chance = 1.0 - std::exp(-0.5);
  for (const bool is_said : {false, true}) {
    Blueprint blueprint = many_slots({}, scripted_again(every(0.04, looks), is_said ? Duration{} : to_duration(5.0)));
    const Index work = add_service(blueprint, "work", {}, 1000);
    WhenChangedStep look{.rate = PerSecond{0.1}, .since = {}, .steps = {{CallStep{.endpoint = work}}}};
    if (is_said) look.since = to_duration(5.0);
    blueprint.endpoints[0].steps = {{look}};
    PlaneUnderTest run{blueprint};
    run.finish();
    EXPECT_NEAR(run.value("count requests{service=work}"), looks * chance, 4.5 * std::sqrt(looks * chance * (1.0 - chance)));
  }
}

TEST(ExactRhythms, WhereNobodyComesAgainEverythingHasChanged) {
  Blueprint blueprint = many_slots({}, arriving_at(every(1.0, 100)));
  const Index work = add_service(blueprint, "work", {}, 1000);
  blueprint.endpoints[0].steps = {
      {WhenChangedStep{.rate = PerSecond{0.1}, .since = {}, .steps = {{CallStep{.endpoint = work}}}}}};
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_EQ(run.value("count requests{service=work}"), 100);
}

// One slot, 1.5 s each: done after 1.5, 3 and 4.5 s. Due again after 3 s: the last one is late.
TEST(ExactRhythms, ARunIsLateWhenTheNextIsDueBeforeItIsDone) {
  for (const bool by_message : {false, true}) {
    Blueprint blueprint = one_service({{WaitStep{seconds(1.5)}}}, scripted_again({0, 0, 0}, to_duration(3.0)));
    if (by_message) {
      blueprint.queues.push_back({.name = "jobs", .limit = {}, .delay = {}, .visibility = {}, .deliveries = {}});
      blueprint.services[0].queue = 0;
      blueprint.services[0].worker_endpoint = 0;
      blueprint.workloads[0].journeys[0].steps = {{PublishStep{.queue = 0, .priority = {}}}};
    }
    PlaneUnderTest run{blueprint};
    run.finish();
    EXPECT_NEAR(run.value("rate late{workload=users}"), 1.0 / 3, exact);
    EXPECT_NEAR(run.value("avg lateness{workload=users}"), (1.5 + 3.0 + 4.5) / 3, exact);
    if (by_message) {
      EXPECT_NEAR(run.value("avg queue_wait{queue=jobs}"), (0.0 + 1.5 + 3) / 3, exact) << "lateness of the starts";
    }
  }
}

// 15 s of work after a jitter that is uniform up to 50 s, every 60 s: 25 + 15 s late on average against the schedule, and not
// done when the next is due if the jitter is more than 45 of 50 s.
TEST(ExactRhythms, JitterCountsAgainstTheSchedule) {
  const PolicyChoice monitors = chosen_policy<Workload>(
      {{"model", "monitors"}, {"users", 600}, {"phase", "jittered"}, {"period", "60 s"}, {"jitter", "50 s"}});
  PlaneUnderTest run{many_slots({{WaitStep{seconds(15)}}}, monitors), 1, 6000.0};
  run.finish();
  const double runs = 600.0 * 100.0;
  EXPECT_NEAR(run.value("avg lateness{workload=users}"), 40.0, 4.5 * 50.0 / std::sqrt(12.0 * runs));
  EXPECT_NEAR(run.value("rate late{workload=users}"), 0.1, 4.5 * std::sqrt(0.1 * 0.9 / runs));
  constexpr double bucket = 0.005;  // half-width of the histogram's buckets, relative
  EXPECT_GE(run.value("min lateness{workload=users}"), 15.0 * (1.0 - bucket));
  EXPECT_LE(run.value("max lateness{workload=users}"), 65.0 * (1.0 + bucket));
}

// A visit of 1 ms, 20 s of thought and 1 ms, begun every 0.2 s: 500 × 20.002 s of presence in 1000 s, and 101 at once where the
// first of 20.002 s overlaps with the hundred and first. Who only asks is here for 1 ms.
TEST(ExactRhythms, UsersWhoThinkAreHere) {
  for (const bool with_requests : {false, true}) {
    std::vector<Arrival> arrivals;
    for (const double at : every(0.2, 500)) arrivals.push_back({.at = at_seconds(at), .subject = 1});
    for (const double at : every(0.2, with_requests ? 500 : 0))
      arrivals.push_back({.at = at_seconds(at + 200.0), .journey = 1, .subject = 1});
    Blueprint blueprint = many_slots({{WaitStep{seconds(0.001)}}}, scripted(std::move(arrivals)));
    JourneyBlueprint& visit = blueprint.workloads[0].journeys[0];
    visit.steps = {{CallStep{.endpoint = 0}}, {WaitStep{seconds(20)}}, {CallStep{.endpoint = 0}}};
    if (with_requests) blueprint.workloads[0].journeys.push_back({"glance", 1.0, {{CallStep{.endpoint = 0}}}});
    PlaneUnderTest run{blueprint};
    run.finish();
    const double present = 500 * 20.002 + (with_requests ? 500 * 0.001 : 0.0);
    EXPECT_NEAR(run.value("avg concurrent_users{workload=users}"), present / 1000.0, exact);
    EXPECT_EQ(run.value("max concurrent_users{workload=users}"), 101.0);
    const double requests = (with_requests ? 1500 : 1000) * 0.001;
    EXPECT_NEAR(run.value("avg in_flight{workload=users}"), requests / 1000.0, exact);
  }
}

TEST(ExactRhythms, WhereEveryVisitIsARequestTheUsersAreTheRequests) {
  PlaneUnderTest run{many_slots({{WaitStep{seconds(3)}}}, arriving_at({0, 1, 2, 10}))};
  run.finish();
  EXPECT_NEAR(run.value("avg concurrent_users{workload=users}"), 4 * 3.0 / 1000.0, exact);
  EXPECT_EQ(run.value("max concurrent_users{workload=users}"), 3.0);
  EXPECT_EQ(run.value("max in_flight{workload=users}"), 3.0);
}

CallStep& request_of(Blueprint& blueprint) { return std::get<CallStep>(blueprint.workloads[0].journeys[0].steps[0].action); }

// Leaves after 1 s of 3; the service works to the end.
TEST(ExactPatience, AUserLeavesAndTheWorkGoesOn) {
  Blueprint blueprint = one_service({{WaitStep{seconds(3)}}}, arriving_at({0, 0.5}));
  request_of(blueprint).patience = seconds(1);
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_EQ(run.value("count failures{reason=abandoned}"), 2);
  EXPECT_EQ(run.value("count failures{reason=timeout}"), 0);
  EXPECT_NEAR(run.value("avg in_flight{workload=users}"), 2 * 1.0 / 1000, exact);
  EXPECT_EQ(run.value("rate errors{workload=users}"), 1);
  EXPECT_EQ(run.ledger("requests").completed, 2U) << "the second had waited in line till 3 s";
}

// Tries of 0.4 s, back-off 0.2 s: begun at 0, 0.6, 1.2; patience ends at 1.3 in the third, or at 0.5 between two.
TEST(ExactPatience, CoversAllTries) {
  for (const auto& [patience, tries] : {std::pair{1.3, 3}, std::pair{0.5, 1}, std::pair{0.7, 2}, std::pair{10.0, 4}}) {
    Blueprint blueprint = many_slots({{WaitStep{seconds(3)}}}, arriving_at({0}));
    CallStep& request = request_of(blueprint);
    request.timeout = to_duration(0.4);
    request.retry = {.attempts = 4, .base = to_duration(0.2), .factor = 1.0, .cap = to_duration(0.2), .full_jitter = false};
    request.patience = seconds(patience);
    PlaneUnderTest run{blueprint};
    run.finish();
    EXPECT_EQ(run.value("count failures{reason=abandoned}"), patience < 10.0 ? 1 : 0) << patience;
    EXPECT_EQ(run.value("count requests{service=api}"), tries) << patience;
    EXPECT_NEAR(run.value("avg in_flight{workload=users}"), std::min(patience, 4 * 0.4 + 3 * 0.2) / 1000, exact);
  }
}

// Who goes on with the journey has left one request, which counts once; the next is another.
TEST(ExactPatience, ARequestThatIsLeftCountsOnceThoughTheJourneyGoesOn) {
  for (const bool again : {false, true}) {
    Blueprint blueprint = many_slots({{WaitStep{seconds(3)}}}, arriving_at({0, 10}));
    request_of(blueprint).patience = seconds(1);
    request_of(blueprint).ignore_failure = true;
    if (again) blueprint.workloads[0].journeys[0].steps.push_back({CallStep{.endpoint = 0}});
    PlaneUnderTest run{blueprint};
    run.finish();
    EXPECT_EQ(run.value("count failures"), 2);
    EXPECT_EQ(run.value("count errors{workload=users}"), 2);
    EXPECT_EQ(run.value("count errors{service=api}"), 2);
    EXPECT_EQ(run.value("count requests{workload=users}"), again ? 4 : 2);
    EXPECT_EQ(run.value("count requests{service=api}"), again ? 4 : 2);
    EXPECT_EQ(run.ledger("sessions").completed, 2U);
  }
}

// Service exponential of mean 2 s against patience exponential of mean 3 s, nobody waits in line: the patience ends first in
// (1/3) / (1/2 + 1/3) = 2/5 of cases, and who leaves or is answered does so after 1 / (1/2 + 1/3) = 1.2 s on average, either way.
TEST(ExactPatience, RacesTheAnswer) {
  constexpr int users = 20'000;
  Blueprint blueprint = many_slots({{WaitStep{Distribution::exponential(2.0)}}}, arriving_at(every(0.04, users)));
  request_of(blueprint).patience = Distribution::exponential(3.0);
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_NEAR(run.value("count failures{reason=abandoned}"), 0.4 * users, 4.5 * std::sqrt(0.4 * 0.6 * users));
  EXPECT_NEAR(run.value("avg latency{workload=users}"), 1.2, 4.5 * 1.2 / std::sqrt(1.0 * users));
}

}  // namespace
}  // namespace headroom::test
