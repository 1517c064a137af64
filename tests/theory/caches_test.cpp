// Cache tiers under the independent reference model: exact LRU and FIFO, Che's approximation, time to live.
#include <limits>

#include "models/queueing/caches.hpp"
#include "tests/theory/theory_run.hpp"

namespace headroom::test {
namespace {

Json cached(std::uint64_t objects, double exponent, double rate, Json cache) {
  cache["name"] = "memory";
  Json station = service("s", 1000, {{{"cache", "memory"}, {"key", "item"}, {"on_miss", Json::array()}}});
  return {{"services", {station}},
          {"caches", {cache}},
          {"keys", {{{"name", "item"}, {"items", objects}, {"zipf", exponent}, {"size", "1 B"}}}},
          {"workloads", {users(rate, {{{"request", "s.work"}}})}}};
}

class IndependentReferences : public testing::TestWithParam<Row> {};
TEST_P(IndependentReferences, HitAsOftenAsTheyShould) {
  const Json& row = GetParam().values;
  const std::uint64_t objects = row["objects"];
  const std::uint64_t capacity = row["capacity"];
  // Long enough to fill the cache many times over.
  const double requests = std::max(100'000.0, 60.0 * static_cast<double>(objects));
  for (const std::string policy : {"lru", "fifo"}) {
    const TheoryRun run{cached(objects, row["zipf_exponent"], 100.0,
                               {{"capacity", std::to_string(capacity) + " B"}, {"policy", {{"policy", policy}}}}),
                        requests / 100, requests / 400};
    const std::string exact = policy == "lru" ? "lru_exact_hit" : "fifo_and_random_exact_hit";
    const std::string approximate = policy == "lru" ? "che_lru_hit" : "che_fifo_hit";
    if (row.contains(exact)) run.expect("rate hit_ratio{cache=memory}", row[exact], 0.02);
    // Che's approximation errs by up to 3 % on a cache of a few objects, by less than half a percent on a large one (the tables'
    // notes).
    run.expect("rate hit_ratio{cache=memory}", row[approximate], 0.02, objects < 100 ? 0.03 : 0.005);
  }
}
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(IndependentReferences);
INSTANTIATE_TEST_SUITE_P(Rows, IndependentReferences, testing::ValuesIn(rows_of("cache_irm")), row_name);

class TimeToLive : public testing::TestWithParam<Row> {};
TEST_P(TimeToLive, BoundsTheHitRatio) {
  const Json& row = GetParam().values;
  const double rate = row["total_rate"];
  const double ttl = row["ttl"];
  const double duration = std::max(100'000 / rate, 40 * ttl);
  const TheoryRun run{cached(row["objects"], row["zipf_exponent"], rate, {{"capacity", "1 GB"}, {"time_to_live", text_of(ttl)}}),
                      duration, duration / 4};
  run.expect("rate hit_ratio{cache=memory}", row["fixed_ttl_hit"], 0.02);
}
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(TimeToLive);
INSTANTIATE_TEST_SUITE_P(Rows, TimeToLive, testing::ValuesIn(rows_of("cache_ttl")), row_name);

TEST(ExactLru, OnFourEqualObjectsHoldsTwo) {
  // Equal popularity: the cache holds any 2 of 4, so half of the references hit, whatever the policy.
  for (const std::string policy : {"lru", "fifo"}) {
    const TheoryRun run{cached(4, 0.0, 100.0, {{"capacity", "2 B"}, {"policy", {{"policy", policy}}}}), 1000, 100};
    run.expect("rate hit_ratio{cache=memory}", 0.5, 0.01);
  }
}

// Sessions, all alike, and posts, some of them popular, evict each other: Che's approximation with both in one cache.
TEST(SharedCaches, KeysThatShareACacheHitAsOftenAsTheyShould) {
  constexpr std::uint64_t sessions = 400, posts = 2000;
  const Json scenario{{"services",
                       {service("s", 1000,
                                {{{"cache", "memory"}, {"key", "session"}, {"on_miss", Json::array()}},
                                 {{"cache", "memory"}, {"key", "post"}, {"on_miss", Json::array()}}})}},
                      {"caches", {{{"name", "memory"}, {"capacity", "600 B"}}}},
                      {"keys",
                       {{{"name", "session"}, {"items", sessions}, {"size", "1 B"}},
                        {{"name", "post"}, {"items", posts}, {"zipf", 0.9}, {"size", "1 B"}}}},
                      {"workloads", {users(100.0, {{{"request", "s.work"}}})}}};
  std::vector<PopularityClass> classes;
  for (const auto& [items, zipf] : {std::pair{sessions, 0.0}, std::pair{posts, 0.9}}) {
    for (PopularityClass one : zipf_classes(items, zipf)) {
      one.probability /= 2;
      classes.push_back(one);
    }
  }
  const std::vector<double> presence = che_presence(classes, 600.0, std::numeric_limits<double>::infinity());
  const std::size_t first_post = zipf_classes(sessions, 0.0).size();
  double session_hits = 0.0, post_hits = 0.0;
  for (std::size_t i = 0; i < classes.size(); ++i)
    (i < first_post ? session_hits : post_hits) += 2 * classes[i].probability * classes[i].items * presence[i];
  const TheoryRun run{scenario, 1000, 250};
  run.expect("rate key_hit_ratio{cache=memory, key=session}", session_hits, 0.02, 0.005);
  run.expect("rate key_hit_ratio{cache=memory, key=post}", post_hits, 0.02, 0.005);
}

// Edges in two regions, which share what their misses ask of a shield: the edges as Che has it, and the origin is asked for what
// both levels miss.
TEST(SharedCaches, AnOriginIsAskedForWhatEdgesAndShieldMiss) {
  Json services = Json::array(), workloads = Json::array();
  for (const std::string region : {"east", "west"}) {
    Json edge = service("edge-" + region, 1000, {{{"cache", "edge"}, {"key", "item"}, {"on_miss", {{{"call", "shield.work"}}}}}});
    edge["region"] = region;
    services.push_back(edge);
    Json visitors = users(50.0, {{{"request", "edge-" + region + ".work"}}});
    visitors["name"] = visitors["region"] = region;
    workloads.push_back(visitors);
  }
  for (const bool is_origin : {false, true}) {
    const Json steps = is_origin ? Json{{{"wait", "1 ms"}}}
                                 : Json{{{"cache", "shield"}, {"key", "item"}, {"on_miss", {{{"call", "origin.work"}}}}}};
    services.push_back(service(is_origin ? "origin" : "shield", 1000, steps));
    services.back()["region"] = "east";
  }
  const Json scenario{
      {"regions", {{{"name", "east"}, {"round_trip", {{"west", "80 ms"}}}}, {{"name", "west"}}}},
      {"services", services},
      {"caches", {{{"name", "edge"}, {"scope", "region"}, {"capacity", "300 B"}}, {{"name", "shield"}, {"capacity", "1000 B"}}}},
      {"keys", {{{"name", "item"}, {"items", 3000}, {"zipf", 0.9}, {"size", "1 B"}}}},
      {"workloads", workloads}};
  const TheoryRun run{scenario, 1600, 400};
  run.expect("rate hit_ratio{cache=edge}", che_hit_ratio(zipf_classes(3000, 0.9), 300.0).hit_ratio, 0.02, 0.005);
  const auto all = [&run](const char* selector) { return run.observations(selector); };
  const auto edge = all("rate hit_ratio{cache=edge}"), shield = all("rate hit_ratio{cache=shield}");
  const auto east = all("count requests{workload=east}"), west = all("count requests{workload=west}");
  std::vector<double> ratios = all("count requests{endpoint=origin.work}");
  for (std::size_t i = 0; i < ratios.size(); ++i) ratios[i] /= (east[i] + west[i]) * (1 - edge[i]) * (1 - shield[i]);
  run.expect_of("origin requests", ratios, 1.0, 0.005);
}

}  // namespace
}  // namespace headroom::test
