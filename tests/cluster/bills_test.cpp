// The bill, kind by kind, as arithmetic; and that each kind stands by itself under the component it belongs to.
#include <gtest/gtest.h>

#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

// Of 100 s whose counters have stood still since 50 s, so that the window that is recorded lacks what was spent after.
LedgerEntry books_of_stale_counters(Blueprint blueprint) {
  blueprint.duration = to_duration(100.0);
  Recorder recorder{{100.0}, {}};
  RandomStreams streams{1, 0};
  const std::unique_ptr<RequestPlane> plane = make_exact_request_plane(blueprint, streams, recorder);
  for (int i = 0; i < blueprint.services[0].replicas; ++i) plane->add_replica(0);
  plane->advance_to(at_seconds(50.0));
  plane->refresh_instruments();
  plane->advance_to(at_seconds(100.0));
  recorder.record(at_seconds(100.0));
  RunResult result;
  result.duration_seconds = 100.0;
  plane->finish(result);
  const std::vector<Charge> charges = plane->charges();
  recorder.finish(result);
  return money_ledger(charges, result.series);
}

LedgerEntry books_of(PlaneUnderTest& run) { return money_ledger(run.charges(), run.finish_result().series); }

// Two reads and three writes: 2 × 0.25 + 3 × 1.25.
TEST(Bills, DatabasesChargeQueriesThatANodeTakes) {
  DatabaseBlueprint database;
  database.name = "store";
  database.sharding = choice_of<ShardPolicy>("modulo");
  database.read_price = 0.25;
  database.write_price = 1.25;
  Blueprint blueprint = one_service({{QueryStep{.database = 0}},
                                     {QueryStep{.database = 0}},
                                     {QueryStep{.database = 0, .write = true}},
                                     {QueryStep{.database = 0, .write = true}},
                                     {QueryStep{.database = 0, .write = true}}},
                                    arriving_at({0}));
  blueprint.databases.push_back(database);
  PlaneUnderTest run{blueprint, 1, 100.0};
  run.finish();
  EXPECT_DOUBLE_EQ(run.value("last cost{kind=database_requests}"), 2 * 0.25 + 3 * 1.25);
  EXPECT_DOUBLE_EQ(run.value("last cost{database=store}"), 4.25);
  EXPECT_TRUE(books_of(run).balanced());
}

// A primary that is gone takes nothing, and nothing is paid.
TEST(Bills, AQueryThatNobodyTakesIsFree) {
  DatabaseBlueprint database;
  database.name = "store";
  database.sharding = choice_of<ShardPolicy>("modulo");
  database.read_price = 0.25;
  database.repair = to_duration(1000.0);
  Blueprint blueprint = one_service({{QueryStep{.database = 0}}}, arriving_at({0, 20}));
  blueprint.databases.push_back(database);
  blueprint.faults.push_back({to_duration(10), FailPrimary{.database = 0}});
  PlaneUnderTest run{blueprint, 1, 100.0};
  run.finish();
  EXPECT_DOUBLE_EQ(run.value("last cost{kind=database_requests}"), 0.25);
}

// Three texts of 60 tokens read, 40 of the cache and 51 written.
TEST(Bills, TokensAreChargedByWhatTheyAre) {
  LanguageModelBlueprint model{.name = "gpt"};
  model.hosted.first_token = seconds(0.5);
  model.hosted.token = seconds(0.01);
  model.hosted.prices = {.input = 2.0, .cached_input = 1.0, .output = 10.0};
  Blueprint blueprint =
      one_service({{GenerateStep{0, Distribution::constant(100), Distribution::constant(51), 0.4}}}, arriving_at({0, 0, 0}));
  blueprint.services[0].concurrency = 10;
  blueprint.language_models.push_back(model);
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_DOUBLE_EQ(run.value("last cost{kind=tokens_in}"), 3 * 60 * 2.0);
  EXPECT_DOUBLE_EQ(run.value("last cost{kind=tokens_cached}"), 3 * 40 * 1.0);
  EXPECT_DOUBLE_EQ(run.value("last cost{kind=tokens_out}"), 3 * 51 * 10.0);
  EXPECT_DOUBLE_EQ(run.value("last cost{component=gpt}"), 360.0 + 120.0 + 1530.0);
  EXPECT_TRUE(books_of(run).balanced());
}

// 2 GB, a floor of one; a request takes 0.5 s.
Blueprint serverless(const std::vector<double>& arrivals) {
  Blueprint blueprint = one_service({{ComputeStep{seconds(0.5)}}}, arriving_at(arrivals));
  ServiceBlueprint& api = blueprint.services[0];
  api.replicas = 0;
  api.memory = Bytes{2'000'000'000};
  api.serverless.emplace();
  api.serverless->keep_alive = to_duration(10.0);
  api.serverless->cold_start = seconds(1.0);
  api.serverless->floor = 1;
  api.serverless->most = 10;
  api.serverless->burst = 10;
  api.serverless->price_per_request = 0.2;
  api.serverless->price = 3e-9;
  api.serverless->floor_price = 0.5e-9;
  return blueprint;
}

// 2 GB for 0.5 s of each of two requests, and a floor of one for 100 s.
TEST(Bills, ServerlessChargesRequestsTimeAndFloorApart) {
  PlaneUnderTest run{serverless({0, 5}), 1, 100.0};
  run.finish();
  EXPECT_NEAR(run.value("last cost{kind=serverless_requests}"), 2 * 0.2, 1e-9);
  EXPECT_NEAR(run.value("last cost{kind=serverless_time}"), 2 * 0.5 * 2 * 3, 1e-9);
  EXPECT_NEAR(run.value("last cost{kind=serverless_floor}"), 100 * 2 * 0.5, 1e-9);
  EXPECT_NEAR(run.value("last cost{service=api}"), 0.4 + 6.0 + 100.0, 1e-9);
  EXPECT_TRUE(books_of(run).balanced());
}

// One request before 50 s and one after.
TEST(Bills, ServerlessIsChargedByQuantitiesOfItsOwn) {
  const LedgerEntry books = books_of_stale_counters(serverless({0, 60}));
  EXPECT_FALSE(books.balanced());
  for (const char* const wrong : {"kind=serverless_requests, service=api: 0.4000 USD by quantity, 0.2000 spent",
                                  "kind=serverless_time, service=api: 6.0000 USD by quantity, 3.0000 spent",
                                  "kind=serverless_floor, service=api: 100.0000 USD by quantity, 50.0000 spent"})
    EXPECT_NE(books.name.find(wrong), std::string::npos) << books.name;
}

// 10 objects of 1 GB at a dollar per GB and 100 s, some of them read and so kept apart from those at rest.
TEST(Bills, StorageIsChargedByQuantitiesOfItsOwn) {
  Blueprint blueprint = one_service({{StoreStep{.store = 0}}}, arriving_at({0, 0, 0, 0, 0}));
  blueprint.services[0].concurrency = 10;
  blueprint.keys.push_back({.name = "file", .items = 10, .per = KeyPer::arrival, .size = Distribution::constant(1e9)});
  StoreBlueprint store;
  store.name = "files";
  store.key = 0;
  store.ages = Distribution::constant(0);
  store.tiers = {{.name = "hot", .latency = seconds(0.1), .bandwidth = {1e9}, .price = 0.01e-9}};
  blueprint.stores.push_back(store);
  const LedgerEntry books = books_of_stale_counters(blueprint);
  EXPECT_FALSE(books.balanced());
  EXPECT_NE(books.name.find("kind=storage, store=files: 10.0000 USD by quantity, 5.0000 spent"), std::string::npos) << books.name;
}

}  // namespace
}  // namespace headroom::test
