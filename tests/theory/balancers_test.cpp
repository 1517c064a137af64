// Balancers in front of single-slot replicas, against GI/M/1, the limit of many servers, and fork-join.
#include "tests/theory/theory_run.hpp"

namespace headroom::test {
namespace {

Json balanced(int replicas, const std::string& policy) {
  Json station = service("s", 1, {{{"compute", exponential(1)}}});
  station["replicas"] = replicas;
  station["balancer"] = {{"policy", policy}};
  return station;
}

class LoadBalancing : public testing::TestWithParam<Row> {};
TEST_P(LoadBalancing, AgreesWithItsFormula) {
  const Json& row = GetParam().values;
  const std::string id = row["id"];
  if (id.starts_with("choices")) {
    const int choices = row["d"];
    if (choices > 2) GTEST_SKIP() << "no balancer with " << choices << " choices is offered";
    // The formula is the limit of infinitely many servers; at 100 servers the truth lies 1 to 3 % above it for two choices.
    const double bias = choices == 1 ? 0.0 : 0.03;
    const double utilization = row["utilization"];
    const double relax = relaxation(utilization, 1);
    const TheoryRun run{{{"services", {balanced(100, choices == 1 ? "random" : "power-of-two")}},
                         {"workloads", {users(100 * utilization, {{{"request", "s.work"}}})}}},
                        choices == 1 ? 40 * relax : 5000, choices == 1 ? 5 * relax : 200};
    run.expect("avg latency{workload=users}", row["mean_sojourn"], 0.05, bias);
  } else if (id.starts_with("rr")) {
    const double rate = row["total_arrival_rate"];
    const int servers = row["servers"];
    const double utilization = row["utilization"];
    const TheoryRun run{{{"services", {balanced(servers, "round-robin")}}, {"workloads", {users(rate, {{{"request", "s.work"}}})}}},
                        utilization > 0.9 ? 400'000.0 : 120'000.0, utilization > 0.9 ? 8000.0 : 1000.0};
    run.expect("avg latency{workload=users}", row["mean_sojourn"], 0.1);
    run.expect("avg queue_wait{service=s}", row["mean_wait"], 0.1);
    run.expect("p(99) latency{workload=users}", row["p99_sojourn"], 0.2);
    run.expect_of("probability of waiting", run.share_above_zero("queue_wait", "s"), row["prob_wait"], 0.05);
  } else if (id.starts_with("forkjoin")) {
    Json front{{"name", "front"}, {"concurrency", 100'000},
               {"endpoints", {{{"name", "work"}, {"steps", {{{"parallel", {{{{"call", "a.work"}}}, {{{"call", "b.work"}}}}}}}}}}}};
    const TheoryRun run{{{"services", {front, service("a", 1, {{{"compute", exponential(1)}}}), service("b", 1, {{{"compute", exponential(1)}}})}},
                         {"workloads", {users(row["arrival_rate"], {{{"request", "front.work"}}})}}}, 200'000, 1000};
    run.expect("avg latency{workload=users}", row["mean_response"], 0.05);
    run.expect("avg latency{service=a}", row["single_queue_mean"], 0.05);
  } else {
    FAIL() << "row " << id << " has no test";
  }
}
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(LoadBalancing);
INSTANTIATE_TEST_SUITE_P(Rows, LoadBalancing, testing::ValuesIn(rows_of("load_balancing")), row_name);

TEST(LeastConnections, LiesBetweenTheSharedQueueAndRoundRobin) {
  // rho = 0.8, four servers: shared queue 1.7455 (Erlang C), round-robin 3.2674; joining the shortest queue lies between, nearer the shared one.
  const TheoryRun run{{{"services", {balanced(4, "least-connections")}}, {"workloads", {users(3.2, {{{"request", "s.work"}}})}}}, 60'000, 500};
  const Interval latency = t_interval(run.observations("avg latency{workload=users}"), 0.999);
  EXPECT_GT(latency.low, 1.7456);
  EXPECT_LT(latency.high, 2.3);
}

}  // namespace
}  // namespace headroom::test
