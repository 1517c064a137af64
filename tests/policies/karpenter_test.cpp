#include "policies/autoscaling/karpenter_arithmetic.hpp"
#include "sim/seams/node_autoscaler.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

constexpr std::int64_t mib = std::int64_t{1} << 20;

// A pool of nodes of 4 cores and 16 GiB that does at once what it is told.
class Pool {
 public:
  explicit Pool(Json options = Json::object(), int minimum = 0, int maximum = 100) : minimum_{minimum}, maximum_{maximum} {
    options["policy"] = "karpenter";
    autoscaler_ = policy<NodeAutoscaler>(options);
  }
  NodeView& add_node(std::uint32_t pods, double created = 0.0) {
    nodes_.push_back(
        {.node = next_++, .created = at_seconds(created), .pods = pods, .cpu_requested = 0.5 * pods, .memory_requested = {}});
    return nodes_.back();
  }
  void add_pending(double cpu, int count = 1, std::int64_t memory = mib) {
    pending_.insert(pending_.end(), static_cast<std::size_t>(count), PodRequest{.cpu = cpu, .memory = {memory}});
  }
  NodeDecision at(double seconds) {
    const NodeDecision decision = autoscaler_->decide({.now = at_seconds(seconds),
                                                       .minimum = minimum_,
                                                       .maximum = maximum_,
                                                       .cpu_allocatable = 4.0,
                                                       .memory_allocatable = {16 * 1024 * mib},
                                                       .being_removed = being_removed_,
                                                       .nodes = nodes_,
                                                       .pending = pending_,
                                                       .types = types_});
    std::erase_if(nodes_,
                  [&](const NodeView& node) { return std::ranges::find(decision.remove, node.node) != decision.remove.end(); });
    for (int i = 0; i < decision.add; ++i) add_node(0, seconds).booting = true;
    return decision;
  }
  // Looked at every second, first and last included: the times of removals with their numbers of nodes.
  std::vector<std::pair<int, std::size_t>> removals(int from, int to) {
    std::vector<std::pair<int, std::size_t>> all;
    for (int second = from; second <= to; ++second) {
      if (const std::size_t removed = at(second).remove.size(); removed > 0) all.emplace_back(second, removed);
    }
    return all;
  }
  std::vector<NodeView>& nodes() { return nodes_; }
  std::vector<PodRequest>& pending() { return pending_; }
  void drain(int nodes) { being_removed_ = nodes; }
  void offer(std::vector<NodeTypeView> types) { types_ = std::move(types); }

 private:
  std::unique_ptr<NodeAutoscaler> autoscaler_;
  int minimum_, maximum_, being_removed_ = 0;
  std::uint32_t next_ = 0;
  std::vector<NodeView> nodes_;
  std::vector<PodRequest> pending_;
  std::vector<NodeTypeView> types_;
};

// Of 2, 4 and 16 cores with 4 GiB each; 16 cores cost as much as 12 of the others.
std::vector<NodeTypeView> three_types() {
  return {{"small", 2.0, {8 * 1024 * mib}, 110, 0, {2.0}},
          {"medium", 4.0, {16 * 1024 * mib}, 110, 0, {4.0}},
          {"large", 16.0, {64 * 1024 * mib}, 110, 0, {12.0}}};
}
using Types = std::vector<std::uint32_t>;

using Removals = std::vector<std::pair<int, std::size_t>>;

NodeDecision decision_for(double cpu, int pods, std::int64_t memory = mib, int maximum = 100) {
  Pool pool{Json::object(), 0, maximum};
  pool.offer(three_types());
  pool.add_pending(cpu, pods, memory);
  pool.at(0);
  return pool.at(1);
}

// One core: the small node holds it. Three: the medium one is the cheapest that does. Eight of 1.5 are twelve cores: one large
// node, and it is asked for alone. Eleven are 16.5: ten in the large one, the eleventh in a small one.
TEST(Karpenter, AsksForTheCheapestTypeThatHoldsItsPods) {
  EXPECT_EQ(decision_for(1.0, 1).types, (Types{0}));
  EXPECT_EQ(decision_for(3.0, 1).types, (Types{1}));
  EXPECT_EQ(decision_for(1.5, 8).types, (Types{2}));
  EXPECT_EQ(decision_for(1.5, 11).types, (Types{2, 0}));
  EXPECT_EQ(decision_for(1.5, 11).reason, "11 pods wait: 2 nodes (1 × small, 1 × large) to 0");
}

TEST(Karpenter, LooksAtMemoryToo) { EXPECT_EQ(decision_for(1.0, 1, 20 * 1024 * mib).types, (Types{2})); }

TEST(Karpenter, AsksForNoTypeThatHoldsNoPod) {
  EXPECT_EQ(decision_for(17.0, 3).add, 0);
  EXPECT_EQ(decision_for(16.0, 3, mib, 2).types, (Types{2, 2})) << "the maximum of the pool";
}

TEST(Karpenter, ServesABatchOnceNoneHasComeForASecond) {
  Pool pool;
  pool.add_pending(2.0, 2);
  EXPECT_EQ(pool.at(0).add, 0);
  pool.add_pending(2.0, 2);
  EXPECT_EQ(pool.at(1).add, 0) << "more have come";
  EXPECT_EQ(pool.at(2).add, 2) << "four of half a node";
  EXPECT_EQ(pool.at(3).add, 0) << "they boot";
}

TEST(Karpenter, ServesABatchAfterTenSecondsAtTheLatest) {
  Pool pool;
  for (int second = 0; second < 10; ++second) {
    pool.add_pending(4.0);
    EXPECT_EQ(pool.at(second).add, 0);
  }
  pool.add_pending(4.0);
  EXPECT_EQ(pool.at(10).add, 11);
}

TEST(Karpenter, TriesPodsByCpuThenByMemory) {
  using karpenter::goes_first;
  EXPECT_TRUE(goes_first({2000, 1}, {1000, 9}));
  EXPECT_TRUE(goes_first({1000, 9}, {1000, 1}));
  EXPECT_TRUE(goes_first({1000, 1, at_seconds(1)}, {1000, 1, at_seconds(2)}));
  Pool pool;
  pool.add_pending(1.0, 3);  // 3 + 1 and 2 + 1 + 1: two nodes
  pool.add_pending(2.0);
  pool.add_pending(3.0);
  pool.at(0);
  EXPECT_EQ(pool.at(1).add, 2);
}

TEST(Karpenter, NeverGoesAboveTheMaximumAndBringsThePoolToItsMinimum) {
  Pool pool{Json::object(), 2, 5};
  EXPECT_EQ(pool.at(0).add, 2);
  pool.add_pending(4.0, 9);
  pool.drain(1);
  pool.at(1);
  EXPECT_EQ(pool.at(2).add, 2) << "two boot and one is on its way out";
}

// Found at 0, looked at again after 15 s. 10 % of 20 nodes are two.
TEST(Karpenter, RemovesEmptyNodesWithinTheBudgetAfterASecondLook) {
  Pool pool;
  for (int i = 0; i < 16; ++i) pool.add_node(8).pods_fit_elsewhere = false;
  for (int i = 0; i < 4; ++i) pool.add_node(0);
  EXPECT_EQ(pool.removals(0, 24), (Removals{{15, 2}}));
}

TEST(Karpenter, CountsNodesOnTheirWayOutAgainstTheBudget) {
  Pool pool{{{"budgets", {{{"nodes", "3"}}}}}};
  for (int i = 0; i < 9; ++i) pool.add_node(0);
  pool.drain(2);
  EXPECT_EQ(pool.removals(0, 20), (Removals{{15, 1}}));
}

TEST(Karpenter, KeepsWhatIsNeededAgainAtTheSecondLook) {
  Pool pool;
  pool.add_node(0);
  pool.at(0);
  pool.nodes()[0].pods = 1;
  pool.nodes()[0].pods_fit_elsewhere = false;
  EXPECT_EQ(pool.removals(1, 60), Removals{});
}

// The cheapest first: (pods + 1) × share of 720 h left. 4 pods at half its life are 2.5, 2 pods when new are 3.
TEST(Karpenter, MovesThePodsOfTheNodeThatCostsLeastOneNodeAtATime) {
  Pool pool{{{"budgets", {{{"nodes", "5"}}}}}};
  constexpr double half_life = 360.0 * 3600;
  pool.add_node(2, half_life);
  pool.add_node(4);
  pool.add_node(6).pods_fit_elsewhere = false;
  pool.at(half_life);
  EXPECT_EQ(pool.at(half_life + 15).remove, std::vector<std::uint32_t>{1});
  EXPECT_TRUE(pool.at(half_life + 24).remove.empty());
}

TEST(Karpenter, LeavesNodesWithPodsWhenToldSo) {
  Pool pool{{{"consolidation_policy", "WhenEmpty"}}};
  pool.add_node(1);
  EXPECT_EQ(pool.removals(0, 120), Removals{});
}

// Its pods changed at 60: 300 s later it may go, is found at 360 and goes after the second look.
TEST(Karpenter, WaitsUntilPodsHaveNotChangedForConsolidateAfter) {
  Pool pool{{{"consolidate_after", "5 min"}}};
  pool.add_node(2);
  EXPECT_EQ(pool.removals(0, 59), Removals{});
  pool.nodes()[0].pods = 0;
  EXPECT_EQ(pool.removals(60, 500), (Removals{{375, 1}}));
}

// The run starts on a Monday at 08:00; from 09:00 on nothing may go for eight hours.
TEST(Karpenter, FollowsTheSchedulesOfItsBudgets) {
  Pool pool{{{"starts_at", "2026-01-05T08:00:00Z"},
             {"budgets", {{{"nodes", "1"}}, {{"nodes", "0"}, {"schedule", "0 9 * * mon-fri"}, {"duration", "8 h"}}}}}};
  pool.at(3600);
  for (int i = 0; i < 3; ++i) pool.add_node(0);
  EXPECT_EQ(pool.removals(3600, 3700), Removals{});
  EXPECT_EQ(pool.removals(3600 + 8 * 3600, 3600 + 8 * 3600 + 20).size(), 1U);
}

TEST(Karpenter, ReplacesNodesThatExpireWhateverTheBudgets) {
  Pool pool{{{"expire_after", "1 h"}, {"budgets", {{{"nodes", "0"}}}}}};
  pool.add_node(8).pods_fit_elsewhere = false;
  EXPECT_TRUE(pool.at(3599).remove.empty());
  EXPECT_EQ(pool.at(3600).remove.size(), 1U);
}

TEST(Karpenter, GivesUpNodesThatDoNotComeUp) {
  Pool pool;
  pool.add_pending(4.0);
  pool.at(0);
  EXPECT_EQ(pool.at(1).add, 1);
  EXPECT_TRUE(pool.at(901).remove.empty());
  EXPECT_EQ(pool.at(902).remove.size(), 1U);
  EXPECT_EQ(pool.at(903).add, 1);
}

TEST(Karpenter, SaysWhatIsWrongWithItsOptions) {
  const FieldProblems problems = problems_of<NodeAutoscaler>(
      {{"policy", "karpenter"},
       {"starts_at", "monday"},
       {"budgets",
        {{{"nodes", "many"}}, {{"nodes", "5"}, {"schedule", "0 0 * * tue-mon"}}, {{"nodes", "5"}, {"reasons", {"Old"}}}}}});
  ASSERT_EQ(problems.size(), 5U);
  EXPECT_NE(problems[2].second.find("beginning of range (2) beyond end of range (1)"), std::string::npos) << problems[2].second;
}

// ---- arithmetic --------------------------------------------------------------------------------------------------------------

TEST(KarpenterArithmetic, RoundsSharesOfNodesUp) {
  EXPECT_EQ(karpenter::allowed_nodes("10%", 11), 2);
  EXPECT_EQ(karpenter::allowed_nodes("10%", 10), 1);
  EXPECT_EQ(karpenter::allowed_nodes("0%", 50), 0);
  EXPECT_EQ(karpenter::allowed_nodes("100%", 7), 7);
  EXPECT_EQ(karpenter::allowed_nodes("12", 7), 12);
  for (const char* wrong : {"", "%", "-1", "1000a%", "101%", "1.5"})
    EXPECT_THROW(karpenter::allowed_nodes(wrong, 7), std::invalid_argument) << wrong;
}

TEST(KarpenterArithmetic, ClampsTheCostOfAnEviction) {
  EXPECT_EQ(karpenter::eviction_cost(0, 0), 1.0);
  EXPECT_EQ(karpenter::eviction_cost(-(1 << 28), 0), -1.0);
  EXPECT_EQ(karpenter::eviction_cost(0, 1e9), 10.0);
}

std::string next_hit(const std::string& schedule, const std::string& after) {
  const auto hit = CronSchedule{schedule}.next(parse_utc(after));
  if (!hit) return "never";
  const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(*hit)};
  const auto of_day = *hit - std::chrono::floor<std::chrono::days>(*hit);
  return fmt::format("{}-{:02}-{:02} {:02}:{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()), of_day / std::chrono::hours{1},
                     of_day % std::chrono::hours{1} / std::chrono::minutes{1});
}

// By the calendar: 5 January 2026 is a Monday.
TEST(CronSchedule, HitsByTheCalendar) {
  const std::string monday = "2026-01-05T12:30:30Z";
  EXPECT_EQ(next_hit("* * * * *", monday), "2026-01-05 12:31");
  EXPECT_EQ(next_hit("30 12 * * *", "2026-01-05T12:30:00Z"), "2026-01-06 12:30") << "strictly after";
  EXPECT_EQ(next_hit("*/20 9-17 * * MON-FRI", monday), "2026-01-05 12:40");
  EXPECT_EQ(next_hit("0 0 13 * fri", monday), "2026-01-09 00:00") << "the day of the month or of the week";
  EXPECT_EQ(next_hit("0 0 29 feb ?", monday), "2028-02-29 00:00");
  EXPECT_EQ(next_hit("5/25 1,3 * * *", monday), "2026-01-06 01:05");
  EXPECT_EQ(next_hit("@monthly", monday), "2026-02-01 00:00");
  EXPECT_EQ(next_hit("0 0 30 2 *", monday), "never");
  EXPECT_EQ(next_hit("0 0 * * *", "2026-01-05T00:30:00+01:00"), "2026-01-05 00:00");
}

TEST(CronSchedule, RefusesWhatCannotBe) {
  for (const char* wrong :
       {"", "* * * *", "60 * * * *", "* * 0 * *", "* * * * 7", "*/0 * * * *", "1-2-3 * * * *", "a * * * *", "@often"})
    EXPECT_THROW(CronSchedule{wrong}, std::invalid_argument) << wrong;
}

}  // namespace
}  // namespace headroom
