// Sweeps of assumptions of a system whose latency is arithmetic: one user at a time, so that nobody ever waits.
#include "planning/sensitivity.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "planning/plan_error.hpp"
#include "tests/planning/planning_scenario.hpp"

namespace headroom::test {
namespace {

// Latency = rest + 100 ms / share of a core: linear in the one, inverse in the other; the time between requests is not in it.
std::string arithmetic_scenario(const std::string& objective, const std::string& assumptions) {
  return R"({"name": "arithmetic", "seed": 3, "duration": "20 min", "warm_up": "1 min", "replications": 3,
    "assumptions": {)" +
         assumptions + R"(},
    "services": [{"name": "desk", "concurrency": 4, "price": "0.1 USD/h", "cpu": "${share}",
      "endpoints": [{"name": "serve", "steps": [{"wait": "${rest}"}, {"compute": "100 ms"}]}]}],
    "workloads": [{"model": "users", "name": "people", "population": 1,
                   "journeys": [{"steps": [{"request": "desk.serve"}, {"think": {"exponential": {"mean": "${think}"}}}]}]}],
    "objectives": [")" +
         objective + R"("]})";
}
const std::string three = R"("rest": {"value": "100 ms", "range": ["50 ms", "300 ms"], "why": "a test"},
  "share": {"low": 0.25, "mid": 0.5, "high": 1, "why": "a test"},
  "think": {"value": "2 s", "range": ["1 s", "4 s"], "why": "a test"})";

Sensitivity find(const PlannedFile& file, SensitivityQuestion question = {}) {
  question.replications = 3;
  Trials trials = file.trials();
  return find_sensitivity(trials, question);
}

TEST(Sensitivity, IsThatOfTheFormula) {
  const PlannedFile file{arithmetic_scenario("avg latency < 450 ms", three)};
  const Sensitivity found = find(file);
  ASSERT_EQ(found.swept.size(), 3U);
  EXPECT_NEAR(t_interval(found.base.values[0]).mean, 0.1 + 0.1 / 0.5, 1e-6);
  const SweptAssumption &first = found.swept[0], &second = found.swept[1], &third = found.swept[2];
  EXPECT_EQ(first.quantity.name, "share") << "it swings most";
  EXPECT_NEAR(first.at_low.mean, 0.1 + 0.1 / 0.25, 1e-6);
  EXPECT_NEAR(first.at_high.mean, 0.1 + 0.1 / 1.0, 1e-6);
  EXPECT_NEAR(first.swing, 0.5 - 0.2, 1e-6);
  EXPECT_EQ(second.quantity.name, "rest");
  EXPECT_NEAR(second.at_low.mean, 0.05 + 0.2, 1e-6);
  EXPECT_NEAR(second.at_high.mean, 0.3 + 0.2, 1e-6);
  EXPECT_EQ(third.quantity.name, "think");
  EXPECT_NEAR(third.swing, 0.0, 1e-6);
}

TEST(Sensitivity, SaysWhatDecidesWhatMattersAndWhatCannotBeTold) {
  const PlannedFile file{arithmetic_scenario("avg latency < 450 ms", three)};
  const Sensitivity found = find(file);
  EXPECT_TRUE(found.swept[0].decides) << "500 ms at a quarter of a core";
  EXPECT_TRUE(found.swept[0].is_told);
  EXPECT_TRUE(found.swept[1].decides) << "500 ms with a rest of 300 ms";
  EXPECT_FALSE(found.swept[2].decides);
  EXPECT_FALSE(found.swept[2].is_told);
  EXPECT_EQ(sensitivity_sentence(found),
            "measure first: share (0.25 to 1 moves mean latency from 500 ms to 200 ms and decides whether the objectives hold)");
}

TEST(Sensitivity, OfWhatDecidesNothingIsStillRanked) {
  const PlannedFile file{arithmetic_scenario("avg latency < 2 s", three)};
  const Sensitivity found = find(file);
  EXPECT_FALSE(found.swept[0].decides);
  EXPECT_EQ(found.measure_first(), std::optional<std::size_t>{0});
  EXPECT_EQ(sensitivity_sentence(found), "measure first: share (0.25 to 1 moves mean latency from 500 ms to 200 ms)");
}

TEST(Sensitivity, OfCostIsNoneWhereNothingCostsMore) {
  const PlannedFile file{arithmetic_scenario("avg latency < 2 s", three)};
  const Sensitivity found = find(file, {.output = "cost"});
  EXPECT_FALSE(found.measure_first().has_value());
  EXPECT_EQ(sensitivity_sentence(found), "none of 3 assumptions moves cost by more than chance");
}

TEST(Sensitivity, SweepsNumbersWhereTheyStand) {
  std::string text = arithmetic_scenario("avg latency < 450 ms", three);
  const std::string place = R"("compute": "100 ms")";
  text.replace(text.find(place), place.size(), R"("compute": {"low": "50 ms", "mid": "100 ms", "high": "250 ms"})");
  const PlannedFile file{text};
  const Sensitivity found = find(file);
  ASSERT_EQ(found.swept.size(), 4U);
  EXPECT_EQ(found.swept[0].quantity.name, "/services/desk/endpoints/serve/steps/1/compute");
  EXPECT_NEAR(found.swept[0].at_high.mean, 0.1 + 0.25 / 0.5, 1e-6);
}

// rest + 0.1 / 0.5 < 350 ms holds for a rest below 150 ms. Of a triangle over 50 to 300 ms with its top at 100 ms that is
// 1 - (300 - 150)^2 / (250 x 200) = 55 %: of 40 strata 22.
TEST(Sensitivity, CountsHowManySamplesHold) {
  const std::string one = R"("rest": {"value": "100 ms", "range": ["50 ms", "300 ms"], "why": "a test"},
    "share": {"value": 0.5, "why": "a test"}, "think": {"value": "2 s", "why": "a test"})";
  const PlannedFile file{arithmetic_scenario("avg latency < 350 ms", one)};
  const Sensitivity found = find(file, {.samples = 40});
  ASSERT_TRUE(found.joint.has_value());
  EXPECT_EQ(found.joint->pass + found.joint->fail, 40U);
  EXPECT_NEAR(static_cast<double>(found.joint->pass), 22.0, 1.0) << "the limit may lie inside a stratum";
  EXPECT_EQ(found.left_out, (std::vector<std::string>{"share", "think"}));
}

TEST(Sensitivity, IsTheSameWhateverTheNumberOfWorkers) {
  const PlannedFile file{arithmetic_scenario("avg latency < 450 ms", three)};
  Trials one = file.trials(1), three_workers = file.trials(3);
  const SensitivityQuestion question{.replications = 2, .samples = 10};
  EXPECT_EQ(sensitivity_json(find_sensitivity(one, question)).dump(),
            sensitivity_json(find_sensitivity(three_workers, question)).dump());
}

TEST(Sensitivity, CutShortDecidesNothingByOneRunAndSaysThatItsOrderIsProvisional) {
  const PlannedFile file{arithmetic_scenario("avg latency < 450 ms", three)};
  Trials trials = file.trials();
  Sensitivity found = find_sensitivity(trials, {.replications = 1});
  for (const SweptAssumption& one : found.swept) {
    EXPECT_FALSE(one.decides) << one.quantity.name << ": one run has no interval";
    EXPECT_EQ(one.low.outcome, Outcome::inconclusive);
    EXPECT_EQ(one.pairs, 1U);
  }
  EXPECT_EQ(sensitivity_rows(found, "+-")[0][6], "runs");
  EXPECT_EQ(sensitivity_rows(found, "+-")[2][6], "1");
  found.stopped = Trials::Stop::out_of_time;
  found.wanted = 5;
  EXPECT_EQ(sensitivity_sentence(found),
            "not known yet: 3 of 3 assumptions have fewer than two runs at each end; the largest swing of mean latency so far is of "
            "share, 500 ms to 200 ms; the order is provisional: the time was over after 1 of 5 runs of each");
}

TEST(Sensitivity, NeedsARangeAndSomethingToLookAt) {
  const PlannedFile bare{one_station("3 /s", 4, exponential_second, "avg queue_wait{service=desk} < 9 s")};
  EXPECT_THROW(find(bare), PlanError);
  const PlannedFile file{arithmetic_scenario("avg latency < 450 ms", three)};
  EXPECT_THROW(find(file, {.output = "p(99) errors"}), PlanError);
}

}  // namespace
}  // namespace headroom::test
