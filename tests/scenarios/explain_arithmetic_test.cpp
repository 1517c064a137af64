// Limits, connections, fixed fleets and bills in `explain`, against arithmetic by hand; and how its sentences say numbers.
#include <algorithm>

#include <gtest/gtest.h>

#include "scenarios/builder.hpp"
#include "scenarios/explain.hpp"
#include "scenarios/rounded_text.hpp"
#include "tests/scenarios/reading.hpp"

namespace headroom {
namespace {

using test::scenario_of;

Explanation explained(const std::string& text) { return explain(build_blueprint(scenario_of(text))); }

bool says(const Explanation& explanation, const std::string& sentence) {
  return std::any_of(explanation.remarks.begin(), explanation.remarks.end(),
                     [&](const std::string& remark) { return remark.find(sentence) != std::string::npos; });
}

StationLoad load_of(const Explanation& explanation, const std::string& station, const std::string& resource) {
  for (const StationLoad& load : explanation.stations) {
    if (load.station == station && load.resource == resource) return load;
  }
  return {};
}

// 10 requests/s of "api.get" with these steps.
std::string asked(const std::string& parts, const std::string& steps, const std::string& service = "") {
  return R"({"name": "small", "duration": "1 h", )" + parts + R"(, "services": [{"name": "api", "concurrency": 100, )" + service +
         R"("endpoints": [{"name": "get", "steps": [)" + steps +
         R"(]}]}], "workloads": [{"model": "users", "name": "web", "rate": "10 /s", "journeys": [{"steps": [{"request": "api.get"}]}]}]})";
}

// 3 tokens each, 30 /s: of the 40 that come back, and of the 3,456,000 a day, 40 /s as well.
TEST(ExplainArithmetic, AQuotaForAllIsACapacityLikeARate) {
  const Explanation explanation =
      explained(asked(R"("limits": [{"name": "budget", "per": "all", "tiers": [{"rate": "60 /s", "quota": 3456000}]}])",
                      R"({"limit": "budget", "cost": 3}, {"wait": "1 ms"})"));
  EXPECT_NEAR(load_of(explanation, "limits/budget", "tokens").utilization, 0.5, 1e-9);
  EXPECT_NEAR(load_of(explanation, "limits/budget", "quota").utilization, 0.75, 1e-9);
  EXPECT_FALSE(says(explanation, "limits/budget")) << "said already";
}

// A subject gets 0.5 /s, or 43,200 / 86,400 s = 0.5 /s and 8,640 / 86,400 s = 0.1 /s: 60 and 300 of them for 30 /s.
TEST(ExplainArithmetic, SaysHowManySubjectsGetWhatIsAskedFor) {
  const Explanation explanation = explained(asked(
      R"("limits": [{"name": "plan", "tiers": [{"rate": "4 /s", "quota": 43200}, {"priority": 5, "rate": "4 /s", "quota": 8640}]}])",
      R"({"limit": "plan", "cost": 3}, {"wait": "1 ms"})"));
  EXPECT_TRUE(
      says(explanation,
           "limits/plan: 30 tokens/s are asked for in all; in the long run a subject gets 0.5 tokens/s with priorities 0 to "
           "4 (enough if 60 ask alike), 0.1 tokens/s with priorities from 5 on (enough if 300 ask alike)"))
      << testing::PrintToString(explanation.remarks);
}

TEST(ExplainArithmetic, SaysWhatTheTiersOfALimitForAllGet) {
  const Explanation explanation = explained(
      asked(R"("limits": [{"name": "plan", "per": "all", "tiers": [{"rate": "20 /s"}, {"priority": 1, "rate": "5 /s"}]}])",
            R"({"limit": "plan"}, {"wait": "1 ms"})"));
  EXPECT_TRUE(says(explanation,
                   "limits/plan: 10 tokens/s are asked for in all; in the long run a tier gets 20 tokens/s with priority 0, 5 "
                   "tokens/s with priorities from 1 on"))
      << testing::PrintToString(explanation.remarks);
}

// One item that is asked for again and again would hit always; 8 of 12 replicas find a connection (40 / 5).
TEST(ExplainArithmetic, ReplicasWithoutAConnectionMissAlways) {
  const Explanation explanation = explained(asked(
      R"("caches": [{"name": "pages", "capacity": "1 MiB", "connections": 40, "connections_per_client": 5}],
         "keys": [{"name": "page"}], "databases": [{"name": "store", "read": {"wait": "1 ms"}}])",
      R"({"cache": "pages", "key": "page", "on_miss": [{"query": "store", "read": "page"}]}, {"wait": "1 ms"})",
      R"("replicas": 12, )"));
  EXPECT_TRUE(says(explanation, "caches/pages: hit ratio for key page estimated at 66.7 %"))
      << testing::PrintToString(explanation.remarks);
  EXPECT_NEAR(load_of(explanation, "databases/store", "connections").demand, 10.0 * 4 / 12, 1e-6);
}

// Three places, 10 replicas at most: what the other seven could carry nobody brings them.
TEST(ExplainArithmetic, ReplicasBeyondThePlacesOfAFixedFleetCarryNothing) {
  for (const bool fixed : {false, true}) {
    const Explanation explanation = explained(asked(
        std::string{R"("load_balancers": [{"name": "edge", "membership": ")"} + (fixed ? "static" : "dynamic") + R"("}])",
        R"({"wait": "100 ms"})",
        R"("replicas": 3, "load_balancer": "edge", "autoscaler": {"policy": "hpa", "metrics": [{"resource": "cpu", "target": "60 %"}]}, "replica_limits": [1, 10], )"));
    const StationLoad slots = load_of(explanation, "services/api", "slots");
    EXPECT_NEAR(slots.capacity_at_limit, (fixed ? 3 : 10) * 100 / 0.1, 1e-6);
    EXPECT_EQ(
        says(explanation,
             "services/api: of 10 replicas that may be asked for 3 have a place in edge, whose members are fixed: the others "
             "get no requests"),
        fixed);
  }
}

// 10 reads/s are 25.92 M a month: at 0.4 USD per million 10.37 USD, and at 0.01 USD/GB of 1 MB each 259.2 USD.
TEST(ExplainArithmetic, AStoreBillsItsRequestsAndWhatIsRetrieved) {
  const Explanation explanation = explained(
      asked(R"("keys": [{"name": "file", "items": 1000, "size": "1 MB"}], "stores": [{"name": "files", "key": "file", "tiers": [
                {"name": "hot", "price_per_gb_month": "0.02 USD", "price_per_1000_reads": "0.0004 USD", "price_per_1000_writes": "0.005 USD",
                 "retrieval_price_per_gb": "0.01 USD"}]}])",
            R"({"store": "files", "read": "file"})"));
  EXPECT_TRUE(
      says(explanation,
           "stores/files: 1 GB at the start (100.0 % hot) cost 0.02 USD a month to keep; requests 10.37 USD and retrieval "
           "259.2 USD a month"))
      << testing::PrintToString(explanation.remarks);
}

TEST(ExplainArithmetic, SaysNumbersWithoutTheLastDigitsOfArithmetic) {
  EXPECT_EQ(rounded_text(0.1 + 0.2), "0.3");
  EXPECT_EQ(rounded_text(0.1 + 0.2, Dimension::time), "300 ms");
  EXPECT_EQ(rounded_text(1.0 / 3.0), "0.3333");
  EXPECT_EQ(rounded_text(123456.7), "123457");
  EXPECT_EQ(rounded_text(0.0), "0");
  EXPECT_EQ(rounded_text(2592e1), "25920");
}

}  // namespace
}  // namespace headroom
