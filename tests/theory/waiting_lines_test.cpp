// One station: M/M/c, M/M/c/K, M/D/1, M/G/1 first come first served and processor sharing, M/M/c with impatience.
#include <cmath>

#include "tests/support/places.hpp"
#include "tests/theory/theory_run.hpp"

namespace headroom::test {
namespace {

constexpr double arrivals_wanted = 200'000;

class MMc : public testing::TestWithParam<Row> {};
TEST_P(MMc, AgreesWithErlangC) {
  const Json& row = GetParam().values;
  const double rate = row["arrival_rate"];
  const int servers = row["servers"];
  const double relax = relaxation(rate, servers);
  const TheoryRun run{{{"services", {service("s", servers, {{{"compute", exponential(1)}}})}},
                       {"workloads", {users(rate, {{{"request", "s.work"}}})}}},
                      std::max(arrivals_wanted / rate, 100 * relax),
                      10 * relax};
  const double precision = row["utilization"].get<double>() > 0.9 ? 0.35 : 0.08;
  run.expect("avg queue_wait{service=s}", row["mean_wait"], precision);
  run.expect("avg latency{workload=users}", row["mean_sojourn"], precision);
  run.expect("avg queue_length{service=s}", row["mean_queue"], precision);
  run.expect("avg in_flight{service=s}", row["mean_in_system"], precision);
  run.expect("avg cpu{service=s}", row["utilization"], 0.02);
  run.expect_of("probability of waiting", run.share_above_zero("queue_wait", "s"), row["prob_wait"], 0.1);
  for (const auto& [name, value] : row["quantiles"].items()) {
    run.expect(percentile_of(name) + " latency{endpoint=s.work}", value["sojourn"], 0.35);
    if (const double wait = value["wait"]; wait > 0) run.expect(percentile_of(name) + " queue_wait{service=s}", wait, 0.8);
  }
}
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(MMc);
INSTANTIATE_TEST_SUITE_P(Rows, MMc, testing::ValuesIn(rows_of("mmc")), row_name);

class MMcK : public testing::TestWithParam<Row> {};
TEST_P(MMcK, LosesWhatFindsItFull) {
  const Json& row = GetParam().values;
  const double rate = row["arrival_rate"];
  const int servers = row["servers"];
  Json station = service("s", servers, {{{"compute", exponential(1)}}});
  station["backlog"] = row["capacity"].get<int>() - servers;
  const TheoryRun run{
      {{"services", {station}}, {"workloads", {users(rate, {{{"request", "s.work"}}})}}}, arrivals_wanted / rate, 200};
  run.expect("rate errors{workload=users}", row["blocking"]);
  run.expect("avg latency{workload=users}", row["mean_sojourn_accepted"]);
  run.expect("avg in_flight{service=s}", row["mean_in_system"]);
  run.expect("avg queue_wait{service=s}", row["mean_wait_accepted"]);
  run.expect("avg queue_length{service=s}", row["mean_queue"]);
  run.expect("avg cpu{service=s}", row["utilization"]);
}
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(MMcK);
INSTANTIATE_TEST_SUITE_P(Rows, MMcK, testing::ValuesIn(rows_of("mmck")), row_name);

class MD1 : public testing::TestWithParam<Row> {};
TEST_P(MD1, WaitsHalfAsLongAsMM1) {
  const Json& row = GetParam().values;
  const double rate = row["arrival_rate"];
  const TheoryRun run{
      {{"services", {service("s", 1, {{{"compute", "1 s"}}})}}, {"workloads", {users(rate, {{{"request", "s.work"}}})}}},
      arrivals_wanted / rate,
      1000};
  run.expect("avg queue_wait{service=s}", row["mean_wait"]);
  run.expect("avg latency{workload=users}", row["mean_sojourn"]);
  run.expect_of("probability of waiting", run.share_above_zero("queue_wait", "s"), 1.0 - row["prob_no_wait"].get<double>(), 0.02);
  for (const auto& [name, value] : row["quantiles"].items()) {
    if (const double wait = value["wait"]; wait > 0) run.expect(percentile_of(name) + " queue_wait{service=s}", wait, 0.1);
    // At low load most requests meet an empty server: the percentile is the service time itself, an atom, which needs no
    // interval.
    if (value["sojourn"].get<double>() > 1.0)
      run.expect(percentile_of(name) + " latency{endpoint=s.work}", value["sojourn"], 0.1);
  }
}
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(MD1);
INSTANTIATE_TEST_SUITE_P(Rows, MD1, testing::ValuesIn(rows_of("md1")), row_name);

Json service_time(const Json& row) {
  const std::string kind = row["service"];
  const Json& params = row["params"];
  if (kind == "deterministic") return "1 s";
  if (kind == "exponential") return exponential(1);
  if (kind.starts_with("uniform")) return {{"uniform", {{"low", text_of(params["low"])}, {"high", text_of(params["high"])}}}};
  Json values = Json::array();  // bimodal: 0.1 in nine of ten cases, else 9.1
  for (int i = 0; i < 9; ++i) values.push_back(text_of(params["values"][0]));
  values.push_back(text_of(params["values"][1]));
  return {{"empirical", {{"values", values}}}};
}

class MG1 : public testing::TestWithParam<Row> {};
TEST_P(MG1, FollowsPollaczekKhinchineFirstComeFirstServed) {
  const Json& row = GetParam().values;
  const double rate = row["arrival_rate"];
  const TheoryRun run{{{"services", {service("s", 1, {{{"compute", service_time(row)}}})}},
                       {"workloads", {users(rate, {{{"request", "s.work"}}})}}},
                      3 * arrivals_wanted / rate,
                      5000};
  run.expect("avg queue_wait{service=s}", row["fcfs_mean_wait"], 0.1);
  run.expect("avg latency{workload=users}", row["fcfs_mean_sojourn"], 0.1);
  run.expect("avg queue_length{service=s}", row["fcfs_mean_queue"], 0.1);
}
TEST_P(MG1, DependsOnTheMeanOnlyWhenTheCoreIsShared) {
  const Json& row = GetParam().values;
  const double rate = row["arrival_rate"];
  Json station = service("s", 1, {{{"compute", service_time(row)}}});
  station["concurrency"] = 100'000;  // nobody waits for a slot; all share one core
  const TheoryRun run{
      {{"services", {station}}, {"workloads", {users(rate, {{{"request", "s.work"}}})}}}, 3 * arrivals_wanted / rate, 5000};
  run.expect("avg latency{workload=users}", row["ps_mean_sojourn"], 0.1);
}
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(MG1);
INSTANTIATE_TEST_SUITE_P(Rows, MG1, testing::ValuesIn(rows_of("mg1")), row_name);

class ErlangA : public testing::TestWithParam<Row> {};
TEST_P(ErlangA, TheImpatientLeave) {
  const Json& row = GetParam().values;
  const double rate = row["arrival_rate"];
  const int servers = row["servers"];
  Json station = service("s", servers, {{{"compute", exponential(1.0 / row["service_rate"].get<double>())}}});
  station["wait_limit"] = exponential(1.0 / row["patience_rate"].get<double>());
  const TheoryRun run{
      {{"services", {station}}, {"workloads", {users(rate, {{{"request", "s.work"}}})}}}, 2 * arrivals_wanted / rate, 200};
  run.expect("rate errors{workload=users}", row["prob_abandon"], 0.1);
  run.expect("avg queue_length{service=s}", row["mean_queue"], 0.1);
  run.expect("avg cpu{service=s}", row["utilization"], 0.02);
  // mean wait of everybody = mean queue / arrival rate (Little)
  std::vector<double> waits = run.observations("avg queue_length{service=s}");
  for (double& wait : waits) wait /= rate;
  run.expect_of("mean wait of all", waits, row["mean_wait_all"], 0.1);
}
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(ErlangA);
INSTANTIATE_TEST_SUITE_P(Rows, ErlangA, testing::ValuesIn(rows_of("erlang_a")), row_name);

TEST(ClosedForms, MM1WithoutTheTables) {
  // rho = 0.8: W = 1 / (1 - rho) = 5, Wq = 4, p99 of the sojourn = -5 ln 0.01
  const TheoryRun run{
      {{"services", {service("s", 1, {{{"compute", exponential(1)}}})}}, {"workloads", {users(0.8, {{{"request", "s.work"}}})}}},
      250'000,
      2000};
  run.expect("avg latency{workload=users}", 5.0);
  run.expect("avg queue_wait{service=s}", 4.0, 0.08);
  run.expect("p(99) latency{workload=users}", -5.0 * std::log(0.01), 0.1);
}

// A user's patience covers the whole answer, and the service works on for who has left, so that the line is that of M/M/c.
// Against an exponential patience of rate theta the answer comes in time in E[exp(-theta T)] of cases, and the user is gone after
// (1 - E[exp(-theta T)]) / theta on average; who is served has waited E[T exp(-theta T)] / E[exp(-theta T)]. T = wait + service,
// independent; the wait is 0 but for the share C (Erlang's C) who
// wait for an exponential time of rate c mu - lambda.
TEST(ClosedForms, PatienceIsTheTransformOfTheTimeInMMc) {
  // lambda = 1.6, c = 2, mu = 1, theta = 0.2. C = 6.4 / 9 (a = 1.6: a^2 / 2 / (1 - 0.8) = 6.4, and 1 + a = 2.6):
  // (1 - 6.4 / 9 + 6.4 / 9 × 0.4 / 0.6) / 1.2 = 0.6358 in time, so 0.3642 leave, after 1.821 s.
  const double wait = 6.4 / 9.0, in_time = (1.0 - wait + wait * 0.4 / 0.6) / 1.2;
  const Json request = {{"request", "s.work"}, {"patience", exponential(1.0 / 0.2)}};
  const TheoryRun run{
      {{"services", {service("s", 2, {{{"compute", exponential(1)}}})}}, {"workloads", {users(1.6, {request})}}}, 60'000, 200};
  run.expect("rate errors{workload=users}", 1.0 - in_time);
  run.expect("avg in_flight{workload=users}", 1.6 * (1.0 - in_time) / 0.2);
  // The derivative of the transform: of the wait times that of the service, and the other way round.
  const double slope = wait * 0.4 / (0.6 * 0.6) / 1.2 + (1.0 - wait + wait * 0.4 / 0.6) / (1.2 * 1.2);
  run.expect("avg latency{workload=users}", slope / in_time);
  run.expect("avg queue_length{service=s}", wait * 1.6 / 0.4, 0.1);  // as if nobody left
}

TEST(ClosedForms, LittlesLawHoldsInEveryRun) {
  // L = lambda W, of the same run: arrivals that did not end and the warm-up border are all that may differ.
  const TheoryRun run{
      {{"services", {service("s", 3, {{{"compute", exponential(1)}}})}}, {"workloads", {users(2.5, {{{"request", "s.work"}}})}}},
      40'000,
      0};
  const auto in_flight = run.observations("avg in_flight{service=s}");
  const auto rate = run.observations("rate requests{workload=users}");
  const auto latency = run.observations("avg latency{workload=users}");
  for (std::size_t i = 0; i < in_flight.size(); ++i) EXPECT_NEAR(in_flight[i], rate[i] * latency[i], 0.002 * in_flight[i]);
}

// Where the tables are absent the parameterised tests above do not exist; say so instead of passing in silence.
TEST(ReferenceTables, ArePresent) {
  const std::string folder = source_dir() + "/../shared/conformance/queueing";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no reference tables beside the checkout: closed forms only";
  for (const auto& table : std::filesystem::directory_iterator{folder})
    EXPECT_FALSE(rows_of(table.path().stem()).empty()) << table.path();
}

}  // namespace
}  // namespace headroom::test
