#include "reports/display.hpp"

#include <array>

#include <gtest/gtest.h>

namespace headroom {
namespace {

MetricSelector selector(const std::string& text) {
  ConditionError error;
  return parse_condition(text, error).value().selector;
}

TEST(NumberText, KeepsThreeDigitsAndGroupsThousands) {
  EXPECT_EQ(number_text(0.0), "0");
  EXPECT_EQ(number_text(0.41234), "0.412");
  EXPECT_EQ(number_text(14.234), "14.2");
  EXPECT_EQ(number_text(412.4), "412");
  EXPECT_EQ(number_text(29956.0), "29,956");
  EXPECT_EQ(number_text(-1234567.0), "-1,234,567");
  EXPECT_EQ(number_text(12.0), "12");
  EXPECT_EQ(number_text(0.01), "0.01");
}

TEST(Display, ChoosesTheUnitThatFits) {
  EXPECT_EQ(display(0.412, Dimension::time), "412 ms");
  EXPECT_EQ(display(1.92, Dimension::time), "1.92 s");
  EXPECT_EQ(display(90.0, Dimension::time), "90 s");
  EXPECT_EQ(display(300.0, Dimension::time), "5 min");
  EXPECT_EQ(display(0.0018, Dimension::ratio), "0.18 %");
  EXPECT_EQ(display(3.0 * 1024 * 1024, Dimension::bytes), "3 MiB");
  EXPECT_EQ(display(41.0 / 3600.0, Dimension::money_rate), "41 USD/h");
  // 0.05 USD per user and month of 30 days.
  EXPECT_EQ(display(0.05 / (30 * 86400.0), Dimension::money_rate), "0.05 USD/month");
}

TEST(Display, OfAnIntervalHasTheDigitsThatTheHalfWidthGivesSenseTo) {
  const DisplayUnit ms{1e-3, "ms"};
  EXPECT_EQ(display(Interval{0.41234, 0.40334, 0.42134, 5, true}, ms, "+-"), "412 ms +- 9");
  EXPECT_EQ(display(Interval{0.41234, 0.41084, 0.41384, 5, true}, ms, "±"), "412.3 ms ± 1.5");
  EXPECT_EQ(display(Interval{0.412, 0.412, 0.412, 1, false}, ms, "±"), "412 ms");
  EXPECT_EQ(display(Interval{3.0, 3.0, 3.0, 5, true}, DisplayUnit{}, "±"), "3");
}

TEST(Display, NeverShowsABoundBelowZero) {
  EXPECT_EQ(bounds_text(Interval{0.001, -0.002, 0.004, 3, true}, DisplayUnit{0.01, "%"}), "[0, 0.4]");
  EXPECT_EQ(bounds_text(Interval{0.001, 0.001, 0.001, 1, false}, DisplayUnit{0.01, "%"}), "");
}

TEST(UnitFor, IsOneForARow) {
  EXPECT_EQ(unit_for(Dimension::time, std::array{1.92, 0.412, 0.24}).name, "s");
  EXPECT_EQ(unit_for(Dimension::time, std::array{1.92, 0.0412}).name, "ms");
  EXPECT_EQ(unit_for(Dimension::time, std::array{0.0, 0.0}).name, "s");
}

TEST(SpanText, SpellsTimesOfDay) {
  EXPECT_EQ(span_text(7200.0), "2 h");
  EXPECT_EQ(span_text(5430.0), "1 h 30 min 30 s");
  EXPECT_EQ(span_text(0.25), "250 ms");
}

TEST(TitleOf, SpeaksTheFieldsWords) {
  EXPECT_EQ(title_of(selector("p(95) latency{endpoint=api.feed} < 1 s")), "p95 latency of api.feed");
  EXPECT_EQ(title_of(selector("rate errors < 1 %")), "errors");
  EXPECT_EQ(title_of(selector("rate requests > 1 /s")), "requests ended");
  EXPECT_EQ(title_of(selector("max replicas{service=api} < 9")), "largest replicas of api");
  EXPECT_EQ(title_of(selector("time_to 10x replicas{service=api} < 5 min")), "time to 10x replicas of api");
}

TEST(DimensionOf, FollowsTheAggregation) {
  EXPECT_EQ(dimension_of(selector("rate requests > 1 /s")), Dimension::rate);
  EXPECT_EQ(dimension_of({.aggregation = Aggregation::rate, .metric = "cost"}), Dimension::money_rate);
  EXPECT_EQ(dimension_of({.aggregation = Aggregation::count, .metric = "cost"}), Dimension::money);
  EXPECT_EQ(dimension_of({.aggregation = Aggregation::count, .metric = "latency"}), Dimension::count);
  EXPECT_EQ(dimension_of({.aggregation = Aggregation::avg, .metric = "cpu"}), Dimension::ratio);
}

TEST(DimensionOf, MeansAndExtremesOfCountersAreRates) {
  for (const Aggregation aggregation : {Aggregation::avg, Aggregation::max, Aggregation::min, Aggregation::rate}) {
    EXPECT_EQ(dimension_of({.aggregation = aggregation, .metric = "requests"}), Dimension::rate);
    EXPECT_EQ(dimension_of({.aggregation = aggregation, .metric = "cost"}), Dimension::money_rate);
  }
  EXPECT_EQ(dimension_of({.aggregation = Aggregation::count, .metric = "cost"}), Dimension::money);
  EXPECT_EQ(dimension_of({.aggregation = Aggregation::count, .metric = "latency"}), Dimension::count);
  EXPECT_EQ(dimension_of({.aggregation = Aggregation::time_to, .metric = "replicas"}), Dimension::time);
}

}  // namespace
}  // namespace headroom
