#include "sim/core/condition.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/core/upper_limit.hpp"

namespace headroom {
namespace {

using namespace std::chrono_literals;

Condition parsed(std::string_view text) {
  ConditionError error;
  const auto condition = parse_condition(text, error);
  if (!condition) {
    ADD_FAILURE() << text << ": " << error.message;
    return {};
  }
  return *condition;
}

TEST(ParseCondition, ReadsAPercentileOfALabelledMetric) {
  const Condition condition = parsed("p(95) latency{endpoint=api.feed} < 300 ms");
  EXPECT_EQ(condition.selector.aggregation, Aggregation::percentile);
  EXPECT_EQ(condition.selector.percentile, 95.0);
  EXPECT_EQ(condition.selector.metric, "latency");
  EXPECT_EQ(condition.selector.labels, (std::vector<Label>{{"endpoint", "api.feed"}}));
  EXPECT_EQ(condition.comparison, Comparison::less);
  EXPECT_EQ(condition.limit.value, 0.3);
  EXPECT_EQ(condition.limit.dimension, Dimension::time);
  EXPECT_FALSE(condition.lasting);
  EXPECT_TRUE(condition.phase.empty());
  EXPECT_EQ(condition.text, "p(95) latency{endpoint=api.feed} < 300 ms");
}

TEST(ParseCondition, ReadsForAndDuring) {
  const Condition condition = parsed("rate errors{service=api} > 5 % for 5 min during peak-hour");
  EXPECT_EQ(condition.selector.aggregation, Aggregation::rate);
  EXPECT_EQ(condition.limit.value, 0.05);
  EXPECT_EQ(condition.lasting, Duration{5min});
  EXPECT_EQ(condition.phase, "peak-hour");
}

TEST(ParseCondition, ReadsTimeTo) {
  const Condition condition = parsed("time_to 10x replicas{service=api} < 5 min");
  EXPECT_EQ(condition.selector.aggregation, Aggregation::time_to);
  EXPECT_EQ(condition.selector.factor, 10.0);
  EXPECT_EQ(condition.limit.value, 300.0);
}

TEST(ParseCondition, TakesLastWithoutAnAggregation) {
  const Condition condition = parsed("cost_per_user < 0.05 USD/month");
  EXPECT_EQ(condition.selector.aggregation, Aggregation::last);
  EXPECT_EQ(condition.limit.dimension, Dimension::money_rate);
  EXPECT_EQ(parsed("queue_length{queue=jobs}>1000").limit.value, 1000.0);
}

TEST(ParseCondition, SortsLabelsAndReadsQuotedValues) {
  const Condition condition = parsed(R"(avg cpu{ zone = "a \"b\"" , service=eu/api_2-x } >= 0.8)");
  EXPECT_EQ(condition.selector.labels, (std::vector<Label>{{"service", "eu/api_2-x"}, {"zone", "a \"b\""}}));
  EXPECT_EQ(condition.comparison, Comparison::greater_equal);
}

struct Canonical {
  std::string_view written;
  std::string_view canonical;
};

TEST(ConditionText, IsCanonicalAndReadsBack) {
  const std::vector<Canonical> cases{
      {"p(95) latency{endpoint=api.feed} < 300 ms", "p(95) latency{endpoint=api.feed} < 300 ms"},
      {"  p( 99.9 )latency<1000ms", "p(99.9) latency < 1 s"},
      {"rate errors{service=api} > 5% for 300 s", "rate errors{service=api} > 5 % for 5 min"},
      {"avg cpu{b=2,a=1} >= 80 %", "avg cpu{a=1,b=2} >= 80 %"},
      {"max memory{} <= 8 GiB", "max memory <= 8 GiB"},
      {"min hit_ratio > 0.9", "min hit_ratio > 0.9"},
      {"count requests > 1e6", "count requests > 1000000"},
      {"last cost < 5 USD", "cost < 5 USD"},
      {"time_to 2.5x replicas < 90 s", "time_to 2.5x replicas < 90 s"},
      {"requests > 50 / s during \"black friday\"", "requests > 50 /s during \"black friday\""},
      {"cost_per_user < $0.05/month", "cost_per_user < 0.05 USD/month"},
  };
  for (const Canonical& one : cases) {
    const Condition condition = parsed(one.written);
    EXPECT_EQ(to_text(condition), one.canonical);
    const Condition again = parsed(to_text(condition));
    EXPECT_EQ(again.selector, condition.selector) << one.written;
    EXPECT_EQ(again.limit.value, condition.limit.value) << one.written;
    EXPECT_EQ(again.limit.dimension, condition.limit.dimension) << one.written;
    EXPECT_EQ(again.lasting, condition.lasting) << one.written;
    EXPECT_EQ(again.phase, condition.phase) << one.written;
  }
}

struct Refusal {
  std::string_view text;
  std::size_t column;
  std::string_view message;
  std::string_view suggestion;
};

const std::string_view an_example = "write a condition such as \"p(95) latency{endpoint=api.feed} < 300 ms\"";
const std::string_view a_comparison = "write one of < <= > >= and a value, such as \"< 300 ms\"";
const std::string_view metric_names = "names of metrics have lower-case letters and underscores only";
const std::string_view label_example = "write labels as {service=api,reason=timeout}";

void expect_refused(const std::vector<Refusal>& refusals) {
  for (const Refusal& refusal : refusals) {
    ConditionError error;
    EXPECT_FALSE(parse_condition(refusal.text, error)) << refusal.text;
    EXPECT_EQ(error.column, refusal.column) << refusal.text;
    EXPECT_EQ(error.message, refusal.message) << refusal.text;
    EXPECT_EQ(error.suggestion, refusal.suggestion) << refusal.text;
  }
}

TEST(ParseCondition, ExplainsUnitsOfEnergyAndCarbonOnlyWhereTheyAreCompared) {
  expect_refused({
      {"count carbon < 2 t", 15, "the value \"2 t\" has the unit \"t\", but carbon is a plain number of grams of CO2e",
       "write \"2000000\""},
      {"p(95) latency < 5 t", 16, "the value \"5 t\" has an unknown unit \"t\"", "write \"5 TB\""},
  });
  for (const char* text : {"cost < 5 kg", "count energy < 5 kg", "count carbon < 5 kWh"}) {
    ConditionError error;
    EXPECT_FALSE(parse_condition(text, error)) << text;
    EXPECT_NE(error.message.find(" has an unknown unit "), std::string::npos) << error.message;
    EXPECT_EQ(error.suggestion.find("5000"), std::string::npos) << error.suggestion;
  }
}

TEST(ParseCondition, NamesAnUnknownAggregation) {
  expect_refused({
      {"p95 latency < 1 s", 0, "unknown aggregation \"p95\"", "write \"p(95)\""},
      {"p99.9 latency < 1 s", 0, "unknown aggregation \"p99.9\"", "write \"p(99.9)\""},
      {"p latency < 1 s", 0, "unknown aggregation \"p\"", "write \"p(95)\""},
      {"averge cpu > 80 %", 0, "unknown aggregation \"averge\"", "did you mean \"avg\"?"},
      {"mean cpu > 80 %", 0, "unknown aggregation \"mean\"", "write \"avg\""},
      {"tme_to 10x replicas < 5 min", 0, "unknown aggregation \"tme_to\"", "did you mean \"time_to\"?"},
      {"wobble cpu > 80 %", 0, "unknown aggregation \"wobble\"", "aggregations are p(N) avg max min rate count last time_to"},
      {"avg(cpu) > 80 %", 3, "the metric follows \"avg\" after a space, without brackets", "write \"avg cpu{service=api}\""},
      {"p(95 latency < 1 s", 0, "the percentile is not written p(N)", "write \"p(95)\""},
      {"p(101) latency < 1 s", 2, "the percentile is above 100", "write a percentile from 0 to 100, such as \"p(95)\""},
      {"time_to 10 replicas < 5 min", 8, "time_to needs the factor to reach, a number followed by x",
       "write a condition such as \"time_to 10x replicas{service=api} < 5 min\""},
      {"time_to 0x replicas < 5 min", 8, "time_to needs the factor to reach, a number followed by x",
       "write a condition such as \"time_to 10x replicas{service=api} < 5 min\""},
  });
}

TEST(ParseCondition, NamesWhatIsWrongWithTheMetricAndItsLabels) {
  expect_refused({
      {"", 0, "the condition is empty", an_example},
      {"  ", 2, "the condition is empty", an_example},
      {"< 5", 0, "a metric is missing", an_example},
      {"5 < cpu", 0, "a metric is missing", an_example},
      {"avg < 5", 4, "a metric is missing after \"avg\"", an_example},
      {"avg CPU > 80 %", 4, "\"CPU\" is not the name of a metric", metric_names},
      {"cpu.usage > 80 %", 0, "\"cpu.usage\" is not the name of a metric", metric_names},
      {"cpu{service} > 80 %", 11, "a label is written name=value", label_example},
      {"cpu{service=} > 80 %", 12, "the label \"service\" has no value", "write letters, digits and . - _ / or a text in quotes"},
      {"cpu{service=api > 80 %", 16, "labels are separated by a comma and closed by \"}\"", label_example},
      {"cpu{service=api", 3, "the labels are not closed", "close them with \"}\""},
      {"cpu{service=\"api} > 80 %", 12, "the quotes are not closed", "close them with \""},
      {"cpu{a=1,a=2} > 80 %", 8, "the label \"a\" is given twice", "name each label once"},
  });
}

TEST(ParseCondition, NamesWhatIsWrongWithTheComparisonAndTheValue) {
  expect_refused({
      {"avg cpu 80 %", 8, "a comparison is missing", a_comparison},
      {"cpu 80 %", 4, "a comparison is missing", a_comparison},
      {"avg cpu", 7, "a comparison is missing", a_comparison},
      {"avg cpu =< 80 %", 8, "\"=<\" is not a comparison here", "write \"<=\""},
      {"avg cpu ≤ 80 %", 8, "\"≤\" is not a comparison here", "write \"<=\""},
      {"avg cpu == 80 %", 8, "\"==\" is not a comparison here", "write one of < <= > >="},
      {"avg cpu >", 9, "a value is missing after the comparison", "write a value such as \"300 ms\" or \"5 %\""},
      {"avg cpu > for 5 min", 10, "a value is missing after the comparison", "write a value such as \"300 ms\" or \"5 %\""},
      {"avg cpu > 80 percent", 10, "the value \"80 percent\" has an unknown unit \"percent\"", "write \"80 %\""},
      {"latency < 300 sec for 5 min", 10, "the value \"300 sec\" has an unknown unit \"sec\"", "write \"300 s\""},
      {"time_to 10x replicas < 5", 23, "time_to is compared with a time, but the value \"5\" needs a unit: a time is expected",
       "write \"5 s\""},
      {"time_to 10x replicas < 5 GB", 23,
       "time_to is compared with a time, but the value \"5 GB\" is a size in bytes, not a time",
       "write a time such as \"300 ms\""},
  });
}

TEST(ParseCondition, NamesWhatIsWrongAfterTheValue) {
  expect_refused({
      {"avg cpu > 80 % for", 18, "a duration is missing after \"for\"", "write \"for 5 min\""},
      {"avg cpu > 80 % for during peak", 19, "a duration is missing after \"for\"", "write \"for 5 min\""},
      {"avg cpu > 80 % for 5", 19, "the duration \"5\" needs a unit: a time is expected", "write \"5 s\""},
      {"avg cpu > 80 % for -5 s", 19, "the duration \"-5 s\" is negative", "write \"for 5 min\""},
      {"avg cpu > 80 % for 5 min for 6 min", 25, "\"for\" is not understood here", "write \"for\" once, before \"during\""},
      {"avg cpu > 80 % during", 21, "the name of a phase is missing after \"during\"",
       "write \"during\" and the name of a phase"},
      {"avg cpu > 80 % during peak for 5 min", 27, "\"for\" is not understood here", "write \"for\" once, before \"during\""},
      {"avg cpu > 80 % during peak time", 27, "\"time\" is not understood here",
       "after the value only \"for DURATION\" and \"during PHASE\" may follow"},
      {"avg cpu > 80 % fro 5 min", 15, "\"fro\" is not understood here", "did you mean \"for\"?"},
      {"queue_length > 80 fro 5 min", 18, "\"fro\" is not understood here", "did you mean \"for\"?"},
      {"avg cpu > 80 % durign peak", 15, "\"durign\" is not understood here", "did you mean \"during\"?"},
      {"avg cpu > 80 % within 5 min", 15, "\"within\" is not understood here",
       "after the value only \"for DURATION\" and \"during PHASE\" may follow"},
  });
}

TEST(Holds, ComparesStrictlyOrNot) {
  EXPECT_TRUE(holds(Comparison::less, 1.0, 2.0));
  EXPECT_FALSE(holds(Comparison::less, 2.0, 2.0));
  EXPECT_TRUE(holds(Comparison::less_equal, 2.0, 2.0));
  EXPECT_FALSE(holds(Comparison::greater, 2.0, 2.0));
  EXPECT_TRUE(holds(Comparison::greater_equal, 2.0, 2.0));
}

TEST(LastingCondition, HoldsOnceItsDurationIsReached) {
  LastingCondition lasting{parsed("avg cpu > 80 % for 1 min")};
  EXPECT_FALSE(lasting.update(at_seconds(0), 0.9));
  EXPECT_FALSE(lasting.update(at_seconds(59), 0.9));
  EXPECT_TRUE(lasting.update(at_seconds(60), 0.9));
  EXPECT_TRUE(lasting.update(at_seconds(75), 0.9));
}

TEST(LastingCondition, StartsAgainAfterABreakOrAMissingValue) {
  LastingCondition lasting{parsed("avg cpu > 80 % for 1 min")};
  EXPECT_FALSE(lasting.update(at_seconds(0), 0.9));
  EXPECT_FALSE(lasting.update(at_seconds(30), 0.7));
  EXPECT_FALSE(lasting.update(at_seconds(60), 0.9));
  EXPECT_FALSE(lasting.update(at_seconds(90), std::nullopt));
  EXPECT_FALSE(lasting.update(at_seconds(120), 0.9));
  EXPECT_TRUE(lasting.update(at_seconds(180), 0.9));
}

TEST(LastingCondition, HoldsAtOnceWithoutFor) {
  LastingCondition lasting{parsed("avg cpu > 80 %")};
  EXPECT_FALSE(lasting.update(at_seconds(0), 0.8));
  EXPECT_TRUE(lasting.update(at_seconds(15), 0.81));
}

TEST(UpperLimit, IsWhereLessIsBetter) {
  EXPECT_TRUE(is_upper_limit(parsed("rate errors < 1 %")));
  EXPECT_TRUE(is_upper_limit(parsed("p(95) latency <= 300 ms")));
  EXPECT_FALSE(is_upper_limit(parsed("rate availability > 99 %")));
  EXPECT_FALSE(is_upper_limit(parsed("rate requests >= 100 /s")));
  EXPECT_TRUE(is_upper_limit(parsed("rate availability > 99 % for 5 min"))) << "the time for which it is broken";
}

}  // namespace
}  // namespace headroom
