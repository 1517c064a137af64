// Scale-outs as a person reads them.
#include "reports/scaling_waterfall.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/reports/synthetic_study.hpp"

namespace headroom {
namespace {

ScaleOut scale_out(double decided, int from, int to, std::array<double, 7> seconds, bool complete = true) {
  return {.service = "api", .decided_seconds = decided, .from = from, .to = to, .complete = complete, .seconds = seconds};
}

// 50 s: 15 s from 60 s on until the scrape, 5 s until the decision, 25 s for the node, 5 s to start.
StudyReport with_scale_outs() {
  StudyReport report = synthetic::flash_crowd(1, 2);
  report.study.runs[0][0].scale_outs = {scale_out(80.0, 3, 6, {15.0, 5.0, 25.0, 0.0, 5.0, 0.0, 0.0}),
                                        scale_out(300.0, 6, 7, {15.0, 5.0, 0.0, 0.0, 5.0, 0.0, 0.0})};
  report.study.runs[0][1].scale_outs = {scale_out(90.0, 3, 5, {15.0, 5.0, 0.0, 0.0, 5.0, 0.0, 0.0})};
  return report;
}

TEST(ScalingWaterfall, ShowsTheSlowestScaleOutWithTheShareOfEachPart) {
  EXPECT_EQ(scaling_text(with_scale_outs(), Paint{false}, 76),
            "SCALE-OUTS\n"
            "api: 3 scale-outs in 2 runs; the slowest, of replication 0: 3 to 6 replicas,\n"
            "  50 s from the change of load at 0:01:00 until the last of them got\n"
            "  requests\n"
            "  metric lag          15 s    30 %  ############\n"
            "  decision             5 s    10 %              ####\n"
            "  node boot           25 s    50 %                  ####################\n"
            "  image pull           0 s     0 %\n"
            "  start-up             5 s    10 %                                      ####\n"
            "  readiness            0 s     0 %\n"
            "  registration         0 s     0 %\n"
            "\n");
}

TEST(ScalingWaterfall, TakesOneThatIsNotCompleteForTheSlowest) {
  StudyReport report = with_scale_outs();
  report.study.runs[0][1].scale_outs.push_back(scale_out(5390.0, 7, 9, {4.0, 1.0, 10.0, 0.0, 0.0, 0.0, 0.0}, false));
  const std::string text = scaling_text(report, Paint{false}, 200);
  EXPECT_NE(
      text.find(
          "api: 4 scale-outs in 2 runs, 3 complete; the slowest, of replication 1: 7 to 9 replicas, 15 s from the change of "
          "load at 1:29:45 until the end of the run, and not complete"),
      std::string::npos)
      << text;
}

TEST(ScalingWaterfall, SaysNothingWhereNothingWasScaledOut) {
  const StudyReport report = synthetic::flash_crowd(1, 1);
  EXPECT_EQ(scaling_text(report, Paint{false}, 100), "");
  EXPECT_FALSE(scaling_page(report)["has_scale_outs"]);
  EXPECT_EQ(to_html(report).find("id=\"scale-outs\""), std::string::npos);
}

TEST(ScalingWaterfall, HasBarsAsLongAsTheirPartsOnThePage) {
  const nlohmann::json page = scaling_page(with_scale_outs());
  const nlohmann::json& rows = page["scaling_tables"][0]["rows"];
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0]["bars"].size(), 4U);
  EXPECT_EQ(rows[0]["bars"][2], (nlohmann::json{{"colour", 2}, {"width", "50.000"}, {"text", "node boot 25 s, 50 %"}}));
  EXPECT_EQ(rows[1]["bars"][0]["width"], "30.000") << "of the longest of the table, 50 s";
  EXPECT_EQ(rows[1]["cells"][0], (nlohmann::json{{"value", "15 s"}, {"share", "60 %"}}));
  EXPECT_NE(to_html(with_scale_outs()).find("style=\"width:50.000%\" title=\"node boot 25 s, 50 %\""), std::string::npos);
}

TEST(ScalingWaterfall, IsInTheSummaryOfEachRun) {
  const nlohmann::json summary = to_json(with_scale_outs());
  const nlohmann::json& list = summary["variants"][0]["runs"][0]["scale_outs"];
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0]["to"], 6);
  EXPECT_EQ(list[0]["seconds"]["node_boot"], 25.0);
}

}  // namespace
}  // namespace headroom
