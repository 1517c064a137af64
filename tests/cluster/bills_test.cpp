// The bill, kind by kind, as arithmetic; and that each kind stands by itself under the component it belongs to.
#include <gtest/gtest.h>

#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

LedgerEntry books_of(PlaneUnderTest& run) { return money_ledger(run.plane().charges(), run.finish_result().series); }

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

// 2 GB for 0.5 s of each of two requests, and a floor of one for 100 s.
TEST(Bills, ServerlessChargesRequestsTimeAndFloorApart) {
  Blueprint blueprint = one_service({{ComputeStep{seconds(0.5)}}}, arriving_at({0, 5}));
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
  PlaneUnderTest run{blueprint, 1, 100.0};
  run.finish();
  EXPECT_NEAR(run.value("last cost{kind=serverless_requests}"), 2 * 0.2, 1e-9);
  EXPECT_NEAR(run.value("last cost{kind=serverless_time}"), 2 * 0.5 * 2 * 3, 1e-9);
  EXPECT_NEAR(run.value("last cost{kind=serverless_floor}"), 100 * 2 * 0.5, 1e-9);
  EXPECT_NEAR(run.value("last cost{service=api}"), 0.4 + 6.0 + 100.0, 1e-9);
  EXPECT_TRUE(books_of(run).balanced());
}

}  // namespace
}  // namespace headroom::test
