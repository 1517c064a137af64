// What arithmetic says of the load that a scenario carries, on a page and in a line.
#include <gtest/gtest.h>

#include "reports/load_headroom.hpp"
#include "reports/study_report.hpp"
#include "tests/reports/synthetic_study.hpp"

namespace headroom {
namespace {

TEST(LoadHeadroom, IsNeverSaidWithoutItsCondition) {
  EXPECT_EQ(
      headroom_sentence(LoadHeadroom{13.1, "services/api", "cpu", true}),
      "by mean demand alone services/api (cpu), scaled out, is used up at 13.1x this load; lines and bursts break objectives "
      "earlier, simulation finds where: headroom plan limit SCENARIO");
  EXPECT_EQ(headroom_sentence(LoadHeadroom{0.8, "services/api", "cpu", false}),
            "by mean demand alone services/api (cpu) is used up at 0.8x this load");
  EXPECT_EQ(headroom_sentence(std::nullopt), "");
  StudyReport report = synthetic::flash_crowd(1, 1);
  report.headrooms = {LoadHeadroom{13.1, "services/api", "cpu", true}};
  const std::string html = to_html(report);
  EXPECT_NE(html.find("data-label=\"by mean demand alone\">services/api (cpu), scaled out, is used up at 13.1x this load</td>"),
            std::string::npos);
  EXPECT_NE(html.find("<code>headroom plan limit"), std::string::npos);
}

}  // namespace
}  // namespace headroom
