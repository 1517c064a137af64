#include <zlib.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "tests/models/conformance.hpp"
#include "tests/models/workload_under_test.hpp"

namespace headroom {
namespace {

class Trace : public testing::Test {
 protected:
  Trace() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path{testing::TempDir()} / (std::string{"headroom-trace-"} + info->name());
    std::filesystem::create_directories(folder_);
  }
  ~Trace() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) { std::ofstream{folder_ / name, std::ios::binary} << text; }
  void write_gzip(const std::string& name, const std::string& text) {
    gzFile file = gzopen((folder_ / name).c_str(), "wb");
    gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
    gzclose(file);
  }
  WorkloadSetting setting(double end = 3600.0) const { return {.end_seconds = end, .directory = folder_.string()}; }
  // The sentences, without the place of the file.
  std::vector<std::string> problems(const Json& options) const {
    std::vector<std::string> sentences;
    const std::string place = "\"" + (folder_ / options.at("file").get<std::string>()).string() + "\" ";
    for (auto [field, sentence] : chosen_policy<Workload>(options).options->problems(folder_.string())) {
      if (const auto at = sentence.find(place); at != std::string::npos) sentence.erase(at, place.size());
      sentences.push_back(field + ": " + sentence);
    }
    return sentences;
  }

  std::filesystem::path folder_;
};

const Json rates{{"model", "trace"}, {"file", "a.csv"}};
const Json requests{{"model", "trace"}, {"file", "a.csv"}, {"kind", "requests"}};
const std::string three_minutes = "t_s,requests\n1000,60\n1060,0\n1120,120\n";

Json with(Json options, const Json& more) {
  options.update(more);
  return options;
}

using Sentences = std::vector<std::string>;

TEST_F(Trace, EvenRatesReplayTheCounts) {
  write("a.csv", three_minutes);
  const auto arrivals = all_arrivals(with(rates, {{"arrivals", "even"}}), setting());
  EXPECT_EQ(count_between(arrivals, 0, 60), 60.0);
  EXPECT_EQ(count_between(arrivals, 60, 120), 0.0);
  EXPECT_EQ(count_between(arrivals, 120, 180), 120.0) << "the last row lasts as long as the one before";
  EXPECT_EQ(arrivals.size(), 180U);
  EXPECT_NEAR(to_seconds(arrivals.front().at), 0.5, 1e-9);
}

TEST_F(Trace, PoissonRatesHaveTheCountsAsTheirMean) {
  write_gzip("a.csv.gz", "t_s,requests\n0,6000\n60,60000\n");
  const auto trace = workload(with(rates, {{"file", "a.csv.gz"}}), setting(120.0));
  EXPECT_NEAR(trace->mean_rate(), 550.0, 1e-9);
  EXPECT_NEAR(trace->peak_rate(), 1000.0, 1e-9);
  EXPECT_FALSE(trace->stationary());
  const auto arrivals = all_arrivals(*trace);
  expect_poisson_count(count_between(arrivals, 0, 60), 6000.0);
  expect_poisson_count(count_between(arrivals, 60, 120), 60'000.0);
}

TEST_F(Trace, AWindowIsCutScaledAndSpedUp) {
  write("a.csv", three_minutes);
  // From 30 s to 150 s of the trace: 30 requests, a minute of none, 60 requests; doubled, in a tenth of the time.
  const Json options =
      with(rates, {{"begin", "30 s"}, {"length", "120 s"}, {"scale", 2.0}, {"speed", 10.0}, {"arrivals", "even"}});
  const auto arrivals = all_arrivals(options, setting());
  EXPECT_EQ(count_between(arrivals, 0, 3), 60.0);
  EXPECT_EQ(count_between(arrivals, 3, 9), 0.0);
  EXPECT_EQ(count_between(arrivals, 9, 12), 120.0);
  EXPECT_EQ(arrivals.size(), 180U);
  EXPECT_NEAR(workload(options, setting(12.0))->mean_rate(), 15.0, 1e-9);
}

TEST_F(Trace, RepeatsItsWindow) {
  write("a.csv", three_minutes);
  const auto arrivals = all_arrivals(with(rates, {{"repeat", true}, {"arrivals", "even"}}), setting(360.0));
  EXPECT_EQ(arrivals.size(), 360U);
  EXPECT_EQ(count_between(arrivals, 180, 240), 60.0);
}

TEST_F(Trace, RequestsComeWhenTheyWereRecordedWithKeyAndSubject) {
  write("a.csv", "t_s,url,\"user\"\n10.5,17,alice\n10.5,\"18\",bob\n\n12.25,17,alice\n");
  const auto arrivals = all_arrivals(with(requests, {{"key_column", "url"}, {"subject_column", "user"}}), setting());
  ASSERT_EQ(arrivals.size(), 3U);
  EXPECT_EQ(arrivals[0].at, at_seconds(0.0));
  EXPECT_EQ(arrivals[1].at, at_seconds(0.0));
  EXPECT_EQ(arrivals[2].at, at_seconds(1.75));
  EXPECT_EQ(arrivals[0].key, 17U);
  EXPECT_EQ(arrivals[1].key, 18U);
  EXPECT_EQ(arrivals[0].subject, arrivals[2].subject);
  EXPECT_NE(arrivals[0].subject, arrivals[1].subject);
}

TEST_F(Trace, RequestsAreThinnedAndRepeated) {
  std::string text = "t_s\n";
  for (int i = 0; i < 10'000; ++i) text += std::to_string(i * 0.01) + "\n";
  write("a.csv", text);
  const Json options = with(requests, {{"scale", 0.25}, {"repeat", true}, {"length", "100 s"}});
  const auto trace = workload(options, setting(200.0));
  EXPECT_NEAR(trace->mean_rate(), 25.0, 1e-9);
  EXPECT_NEAR(trace->peak_rate(), 25.0, 0.1);
  const auto arrivals = all_arrivals(*trace);
  const double deviation = std::sqrt(10'000 * 0.25 * 0.75);
  EXPECT_NEAR(count_between(arrivals, 0, 100), 2500.0, 4.5 * deviation);
  EXPECT_NEAR(count_between(arrivals, 100, 200), 2500.0, 4.5 * deviation);
}

// 2.5 of every line: two or three, the first when it was recorded, the others before the next line.
TEST_F(Trace, RequestsAreMultipliedWithinTheirGaps) {
  std::string text = "t_s,url\n";
  for (int i = 0; i < 4'000; ++i) text += std::to_string(i) + "," + std::to_string(i) + "\n";
  write("a.csv", text);
  const auto trace = workload(with(requests, {{"scale", 2.5}, {"key_column", "url"}}), setting(4'000.0));
  EXPECT_NEAR(trace->mean_rate(), 2.5, 1e-9);
  const auto arrivals = all_arrivals(*trace);
  EXPECT_NEAR(static_cast<double>(arrivals.size()), 10'000.0, 4.5 * std::sqrt(4'000 * 0.25));
  double offsets = 0.0;
  std::size_t copies = 0;
  for (std::size_t i = 0; i < arrivals.size(); ++i) {
    const double at = to_seconds(arrivals[i].at), line = static_cast<double>(arrivals[i].key);
    EXPECT_GE(at, line);
    EXPECT_LE(at, line + 1.0);
    if (i > 0) {
      EXPECT_GE(arrivals[i].at, arrivals[i - 1].at);
    }
    if (at > line) offsets += at - line, ++copies;
  }
  EXPECT_NEAR(offsets / static_cast<double>(copies), 0.5, 4.5 * std::sqrt(1.0 / 12.0 / static_cast<double>(copies)));
}

TEST_F(Trace, ReportsEveryBadLineWithItsPlace) {
  write("a.csv", "t_s,requests\n0,1\n60,abc\n120\n90,5\n180,-3\n170,2\n");
  EXPECT_EQ(problems(rates),
            (Sentences{"file: line 3: \"abc\" in column \"requests\" is not a number",
                       "file: line 4: has only 1 cell and none for column \"requests\"",
                       "file: line 6: the count in column \"requests\" is negative",
                       "file: line 7: the time 170 is not after that of the row above, 180; rows must be sorted by \"t_s\""}));
}

TEST_F(Trace, StopsAtTwentyComplaints) {
  std::string text = "t_s,requests\n";
  for (int i = 0; i < 1000; ++i) text += "x,y\n";
  write("a.csv", text);
  EXPECT_EQ(problems(rates).size(), 20U);
}

TEST_F(Trace, NamesTheColumnsThatAreThere) {
  write("a.csv", "time,hits\n0,1\n60,1\n");
  EXPECT_EQ(problems(rates), (Sentences{"file: has no column \"t_s\"; its first line names \"time\", \"hits\"",
                                        "file: has no column \"requests\"; its first line names \"time\", \"hits\""}));
  EXPECT_EQ(problems(with(rates, {{"time_column", "time"}, {"count_column", "hits"}})), Sentences{});
}

TEST_F(Trace, RefusesWhatIsNotATrace) {
  EXPECT_EQ(problems(rates), Sentences{"file: does not exist"});
  write("a.csv", "");
  EXPECT_EQ(problems(rates), Sentences{"file: is empty; its first line must name the columns"});
  write("a.csv", "t_s,requests\n0,1\n");
  EXPECT_EQ(problems(rates), Sentences{"file: has fewer than two rows, so that an interval has no length"});
  write("a.csv", std::string("\x7f"
                             "ELF\0\0\0\n",
                             8));
  EXPECT_EQ(problems(rates), Sentences{"file: is not text: its first line holds a zero byte"});
  write("a.csv", std::string(2'000'000, 'x'));
  EXPECT_EQ(problems(rates), Sentences{"file: line 1: is longer than 1 MiB; is this a CSV file?"});
  std::filesystem::create_directory(folder_ / "b.csv");
  EXPECT_EQ(problems(with(rates, {{"file", "b.csv"}})), Sentences{"file: is not a file"});
}

TEST_F(Trace, RefusesDamagedGzip) {
  const Json options = with(rates, {{"file", "a.csv.gz"}});
  write("a.csv.gz", three_minutes);
  EXPECT_EQ(problems(options), Sentences{"file: is named .gz but is not gzip data"});
  std::string text = "t_s,requests\n";
  for (int i = 0; i < 20'000; ++i) text += std::to_string(i * 60) + "," + std::to_string(i * 7919 % 1000) + "\n";
  write_gzip("a.csv.gz", text);
  EXPECT_EQ(problems(options), Sentences{});
  std::filesystem::resize_file(folder_ / "a.csv.gz", std::filesystem::file_size(folder_ / "a.csv.gz") / 2);
  const auto cut = problems(options);
  ASSERT_EQ(cut.size(), 1U);
  EXPECT_NE(cut[0].find("the compressed data ends too early; is the file complete?"), std::string::npos) << cut[0];
  std::fstream file{folder_ / "a.csv.gz", std::ios::in | std::ios::out | std::ios::binary};
  file.seekp(200);
  file << std::string(50, '\xff');
  file.close();
  const auto damaged = problems(options);
  ASSERT_FALSE(damaged.empty());
  EXPECT_NE(damaged.back().find("the compressed data"), std::string::npos) << damaged.back();
}

TEST_F(Trace, SaysWhatIsWrongWithTheOptions) {
  write("a.csv", three_minutes);
  EXPECT_EQ(problems(with(rates, {{"begin", "1 h"}})), Sentences{"begin: is after the end of the trace, which covers 2 min"});
  EXPECT_EQ(problems(with(rates, {{"key_column", "x"}})), Sentences{"key_column: belongs to \"kind\": \"requests\""});
  EXPECT_EQ(problems(with(requests, {{"repeat", true}})),
            Sentences{"length: is needed to repeat requests: how long one round takes"});
}

TEST_F(Trace, NeedsNamesToReadBy) {
  EXPECT_EQ(problems(with(rates, {{"time_column", ""}, {"count_column", ""}})),
            (Sentences{"time_column: is empty; name the column of times", "count_column: is empty; name the column of counts"}));
}

TEST_F(Trace, NamesTheFileItReads) {
  EXPECT_EQ(chosen_policy<Workload>(rates).options->input_files(), std::vector<std::string>{"a.csv"});
}

TEST_F(Trace, ReplaysADayOfTheWorldCup) {
  const auto file = shared_file("traces/web_rates/worldcup98_per_minute.csv.gz");
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no World Cup trace beside the repository";
  const Json options =
      with(rates, {{"file", file.string()}, {"begin", "60 d"}, {"length", "24 h"}, {"speed", 24.0}, {"scale", 0.01}});
  EXPECT_EQ(problems(options), Sentences{});
  const auto trace = workload(options, setting(3600.0));
  const auto arrivals = all_arrivals(*trace);
  expect_poisson_count(static_cast<double>(arrivals.size()), trace->mean_rate() * 3600.0);
  EXPECT_GT(trace->peak_rate(), 2.0 * trace->mean_rate());
}

}  // namespace
}  // namespace headroom
