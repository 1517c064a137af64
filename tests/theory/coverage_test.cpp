// Do 95 % intervals hold the true value in 95 % of studies? Studies of a line and of a closed population whose mean, p95 and p99
// are known, repeated with other seeds; how often an interval must hold it follows from the binomial distribution.
#include <algorithm>
#include <cmath>
#include <functional>

#include "models/queueing/multi_server.hpp"
#include "tests/theory/theory_run.hpp"

namespace headroom::test {
namespace {

constexpr std::size_t studies = 200, replications = 10;
// Of 200 that hold the value with 95 % each, 184 to 196 do in 95 of 100 cases. Every study has a seed of its own.
constexpr double least_share = 0.92, largest_share = 0.98;

struct Known {
  std::string selector;
  double value;
  std::size_t held = 0;
};

// The interval that a verdict rests on: percentiles are known to their buckets of the histogram only (reports/verdict.hpp).
bool holds_it(const Known& known, const std::vector<RunResult>& runs) {
  ConditionError error;
  const Condition condition = parse_condition(known.selector + " < 1 s", error).value();
  std::vector<double> lows, highs;
  for (const RunResult& run : runs) {
    const ValueBounds bounds = evaluate_bounds(condition.selector, run, span_of(condition, run)).value();
    lows.push_back(bounds.low);
    highs.push_back(bounds.high);
  }
  return t_interval(lows).low <= known.value && known.value <= t_interval(highs).high;
}

Blueprint blueprint_of(Json scenario, double duration, double warm_up) {
  scenario.update(
      {{"name", "coverage"}, {"duration", text_of(duration)}, {"warm_up", text_of(warm_up)}, {"scrape", text_of(duration / 4)}});
  const std::string path = testing::TempDir() + "coverage-" + std::to_string(::getpid()) + ".json";
  std::ofstream{path} << scenario.dump(1);
  Blueprint blueprint = build_blueprint(read_scenario(path).variants.front().scenario);
  std::filesystem::remove(path);
  blueprint.windows = 4;  // nothing is read from them
  return blueprint;
}

// A study takes the place of a variant, so that all share the processes.
void repeat(const Blueprint& blueprint, std::vector<Known>& known) {
  constexpr std::size_t together = 50;
  for (std::size_t first = 0; first < studies; first += together) {
    std::vector<RunRequest> requests;
    for (std::size_t study = 0; study < together; ++study)
      for (std::uint64_t replication = 0; replication < replications; ++replication) requests.push_back({study, replication});
    const auto run = [&](const RunRequest& request) {
      return simulate(blueprint, {"", first + request.variant + 1, request.replication});
    };
    const Study done = run_study(together, requests, run, {});
    ASSERT_TRUE(done.failed.empty());
    for (const std::vector<RunResult>& runs : done.runs)
      for (Known& one : known) one.held += holds_it(one, runs) ? 1 : 0;
  }
}

void expect_coverage(const std::vector<Known>& known) {
  for (const Known& one : known) {
    const double share = static_cast<double>(one.held) / studies;
    EXPECT_GE(share, least_share) << one.selector << " is " << one.value;
    EXPECT_LE(share, largest_share) << one.selector << " is " << one.value;
    testing::Test::RecordProperty(one.selector, std::to_string(share));
  }
}

// Probability that a time is longer than t, to the time that as many as `probability` do not exceed.
double quantile_of(const std::function<double(double)>& tail, double probability) {
  double low = 0.0, high = 1.0;
  while (tail(high) > 1.0 - probability) high *= 2.0;
  for (int i = 0; i < 100; ++i) (tail((low + high) / 2.0) > 1.0 - probability ? low : high) = (low + high) / 2.0;
  return (low + high) / 2.0;
}

TEST(Coverage, OfIntervalsInAnMMcIsThatWhichTheyPromise) {
  constexpr double rate = 1.4;
  constexpr int servers = 2;
  const MultiServerQueue line{rate, 1.0, servers};
  const Blueprint blueprint = blueprint_of({{"services", {service("s", servers, {{{"compute", exponential(1)}}})}},
                                            {"workloads", {users(rate, {{{"request", "s.work"}}})}}},
                                           3600, 200);
  std::vector<Known> known{{"avg latency", line.mean_sojourn()},
                           {"p(95) latency", line.sojourn_quantile(0.95)},
                           {"p(99) latency", line.sojourn_quantile(0.99)}};
  repeat(blueprint, known);
  expect_coverage(known);
}

// Who arrives finds the station as those who are left would see it at a moment of chance, and stays for one exponential time of
// each that is there and one of his own. Source: Sevcik and Mitrani, Journal of the ACM 28(2), 1981; Lavenberg and Reiser (1980).
TEST(Coverage, OfIntervalsInAClosedPopulationIsThatWhichTheyPromise) {
  constexpr int population = 10;
  constexpr double think = 12.0;
  std::vector<double> found(population);  // n of the others are at the server: machine repair with one customer less
  double weight = 1.0, total = 0.0;
  for (int n = 0; n < population; ++n) {
    found[n] = weight;
    total += weight;
    weight *= static_cast<double>(population - 1 - n) / think;
  }
  const auto tail = [&](double t) {
    double sum = 0.0;
    for (int n = 0; n < population; ++n) {
      double term = std::exp(-t), erlang = 0.0;  // Erlang of n + 1 stages: the first n + 1 terms of a Poisson distribution
      for (int k = 0; k <= n; ++k, term *= t / k) erlang += term;
      sum += found[n] / total * erlang;
    }
    return sum;
  };
  Json members{{"model", "users"},
               {"name", "users"},
               {"population", population},
               {"journeys", {{{"name", "round"}, {"steps", {{{"think", exponential(think)}}, {{"request", "s.work"}}}}}}}};
  const Blueprint blueprint =
      blueprint_of({{"services", {service("s", 1, {{{"compute", exponential(1)}}})}}, {"workloads", {members}}}, 7200, 300);
  std::vector<Known> known{{"avg latency", closed_system(population, 1, think, 1.0).mean_response},
                           {"p(95) latency", quantile_of(tail, 0.95)},
                           {"p(99) latency", quantile_of(tail, 0.99)}};
  EXPECT_NEAR(quantile_of([](double t) { return std::exp(-t); }, 0.95), std::log(20.0), 1e-9) << "of an exponential time";
  repeat(blueprint, known);
  expect_coverage(known);
}

}  // namespace
}  // namespace headroom::test
