// The cheapest configuration against Erlang's formula and against simulating every configuration.
#include "planning/cheapest.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "models/queueing/multi_server.hpp"
#include "planning/arithmetic_cut.hpp"
#include "planning/drawing.hpp"
#include "planning/plan_error.hpp"
#include "scenarios/builder.hpp"
#include "tests/planning/planning_scenario.hpp"

namespace headroom::test {
namespace {

// Poisson arrivals of 3 a second at `servers` slots; a seat for each is a node of 0.1 USD an hour.
std::string paid_station(int servers, const std::string& hold, const std::string& objectives, const std::string& vary,
                         const std::string& of_service = {}) {
  const std::string seats = std::to_string(servers);
  return R"({"name": "paid station", "seed": 5, "duration": "30 min", "warm_up": "2 min", "replications": 3,
    "node_pools": [{"name": "seats", "cpu": 4, "memory": "8 GiB", "price": "0.1 USD/h", "nodes": )" +
         seats + R"(}],
    "services": [{"name": "desk", "node_pool": "seats", "concurrency": )" +
         seats + ", " + of_service + R"(
      "endpoints": [{"name": "serve", "steps": [{"wait": )" +
         hold + R"(}]}]}],
    "workloads": [{"model": "users", "name": "people", "rate": "3 /s", "journeys": [{"steps": [{"request": "desk.serve"}]}]}],
    "objectives": [)" +
         objectives + R"(], "vary": [)" + vary + "]}";
}

const std::string seats_axis = R"({"name": "seats", "set": ["/services/desk/concurrency", "/node_pools/seats/nodes"], )";
const std::string wait_objective = R"("p(99) queue_wait{service=desk} < 1 s")";

CheapestQuestion question_for(Trials& trials) {
  CheapestQuestion question;
  question.axes = trials.read({}).scenario.vary;
  return question;
}

// Every configuration, with as many replications as it needs; ties go to the first.
std::string cheapest_of_all(Trials& trials, const CheapestQuestion& question) {
  const Grid grid{question.axes};
  std::string best;
  double least = INFINITY;
  for (std::size_t point = 0; point < grid.size(); ++point) {
    const Trial trial = trials.run_until_conclusive(grid.candidate(point), 0, question.replications, question.at_most);
    const double cost = t_interval(trial.costs).mean;
    if (trial.outcome != Outcome::pass || !(cost < least)) continue;
    least = cost;
    best = grid.candidate(point).name;
  }
  return best;
}

// P(W > 1 s) = C(c, 3) exp(-(c - 3)): 18.7 % at 4 servers, 3.2 % at 5, 0.49 % at 6.
TEST(Cheapest, IsTheFewestServersByErlangsFormula) {
  int fewest = 4;
  while (erlang_c(3.0, fewest) * std::exp(-(fewest - 3.0)) >= 0.01) ++fewest;
  ASSERT_EQ(fewest, 6);
  const PlannedFile file{paid_station(9, exponential_second, wait_objective, seats_axis + R"("from": 4, "to": 14})")};
  Trials trials = file.trials();
  const CheapestPlan plan = find_cheapest(trials, question_for(trials));
  ASSERT_TRUE(plan.answer.has_value());
  const TriedConfiguration& answer = plan.tried[*plan.answer];
  EXPECT_EQ(answer.name, "seats 6");
  EXPECT_NEAR(answer.cost.mean, 6 * 0.1 * 720.0, 1e-6) << "6 seats of 0.1 USD in the 720 hours of a month";
  EXPECT_NEAR(plan.now.cost.mean, 9 * 0.1 * 720.0, 1e-6);
  EXPECT_GE(plan.verified_by, 5U);
  EXPECT_EQ(plan.outcome(), Outcome::pass);
  EXPECT_GT(plan.count(Known::dearer), 0U) << "14 seats cost more by arithmetic than 6 that hold";
  EXPECT_NE(cheapest_sentence(plan).find("cheapest that holds: seats 6: 432 USD/month (now 648); that it holds is verified by"), std::string::npos)
      << cheapest_sentence(plan);
}

// Holds with 6 and 7 seats only, which stand in no order.
TEST(Cheapest, EqualsExhaustiveSearchWhereMoreIsNotBetter) {
  const PlannedFile file{paid_station(9, exponential_second, wait_objective + R"(, "max nodes{node_pool=seats} < 8")",
                                      seats_axis + R"("values": [9, 4, 7, 5, 8, 6]})")};
  Trials trials = file.trials(), all = file.trials();
  const CheapestPlan plan = find_cheapest(trials, question_for(trials));
  ASSERT_TRUE(plan.answer.has_value());
  EXPECT_EQ(plan.tried[*plan.answer].name, "seats 6");
  EXPECT_EQ(plan.tried[*plan.answer].name, cheapest_of_all(all, question_for(all)));
}

// Two axes: a faster way of working makes up for seats, and every step of its own is worse or better than its neighbours.
TEST(Cheapest, EqualsExhaustiveSearchOverTwoAxes) {
  const std::string ways = R"(, {"name": "hold", "set": "/services/desk/endpoints/serve/steps/0/wait",
                               "values": ["900 ms", {"exponential": {"mean": "1500 ms"}}, "1100 ms"]})";
  const PlannedFile file{paid_station(5, exponential_second, wait_objective, seats_axis + R"("from": 3, "to": 6})" + ways)};
  Trials trials = file.trials(), all = file.trials();
  const CheapestPlan plan = find_cheapest(trials, question_for(trials));
  ASSERT_TRUE(plan.answer.has_value());
  EXPECT_EQ(plan.tried[*plan.answer].name, cheapest_of_all(all, question_for(all)));
  EXPECT_LT(trials.runs_made(), all.runs_made());
}

TEST(Cheapest, DoesNotTryLessOfWhatMoreIsBetterOf) {
  const PlannedFile file{paid_station(
      5, exponential_second, R"("p(99) queue_wait{service=desk} < 1 ms")",
      seats_axis +
          R"("values": [4, 5]}, {"name": "drain", "set": "/services/desk/drain_limit", "values": ["1 s", "2 s", "3 s"], "more_is_better": true})")};
  Trials trials = file.trials();
  const CheapestPlan plan = find_cheapest(trials, question_for(trials));
  EXPECT_EQ(plan.count(Known::simulated), 2U) << "the longest drain with each number of seats";
  EXPECT_EQ(plan.count(Known::no_better), 4U);
  EXPECT_FALSE(plan.answer.has_value());
  EXPECT_EQ(plan.outcome(), Outcome::fail);
  EXPECT_NE(cheapest_sentence(plan).find("none of 6 configurations holds; the nearest is"), std::string::npos)
      << cheapest_sentence(plan);
}

TEST(Cheapest, IsTheSameWhateverTheNumberOfWorkers) {
  const PlannedFile file{paid_station(6, exponential_second, wait_objective, seats_axis + R"("from": 4, "to": 7})")};
  Trials one = file.trials(1), three = file.trials(3);
  EXPECT_EQ(cheapest_json(find_cheapest(one, question_for(one))).dump(),
            cheapest_json(find_cheapest(three, question_for(three))).dump());
}

TEST(Cheapest, IsUndecidedOnceItsTimeIsOver) {
  const PlannedFile file{paid_station(6, exponential_second, wait_objective, seats_axis + R"("from": 4, "to": 7})")};
  TrialOptions options;
  options.stop_at = std::chrono::steady_clock::now();
  Trials trials{TrialSource{file.path(), {}, {}}, options};
  const CheapestPlan plan = find_cheapest(trials, question_for(trials));
  EXPECT_EQ(plan.outcome(), Outcome::inconclusive);
  EXPECT_EQ(plan.count(Known::not_reached), 4U);
  EXPECT_EQ(plan.runs, 0U);
}

TEST(Cheapest, NeedsSomethingToVaryToKeepAndToPay) {
  const std::string wait = "avg queue_wait{service=desk} < 9 s";
  const PlannedFile bare{one_station("3 /s", 4, exponential_second, wait)};
  Trials trials = bare.trials();
  EXPECT_THROW(find_cheapest(trials, question_for(trials)), PlanError) << "nothing to vary";
  const PlannedFile free{
      one_station("3 /s", 4, exponential_second, wait,
                  R"("duration": "30 min", "vary": [{"name": "n", "set": "/services/desk/concurrency", "values": [4]}])")};
  Trials unpaid = free.trials();
  CheapestQuestion question = question_for(unpaid);
  EXPECT_THROW(find_cheapest(unpaid, question), PlanError) << "nothing has a price";
  question.against = "latency{service=none}";
  EXPECT_THROW(find_cheapest(unpaid, question), PlanError) << "no such objective";
}

// One node of nothing beside 4 of 0.1 USD an hour: what holds without a price is neither the cheapest nor missing.
TEST(Cheapest, RefusesAConfigurationThatHoldsAndHasNoPrice) {
  const PlannedFile file{paid_station(9, exponential_second, R"("p(99) queue_wait{service=desk} < 1 s")",
                                      R"({"name": "price", "set": "/node_pools/seats/price", "values": ["0.1 USD/h", null]})")};
  Trials trials = file.trials();
  try {
    find_cheapest(trials, question_for(trials));
    FAIL() << "an answer among what cannot be compared";
  } catch (const PlanError& error) {
    EXPECT_NE(std::string{error.what()}.find("nothing in price null has a price"), std::string::npos) << error.what();
  }
}

// An axis may take the required objective away.
TEST(Cheapest, SaysThatNoneHoldsWhereNothingIsRequired) {
  CheapestPlan plan;
  plan.tried.push_back({.known = Known::simulated, .outcome = Outcome::fail});
  EXPECT_EQ(cheapest_sentence(plan), "none of 1 configurations holds");
}

TEST(Cheapest, IsRefutedByFreshRunsThatFailAlsoWhenItsTimeIsOver) {
  Trial fresh;
  for (const bool stopped : {false, true}) {
    fresh.outcome = Outcome::fail;
    EXPECT_EQ(verification_of(fresh, stopped), Verification::refuted);
    fresh.outcome = Outcome::pass;
    EXPECT_EQ(verification_of(fresh, stopped), Verification::agrees);
    fresh.outcome = Outcome::inconclusive;
    EXPECT_EQ(verification_of(fresh, stopped), stopped ? Verification::open : Verification::refuted);
  }
  fresh.failed.push_back({{0, 1'000'000}, 4, "it took too long"});
  EXPECT_EQ(verification_of(fresh, false), Verification::incomplete) << "a run that broke shows nothing of the objectives";
}

// 3 a second of 1.05 s at 3 seats: 105 %. The surplus of 30 minutes waits (1 - 1 / 1.05) x 30 min = 86 s at the most.
TEST(Cheapest, SaysOfItsAnswerWhatNoLongRunWouldBearAndWhatCostsTheSame) {
  const std::string axes =
      seats_axis + R"("values": [3, 4]}, {"name": "drain", "set": "/services/desk/drain_limit", "values": ["1 s", "2 s"]})";
  const PlannedFile file{paid_station(9, R"("1050 ms")", R"("p(50) queue_wait{service=desk} < 200 s")", axes)};
  Trials trials = file.trials();
  CheapestQuestion question = question_for(trials);
  question.all = true;
  const CheapestPlan plan = find_cheapest(trials, question);
  ASSERT_TRUE(plan.answer.has_value());
  EXPECT_EQ(plan.tried[*plan.answer].name, "seats 3, drain 1 s");
  EXPECT_NE(cheapest_sentence(plan).find("services/desk (slots) is used 105 % by arithmetic at the mean demand: it may hold for "
                                         "the length of this run only"),
            std::string::npos)
      << cheapest_sentence(plan);
  const std::vector<std::vector<std::string>> rows = cheapest_rows(plan, "±");
  for (const std::string& heading : rows.front()) EXPECT_NE(heading, "");
  ASSERT_EQ(plan.ties.size(), 1U) << "not the two of 4 seats, which are 72 USD dearer in every run";
  EXPECT_EQ(plan.tried[plan.ties[0]].name, "seats 3, drain 2 s");
  const auto remarks = cheapest_remarks(plan);
  EXPECT_TRUE(std::ranges::count(remarks, "one other that holds costs no more that can be told: seats 3, drain 2 s") == 1);
  question.axes[0].values = {"4"};
  const CheapestPlan enough = find_cheapest(trials, question);
  EXPECT_FALSE(enough.overload.has_value()) << "4 seats are used 79 %";
  EXPECT_EQ(cheapest_sentence(enough).find("by arithmetic"), std::string::npos);
}

// The axis goes to 1.05 x 8; from the bottom at 330 to the top at 16, 4 stands at 330 - 4 / 8.4 x 314 = 180.5.
TEST(Drawing, ShowsHowFarPointsAreFromALimitOfZero) {
  const std::string svg =
      scatter_svg({{10.0, 4.0, 4.0, 8.0, "a", true, false}, {20.0, 2.0, 2.0, 2.0, "b", true, true}}, "x", "y", 0.0, 720.0);
  EXPECT_NE(svg.find("cy=\"180.5\""), std::string::npos) << svg;
}

// A value that another variant has no place for is none of the searched variant's business.
TEST(Cheapest, ReadsOnlyTheVariantThatIsSearched) {
  std::string text = paid_station(6, exponential_second, wait_objective, seats_axis + R"("values": [6, 7]})");
  text.insert(text.size() - 1, R"(, "variants": [{"name": "other desk", "merge": {"node_pools": {"seats": {"nodes": [6, 6]}},
    "services": {"desk": {"concurrency": null, "replicas": null}}}}, {"name": "none", "merge": {"vary": null, "services": {"desk": null, "till": {"endpoints": [{"name": "serve", "steps": []}]}},
    "node_pools": null, "objectives": [], "workloads": {"people": {"journeys": [{"steps": [{"request": "till.serve"}]}]}}}}])");
  const PlannedFile file{text};
  Trials trials = file.trials();
  EXPECT_NO_THROW(trials.read({"seven", {{"/services/desk/concurrency", "7"}}})) << "the last variant has no desk to set it on";
}

// ---- by arithmetic -----------------------------------------------------------------------------------------------------------

const std::string two_objectives = R"("rate errors < 5 %", "p(95) latency < 10 s")";

std::optional<std::string> reason_of(int servers, const std::string& objectives, const std::string& of_service = {}) {
  const PlannedFile file{paid_station(servers, exponential_second, objectives, seats_axis + R"("values": [2]})", of_service)};
  Trials trials = file.trials();
  return cannot_hold(trials.blueprint({}), trials.read({}).scenario);
}

// 3 a second at 2 servers: 150 % of what they can serve.
TEST(ArithmeticCut, IsOfWhatBreaksAnObjectiveRefusedOrWaiting) {
  EXPECT_EQ(reason_of(2, two_objectives), "services/desk is asked for 150 % of the most it can serve");
  EXPECT_EQ(reason_of(3, two_objectives), std::nullopt) << "100 % is not more than 110 %";
  EXPECT_EQ(reason_of(2, R"("p(95) latency < 10 s")"), std::nullopt) << "a bounded backlog would refuse, and nothing forbids it";
  EXPECT_EQ(reason_of(2, R"("rate errors < 5 %")"), std::nullopt) << "they may wait";
  EXPECT_EQ(reason_of(2, R"("rate errors < 5 %", "p(95) latency < 29 min")"), std::nullopt)
      << "the wait of those served last is (1 - 1.1 / 1.5) x 30 min = 8 min";
}

TEST(ArithmeticCut, CountsWhatAnAutoscalerMayAskFor) {
  EXPECT_EQ(
      reason_of(2, two_objectives,
                R"("autoscaler": {"policy": "hpa", "metrics": [{"resource": "cpu", "target": "70 %"}], "replicas": [1, 5]},)"),
      std::nullopt);
}

TEST(ArithmeticCut, LeastCostIsThatOfTheNodes) {
  const PlannedFile file{paid_station(6, exponential_second, wait_objective, seats_axis + R"("values": [2]})")};
  Trials trials = file.trials();
  EXPECT_NEAR(least_monthly_cost(trials.blueprint({})), 0.95 * 6 * 0.1 * 720.0, 1e-6);
}

}  // namespace
}  // namespace headroom::test
