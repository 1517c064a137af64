// The bill and error budgets as a person and a pipeline meet them: on the terminal, in summary.json, in Markdown and on the page.
#include <gtest/gtest.h>

#include <cmath>

#include <nlohmann/json.hpp>

#include "tests/cli/process.hpp"

namespace headroom::cli_test {
namespace {

using nlohmann::json;

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// Two nodes at 0.1 USD an hour, a database at 0.05 USD an hour that takes 0.4 USD for 1000 reads; 20 reads a second.
std::string shop() {
  return written("bill", "shop.json", R"({
  "name": "shop", "duration": "2 h", "replications": 2, "warm_up": "0 s",
  "regions": [{"name": "eu", "carbon": 300, "pue": 1.2}],
  "node_pools": [{"name": "general", "cpu": 4, "memory": "16 GiB", "nodes": 2, "price": "0.1 USD/h",
                  "power": {"idle": 1, "full": 5}}],
  "services": [{"name": "api", "node_pool": "general", "replicas": 2, "cpu": 2, "memory": "1 GiB", "concurrency": 20,
                "endpoints": [{"name": "get", "steps": [{"compute": "10 ms"}, {"query": "store", "read": "item"}]}]}],
  "keys": [{"name": "item", "items": 100}],
  "databases": [{"name": "store", "pool": 20, "cpu": 2, "read": {"wait": "2 ms"}, "price": "0.05 USD/h", "price_per_1000_reads": "0.4 USD"}],
  "workloads": [{"model": "users", "name": "web", "rate": "20 /s", "accounts": 1000, "journeys": [{"name": "visit", "steps": [{"request": "api.get"}]}]}],
  "objectives": [
    "cost_per_month < 25000 USD", "cost_per_month{kind=nodes} <= 144.01 USD", "count cost{node_pool=general} > 0 USD", "uptime > 99 %",
    "unrequested_cost < 1 USD/month", "carbon_per_user < 1000", {"that": "rate availability > 99.9 %", "window": "30 d"}]
})");
}

json summary_of(const std::string& folder) { return json::parse(content_of(folder + "/summary.json")); }

double value_of(const json& variant, const std::string& objective) {
  for (const json& verdict : variant.at("verdicts")) {
    if (verdict.at("objective") == objective) return verdict.at("value").at("mean").get<double>();
  }
  return std::nan("");
}

TEST(Bill, IsTheSameInEveryForm) {
  const std::string folder = temporary("bill-forms");
  const Ended ended = headroom({"run", shop(), "-o", folder});
  EXPECT_EQ(ended.exit_code, 99) << "half of the cores are requested: 72 USD a month are not\n" << ended.err << ended.out;
  EXPECT_TRUE(says(ended.out, "BILL in USD")) << ended.out;

  const json variant = summary_of(folder).at("variants").at(0);
  const json& bill = variant.at("bill");
  double sum = 0.0;
  for (const json& part : bill.at("parts")) sum += part.at("usd_per_month").get<double>();
  EXPECT_NEAR(sum, bill.at("usd_per_month").get<double>(), 0.005);
  EXPECT_NEAR(value_of(variant, "cost_per_month < 25000 USD"), sum, 0.005) << "the objective means the bill";
  EXPECT_NEAR(value_of(variant, "cost_per_month{kind=nodes} <= 144.01 USD"), 2 * 0.1 * 720, 1e-6);
  EXPECT_NEAR(value_of(variant, "unrequested_cost < 1 USD/month") * 30 * 86'400, 144.0 / 2, 1e-6) << "4 of 8 cores";
  EXPECT_EQ(bill.at("parts").at(0).at("kind"), "database_requests") << "20 a second at 0.0004 USD are by far the most";

  EXPECT_TRUE(says(content_of(folder + "/summary.md"), "## Bill"));
  EXPECT_TRUE(says(content_of(folder + "/report.html"), "id=\"bill\""));
}

// Between 2 nodes × 4 cores × 1 W and what 20 requests a second × 10 ms add: 0.2 cores × 4 W.
TEST(Bill, CarbonIsThatOfTheEnergy) {
  const std::string folder = temporary("bill-carbon");
  headroom({"run", shop(), "-o", folder, "--quiet"});
  const json bill = summary_of(folder).at("variants").at(0).at("bill");
  const double kilowatt_hours = bill.at("kilowatt_hours_per_month").get<double>();
  EXPECT_NEAR(kilowatt_hours, (8.0 + 0.2 * 4.0) * 0.72, 0.02);
  EXPECT_NEAR(bill.at("carbon_kilograms_per_month").get<double>(), kilowatt_hours * 1.2 * 0.3, 1e-9);
}

// An amount is that of the whole run, by whichever word it is asked for, and an objective can be put on it.
TEST(Bill, AnAmountInAnObjectiveIsThatOfTheWholeRun) {
  const std::string folder = temporary("bill-amounts");
  nlohmann::json amounts = json::parse(content_of(shop()));
  amounts["objectives"] = {"count energy < 20", "last energy < 20", "energy{node_pool=general} < 20", "count carbon < 10",
                           "last cost{kind=nodes} < 1 USD", "last requests{workload=web} > 100000"};
  const Ended ended = headroom({"run", written("bill", "amounts.json", amounts.dump()), "-o", folder});
  const json variant = summary_of(folder).at("variants").at(0);
  const double watt_hours = 2 * (8.0 + 0.2 * 4.0);
  EXPECT_NEAR(value_of(variant, "count energy < 20"), watt_hours, 0.05) << "two hours of 8.8 W";
  EXPECT_EQ(value_of(variant, "last energy < 20"), value_of(variant, "count energy < 20"));
  EXPECT_EQ(value_of(variant, "energy{node_pool=general} < 20"), value_of(variant, "count energy < 20"));
  EXPECT_NEAR(value_of(variant, "count carbon < 10"), watt_hours / 1000.0 * 1.2 * 300.0, 0.02);
  EXPECT_NEAR(value_of(variant, "last cost{kind=nodes} < 1 USD"), 2 * 2 * 0.1, 1e-9);
  EXPECT_NEAR(value_of(variant, "last requests{workload=web} > 100000"), 144'000.0, 2'000.0);
  EXPECT_TRUE(says(ended.out, "total energy in Wh")) << ended.out;
  EXPECT_FALSE(says(ended.out, "final ")) << "an amount has no final value\n" << ended.out;
}

TEST(ErrorBudget, StandsWithItsVerdict) {
  const std::string folder = temporary("bill-budget");
  const Ended ended = headroom({"run", shop(), "-o", folder});
  EXPECT_TRUE(says(ended.out, "error budget: 0 % of that of 30 d at this rate")) << ended.out;
  const json budget = summary_of(folder).at("variants").at(0).at("verdicts").at(6).at("error_budget");
  EXPECT_EQ(budget.at("used_by_one_run"), 0.0);
  EXPECT_TRUE(budget.at("alerts").at(0).at("looked_at").get<bool>()) << "an hour fits into two";
  EXPECT_FALSE(budget.at("alerts").at(1).at("looked_at").get<bool>());
}

}  // namespace
}  // namespace headroom::cli_test
