// Cache tiers under the independent reference model: exact LRU and FIFO, Che's approximation, time to live.
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
    const TheoryRun run{cached(objects, row["zipf_exponent"], 100.0, {{"capacity", std::to_string(capacity) + " B"}, {"policy", {{"policy", policy}}}}),
                        requests / 100, requests / 400};
    const std::string exact = policy == "lru" ? "lru_exact_hit" : "fifo_and_random_exact_hit";
    const std::string approximate = policy == "lru" ? "che_lru_hit" : "che_fifo_hit";
    if (row.contains(exact)) run.expect("rate hit_ratio{cache=memory}", row[exact], 0.02);
    // Che's approximation errs by up to 3 % on a cache of a few objects, by less than half a percent on a large one (the tables' notes).
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
  const TheoryRun run{cached(row["objects"], row["zipf_exponent"], rate, {{"capacity", "1 GB"}, {"time_to_live", text_of(ttl)}}), duration, duration / 4};
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

}  // namespace
}  // namespace headroom::test
