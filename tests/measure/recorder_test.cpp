// What the recorder makes of a few events whose windows can be worked out by hand.
#include "sim/measure/recorder.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace headroom {
namespace {

using Columns = std::vector<std::vector<double>>;
constexpr double nothing = -1.0;

MetricSelector selector_of(const std::string& text) {
  ConditionError error;
  const auto condition = parse_condition(text + " < 1", error);
  if (!condition) throw std::logic_error{text + ": " + error.message};
  return condition->selector;
}

double scraped(const Recorder& recorder, const std::string& selector) {
  const auto value = recorder.scraped(selector_of(selector));
  return value ? value->value : nothing;
}

RunResult finished(Recorder& recorder) {
  RunResult result;
  recorder.finish(result);
  return result;
}

TEST(Recorder, ACounterGivesTheAmountOfEachWindow) {
  Recorder recorder{{15.0}, {}};
  Counter& requests = recorder.counter("requests", {{"workload", "users"}});
  requests.add();
  requests.add(2.0);
  recorder.record(at_seconds(10.0));
  requests.add(4.0);
  recorder.record(at_seconds(15.0));
  const RunResult result = finished(recorder);
  EXPECT_EQ(result.window_ends, (std::vector<double>{10.0, 15.0}));
  EXPECT_EQ(result.series.at(0).columns, (Columns{{3.0, 4.0}}));
  EXPECT_EQ(result.series.at(0).kind, MetricKind::counter);
}

TEST(Recorder, AGaugeGivesMeanLargestAndLastLevelOfEachWindow) {
  Recorder recorder{{20.0}, {}};
  Gauge& replicas = recorder.gauge("replicas", {{"service", "api"}});
  replicas.set(at_seconds(2.0), 4.0);
  replicas.set(at_seconds(6.0), 1.0);
  recorder.record(at_seconds(10.0));  // (2 × 0 + 4 × 4 + 4 × 1) / 10 = 2
  replicas.set(at_seconds(15.0), 3.0);
  recorder.record(at_seconds(15.0));  // 1 for 5 s; the 3 comes at the very end
  recorder.record(at_seconds(20.0));  // 3 all the time
  const RunResult result = finished(recorder);
  EXPECT_EQ(result.series.at(0).columns, (Columns{{2.0, 1.0, 3.0}, {4.0, 3.0, 3.0}, {1.0, 3.0, 3.0}}));
}

TEST(Recorder, AShareGivesPartAndWholeOfEachWindow) {
  Recorder recorder{{20.0}, {}};
  Share& errors = recorder.share("errors", {{"workload", "users"}});
  errors.whole += 8.0;
  errors.part += 2.0;
  recorder.record(at_seconds(10.0));
  errors.whole += 5.0;
  recorder.record(at_seconds(20.0));
  EXPECT_EQ(finished(recorder).series.at(0).columns, (Columns{{2.0, 0.0}, {8.0, 5.0}}));
}

TEST(Recorder, AShareOfLevelsGivesTheirIntegrals) {
  Recorder recorder{{20.0}, {}};
  LevelShare& cpu = recorder.level_share("cpu", {{"service", "api"}});
  cpu.whole.set(at_seconds(0.0), 4.0);
  cpu.part.set(at_seconds(5.0), 2.0);
  recorder.record(at_seconds(10.0));  // 5 s × 2 cores of 10 s × 4
  cpu.whole.set(at_seconds(15.0), 8.0);
  recorder.record(at_seconds(20.0));  // 10 s × 2 of 5 s × 4 + 5 s × 8
  EXPECT_EQ(finished(recorder).series.at(0).columns, (Columns{{10.0, 20.0}, {40.0, 60.0}}));
}

TEST(Recorder, DurationsGiveCountSumAndPercentilesOfEachWindow) {
  Recorder recorder{{20.0}, {90.0}};
  DurationInstrument& latency = recorder.durations("latency", {{"workload", "users"}});
  for (int i = 1; i <= 100; ++i) latency.record(Duration{i});  // up to 127 ns a histogram is exact
  recorder.record(at_seconds(10.0));
  recorder.record(at_seconds(20.0));
  const RunResult result = finished(recorder);
  const Columns& columns = result.series.at(0).columns;
  ASSERT_EQ(columns.size(), 6U);
  const double expected[]{100.0, 5050e-9, 50e-9, 95e-9, 99e-9, 90e-9};
  for (std::size_t i = 0; i < columns.size(); ++i) {
    EXPECT_DOUBLE_EQ(columns[i].at(0), expected[i]) << "column " << i;
    EXPECT_EQ(columns[i].at(1), 0.0) << "column " << i << " of a window without records";
  }
  EXPECT_EQ(result.extra_percentiles, std::vector<double>{90.0});
}

TEST(Recorder, SlicesHoldTheDurationsOfTheirWindows) {
  Recorder recorder{{20.0, 30.0}, {}};
  DurationInstrument& latency = recorder.durations("latency", {{"workload", "users"}});
  Histogram first, second;
  const auto record = [&](Histogram& slice, int nanoseconds) {
    latency.record(Duration{nanoseconds});
    slice.record(Duration{nanoseconds});
  };
  record(first, 5);
  recorder.record(at_seconds(10.0));
  record(first, 6'000'000);
  recorder.scrape(at_seconds(12.0));
  record(first, 7);
  recorder.record(at_seconds(20.0));
  record(second, 8);
  recorder.record(at_seconds(30.0));
  const RunResult result = finished(recorder);
  EXPECT_EQ(result.slice_ends, (std::vector<double>{20.0, 30.0}));
  ASSERT_EQ(result.series.at(0).slices.size(), 2U);
  EXPECT_TRUE(result.series.at(0).slices[0] == first);
  EXPECT_TRUE(result.series.at(0).slices[1] == second);
}

TEST(Recorder, ARunEndedEarlyStillHasAHistogramForEachSlice) {
  Recorder recorder{{10.0, 20.0, 30.0}, {}};
  DurationInstrument& latency = recorder.durations("latency", {{"workload", "users"}});
  latency.record(Duration{5});
  recorder.record(at_seconds(10.0));
  latency.record(Duration{6});
  recorder.record(at_seconds(15.0));
  const RunResult result = finished(recorder);
  ASSERT_EQ(result.series.at(0).slices.size(), 3U);
  EXPECT_EQ(result.series.at(0).slices[1].largest_ns(), 6U);
  EXPECT_EQ(result.series.at(0).slices[2].count(), 0U);
}

// Events at 3 and 9; scrapes at 4, 8, 12; records at 10 and 20. Each tick sees all that came since its own last one.
TEST(Recorder, TheTwoTicksDoNotTakeFromEachOther) {
  Recorder recorder{{20.0}, {}};
  Counter& requests = recorder.counter("requests", {{"workload", "users"}});
  Gauge& queue = recorder.gauge("queue_length", {{"service", "api"}});
  DurationInstrument& latency = recorder.durations("latency", {{"workload", "users"}});
  const auto event = [&](double at, double level, int nanoseconds) {
    requests.add();
    queue.set(at_seconds(at), level);
    queue.set(at_seconds(at + 0.5), 1.0);
    latency.record(Duration{nanoseconds});
  };
  event(3.0, 9.0, 30);
  recorder.scrape(at_seconds(4.0));
  EXPECT_DOUBLE_EQ(scraped(recorder, "rate requests"), 0.25);
  EXPECT_EQ(scraped(recorder, "max queue_length{service=api}"), 9.0);
  EXPECT_DOUBLE_EQ(scraped(recorder, "max latency"), 30e-9);
  recorder.scrape(at_seconds(8.0));
  EXPECT_EQ(scraped(recorder, "rate requests"), 0.0);
  EXPECT_EQ(scraped(recorder, "max queue_length{service=api}"), 1.0);
  EXPECT_EQ(scraped(recorder, "max latency"), nothing);
  event(9.0, 5.0, 20);
  recorder.record(at_seconds(10.0));
  recorder.scrape(at_seconds(12.0));
  EXPECT_DOUBLE_EQ(scraped(recorder, "rate requests"), 0.25);
  EXPECT_EQ(scraped(recorder, "max queue_length{service=api}"), 5.0);
  EXPECT_DOUBLE_EQ(scraped(recorder, "max latency"), 20e-9);
  recorder.record(at_seconds(20.0));

  const RunResult result = finished(recorder);
  EXPECT_EQ(result.series.at(0).columns.at(0), (std::vector<double>{2.0, 0.0}));
  EXPECT_EQ(result.series.at(1).columns.at(1), (std::vector<double>{9.0, 1.0}));
  EXPECT_EQ(result.series.at(2).columns.at(0), (std::vector<double>{2.0, 0.0}));
  EXPECT_DOUBLE_EQ(result.series.at(2).columns.at(1).at(0), 50e-9);
}

TEST(Recorder, NothingIsSeenBeforeTheFirstScrape) {
  Recorder recorder{{20.0}, {}};
  recorder.counter("requests", {{"workload", "users"}}).add();
  recorder.record(at_seconds(10.0));
  EXPECT_FALSE(recorder.scraped(selector_of("rate requests")));
}

TEST(Recorder, AScrapedValueSaysWhenItWasSeenAndWhatItCovers) {
  Recorder recorder{{20.0}, {}};
  recorder.gauge("replicas", {{"service", "api"}}).set(at_seconds(1.0), 3.0);
  recorder.scrape(at_seconds(5.0));
  recorder.scrape(at_seconds(8.0));
  const auto mean = recorder.scraped(selector_of("avg replicas{service=api}"));
  ASSERT_TRUE(mean);
  EXPECT_EQ(mean->at, at_seconds(8.0));
  EXPECT_EQ(mean->window, to_duration(3.0));
  EXPECT_EQ(mean->value, 3.0);
  const auto last = recorder.scraped(selector_of("last replicas{service=api}"));
  ASSERT_TRUE(last);
  EXPECT_EQ(last->window, Duration::zero());  // a level is of an instant
}

TEST(Recorder, EveryAggregationOfDurationsIsOfTheLastScrapeWindow) {
  Recorder recorder{{20.0}, {}};
  DurationInstrument& wait = recorder.durations("queue_wait", {{"service", "api"}});
  wait.record(Duration{120});
  recorder.scrape(at_seconds(5.0));
  for (int i = 1; i <= 20; ++i) wait.record(Duration{i});
  recorder.scrape(at_seconds(10.0));
  EXPECT_DOUBLE_EQ(scraped(recorder, "p(95) queue_wait{service=api}"), 19e-9);
  EXPECT_DOUBLE_EQ(scraped(recorder, "p(33) queue_wait{service=api}"), 7e-9);  // asked of no one before: rank ceil(6.6)
  EXPECT_DOUBLE_EQ(scraped(recorder, "avg queue_wait{service=api}"), 10.5e-9);
  EXPECT_DOUBLE_EQ(scraped(recorder, "max queue_wait{service=api}"), 20e-9);
  EXPECT_DOUBLE_EQ(scraped(recorder, "min queue_wait{service=api}"), 1e-9);
  EXPECT_EQ(scraped(recorder, "count queue_wait{service=api}"), 20.0);
}

TEST(Recorder, GaugesGiveMeanLargestAndLastOfTheScrapeWindow) {
  Recorder recorder{{20.0}, {}};
  Gauge& queue = recorder.gauge("queue_length", {{"queue", "jobs"}});
  queue.set(at_seconds(2.0), 6.0);
  queue.set(at_seconds(4.0), 2.0);
  recorder.scrape(at_seconds(10.0));  // (2 × 6 + 6 × 2) / 10
  EXPECT_DOUBLE_EQ(scraped(recorder, "avg queue_length{queue=jobs}"), 2.4);
  EXPECT_EQ(scraped(recorder, "max queue_length{queue=jobs}"), 6.0);
  EXPECT_EQ(scraped(recorder, "last queue_length{queue=jobs}"), 2.0);
}

TEST(Recorder, AShareOfNothingHasNoValue) {
  Recorder recorder{{20.0}, {}};
  Share& errors = recorder.share("errors", {{"workload", "users"}});
  LevelShare& cpu = recorder.level_share("cpu", {{"service", "api"}});
  recorder.scrape(at_seconds(5.0));
  EXPECT_EQ(scraped(recorder, "rate errors"), nothing);
  EXPECT_EQ(scraped(recorder, "avg cpu{service=api}"), nothing);  // no replica, no cores
  errors.whole += 4.0;
  errors.part += 1.0;
  cpu.whole.set(at_seconds(5.0), 2.0);
  cpu.part.set(at_seconds(5.0), 1.5);
  recorder.scrape(at_seconds(10.0));
  EXPECT_DOUBLE_EQ(scraped(recorder, "rate errors"), 0.25);
  EXPECT_DOUBLE_EQ(scraped(recorder, "avg cpu{service=api}"), 0.75);
}

TEST(Recorder, AvailabilityIsWhatErrorsLeave) {
  Recorder recorder{{20.0}, {}};
  Share& errors = recorder.share("errors", {{"service", "api"}, {"endpoint", "api.feed"}});
  errors.whole += 5.0;
  errors.part += 1.0;
  recorder.scrape(at_seconds(5.0));
  EXPECT_DOUBLE_EQ(scraped(recorder, "rate availability{service=api}"), 0.8);
  EXPECT_EQ(scraped(recorder, "count availability{endpoint=api.feed}"), 4.0);
}

TEST(Recorder, WithoutLabelsUsersMetricsAreThoseOfTheWorkloads) {
  Recorder recorder{{20.0}, {}};
  recorder.counter("requests", {{"workload", "web"}}).add(10.0);
  recorder.counter("requests", {{"workload", "app"}}).add(30.0);
  recorder.counter("requests", {{"service", "api"}, {"endpoint", "api.feed"}}).add(500.0);
  recorder.gauge("in_flight", {{"workload", "web"}}).set(at_seconds(1.0), 2.0);
  recorder.gauge("in_flight", {{"service", "api"}}).set(at_seconds(1.0), 7.0);
  recorder.durations("latency", {{"workload", "web"}}).record(Duration{10});
  recorder.durations("latency", {{"service", "api"}, {"endpoint", "api.feed"}}).record(Duration{100});
  recorder.share("errors", {{"workload", "web"}}).whole += 2.0;
  Share& inner = recorder.share("errors", {{"service", "api"}, {"endpoint", "api.feed"}});
  inner.whole += 2.0;
  inner.part += 2.0;
  recorder.scrape(at_seconds(10.0));
  EXPECT_DOUBLE_EQ(scraped(recorder, "rate requests"), 4.0);
  EXPECT_EQ(scraped(recorder, "last in_flight"), 2.0);
  EXPECT_DOUBLE_EQ(scraped(recorder, "max latency"), 10e-9);
  EXPECT_EQ(scraped(recorder, "rate errors"), 0.0);
  EXPECT_EQ(scraped(recorder, "rate availability"), 1.0);
  EXPECT_DOUBLE_EQ(scraped(recorder, "rate requests{service=api}"), 50.0);
  EXPECT_EQ(scraped(recorder, "rate errors{service=api}"), 1.0);
}

TEST(Recorder, WithoutLabelsOtherMetricsAreTheSumOfAll) {
  Recorder recorder{{20.0}, {}};
  recorder.gauge("queue_length", {{"service", "api"}}).set(at_seconds(0.0), 2.0);
  recorder.gauge("queue_length", {{"queue", "jobs"}}).set(at_seconds(0.0), 3.0);
  recorder.counter("cost", {{"component", "general"}}).add(0.5);
  recorder.counter("cost", {{"component", "profiles"}}).add(0.25);
  recorder.scrape(at_seconds(10.0));
  EXPECT_EQ(scraped(recorder, "last queue_length"), 5.0);
  EXPECT_DOUBLE_EQ(scraped(recorder, "count cost"), 0.75);
}

TEST(Recorder, ALabelSelectsAllInstrumentsThatHaveIt) {
  Recorder recorder{{20.0}, {}};
  DurationInstrument& feed = recorder.durations("latency", {{"service", "api"}, {"endpoint", "api.feed"}});
  DurationInstrument& post = recorder.durations("latency", {{"endpoint", "api.post"}, {"service", "api"}});
  recorder.durations("latency", {{"endpoint", "web.page"}, {"service", "web"}}).record(Duration{127});
  for (int i = 1; i <= 3; ++i) feed.record(Duration{i});
  post.record(Duration{50});
  recorder.scrape(at_seconds(10.0));
  EXPECT_DOUBLE_EQ(scraped(recorder, "p(75) latency{service=api}"), 3e-9);  // the third of 1, 2, 3, 50
  EXPECT_DOUBLE_EQ(scraped(recorder, "max latency{service=api}"), 50e-9);
  EXPECT_DOUBLE_EQ(scraped(recorder, "max latency{endpoint=api.feed}"), 3e-9);
  EXPECT_DOUBLE_EQ(scraped(recorder, "max latency{endpoint=api.post,service=api}"), 50e-9);
  EXPECT_EQ(scraped(recorder, "max latency{endpoint=web.page,service=api}"), nothing);
}

TEST(Recorder, LabelsOfASeriesAreSortedByName) {
  Recorder recorder{{20.0}, {}};
  recorder.counter("failures", {{"workload", "users"}, {"reason", "timeout"}});
  recorder.record(at_seconds(20.0));
  EXPECT_EQ(finished(recorder).series.at(0).labels, (std::vector<Label>{{"reason", "timeout"}, {"workload", "users"}}));
}

TEST(Recorder, AnInstrumentThatComesLateSawNothingBefore) {
  Recorder recorder{{10.0, 20.0}, {}};
  recorder.record(at_seconds(10.0));
  recorder.counter("requests", {{"workload", "late"}}).add(2.0);
  recorder.durations("latency", {{"workload", "late"}}).record(Duration{5});
  recorder.record(at_seconds(20.0));
  const RunResult result = finished(recorder);
  EXPECT_EQ(result.series.at(0).columns, (Columns{{0.0, 2.0}}));
  EXPECT_EQ(result.series.at(1).columns.at(0), (std::vector<double>{0.0, 1.0}));
  ASSERT_EQ(result.series.at(1).slices.size(), 2U);
  EXPECT_EQ(result.series.at(1).slices[0].count(), 0U);
  EXPECT_EQ(result.series.at(1).slices[1].count(), 1U);
}

TEST(Recorder, AddressesStayValidWhenInstrumentsAreAdded) {
  Recorder recorder{{10.0}, {}};
  Counter& first = recorder.counter("requests", {{"workload", "first"}});
  for (int i = 0; i < 1000; ++i) recorder.counter("requests", {{"workload", "w" + std::to_string(i)}});
  first.add(5.0);
  recorder.record(at_seconds(10.0));
  EXPECT_EQ(finished(recorder).series.at(0).columns.at(0).at(0), 5.0);
}

TEST(Recorder, RefusesMetricsThatAreNotInTheCatalogueWithThatKind) {
  Recorder recorder{{10.0}, {}};
  EXPECT_THROW(recorder.counter("request", {}), std::logic_error);
  EXPECT_THROW(recorder.counter("latency", {}), std::logic_error);
}

TEST(Recorder, RefusesARecordWindowWithoutLength) {
  Recorder recorder{{10.0}, {}};
  recorder.record(at_seconds(5.0));
  EXPECT_THROW(recorder.record(at_seconds(5.0)), std::logic_error);
}

}  // namespace
}  // namespace headroom
