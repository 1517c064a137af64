#include "sim/measure/metric_catalog.hpp"

#include <gtest/gtest.h>

#include <set>

#include "sim/measure/run_result.hpp"

namespace headroom {
namespace {

TEST(MetricCatalog, NamesAreUniqueAndFound) {
  std::set<std::string_view> names, outputs;
  for (const MetricInfo& metric : metric_catalog()) {
    EXPECT_TRUE(names.insert(metric.name).second) << metric.name;
    EXPECT_TRUE(outputs.insert(metric.output_name).second) << metric.output_name;
    EXPECT_EQ(find_metric(metric.name), &metric);
    EXPECT_FALSE(metric.meaning.empty()) << metric.name;
  }
  EXPECT_EQ(metric_names().size(), names.size());
  EXPECT_EQ(find_metric("latencies"), nullptr);
}

TEST(MetricCatalog, EveryNameCanBeWrittenInACondition) {
  for (const MetricInfo& metric : metric_catalog()) {
    ConditionError error;
    const auto condition = parse_condition(std::string{"last "} + std::string{metric.name} + " < 1", error);
    ASSERT_TRUE(condition) << error.message;
    EXPECT_EQ(condition->selector.metric, metric.name);
  }
}

TEST(MetricCatalog, SaysWhichAggregationsHaveAMeaningAndWhatTheyAreANumberOf) {
  using enum Aggregation;
  EXPECT_EQ(aggregations_for(*find_metric("latency")), (std::vector{percentile, rate, avg, max, min, count}));
  EXPECT_EQ(aggregations_for(*find_metric("requests")), (std::vector{rate, avg, max, min, last, count}));
  EXPECT_EQ(aggregations_for(*find_metric("replicas")), (std::vector{avg, max, min, last, time_to}));
  EXPECT_EQ(aggregations_for(*find_metric("cost_per_user")), std::vector{last});
  EXPECT_EQ(value_dimension(*find_metric("latency"), percentile), Dimension::time);
  EXPECT_EQ(value_dimension(*find_metric("requests"), max), Dimension::rate);
  EXPECT_EQ(value_dimension(*find_metric("cost"), rate), Dimension::money_rate);
  EXPECT_EQ(value_dimension(*find_metric("cost"), count), find_metric("cost")->dimension);
  EXPECT_EQ(value_dimension(*find_metric("bytes_sent"), rate), Dimension::bandwidth);
  EXPECT_EQ(value_dimension(*find_metric("errors"), count), Dimension::count);
  EXPECT_EQ(value_dimension(*find_metric("replicas"), time_to), Dimension::time);
  EXPECT_FALSE(value_dimension(*find_metric("cpu"), time_to));
}

TEST(MetricCatalog, OutputNamesCarryTheUnit) {
  for (const MetricInfo& metric : metric_catalog()) {
    const std::string_view output = metric.output_name;
    switch (metric.dimension) {
      case Dimension::time: EXPECT_TRUE(output.ends_with("_seconds")) << output; break;
      case Dimension::bytes: EXPECT_TRUE(output.ends_with("_bytes")) << output; break;
      case Dimension::ratio: EXPECT_TRUE(output.ends_with("_ratio")) << output; break;
      case Dimension::money: EXPECT_NE(output.find("_usd"), std::string_view::npos) << output; break;
      case Dimension::money_rate: EXPECT_TRUE(output.ends_with("_usd_per_second")) << output; break;
      default: EXPECT_EQ(metric.dimension, Dimension::count) << output;
    }
  }
}

TEST(MetricCatalog, SharesAreRatios) {
  for (const MetricInfo& metric : metric_catalog()) {
    EXPECT_EQ(metric.kind == MetricKind::share, metric.dimension == Dimension::ratio) << metric.name;
    const std::set<std::string_view> spans{"latency",         "queue_wait",          "lock_wait",       "limit_wait",
                                           "store_time",      "time_to_first_token", "time_per_token",  "transfer_time",
                                           "connection_wait", "replication_lag",     "resharding_time", "lateness",
                                           "bulkhead_wait",   "scaling_time",        "scaling_delay"};
    const bool is_of_spans = spans.contains(metric.name);
    EXPECT_EQ(metric.kind == MetricKind::durations, is_of_spans) << metric.name;
  }
}

TEST(LedgerEntry, IsBalancedWhenEveryoneWhoEnteredIsAccountedFor) {
  LedgerEntry entry{.name = "users", .entered = 10, .completed = 6, .failed = {{"rejected", 1}, {"timeout", 2}}, .in_flight = 1};
  EXPECT_TRUE(entry.balanced());
  entry.in_flight = 0;
  EXPECT_FALSE(entry.balanced());
  entry.completed = 8;
  EXPECT_FALSE(entry.balanced());
  EXPECT_TRUE(LedgerEntry{}.balanced());
}

}  // namespace
}  // namespace headroom
