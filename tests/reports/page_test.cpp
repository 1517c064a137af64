// The page, read as text and opened in a real browser.
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <regex>

#include <gtest/gtest.h>
#include <unistd.h>

#include "reports/assets.hpp"
#include "reports/charts.hpp"
#include "reports/evidence.hpp"
#include "reports/heat_map.hpp"
#include "reports/station_use.hpp"
#include "reports/study_report.hpp"
#include "tests/reports/synthetic_study.hpp"
#include "tests/support/places.hpp"

namespace headroom {
namespace {

std::size_t charts_in(const StudyReport& report) {
  std::size_t count = 0;
  for (const ChartGroup& group : charts_of(report)) count += group.charts.size();
  return count;
}

std::string output_of(const std::string& command) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe{::popen(command.c_str(), "r"), ::pclose};
  std::string text;
  std::array<char, 65536> buffer{};
  while (pipe != nullptr) {
    const std::size_t read = std::fread(buffer.data(), 1, buffer.size(), pipe.get());
    if (read == 0) break;
    text.append(buffer.data(), read);
  }
  return text;
}

std::vector<std::string> captures(const std::string& text, const std::string& pattern) {
  const std::regex expression{pattern};
  std::vector<std::string> found;
  for (std::sregex_iterator at{text.begin(), text.end(), expression}, end; at != end; ++at) found.push_back((*at)[1]);
  return found;
}

// The page as a browser leaves it after its scripts have run, and what the scripts complained about.
struct Opened {
  std::string dom;
  std::string complaints;
};

Opened open_in_browser(const std::string& html) {
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / ("headroom-page-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder / "profile");
  std::ofstream{folder / "report.html", std::ios::binary} << html;
  const std::string command =
      "chromium --headless --no-sandbox --disable-gpu --disable-background-networking --enable-logging=stderr "
      "--window-size=1280,2000 --user-data-dir=" +
      (folder / "profile").string() + " --dump-dom file://" + (folder / "report.html").string() + " 2>" +
      (folder / "log").string();
  Opened opened{output_of(command), output_of("grep CONSOLE " + (folder / "log").string())};
  std::filesystem::remove_all(folder);
  return opened;
}

bool has_browser() { return !output_of("command -v chromium").empty(); }

#define REQUIRE_BROWSER()                                                                       \
  if (!has_browser()) {                                                                         \
    if (std::getenv("CI") != nullptr) FAIL() << "chromium is not installed (package chromium)"; \
    GTEST_SKIP() << "chromium is not installed (package chromium)";                             \
  }

TEST(Page, DrawsEveryChartInABrowserWithoutAComplaint) {
  REQUIRE_BROWSER();
  for (const std::size_t variants : {1U, 3U}) {
    const StudyReport report = synthetic::flash_crowd(variants, 3);
    const Opened opened = open_in_browser(to_html(report));
    EXPECT_NE(opened.dom.find("data-ready=\"true\""), std::string::npos) << opened.complaints;
    EXPECT_NE(opened.dom.find("data-charts=\"" + std::to_string(charts_in(report)) + "\""), std::string::npos);
    EXPECT_EQ(opened.complaints, "");
  }
}

// How long it took the browser stands in the page (data-milliseconds); how long it may take is no test's business on a busy machine.
TEST(Page, DrawsFiftyLinesOfTenThousandPoints) {
  REQUIRE_BROWSER();
  constexpr std::size_t points = 10'000, lines = 50;
  RunResult run = synthetic::empty_run(points);
  for (std::size_t line = 0; line < lines; ++line) {
    std::vector<double> levels;
    for (std::size_t i = 0; i < points; ++i) levels.push_back(5.0 + std::sin(0.001 * static_cast<double>(i * (line + 1))) + static_cast<double>(i % 7));
    synthetic::add_gauge(run, "queue_length", {{"queue", "q" + std::to_string(line)}}, levels);
  }
  ScenarioFile file{.path = {}, .variants = {{.name = "base", .scenario = {}, .settings = {}}}, .inputs = {}};
  Study study;
  study.runs = {{run}};
  const StudyReport report = make_study_report("", std::move(file), std::move(study), 0.0);
  ASSERT_GE(charts_in(report), lines / 8);
  const std::string html = to_html(report);
  EXPECT_LT(html.size(), 16'000'000U);
  const Opened opened = open_in_browser(html);
  EXPECT_NE(opened.dom.find("data-ready=\"true\""), std::string::npos) << opened.complaints;
  EXPECT_EQ(opened.complaints, "");
  EXPECT_NE(opened.dom.find("one window in 10"), std::string::npos);
  const std::size_t at = opened.dom.find("data-milliseconds=\"");
  ASSERT_NE(at, std::string::npos);
  RecordProperty("milliseconds", opened.dom.substr(at + 19, opened.dom.find('"', at + 19) - at - 19));
}

// The page within a frame of that width: a window may refuse to be so narrow.
std::string framed(const std::string& html, int width, const std::string& script) {
  std::string attribute;
  for (const char letter : html) attribute += letter == '&' ? "&amp;" : letter == '"' ? "&quot;" : std::string{letter};
  return "<!doctype html><body><script>const measure = (page) => {" + script +
         "}; const keepMeasures = (frame) => document.body.dataset.measured = JSON.stringify(measure(frame.contentDocument));</script>"
         "<iframe style=\"border:0;height:2000px;width:" +
         std::to_string(width) + "px\" onload=\"keepMeasures(this)\" srcdoc=\"" + attribute + "\"></iframe></body>";
}

TEST(Page, HasItsVerdictsInSightOnANarrowScreenAndDoesNotScrollSideways) {
  REQUIRE_BROWSER();
  for (const std::size_t variants : {1U, 3U}) {
    const std::string html = to_html(synthetic::flash_crowd(variants, 2));
    const Opened opened = open_in_browser(framed(html, 400, R"(
      const wider = (one) => one.scrollWidth > one.clientWidth;
      const beyond = (mark) => !(mark.getBoundingClientRect().right <= 400 && mark.getBoundingClientRect().width > 0);
      const marks = [...page.querySelectorAll(".verdicts .verdict")], tables = page.querySelectorAll("main > section > .scroll");
      return [wider(page.documentElement), [...tables].filter(wider).length, marks.filter(beyond).length, marks.length > 0];)"));
    EXPECT_NE(opened.dom.find("data-measured=\"[false,0,0,true]\""), std::string::npos) << opened.dom.substr(0, 2000) << opened.complaints;
  }
}

TEST(Page, DrawsAHeatMapPerVariantWithItsPercentilesBesideIt) {
  REQUIRE_BROWSER();
  const Opened opened = open_in_browser(to_html(synthetic::flash_crowd(3, 2)));
  const StudyReport report = synthetic::flash_crowd(3, 2);
  const std::vector<HeatMap> maps = heat_maps_of(report);
  EXPECT_NE(opened.dom.find("data-heats=\"" + std::to_string(maps.size()) + "\""), std::string::npos) << opened.complaints;
  EXPECT_EQ(opened.complaints, "");
}

TEST(Page, ListsItsSectionsByAnchorsThatThereAre) {
  const std::string html = to_html(synthetic::flash_crowd(2, 2));
  const std::vector<std::string> anchors = captures(html, "<a href=\"#([^\"]*)\">");
  ASSERT_GE(anchors.size(), 8U);
  for (const std::string& anchor : anchors) EXPECT_NE(html.find("<section id=\"" + anchor + "\""), std::string::npos) << anchor;
}

TEST(HeatMaps, ShareOutTheRequestsOfEachSpan) {
  // Two slices: 90 answers in 10 ms and 10 in a second, then 50 in a second.
  RunResult run = synthetic::empty_run(2);
  run.slice_ends = run.window_ends;
  synthetic::add_latencies(run, {});
  Histogram first, second;
  for (int i = 0; i < 90; ++i) first.record(Duration{10'000'000});
  for (int i = 0; i < 10; ++i) first.record(Duration{1'000'000'000});
  for (int i = 0; i < 50; ++i) second.record(Duration{1'000'000'000});
  run.series.back().slices = {first, second};
  ScenarioFile file{.path = {}, .variants = {{.name = "base", .scenario = {}, .settings = {}}}, .inputs = {}};
  Study study;
  study.runs = {{run, run}};  // two replications alike change no share
  const std::vector<HeatMap> maps = heat_maps_of(make_study_report("", std::move(file), std::move(study), 0.0));
  ASSERT_EQ(maps.size(), 1U);
  const HeatMap& map = maps.front();
  ASSERT_EQ(map.shares.size(), 2U);
  EXPECT_EQ(map.columns[0].requests, 200U);
  EXPECT_NEAR(map.shares[0].front(), 0.9, 1e-12);
  EXPECT_NEAR(map.shares[0].back(), 0.1, 1e-12);
  EXPECT_NEAR(map.shares[1].back(), 1.0, 1e-12);
  for (const std::vector<double>& column : map.shares) {
    double sum = 0.0;
    for (const double share : column) sum += share;
    EXPECT_NEAR(sum, 1.0, 1e-12);
  }
  EXPECT_NEAR(map.columns[0].p95, 1.0, 0.01);
}

TEST(StationUse, IsTheMeanAndTheBusiestWindowBusiestStationFirst) {
  const StudyReport report = synthetic::flash_crowd(2, 2);
  const std::vector<StationUse> stations = station_use_of(report);
  ASSERT_FALSE(stations.empty());
  for (std::size_t i = 1; i < stations.size(); ++i) EXPECT_GE(stations[i - 1].largest_peak(), stations[i].largest_peak());
  for (const StationUse& station : stations)
    for (const StationUse::Cell& cell : station.cells) EXPECT_GE(cell.peak, cell.mean.mean) << station.title;
}

TEST(Evidence, NamesATestThatThereIsForEverythingUsed) {
  ScenarioFile file{.path = {}, .variants = {{.name = "base", .scenario = {}, .settings = {}}}, .inputs = {}};
  Scenario& scenario = file.variants.front().scenario;
  EXPECT_TRUE(evidence_for(file).empty()) << "nothing is used";
  scenario.services.emplace_back();
  scenario.queues.emplace_back();
  scenario.databases.emplace_back();
  scenario.caches.emplace_back();
  scenario.links.emplace_back();
  scenario.stores.emplace_back();
  scenario.locks.emplace_back();
  scenario.limits.emplace_back();
  scenario.clients.emplace_back();
  scenario.faults.emplace_back();
  scenario.node_pools.emplace_back();
  scenario.load_balancers.emplace_back();
  scenario.language_models.emplace_back();
  scenario.services.front().serverless.emplace();
  scenario.services.front().backlog = 3;
  const std::vector<Evidence> evidence = evidence_for(file);
  EXPECT_GE(evidence.size(), 14U);
  for (const Evidence& one : evidence) {
    EXPECT_TRUE(std::filesystem::exists(source_dir() + "/" + one.test)) << one.part << ": " << one.test;
    EXPECT_NE(one.measured, "") << one.part;
  }
}

TEST(Page, IsReadWithArrowKeysInAllChartsAtOnce) {
  REQUIRE_BROWSER();
  std::string html = to_html(synthetic::flash_crowd(2, 2));
  const std::string keys =
      "<script>for (let i = 0; i < 3; ++i) document.querySelectorAll('[data-chart]')[1]"
      ".dispatchEvent(new KeyboardEvent('keydown', {key: 'PageDown', bubbles: true}))</script>";
  html.insert(html.rfind("</body>"), keys);
  const Opened opened = open_in_browser(html);
  EXPECT_EQ(opened.complaints, "");
  // Three times ten windows of 30 s from the first, which ends at 0:00:30; in more charts than the one that was pressed.
  const std::string reading = ">at 0:15:30<";
  const std::size_t first = opened.dom.find(reading);
  ASSERT_NE(first, std::string::npos);
  EXPECT_NE(opened.dom.find(reading, first + 1), std::string::npos);
}

TEST(Page, OpensWhenNoRunCompleted) {
  REQUIRE_BROWSER();
  StudyReport made = synthetic::flash_crowd(2, 1);
  Study study;
  study.runs.resize(2);
  study.failed = {{{0, 0}, 4, "deadlock"}, {{1, 0}, 4, "deadlock"}};
  const StudyReport report = make_study_report("headroom compare x", std::move(made.file), std::move(study), 0.0);
  const Opened opened = open_in_browser(to_html(report));
  EXPECT_NE(opened.dom.find("data-ready=\"true\""), std::string::npos) << opened.complaints;
  EXPECT_NE(opened.dom.find("data-charts=\"0\""), std::string::npos);
  EXPECT_NE(opened.dom.find("did not complete: deadlock"), std::string::npos);
}

// The coordinates in a polygon, in hundredths.
std::vector<long> corners(const std::string& polygon, double unit) {
  std::vector<long> list;
  for (const std::string& number : captures(polygon, "([0-9]+\\.?[0-9]*)")) list.push_back(std::lround(std::stod(number) * unit));
  return list;
}

TEST(Page, GivesEachColourAShapeThatIsTheSameInTheTableAndOnTheLine) {
  const std::vector<std::string> beside_names =
      captures(std::string{assets::page_style}, "--shape: (?:polygon|circle)\\(([^)]*)\\)");
  const std::string script{assets::page_script};
  const std::size_t begin = script.find("const shapes = ["), end = script.find("\n  ];", begin);
  const std::vector<std::string> on_lines = captures(script.substr(begin, end - begin), "\n    (null|\\[\\[[^\\n]*\\]\\]),");
  ASSERT_EQ(beside_names.size(), 8U);
  ASSERT_EQ(on_lines.size(), 8U);
  EXPECT_EQ(beside_names[0], "50%") << "a circle";
  EXPECT_EQ(on_lines[0], "null") << "a circle";
  for (std::size_t i = 1; i < 8; ++i) EXPECT_EQ(corners(beside_names[i], 1.0), corners(on_lines[i], 100.0)) << i;
  for (std::size_t i = 1; i < 8; ++i) {
    for (std::size_t j = 0; j < i; ++j) EXPECT_NE(beside_names[i], beside_names[j]);
  }
}

TEST(Page, NamesTheUnitOfEveryTableOfNumbers) {
  const std::string html = to_html(synthetic::flash_crowd(2, 2));
  const std::vector<std::string> headings = captures(html, "<table class=\"values\"><thead><tr><th scope=\"col\">([^<]*)<");
  ASSERT_GT(headings.size(), 10U);
  for (const std::string& heading : headings) EXPECT_NE(heading, "") << "numbers of what?";
  EXPECT_NE(html.find("mean over time"), std::string::npos) << "not the mean over requests, which the comparison has";
}

TEST(Page, AsksForNothingFromOutside) {
  const std::string html = to_html(synthetic::flash_crowd(2, 2));
  const std::regex source{"(src|href|action|srcset|poster|data)\\s*=\\s*[\"']?\\s*(https?:|//|file:)", std::regex::icase};
  EXPECT_FALSE(std::regex_search(html, source));
  EXPECT_EQ(html.find("@import"), std::string::npos);
  EXPECT_EQ(html.find("url("), std::string::npos);
  EXPECT_NE(html.find("default-src 'none'"), std::string::npos);
}

TEST(Page, SaysVerdictsBeforeAnythingElseAndWithoutAScript) {
  const std::string html = to_html(synthetic::flash_crowd(3, 3));
  const std::size_t verdicts = html.find("id=\"verdicts-title\""), comparison = html.find("id=\"comparison-title\""),
                    charts = html.find("id=\"charts-title\"");
  EXPECT_LT(verdicts, comparison);
  EXPECT_LT(comparison, charts);
  EXPECT_NE(html.find("1 of 3 variants keeps every required objective: hpa."), std::string::npos);
  EXPECT_NE(html.find("<td>1:30:00"), std::string::npos) << "the table of a chart lists every window";
}

TEST(Page, EscapesWhateverAScenarioSays) {
  StudyReport report = synthetic::flash_crowd(2, 2);
  const std::string attack = "</script><script>alert(1)</script><b>\"'&";
  for (NamedScenario& variant : report.file.variants) {
    variant.name = attack;
    variant.scenario.name = attack;
    variant.scenario.description = attack;
    for (AssumptionSpec& assumption : variant.scenario.assumptions) assumption.why = attack;
  }
  report.study.runs[0][0].phases[1].name = attack;
  for (auto& runs : report.study.runs) runs[0].notes.push_back({1.0, attack, attack});
  const std::string html = to_html(report);
  EXPECT_EQ(html.find("<script>alert"), std::string::npos);
  EXPECT_EQ(html.find("<b>"), std::string::npos);
  EXPECT_NE(html.find("&lt;/script&gt;&lt;script&gt;alert(1)"), std::string::npos);
}

TEST(Page, StillDrawsWhenNamesAreHostile) {
  REQUIRE_BROWSER();
  StudyReport report = synthetic::flash_crowd(2, 2);
  report.file.variants[1].name = "</script><!--<script>{{{name}}}";
  const Opened opened = open_in_browser(to_html(report));
  EXPECT_NE(opened.dom.find("data-charts=\"" + std::to_string(charts_in(report)) + "\""), std::string::npos) << opened.complaints;
}

TEST(Charts, ShowALinePerVariantAndALinePerThingOfASingleOne) {
  const auto latency_of = [](const StudyReport& report) { return charts_of(report).front(); };
  const ChartGroup many = latency_of(synthetic::flash_crowd(3, 2));
  ASSERT_EQ(many.charts.size(), 4U);  // p50, p95, p99, distribution
  EXPECT_EQ(many.charts[1].title, "p95 latency");
  EXPECT_EQ(many.charts[1].lines.size(), 3U);
  ASSERT_EQ(many.charts[1].limits.size(), 1U);
  EXPECT_EQ(many.charts[1].limits[0].label, "p(95) latency < 300 ms");
  const ChartGroup one = latency_of(synthetic::flash_crowd(1, 2));
  ASSERT_EQ(one.charts.size(), 2U);
  EXPECT_EQ(one.charts[0].title, "Latency percentiles");
  EXPECT_EQ(one.charts[0].lines.size(), 3U);
}

TEST(Charts, OfADistributionNameItsQuantilesAsTheHistogramsDo) {
  // 94 answers in 10 ms and 6 that ran into a limit of 10 s: a line between points would put p95 somewhere before the step.
  std::vector<double> latencies(94, 0.01);
  latencies.insert(latencies.end(), 6, 10.0);
  ScenarioFile file{.path = {}, .variants = {{.name = "base", .scenario = {}, .settings = {}}}, .inputs = {}};
  Study study;
  study.runs = {{synthetic::empty_run(2)}};
  synthetic::add_latencies(study.runs[0][0], latencies);
  const std::vector<ChartGroup> groups = charts_of(make_study_report("", std::move(file), std::move(study), 0.0));
  const Chart& distribution = groups.front().charts.back();
  ASSERT_EQ(distribution.title, "Latency distribution");
  EXPECT_EQ(distribution.x_unit, "s");
  const std::vector<double>& quantiles = distribution.lines.front().quantiles;
  ASSERT_EQ(quantiles.size(), 5U);
  EXPECT_NEAR(quantiles[1], 0.01, 0.01 * Histogram::relative_error);  // p90
  EXPECT_NEAR(quantiles[2], 10.0, 10.0 * Histogram::relative_error);  // p95
}

TEST(Charts, AreMeansOverReplicationsWithTheirExtremes) {
  const StudyReport report = synthetic::flash_crowd(1, 3);
  for (const ChartGroup& group : charts_of(report)) {
    for (const Chart& chart : group.charts) {
      if (chart.title != "Requests ended") continue;
      double sum = 0.0;
      for (const RunResult& run : report.study.runs[0]) sum += run.series[1].columns[0][10] / 30.0;
      EXPECT_NEAR(*chart.lines[0].values[10], sum / 3.0, 1e-9);
      EXPECT_LE(*chart.lines[0].low[10], *chart.lines[0].values[10]);
      EXPECT_GE(*chart.lines[0].high[10], *chart.lines[0].values[10]);
      return;
    }
  }
  FAIL() << "no chart of the requests that ended";
}

TEST(Charts, LeaveOutFlatLinesAndSaySo) {
  const std::vector<ChartGroup> groups = charts_of(synthetic::flash_crowd(1, 1));
  std::string said;
  for (const ChartGroup& group : groups) {
    for (const std::string& sentence : group.omitted) said += sentence + "\n";
  }
  EXPECT_NE(said.find("Queue length of videos: always 0"), std::string::npos) << said;
  EXPECT_NE(said.find("Replicas of api: always 3"), std::string::npos) << said;
}

TEST(Assets, AreTheFilesOfTheSourceTree) {
  std::ifstream file{source_dir() + "/reports/assets/uPlot.iife.min.js", std::ios::binary};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  EXPECT_EQ(assets::chart_script, text);
  EXPECT_NE(assets::chart_licence.find("MIT"), std::string_view::npos);
}

}  // namespace
}  // namespace headroom
