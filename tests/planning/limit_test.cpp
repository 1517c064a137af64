#include "planning/limit.hpp"

#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "models/queueing/multi_server.hpp"
#include "planning/plan_error.hpp"
#include "tests/planning/planning_scenario.hpp"

namespace headroom::test {
namespace {

LoadLimit limit_of(const std::string& text, LimitQuestion question = {}) {
  const PlannedFile file{text};
  Trials trials = file.trials();
  return find_limit(trials, question);
}

double load_of(const LoadLimit& limit, const std::optional<std::size_t>& place) { return limit.tried.at(place.value()).load; }

class LimitOfMMc : public testing::TestWithParam<int> {};

// Half used as documented. The wait that 99 % do not exceed at 80 % used, from Erlang's C, is the limit: it is reached at 0.8 /
// 0.5 = 1.6 times the load.
TEST_P(LimitOfMMc, LiesWhereErlangsFormulaHasIt) {
  const int servers = GetParam();
  const double service_rate = 100.0, known = 1.6;
  const double limit_seconds = MultiServerQueue{0.8 * servers * service_rate, service_rate, servers}.wait_quantile(0.99);
  const std::string text =
      one_station(fmt::format("{} /s", 0.5 * servers * service_rate), servers, R"({"exponential": {"mean": "10 ms"}})",
                  fmt::format("p(99) queue_wait{{service=desk}} < {:.9f} s", limit_seconds),
                  fmt::format(R"("duration": "{} s", "warm_up": "10 s", "scrape": "10 s")", servers == 1   ? 900
                                                                                            : servers == 4 ? 400
                                                                                                           : 150));
  const LoadLimit limit = limit_of(text, {.replications = 6, .at_most = 30});
  ASSERT_TRUE(limit.holds && limit.breaks) << limit_sentence(limit);
  EXPECT_LE(load_of(limit, limit.holds), known);
  EXPECT_GE(load_of(limit, limit.breaks), known);
  EXPECT_LE(load_of(limit, limit.breaks), 1.08 * load_of(limit, limit.holds)) << "too wide to say anything";
  EXPECT_NEAR(limit.point.value(), known, 0.03 * known);
  EXPECT_NEAR(limit.arithmetic.value(), 2.0, 1e-9);
  EXPECT_EQ(limit.documented().outcome, Outcome::pass);
  ASSERT_TRUE(limit.verification);
  EXPECT_EQ(limit.verification->outcome, Outcome::pass);
  EXPECT_EQ(limit.bottleneck->station, "services/desk");
}
INSTANTIATE_TEST_SUITE_P(OneFourSixteen, LimitOfMMc, testing::Values(1, 4, 16));

const std::string even = R"("arrivals": "even")";
std::string clockwork(const std::string& objective) {
  std::string text = one_station("0.5 /s", 1, R"("1 s")", objective);
  return text.replace(text.find(R"("rate")"), 0, even + ", ");
}

// One a second at most: nobody waits up to twice the load, and beyond it the line grows for as long as the run lasts.
TEST(Limit, OfALineOfConstantTimesIsItsCapacity) {
  const LoadLimit limit = limit_of(clockwork("max queue_wait{service=desk} < 100 ms"));
  ASSERT_TRUE(limit.holds && limit.breaks);
  EXPECT_LE(load_of(limit, limit.holds), 2.0);
  EXPECT_GT(load_of(limit, limit.breaks), 2.0);
  EXPECT_LE(load_of(limit, limit.breaks), 1.02 * load_of(limit, limit.holds));
  EXPECT_EQ(limit_json(limit)["breaks_first"], "max queue_wait{service=desk} < 100 ms");
}

// Members who ask again at once: with N of them each waits for the others, N seconds in all.
TEST(Limit, OverAWholeNumberStaysWhole) {
  std::string text = one_station("1 /s", 1, R"("1 s")", "max latency < 5.5 s");
  text.replace(text.find(R"("rate": "1 /s")"), std::string{R"("rate": "1 /s")"}.size(), R"("population": 2)");
  const LoadLimit limit = limit_of(text, {.over = "/workloads/people/population"});
  EXPECT_EQ(load_of(limit, limit.holds), 5.0);
  EXPECT_EQ(load_of(limit, limit.breaks), 6.0);
  for (const TriedLoad& one : limit.tried) EXPECT_EQ(one.load, std::round(one.load));
}

// 5 accounts at 0.06 /s each are 0.3 of what one slot of a second serves: by arithmetic it is used up at 16.67 accounts, where no
// whole number is. `starts`: 5 in the file.
std::string accounts(int starts, const std::string& objective, double a_day_each = 0.06 * 86'400.0) {
  std::string text = one_station("1 /s", 1, R"("1 s")", objective, R"("duration": "15 min", "warm_up": "10 s")");
  return text.replace(text.find(R"("rate": "1 /s")"), std::string{R"("rate": "1 /s")"}.size(),
                      fmt::format(R"("accounts": {}, "sessions_per_day": {})", starts, a_day_each));
}

TEST(Limit, OverAWholeNumberEndsWhereNoneIsLeft) {
  const LoadLimit open = limit_of(accounts(5, "avg latency < 500 s"), {.over = "/workloads/people/accounts", .at_most = 5});
  ASSERT_TRUE(open.holds && !open.breaks) << limit_sentence(open);
  EXPECT_NEAR(open.arithmetic.value(), 1.0 / 0.06, 0.5);
  EXPECT_EQ(load_of(open, open.holds), std::floor(4.0 * open.arithmetic.value()));
  const LoadLimit bounded =
      limit_of(accounts(3, "avg latency < 500 s"), {.over = "/workloads/people/accounts", .to = 4.4, .at_most = 5});
  ASSERT_TRUE(bounded.holds) << limit_sentence(bounded);
  EXPECT_EQ(load_of(bounded, bounded.holds), 4.0) << "5 is beyond 4.4";
  // One account asks for 0.23 of the slot, so that 4.35 use it up: 1.02 times that is 4 again.
  const LoadLimit near = limit_of(accounts(4, "avg latency < 500 s", 0.23 * 86'400.0),
                                  {.over = "/workloads/people/accounts", .to = 6.0, .at_most = 5});
  ASSERT_TRUE(near.holds) << limit_sentence(near);
  EXPECT_EQ(load_of(near, near.holds), 6.0);
  // Used up at 1.9, and a limit that not even an empty slot keeps: 0.9 times 1.9 is 2 again.
  const LoadLimit down =
      limit_of(accounts(2, "avg latency < 500 ms", 86'400.0 / 1.9), {.over = "/workloads/people/accounts", .at_most = 5});
  ASSERT_TRUE(down.breaks && !down.holds) << limit_sentence(down);
  EXPECT_EQ(load_of(down, down.breaks), 1.0);
}

// Twice the documented load is more than a scenario may have, and three runs cannot be clear against their own mean.
TEST(Limit, IsLookedForBelowAnUnclearLoadWhoseDoubleCannotBeSimulated) {
  const double present = 0.75e6;  // of 1e6
  const auto text = [&](const std::string& objective) {
    std::string all = one_station(fmt::format("{:.9g} /s", 3.0 / present), 4, exponential_second, objective);
    return all.replace(1, 0, fmt::format(R"("load": {}, )", present));
  };
  const PlannedFile file{text("avg queue_wait{service=desk} < 1 s")};
  Trials trials = file.trials();
  const double found = trials.run({"", {}}, 0, 3).verdicts[0].value.mean;
  const LoadLimit limit =
      limit_of(text(fmt::format("avg queue_wait{{service=desk}} < {} s", found)), {.replications = 3, .at_most = 3});
  EXPECT_EQ(limit.documented().outcome, Outcome::inconclusive);
  EXPECT_FALSE(limit.tried.back().incomplete.empty());
  ASSERT_TRUE(limit.holds) << limit_sentence(limit);
  EXPECT_LT(load_of(limit, limit.holds), present);
}

TEST(Limit, OverAQuantityKeepsItsUnit) {
  const LoadLimit limit =
      limit_of(clockwork("max queue_wait{service=desk} < 100 ms"), {.over = "/workloads/people/rate", .precision = 0.05});
  EXPECT_LE(load_of(limit, limit.holds), 1.0);
  EXPECT_GT(load_of(limit, limit.breaks), 1.0);
  EXPECT_EQ(limit.axis.at(0.75).second, "0.75 /s");
}

// More is asked for than comes at the documented load: it fails at 1 and holds at 2.
TEST(Limit, SaysThatALargerLoadHoldsWhereASmallerOneDoesNot) {
  const LoadLimit limit = limit_of(clockwork("rate requests > 0.8 /s"), {.from = 0.5, .to = 4.0});
  EXPECT_FALSE(limit.holds);
  EXPECT_EQ(limit.documented().outcome, Outcome::fail);
  ASSERT_FALSE(limit.passes_above.empty());
  EXPECT_EQ(limit.passes_above.front(), 2.0);
  EXPECT_NE(limit_sentence(limit).find("fails already at 0.5x"), std::string::npos) << limit_sentence(limit);
  EXPECT_NE(limit_json(limit)["remarks"].dump().find("not monotone"), std::string::npos);
}

// Documented is half the capacity, however it is written: at load 2 a fourth of a request per second is twice as many.
TEST(Limit, CountsTimesOfTheDocumentedLoad) {
  std::string text = clockwork("max queue_wait{service=desk} < 100 ms");
  text.replace(text.find("0.5 /s"), 6, "0.25 /s");
  text.replace(1, 0, R"("load": 2, )");
  const LoadLimit limit = limit_of(text);
  EXPECT_LE(load_of(limit, limit.holds), 4.0);
  EXPECT_GT(load_of(limit, limit.breaks), 4.0);
  EXPECT_EQ(limit.axis.text(4.0), "2x");
  EXPECT_NE(limit_sentence(limit).find("holds up to 2"), std::string::npos) << limit_sentence(limit);
  EXPECT_NE(limit_page(limit).find("text-anchor=\"middle\">1</text>"), std::string::npos)
      << "the documented load is 1 times itself";
}

// What was seen, rather than a point between.
TEST(Limit, ThatWasNotFinishedSaysFirstWhatWasSeenToHold) {
  LoadLimit limit = limit_of(clockwork("max queue_wait{service=desk} < 100 ms"));
  ASSERT_TRUE(limit.holds && limit.breaks);
  EXPECT_EQ(limit_sentence(limit).find("holds up to 2"), 0U) << limit_sentence(limit);
  EXPECT_EQ(limit_json(limit)["point"], *limit.point);
  EXPECT_EQ(limit_json(limit)["holds_up_to"], load_of(limit, limit.holds));
  EXPECT_EQ(limit_json(limit)["confidence"], 0.95);
  limit.stopped = Trials::Stop::out_of_time;
  limit.verification.reset();
  const std::string sentence = limit_sentence(limit), holds = limit.axis.text(limit.tried[*limit.holds].load);
  EXPECT_EQ(sentence.find("holds at " + holds + " this load"), 0U) << sentence;
  EXPECT_NE(
      sentence.find(", not verified; seen to break at " + limit.axis.text(limit.tried[*limit.breaks].load) + ", verified by"),
      std::string::npos)
      << sentence;
  EXPECT_TRUE(sentence.ends_with("; the time was over before the search was over")) << sentence;
  for (const char* const guess : {"point", "users", "holds_up_to", "confidence"})
    EXPECT_TRUE(limit_json(limit)[guess].is_null()) << guess;
}

// Of one run the value is on one side of the limit, so that there is no objective that would be unclear.
TEST(Limit, OfOneRunIsUnclearForWantOfAnInterval) {
  const LoadLimit limit =
      limit_of(clockwork("max queue_wait{service=desk} < 100 ms"), {.from = 0.5, .to = 2.0, .replications = 1, .at_most = 1});
  const std::string remarks = limit_json(limit)["remarks"].dump();
  EXPECT_NE(remarks.find("the documented load stays unclear: one run has no interval"), std::string::npos) << remarks;
  EXPECT_EQ(remarks.find("unclear: max queue_wait"), std::string::npos) << remarks;
}

// Two runs of a minute each are now and then clear by chance, at either end.
TEST(Limit, IsVerifiedByFreshReplicationsAtBothEnds) {
  int contradicted = 0;
  for (int seed = 1; seed <= 12; ++seed) {
    std::string text = one_station("2.5 /s", 4, exponential_second, "avg queue_wait{service=desk} < 0.6 s",
                                   R"("duration": "6 min", "warm_up": "1 min")");
    text.replace(text.find(R"("seed": 11)"), 10, fmt::format(R"("seed": {})", seed));
    const LoadLimit limit = limit_of(text, {.precision = 0.05, .replications = 2, .at_most = 6});
    if (limit.breaks && limit.verification_of_breaks) {
      EXPECT_EQ(limit.verification_of_breaks->load, load_of(limit, limit.breaks));
      EXPECT_EQ(limit.verification_of_breaks->outcome, Outcome::fail);
      EXPECT_NE(limit_json(limit)["remarks"].dump().find("breaks an objective in"), std::string::npos);
    }
    if (limit.holds && limit.verification) {
      EXPECT_EQ(limit.verification->load, load_of(limit, limit.holds));
    }
    const double holds = limit.holds ? load_of(limit, limit.holds) : 0.0;
    for (const TriedLoad& one : limit.tried) contradicted += one.contradicted && one.load > holds;
    for (const TriedLoad& one : limit.tried) EXPECT_FALSE(one.contradicted && one.outcome != Outcome::inconclusive);
  }
  EXPECT_GT(contradicted, 0) << "no end was wrong, so that nothing was tried";
}

TEST(Limit, SaysThatNothingBrokeUpToTheMostThatWasTried) {
  const LoadLimit limit = limit_of(clockwork("max queue_wait{service=desk} < 100 ms"), {.to = 1.5});
  EXPECT_FALSE(limit.breaks);
  EXPECT_EQ(load_of(limit, limit.holds), 1.5);
  EXPECT_NE(limit_sentence(limit).find("at least up to 1.5x"), std::string::npos) << limit_sentence(limit);
}

TEST(Limit, IsTheSameWhateverTheNumberOfWorkers) {
  const PlannedFile file{one_station("3 /s", 4, exponential_second, "avg queue_wait{service=desk} < 1.5 s")};
  Trials one = file.trials(1), three = file.trials(3);
  const LimitQuestion question{.precision = 0.1, .replications = 3, .at_most = 6};
  EXPECT_EQ(limit_json(find_limit(one, question)).dump(), limit_json(find_limit(three, question)).dump());
}

TEST(Limit, RefusesWhatIsNoNumberOrHasNoObjective) {
  const std::string text = clockwork("max queue_wait{service=desk} < 100 ms");
  EXPECT_THROW(limit_of(text, {.over = "/services/desk/name"}), PlanError);
  EXPECT_THROW(limit_of(text, {.over = "/services/table/replicas"}), PlanError);
  EXPECT_THROW(limit_of(text, {.from = 2.0}), PlanError);
  std::string promises = text;
  promises.replace(promises.find(R"("objectives": [")"), std::string::npos, R"("objectives": []})");
  EXPECT_THROW(limit_of(promises), PlanError);
}

TEST(Crossing, IsLinearBetweenMarginsMadeMonotone) {
  EXPECT_DOUBLE_EQ(crossing_of({{1.0, 0.5}, {2.0, -0.5}}).value(), 1.5);
  // 0.2 and 0.3 are pooled to 0.25; from there to -0.5 a third of the way.
  EXPECT_NEAR(crossing_of({{1.0, 0.4}, {1.5, 0.2}, {1.6, 0.3}, {2.0, -0.5}}).value(), 1.6 + 0.4 / 3.0, 1e-12);
  // Weights of 1 and 3: pooled to 0.275.
  EXPECT_NEAR(crossing_of({{1.5, 0.2, 1.0}, {1.6, 0.3, 3.0}, {2.0, -0.275}}).value(), 1.8, 1e-12);
  EXPECT_DOUBLE_EQ(crossing_of({{1.0, 0.5}, {4.0, std::nullopt}}).value(), 2.0) << "beyond all limits: half way, as a factor";
  EXPECT_FALSE(crossing_of({{1.0, 0.5}, {2.0, 0.1}}));
  EXPECT_FALSE(crossing_of({{1.0, -0.5}, {2.0, -0.6}}));
}

}  // namespace
}  // namespace headroom::test
