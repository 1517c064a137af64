#include "sim/measure/bill.hpp"

#include <gtest/gtest.h>

#include <set>

namespace headroom {
namespace {

const BillPart nodes{"general", CostKind::nodes, {"node_pool", "general"}};
const BillPart spot{"general (spot)", CostKind::spot_nodes, {"node_pool", "general"}};

Series spent(const BillPart& part, std::vector<double> by_window) {
  return {"cost", labels_of(part), MetricKind::counter, {std::move(by_window)}, {}};
}

TEST(Bill, EveryKindHasANameOfItsOwn) {
  const std::set<std::string_view> names{cost_kinds.begin(), cost_kinds.end()};
  EXPECT_EQ(names.size(), cost_kinds.size());
  EXPECT_EQ(to_text(CostKind::nodes), "nodes");
  EXPECT_EQ(to_text(CostKind::database_storage), "database_storage");
  EXPECT_EQ(to_text(CostKind::tokens_in), "tokens_in");
  EXPECT_EQ(to_text(CostKind::storage_retrieval), "storage_retrieval");
}

TEST(MoneyLedger, BalancesWhenTheWindowsOfEveryPartComeToItsQuantities) {
  const std::vector<Series> series{spent(nodes, {1.0, 2.0, 0.25}), spent(spot, {0.1, 0.1, 0.1})};
  const std::vector<Charge> charges{{nodes, 3.25}, {spot, 0.3}};
  const LedgerEntry entry = money_ledger(charges, series);
  EXPECT_TRUE(entry.balanced());
  EXPECT_EQ(entry.entered, 3'550'000U) << "micro-dollars";
  EXPECT_EQ(entry.completed, 3'550'000U);
}

TEST(MoneyLedger, ForgivesRoundingButNotHalfACent) {
  const std::vector<Series> series{spent(nodes, {1.0})};
  EXPECT_TRUE(money_ledger(std::vector<Charge>{{nodes, 1.0049}}, series).balanced());
  const LedgerEntry wrong = money_ledger(std::vector<Charge>{{nodes, 1.0051}}, series);
  EXPECT_FALSE(wrong.balanced());
  EXPECT_NE(wrong.name.find("component=general, kind=nodes, node_pool=general: 1.0051 USD by quantity, 1.0000 spent"),
            std::string::npos)
      << wrong.name;
}

TEST(MoneyLedger, IsNotConsoledByTwoPartsThatAreWrongByOppositeAmounts) {
  const std::vector<Series> series{spent(nodes, {1.0}), spent(spot, {2.0})};
  EXPECT_FALSE(money_ledger(std::vector<Charge>{{nodes, 2.0}, {spot, 1.0}}, series).balanced());
}

TEST(MoneyLedger, WantsToKnowWhatEveryDollarIsFor) {
  const std::vector<Series> series{spent(nodes, {1.0}), spent(spot, {2.0})};
  EXPECT_FALSE(money_ledger(std::vector<Charge>{{nodes, 1.0}}, series).balanced()) << "spent, and nobody has charged it";
  EXPECT_FALSE(money_ledger(std::vector<Charge>{{nodes, 1.0}, {spot, 2.0}}, std::span{series.data(), 1}).balanced())
      << "charged, and nowhere among what was spent";
}

TEST(MoneyLedger, AddsUpPartsThatAreEachAlmostRight) {
  std::vector<Series> series;
  std::vector<Charge> charges;
  for (int i = 0; i < 4; ++i) {
    const BillPart part{"part " + std::to_string(i), CostKind::caches, {"cache", "part " + std::to_string(i)}};
    series.push_back(spent(part, {1.0}));
    charges.push_back({part, 1.002});
  }
  EXPECT_FALSE(money_ledger(charges, series).balanced()) << "4 × 0.2 cents";
  charges.resize(2), series.resize(2);
  EXPECT_TRUE(money_ledger(charges, series).balanced());
}

}  // namespace
}  // namespace headroom
