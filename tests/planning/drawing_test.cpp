// What the pages of plans are made of, read as text.
#include <gtest/gtest.h>

#include "planning/curves.hpp"
#include "planning/drawing.hpp"
#include "planning/html_table.hpp"

namespace headroom {
namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Curves, LinesOfTheSameValuesAreToldApartByWidthDashAndShape) {
  const std::vector<std::optional<double>> values{10.0, 40.0, 80.0};
  const Curves curves{.label = "use",
                      .at = {0.0, 1.0, 2.0},
                      .places = {"month 1", "month 2", "month 3"},
                      .level = 100.0,
                      .level_name = "run out",
                      .lines = {{"workers <a>", values}, {"engines", values}}};
  const std::string html = curves_html(curves);
  EXPECT_TRUE(has(html, "stroke=\"var(--c0)\" stroke-width=\"2.50\"/>")) << "the one below is the wider";
  EXPECT_TRUE(has(html, "stroke=\"var(--c1)\" stroke-width=\"1.75\" stroke-dasharray=\"9 5\"/>")) << "and shows in the gaps";
  EXPECT_TRUE(has(html, "r=\"5.5\" fill=\"var(--c0)\"") && has(html, "d=\"M-5 -5L5 -5L5 5L-5 5Z\" fill=\"var(--c1)\"")) << html;
  EXPECT_TRUE(has(html, "engines <span class=\"quiet\">80 % at month 3</span>")) << "no colon, and the value it ends with";
  EXPECT_TRUE(has(html, "workers &lt;a&gt;"));
  EXPECT_TRUE(has(html, "viewBox=\"0 0 720 340\"") && has(html, "viewBox=\"0 0 360 340\"")) << "wide and narrow screens";
}

// From the bottom at 286 to the top at 18 for 0 to 100: 150 stands at the edge.
TEST(Curves, ValuesBeyondTheEdgeStandAtIt) {
  const Curves curves{.label = "use", .at = {0.0, 1.0}, .places = {"1", "2"}, .lines = {{"a", {50.0, 150.0}}}};
  EXPECT_TRUE(has(curves_html(curves), "d=\"M58.0 152.0L692.0 18.0\"")) << curves_html(curves);
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

// Wide, narrow and in the legend: a shape of each line at least three times, though no stroke leads to it.
TEST(Curves, ALineThatHasNoStrokeIsStillThere) {
  Curves curves{.label = "use", .at = {0.0}, .places = {"1"}, .lines = {{"a", {10.0}}, {"b", {20.0}}, {"c", {30.0}}}};
  const std::string one_place = curves_html(curves);
  for (const char* const fill : {"fill=\"var(--c0)\" stroke", "fill=\"var(--c1)\" stroke", "fill=\"var(--c2)\" stroke"})
    EXPECT_EQ(count_of(one_place, fill), 3U) << fill;
  curves = {.label = "use",
            .at = {0.0, 1.0, 2.0, 3.0},
            .places = {"1", "2", "3", "4"},
            .lines = {{"a", {10.0, std::nullopt, std::nullopt, std::nullopt}},
                      {"b", {20.0, std::nullopt, 20.0, 20.0}},
                      {"c", {30.0, 30.0, std::nullopt, std::nullopt}}}};
  const std::string gaps = curves_html(curves);
  EXPECT_EQ(count_of(gaps, "fill=\"var(--c1)\" stroke"), 3U) << "alone at the first place";
  EXPECT_EQ(count_of(gaps, "fill=\"var(--c2)\" stroke"), 3U) << "it has no value at the third place, which is its";
}

TEST(Tornado, DrawsWhatCanBeSeenAndNamesTheRest) {
  const std::string html = tornado_html({{"users", 0.0, 80.0, "0 s", "80 s", true},
                                         {"think", 40.0, 60.0, "40 s", "60 s", false},
                                         {"peak", 20.0, 20.1, "20 s", "20.1 s", false}},
                                        20.0, "wait 20 s");
  EXPECT_TRUE(has(html, "class=\"swing\" style=\"left:0.00%;width:100.00%\"")) << html;
  EXPECT_TRUE(has(html, "class=\"swing hollow\" style=\"left:50.00%;width:25.00%\"")) << html;
  EXPECT_TRUE(has(html, "style=\"left:25.00%\"")) << "the middle";
  EXPECT_TRUE(has(html, "No swing to be seen: peak."));
  EXPECT_TRUE(has(html, "The upright line: wait 20 s."));
}

TEST(HtmlTable, SaysInEveryCellWhichColumnItIsOf) {
  const std::string html = html_table({{"name", "wait at low", "at high", "verdict", "on the front"},
                                       {"users", "1 s", "2 s", "fail", ""},
                                       {"2", "", "", "unclear: fresh runs differ", "yes"}},
                                      "All");
  EXPECT_TRUE(has(html, "<th scope=\"row\">users</th><td class=\"number\" data-label=\"wait at low\">1 s</td>")) << html;
  EXPECT_TRUE(has(html, "<td class=\"number\" data-label=\"wait at high\">2 s</td>")) << html;
  EXPECT_TRUE(has(html, "<td data-label=\"verdict\"><span class=\"badge fail\">✗ fail</span></td><td></td>")) << html;
  EXPECT_TRUE(has(html, "<th scope=\"row\" data-label=\"name\">2</th>")) << html;
  EXPECT_TRUE(has(html, "<span class=\"badge inconclusive\">? unclear</span>: fresh runs differ</td>")) << html;
}

}  // namespace
}  // namespace headroom
