// headroom plan cheapest, sensitivity and gains: the verbs, their exit codes and files.
#include <gtest/gtest.h>

#include "tests/cli/process.hpp"

namespace headroom::cli_test {
namespace {

using Json = nlohmann::json;

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// 3 requests a second of a second each; a seat is a node of 0.1 USD an hour.
std::string paid_station() {
  return written(temporary("s"), "paid.json",
                 R"({"name": "paid station", "seed": 5, "duration": "20 min", "warm_up": "2 min", "replications": 3,
    "assumptions": {"hold": {"low": "500 ms", "mid": "1 s", "high": "1200 ms", "why": "a test"}},
    "node_pools": [{"name": "seats", "cpu": 4, "memory": "8 GiB", "price": "0.1 USD/h", "nodes": 8}],
    "services": [{"name": "desk", "node_pool": "seats", "concurrency": 8, "endpoints": [{"name": "serve", "steps": [{"wait": {"exponential": {"mean": "${hold}"}}}]}]}],
    "workloads": [{"model": "users", "name": "people", "rate": "3 /s", "journeys": [{"steps": [{"request": "desk.serve"}]}]}],
    "objectives": ["p(95) queue_wait{service=desk} < 1 s"],
    "vary": [{"name": "seats", "set": ["/services/desk/concurrency", "/node_pools/seats/nodes"], "from": 4, "to": 8}]})");
}

// By Erlang's C 18.7 % wait for more than a second at 4 seats, 3.2 % at 5.
TEST(PlanCheapest, NamesTheAnswerLastAndSucceeds) {
  const Ended ended = headroom({"plan", "cheapest", paid_station(), "-o", temporary("a")});
  EXPECT_EQ(ended.exit_code, 0) << ended.out << ended.err;
  EXPECT_TRUE(says(ended.out, "cheapest that holds: seats 5: 360 USD/month (now 576); that it holds is verified by")) << ended.out;
  EXPECT_TRUE(says(ended.out, "--set /services/desk/concurrency=5 --set /node_pools/seats/nodes=5")) << ended.out;
  const Json plan = Json::parse(content_of(temporary("a") + "/plan.json"));
  EXPECT_EQ(plan["cheapest"], "seats 5");
  EXPECT_EQ(plan["tried"][1]["outcome"], "pass");
  EXPECT_EQ(plan["tried"].size(), 5U);
  EXPECT_TRUE(says(content_of(temporary("a") + "/report.html"), "<svg"));
}

TEST(PlanCheapest, EndsWith99WhereNoneHoldsAnd3WhereThatIsUndecided) {
  const std::string file = paid_station(), none = R"(/objectives=["max queue_wait{service=desk} < 1 us"])";
  EXPECT_EQ(headroom({"plan", "cheapest", file, "-q", "--set", none}).exit_code, 99);
  EXPECT_EQ(headroom({"plan", "cheapest", file, "-q", "--max-runtime", "1 ms"}).exit_code, 3);
}

// A quarter of a million requests do not end in 20 ms.
TEST(Plan, EndsWith4OfEveryKindWhereARunDidNotComplete) {
  const std::string file = paid_station();
  for (const std::string kind : {"cheapest", "gains", "sensitivity", "limit", "growth"}) {
    std::vector<std::string> words{"plan", kind, file, "-q", "--run-time", "20 ms", "--set", "/duration=24 h"};
    if (kind == "growth") words.insert(words.end(), {"--monthly", "10 %", "--months", "2"});
    const Ended ended = headroom(words);
    EXPECT_EQ(ended.exit_code, 4) << kind << "\n" << ended.out << ended.err;
  }
}

// What is common to all stands first, so that a program that reads one reads each.
TEST(Plan, EveryKindBeginsItsFileInTheSameWay) {
  const std::string file = paid_station();
  for (const std::string kind : {"cheapest", "gains", "sensitivity", "limit", "growth"}) {
    std::vector<std::string> words{"plan", kind, file, "-q", "--json", "--max-runtime", "1 ms"};
    if (kind == "growth") words.insert(words.end(), {"--monthly", "10 %", "--months", "2"});
    const Json plan = Json::parse(headroom(words).out);
    for (const char* key : {"scenario", "variant", "seed", "answer", "outcome", "stopped", "runs", "remarks"})
      EXPECT_TRUE(plan.contains(key)) << kind << " " << key;
    EXPECT_EQ(plan["kind"], kind);
    EXPECT_EQ(plan["stopped"], "out of time") << kind;
    EXPECT_FALSE(plan.contains("sentence") || plan.contains("plan")) << kind;
  }
}

TEST(PlanCheapest, RefusesWhatItCannotAnswer) {
  const Ended bare = headroom({"plan", "cheapest", data("holds.json"), "-q"});
  EXPECT_EQ(bare.exit_code, 2);
  EXPECT_TRUE(says(bare.err, "says nothing of what may be changed")) << bare.err;
  const Ended against = headroom({"plan", "cheapest", paid_station(), "--against", "latency{x}"});
  EXPECT_EQ(against.exit_code, 2);
  EXPECT_TRUE(says(against.err, "p(95) queue_wait{service=desk} < 1 s")) << against.err;
}

TEST(PlanSensitivity, SaysWhatToMeasureFirst) {
  const std::string file = paid_station();
  const Ended ended =
      headroom({"plan", "sensitivity", file, "--set", "/services/desk/concurrency=5", "--samples", "10", "-o", temporary("a")});
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_TRUE(says(ended.out, "measure first: hold (500 ms to 1.2 s moves p95 queue wait of desk from")) << ended.out;
  EXPECT_TRUE(says(ended.out, "all assumptions drawn together")) << ended.out;
  EXPECT_TRUE(says(content_of(temporary("a") + "/report.html"), "class=\"tornado\""));
  EXPECT_EQ(headroom({"plan", "sensitivity", data("holds.json"), "-q"}).exit_code, 2) << "nothing to sweep";
}

TEST(PlanGains, RanksOneMoreOfEach) {
  const Ended ended = headroom({"plan", "gains", paid_station(), "--set", "/services/desk/concurrency=4", "-o", temporary("a")});
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_TRUE(says(ended.out, "the most for its price: services/desk: 1 replica more")) << ended.out;
  EXPECT_TRUE(says(ended.out, "+72 USD/month")) << ended.out;
  const Json plan = Json::parse(content_of(temporary("a") + "/plan.json"));
  EXPECT_EQ(plan["gains"].size(), 4U);
}

}  // namespace
}  // namespace headroom::cli_test
