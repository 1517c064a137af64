// Several stations: tandem, Jackson networks with feedback, closed populations, fork-join, batches, priorities, infinite servers.
#include "tests/theory/theory_run.hpp"

namespace headroom::test {
namespace {

class Tandem : public testing::TestWithParam<Row> {};
TEST_P(Tandem, TotalTimeIsTheSumOfIndependentExponentials) {
  const Json& row = GetParam().values;
  Json steps = Json::array();
  Json services = Json::array();
  const auto rates = row["service_rates"].get<std::vector<double>>();
  for (std::size_t i = 0; i < rates.size(); ++i) {
    const std::string name = "s" + std::to_string(i);
    services.push_back(service(name, 1, {{{"compute", exponential(1.0 / rates[i])}}}));
    steps.push_back({{"call", name + ".work"}});
  }
  services.push_back({{"name", "front"}, {"concurrency", 100'000}, {"endpoints", {{{"name", "work"}, {"steps", steps}}}}});
  const double rate = row["arrival_rate"];
  const TheoryRun run{{{"services", services}, {"workloads", {users(rate, {{{"request", "front.work"}}})}}}, 250'000 / rate, 2000};
  run.expect("avg latency{workload=users}", row["mean_sojourn"], 0.05);
  for (std::size_t i = 0; i < rates.size(); ++i) {
    run.expect("avg latency{service=s" + std::to_string(i) + "}", row["per_station_mean"][i], 0.05);
  }
  for (const auto& [name, value] : row["quantiles"].items()) run.expect(percentile_of(name) + " latency{workload=users}", value, 0.1);
}
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Tandem);
INSTANTIATE_TEST_SUITE_P(Rows, Tandem, testing::ValuesIn(rows_of("tandem")), row_name);

// A customer who leaves station i goes to j with probability routing[i][j]: a worker that at its end publishes to the next queue.
class Jackson : public testing::TestWithParam<Row> {};
TEST_P(Jackson, EveryStationIsAnMMcOfItsOwn) {
  const Json& row = GetParam().values;
  const auto routing = row["routing"].get<std::vector<std::vector<double>>>();
  const Json& stations = row["stations"];
  Json services = Json::array(), queues = Json::array(), workloads = Json::array();
  double total_rate = 0.0;
  for (std::size_t i = 0; i < stations.size(); ++i) {
    const std::string name = "s" + std::to_string(i);
    Json steps{{{"compute", exponential(1.0 / stations[i]["service_rate"].get<double>())}}};
    Json options = Json::array();
    double leaves = 1.0;
    for (std::size_t j = 0; j < stations.size(); ++j) {
      if (routing[i][j] <= 0.0) continue;
      leaves -= routing[i][j];
      options.push_back({{"weight", routing[i][j]}, {"steps", {{{"publish", "q" + std::to_string(j)}}}}});
    }
    if (leaves > 1e-12) options.push_back({{"weight", leaves}, {"steps", Json::array()}});
    steps.push_back({{"choose", options}});
    Json station = service(name, stations[i]["servers"], steps);
    station["consumes"] = {{"queue", "q" + std::to_string(i)}, {"endpoint", "work"}};
    services.push_back(station);
    queues.push_back({{"name", "q" + std::to_string(i)}});
    const double rate = row["external_arrivals"][i];
    total_rate += rate;
    if (rate > 0.0) {
      Json source = users(rate, {{{"publish", "q" + std::to_string(i)}}});
      source["name"] = "users" + std::to_string(i);
      workloads.push_back(source);
    }
  }
  const TheoryRun run{{{"services", services}, {"queues", queues}, {"workloads", workloads}}, 200'000 / total_rate, 1000};
  for (std::size_t i = 0; i < stations.size(); ++i) {
    const std::string name = "s" + std::to_string(i);
    const Json& station = stations[i];
    run.expect("avg latency{service=" + name + "}", station["mean_sojourn_per_visit"], 0.05);
    run.expect("rate requests{service=" + name + "}", station["arrival_rate"], 0.02);
    run.expect("avg cpu{service=" + name + "}", station["utilization"], 0.02);
    run.expect_of("probability of waiting at " + name, run.share_above_zero("queue_wait", "q" + std::to_string(i)), station["prob_wait"], 0.05);
  }
}
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Jackson);
INSTANTIATE_TEST_SUITE_P(Rows, Jackson, testing::ValuesIn(rows_of("jackson")), row_name);

class Closed : public testing::TestWithParam<Row> {};
TEST_P(Closed, MembersThinkAndWaitForEachOther) {
  const Json& row = GetParam().values;
  const double think = row["think_time"];
  const double rate = row["throughput"];
  const Json workload{{"model", "users"}, {"name", "users"}, {"population", row["population"]},
                      {"journeys", {{{"name", "visit"}, {"steps", {{{"think", exponential(think)}}, {{"request", "s.work"}}}}}}}};
  const TheoryRun run{{{"services", {service("s", row["servers"], {{{"compute", exponential(row["service_time"])}}})}}, {"workloads", {workload}}},
                      100'000 / rate, 500};
  run.expect("rate requests{workload=users}", rate, 0.02);
  run.expect("avg latency{workload=users}", row["mean_response"], 0.05);
  run.expect("avg in_flight{service=s}", row["mean_at_server"], 0.05);
  run.expect("avg cpu{service=s}", row["utilization"], 0.02);
  if (row["mean_wait"].get<double>() > 0.0) run.expect("avg queue_wait{service=s}", row["mean_wait"], 0.05);
}
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Closed);
INSTANTIATE_TEST_SUITE_P(Rows, Closed, testing::ValuesIn(rows_of("closed")), row_name);

class OtherSystems : public testing::TestWithParam<Row> {};
TEST_P(OtherSystems, AgreeWithTheirFormulas) {
  const Json& row = GetParam().values;
  const std::string id = row["id"];
  if (id.starts_with("prio")) {
    // Two classes, not pre-emptive: one worker, a queue with two priorities; a class's wait is its sojourn less the service.
    Json worker = service("s", 1, {{{"compute", exponential(1)}}});
    worker["consumes"] = {{"queue", "q"}, {"endpoint", "work"}};
    Json workloads = Json::array();
    for (int c = 0; c < 2; ++c) {
      Json source = users(row["arrival_rates"][c], {{{"publish", "q"}, {"priority", c}}});
      source["name"] = "class" + std::to_string(c);
      workloads.push_back(source);
    }
    const TheoryRun run{{{"services", {worker}}, {"queues", {{{"name", "q"}, {"priorities", 2}}}}, {"workloads", workloads}}, 400'000, 5000};
    for (int c = 0; c < 2; ++c) {
      run.expect("avg latency{workload=class" + std::to_string(c) + "}", 1.0 + row["nonpreemptive_mean_wait"][c].get<double>(), 0.1);
    }
  } else if (id.starts_with("infinite")) {
    const double load = row["offered_load"];
    Json station = service("s", 10'000, {{{"compute", "1 s"}}});
    station["cpu"] = 1000;  // never all in use: nobody shares
    const TheoryRun run{{{"services", {station}}, {"workloads", {users(load, {{{"request", "s.work"}}})}}}, 5000, 10};
    run.expect("avg in_flight{service=s}", row["mean"], 0.02);
    // Levels at the window ends, far apart: independent draws of the number in the system.
    std::vector<double> variances;
    for (const RunResult& result : run.runs) {
      for (const Series& series : result.series) {
        if (series.metric != "in_flight" || series.labels != std::vector<Label>{{"service", "s"}}) continue;
        double sum = 0.0, squares = 0.0, count = 0.0;
        for (std::size_t i = 0; i < series.columns[2].size(); ++i) {
          if (result.window_ends[i] <= result.warm_up_seconds) continue;
          sum += series.columns[2][i];
          squares += series.columns[2][i] * series.columns[2][i];
          ++count;
        }
        variances.push_back((squares - sum * sum / count) / (count - 1));
      }
    }
    run.expect_of("variance of the number in service", variances, row["variance"], 0.15);
  } else if (id.starts_with("batch")) {
    const int batch = row["batch"];
    const Json together{{{"for_each", batch}, {"at_most", batch}, {"steps", {{{"request", "s.work"}}}}}};
    const TheoryRun run{{{"services", {service("s", 1, {{{"compute", exponential(1)}}})}}, {"workloads", {users(row["batch_rate"], together)}}}, 500'000, 5000};
    run.expect("avg queue_wait{service=s}", row["mean_wait"], 0.1);
    run.expect("avg in_flight{service=s}", row["mean_in_system"], 0.1);
  } else {
    FAIL() << "row " << id << " has no test";
  }
}
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(OtherSystems);
INSTANTIATE_TEST_SUITE_P(Rows, OtherSystems, testing::ValuesIn(rows_of("other")), row_name);

}  // namespace
}  // namespace headroom::test
