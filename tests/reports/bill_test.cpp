// The bill of a run of an hour: 3.333 USD for nodes, as much for a database, 1.5 for tokens.
#include "reports/bill.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <numeric>

#include "sim/measure/bill.hpp"
#include "tests/reports/synthetic_study.hpp"

namespace headroom {
namespace {

void add_cost(RunResult& run, const BillPart& part, double dollars) {
  std::vector<double> windows(run.window_ends.size(), dollars / static_cast<double>(run.window_ends.size()));
  run.series.push_back({"cost", labels_of(part), MetricKind::counter, {windows}, {}});
}

void add_share(RunResult& run, const std::string& metric, const Label& label, double share) {
  const std::size_t count = run.window_ends.size();
  const std::vector<double> part(count, share * 100.0), all(count, 100.0);
  run.series.push_back({metric, {label}, MetricKind::share, {part, all}, {}});
}

RunResult hour(double factor = 1.0) {
  RunResult run = synthetic::empty_run(60);
  synthetic::add_requests(run, 10.0, std::vector<double>(60, 1.0));
  add_cost(run, {"general", CostKind::nodes, {"node_pool", "general"}}, 3.333 * factor);
  add_cost(run, {"store", CostKind::databases, {"database", "store"}}, 3.333 * factor);
  add_cost(run, {"gpt", CostKind::tokens_out, {"language_model", "gpt"}}, 1.5 * factor);
  add_share(run, "node_cpu_requested", {"node_pool", "general"}, 0.8);
  add_share(run, "node_cpu_used", {"node_pool", "general"}, 0.5);
  return run;
}

StudyReport report_of(std::vector<RunResult> runs) {
  StudyReport report;
  for (RunResult& run : runs) {
    NamedScenario variant;
    variant.name = "variant " + std::to_string(report.file.variants.size());
    report.file.variants.push_back(variant);
    report.study.runs.push_back({std::move(run)});
    report.verdicts.emplace_back();
  }
  return report;
}

double number_in(std::string text) {
  std::erase(text, ',');
  return std::stod(text);
}

TEST(InCents, AmountsAddUpToTheTotal) {
  EXPECT_EQ(in_cents({0.333, 0.333, 0.334}, 1.0), (std::vector<long long>{33, 33, 34}));
  EXPECT_EQ(in_cents({10.006, 10.006, 10.006}, 30.018), (std::vector<long long>{1001, 1001, 1000}))
      << "30.02 in all: two of three are rounded up";
  EXPECT_EQ(in_cents({0.004, 0.004, 0.004}, 0.012), (std::vector<long long>{1, 0, 0}));
  EXPECT_TRUE(in_cents({}, 0.0).empty());
}

TEST(Bill, IsThatOfAMonthAndItsLinesAddUpToTheTotalShown) {
  const Bill bill = bill_of(report_of({hour()}), 0);
  ASSERT_EQ(bill.lines.size(), 3U);
  EXPECT_NEAR(bill.usd_per_month, (3.333 + 3.333 + 1.5) * 720, 1e-6);
  EXPECT_EQ(bill.shown, "5,879.52");
  double sum = 0.0;
  for (const BillLine& line : bill.lines) sum += number_in(line.shown);
  EXPECT_NEAR(sum, number_in(bill.shown), 1e-6);
  EXPECT_EQ(bill.lines.back().component, "gpt") << "the smallest last";
  EXPECT_NEAR(bill.lines.back().share, 1.5 / 8.166, 1e-9);
}

TEST(Bill, KeepsWhatIsUsedAndWhatIsRequestedApart) {
  const Bill bill = bill_of(report_of({hour()}), 0);
  ASSERT_TRUE(bill.lines[0].use);
  EXPECT_EQ(bill.lines[0].use->resource, "cpu");
  EXPECT_NEAR(bill.lines[0].use->requested, 0.8, 1e-9);
  EXPECT_NEAR(bill.lines[0].use->used, 0.5, 1e-9);
  EXPECT_FALSE(bill.lines[2].use) << "tokens are used up";
  EXPECT_NEAR(*bill.idle_usd_per_month, 3.333 * 720 * 0.5, 1e-6) << "of the database nothing is known";
}

// 9 of 10 requests a minute are served; the second costs twice as much for as many.
TEST(Bill, ComparesWhatADollarServes) {
  const StudyReport report = report_of({hour(), hour(2.0)});
  const Bill bill = bill_of(report, 1);
  EXPECT_NEAR(*bill_of(report, 0).requests_per_dollar, 540.0 / 8.166, 1e-6);
  EXPECT_NEAR(*bill.scaling_efficiency, 0.5, 1e-9);
  EXPECT_NEAR(*bill_of(report, 0).scaling_efficiency, 1.0, 1e-9);
}

TEST(Bill, IsEmptyWhereNothingHasAPrice) {
  StudyReport report = report_of({synthetic::empty_run(3)});
  EXPECT_TRUE(bill_of(report, 0).lines.empty());
  EXPECT_EQ(bill_text(report, Paint{false}, 100), "");
  EXPECT_EQ(bill_markdown(report), "");
  EXPECT_TRUE(bill_json(report, 0)["usd_per_month"].is_null());
  EXPECT_FALSE(bill_page(report)["has_bill"].get<bool>());
}

TEST(Bill, StandsOnTheTerminalWithItsTotalLast) {
  const std::string text = bill_text(report_of({hour()}), Paint{false}, 100);
  EXPECT_NE(text.find("general  nodes on demand  2,399.76"), std::string::npos) << text;
  EXPECT_NE(text.find("cpu 50 % used, 80 % requested"), std::string::npos) << text;
  EXPECT_LT(text.find("gpt"), text.find("total")) << text;
  EXPECT_NE(text.find("is paid for and not in use"), std::string::npos) << text;
}

TEST(Bill, MarkdownKeepsItsTableWholeWhateverAComponentIsCalled) {
  RunResult run = hour();
  add_cost(run, {"<a|b>", CostKind::databases, {"database", "<a|b>"}}, 1.0);
  const std::string text = bill_markdown(report_of({run}));
  EXPECT_NE(text.find("| component | kind | USD in 30 days | share | in use |\n| --- | --- | ---: | ---: | --- |\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("| &lt;a\\|b> | databases | 720.00 |"), std::string::npos) << text;
}

TEST(Bill, IsInEveryForm) {
  const StudyReport report = report_of({hour(), hour()});
  EXPECT_NE(bill_markdown(report).find("| **total** |  | **5,879.52** |  |  |"), std::string::npos) << bill_markdown(report);
  const nlohmann::json bill = bill_json(report, 0);
  double sum = 0.0;
  for (const nlohmann::json& part : bill["parts"]) sum += part["usd_per_month"].get<double>();
  EXPECT_NEAR(sum, bill["usd_per_month"].get<double>(), 1e-9);
  EXPECT_EQ(bill_page(report)["bills"].size(), 2U);
}

}  // namespace
}  // namespace headroom
