// Critical paths on the page, in summary.json and beside what is not kept.
#include "reports/critical_path_forms.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/reports/synthetic_study.hpp"

namespace headroom {
namespace {

CriticalPath feed(const std::string& band, double weight, double queueing, double service) {
  CriticalPath path{.workload = "", .request = "api.feed", .band = band, .count = 10, .weight = weight};
  path.mean_seconds = queueing + service;
  path.parts = {{PathCause::queueing, "services/api", queueing}, {PathCause::service, "databases/store", service}};
  return path;
}

// Two runs; the second stands for three times as many requests.
StudyReport with_paths() {
  StudyReport report = synthetic::flash_crowd(1, 2);
  report.study.runs[0][0].critical_paths = {feed("all", 100, 0.1, 0.3), feed("slow", 5, 1.5, 0.5)};
  report.study.runs[0][1].critical_paths = {feed("all", 300, 0.5, 0.3), feed("slow", 15, 1.5, 0.5)};
  return report;
}

TEST(CriticalPathForms, RunsCountByTheRequestsTheyStandFor) {
  const std::vector<CriticalPath> pooled = pooled_paths(with_paths().study.runs[0]);
  ASSERT_EQ(pooled.size(), 2U);
  EXPECT_EQ(pooled[0].count, 20U);
  EXPECT_NEAR(pooled[0].weight, 400.0, 1e-9);
  EXPECT_NEAR(pooled[0].mean_seconds, (100 * 0.4 + 300 * 0.8) / 400, 1e-12);
  EXPECT_NEAR(pooled[0].parts[0].mean_seconds, (100 * 0.1 + 300 * 0.5) / 400, 1e-12);
}

TEST(CriticalPathForms, AreInTheSummaryWithSharesThatAddUp) {
  const nlohmann::json summary = to_json(with_paths());
  const nlohmann::json& paths = summary["variants"][0]["critical_paths"];
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths[1]["band"], "slow");
  EXPECT_EQ(paths[1]["parts"][0]["cause"], "queueing");
  EXPECT_EQ(paths[1]["parts"][0]["component"], "services/api");
  EXPECT_NEAR(paths[1]["parts"][0]["share"], 0.75, 1e-12);
  EXPECT_NEAR(paths[1]["parts"][1]["share"], 0.25, 1e-12);
}

TEST(CriticalPathForms, HaveARowAndABarPerBandOnThePage) {
  const nlohmann::json page = critical_paths_page(with_paths());
  const nlohmann::json& rows = page["path_tables"][0]["rows"];
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0]["request"], "api.feed");
  EXPECT_EQ(rows[1]["band"], "at or above p95") << "where latencies tie that is more than 5 %";
  EXPECT_EQ(rows[1]["largest"], "75 % queueing at services/api");
  ASSERT_EQ(rows[1]["bars"].size(), 2U);
  EXPECT_EQ(rows[1]["bars"][0], (nlohmann::json{{"colour", 0}, {"width", "75.000"}, {"text", "queueing 1.5 s, 75 %"}}));
  EXPECT_EQ(rows[1]["cells"][0], (nlohmann::json{{"value", "1.5 s"}, {"share", "75 %"}}));
  EXPECT_EQ(rows[1]["cells"].size(), 2U) << "causes that no request met have no column";
  EXPECT_EQ(page["path_causes"][1], (nlohmann::json{{"title", "service"}, {"colour", 2}}));
  EXPECT_NE(to_html(with_paths()).find("id=\"critical-paths\""), std::string::npos);
}

TEST(CriticalPathForms, LeaveNoEmptySectionOnThePage) {
  EXPECT_FALSE(critical_paths_page(synthetic::flash_crowd(1, 1))["has_paths"]);
  EXPECT_EQ(to_html(synthetic::flash_crowd(1, 1)).find("id=\"critical-paths\""), std::string::npos);
}

// Every form says why; what holds is quiet.
TEST(CriticalPathForms, StandBesideWhatIsNotKeptAndOnlyThere) {
  StudyReport made = with_paths();
  for (NamedScenario& variant : made.file.variants)
    variant.scenario.objectives = {synthetic::objective("p(95) latency < 1 ms"), synthetic::objective("p(95) latency < 1 h")};
  for (RunResult& run : made.study.runs[0]) {
    for (CriticalPath& path : run.critical_paths) path.request = "";
  }
  const StudyReport report = make_study_report("headroom run S", std::move(made.file), std::move(made.study), 0.0);
  const std::string sentence =
      "because 75 % of the 2 s of the slow requests is queueing at services/api, 25 % service at databases/store";
  for (const std::string& form : {to_terminal(report, false, 400), to_markdown(report), to_html(report)}) {
    const std::size_t found = form.find(sentence);
    ASSERT_NE(found, std::string::npos) << form.substr(0, 3000);
    EXPECT_EQ(form.find("because", found + 1), std::string::npos);
  }
  const nlohmann::json verdicts = to_json(report)["variants"][0]["verdicts"];
  EXPECT_EQ(verdicts[0]["binding"]["component"], "services/api");
  EXPECT_EQ(verdicts[0]["binding"]["what"], "queueing");
  EXPECT_EQ(verdicts[1]["outcome"], "pass");
  EXPECT_TRUE(verdicts[1]["binding"].is_null());
}

}  // namespace
}  // namespace headroom
