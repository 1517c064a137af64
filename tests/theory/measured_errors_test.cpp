// What reports say of the engine's errors is what its runs show: the systems of reports/measured_errors.hpp, run again.
#include <map>

#include <fmt/format.h>

#include "models/queueing/caches.hpp"
#include "models/queueing/multi_server.hpp"
#include "reports/measured_errors.hpp"
#include "tests/theory/theory_run.hpp"

namespace headroom::test {
namespace {

struct KnownSystem {
  Json scenario;
  std::string selector;
  double known;
  double duration, warm_up;
};

Json asked_at(double rate, Json station) {
  return {{"services", {std::move(station)}}, {"workloads", {users(rate, {{{"request", "s.work"}}})}}};
}

Json line_of(int servers) { return service("s", servers, {{{"compute", exponential(1)}}}); }

Json with(Json object, const char* field, Json value) {
  object[field] = std::move(value);
  return object;
}

Json workers() {
  return {{"services", {with(line_of(2), "consumes", {{"queue", "q"}, {"endpoint", "work"}})}},
          {"queues", {{{"name", "q"}}}},
          {"workloads", {users(1.6, {{{"publish", "q"}}})}}};
}

Json connections() {
  Json scenario = asked_at(1.6, service("s", 1000, {{{"query", "db"}, {"read", "item"}}}));
  scenario["databases"] = {{{"name", "db"}, {"pool", 2}, {"cpu", 2}, {"read", {{"cpu", exponential(1)}}}}};
  scenario["keys"] = {{{"name", "item"}, {"items", 1000}}};
  return scenario;
}

Json population() {
  const Json members{{"model", "users"},
                     {"name", "users"},
                     {"population", 10},
                     {"journeys", {{{"name", "round"}, {"steps", {{{"think", exponential(12)}}, {{"request", "s.work"}}}}}}}};
  return {{"services", {line_of(1)}}, {"workloads", {members}}};
}

Json lru() {
  Json scenario = asked_at(100.0, service("s", 1000, {{{"cache", "memory"}, {"key", "item"}, {"on_miss", Json::array()}}}));
  scenario["caches"] = {{{"name", "memory"}, {"capacity", "300 B"}, {"policy", {{"policy", "lru"}}}}};
  scenario["keys"] = {{{"name", "item"}, {"items", 3000}, {"zipf", 0.9}, {"size", "1 B"}}};
  return scenario;
}

Json random_balancing() { return asked_at(2.8, with(with(line_of(1), "replicas", 4), "balancer", {{"policy", "random"}})); }

std::map<std::string_view, KnownSystem> systems() {
  return {
      {"slots", {asked_at(3.2, line_of(4)), "avg queue_wait{service=s}", MultiServerQueue{3.2, 1, 4}.mean_wait(), 60'000, 500}},
      // 1 / (1 - 0.7), whatever the service times.
      {"shared core",
       {asked_at(0.7, with(line_of(1), "concurrency", 100'000)), "avg latency{workload=users}", 1 / 0.3, 200'000, 500}},
      {"backlog",
       {asked_at(1.6, with(line_of(2), "backlog", 3)), "rate errors{workload=users}", bounded_queue(1.6, 1, 2, 5).blocking,
        100'000, 200}},
      {"patience",
       {asked_at(1.6, with(line_of(2), "wait_limit", exponential(5))), "rate errors{workload=users}",
        impatient_queue(1.6, 1, 0.2, 2).prob_abandon, 100'000, 200}},
      {"workers", {workers(), "avg latency{workload=users}", MultiServerQueue{1.6, 1, 2}.mean_sojourn(), 100'000, 500}},
      {"connections", {connections(), "avg queue_wait{database=db}", MultiServerQueue{1.6, 1, 2}.mean_wait(), 100'000, 500}},
      {"population", {population(), "avg latency{workload=users}", closed_system(10, 1, 12, 1).mean_response, 100'000, 500}},
      {"lru", {lru(), "rate hit_ratio{cache=memory}", che_hit_ratio(zipf_classes(3000, 0.9), 300.0).hit_ratio, 2000, 500}},
      {"random balancing", {random_balancing(), "avg latency{workload=users}", 1 / 0.3, 100'000, 500}},
  };
}

class MeasuredErrors : public testing::TestWithParam<MeasuredError> {};
TEST_P(MeasuredErrors, AreThoseThatReportsSay) {
  const MeasuredError& said = GetParam();
  const KnownSystem system = systems().at(said.system);
  const TheoryRun run{system.scenario, system.duration, system.warm_up};
  const Interval interval = t_interval(run.observations(system.selector));
  const std::string right = fmt::format("{{\"{}\", \"{}\", \"{}\", {:.9g}, {:.9g}, {:.3g}}},", said.system, said.quantity,
                                        said.oracle, system.known, interval.mean, interval.half_width());
  EXPECT_NEAR(said.known / system.known, 1.0, 1e-8) << right;
  EXPECT_NEAR(said.measured / interval.mean, 1.0, 1e-8)
      << "what was measured has changed; in reports/measured_errors.hpp: " << right;
  EXPECT_NEAR(said.half_width / interval.half_width(), 1.0, 0.01) << right;
  run.expect(system.selector, system.known, 0.05, said.system == "lru" ? 0.005 : 0.0);
}
INSTANTIATE_TEST_SUITE_P(Systems, MeasuredErrors, testing::ValuesIn(measured_errors), [](const auto& row) {
  std::string name{row.param.system};
  for (char& letter : name)
    if (letter == ' ') letter = '_';
  return name;
});

}  // namespace
}  // namespace headroom::test
