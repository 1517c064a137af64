// headroom decide: observations in, decisions out; manifests over recorded histories; everything that is wrong, with its place.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

#include "tests/cli/process.hpp"
#include "tests/support/places.hpp"

namespace headroom::cli_test {
namespace {

namespace files = std::filesystem;
using nlohmann::json;

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string written(const std::string& name, const std::string& content) { return cli_test::written("decisions", name, content); }

// As kubectl prints it, with what a cluster adds.
std::string manifest() {
  return written("hpa.yaml", R"(apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  annotations: {kubectl.kubernetes.io/last-applied-configuration: "{}"}
  creationTimestamp: "2024-05-01T12:00:00Z"
  name: web
spec:
  behavior:
    scaleUp:
      policies:
      - {periodSeconds: 15, type: Pods, value: 2}
      selectPolicy: Max
      stabilizationWindowSeconds: 0
  maxReplicas: 80
  metrics:
  - pods:
      metric: {name: requests_per_second}
      target: {averageValue: "50", type: AverageValue}
    type: Pods
  minReplicas: 2
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
status: {conditions: [], currentReplicas: 3}
)");
}

TEST(Decide, AnswersLinesWithDecisionsAndReasons) {
  const std::string lines = written("web.jsonl",
                                    "{\"time\": 0, \"replicas\": 4, \"pods\": [{\"count\": 4, \"cpu\": 0.93}]}\n\n"
                                    "{\"time\": 15, \"pods\": [{\"count\": 6, \"cpu\": 0.5}]}\n");
  const Ended ended = headroom({"decide", "autoscaling", "hpa", lines, "--options",
                                R"({"metrics": [{"resource": "cpu", "target": "50 %"}],
                                    "behavior": {"scale_up": {"policies": [{"type": "pods", "value": 2, "period": "15 s"}]}}})"});
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_EQ(ended.out,
            "{\"time\":0.0,\"from\":4,\"replicas\":6,\"reason\":\"cpu 93 % against 50 %, ratio 1.86: 8 wanted of 4; limited to 6 "
            "by policy pods 2/15 s\"}\n"
            "{\"time\":15.0,\"from\":6,\"replicas\":6,\"reason\":\"cpu 50 % against 50 %, ratio 1.00: 6 wanted of 6\"}\n");
}

TEST(Decide, EndsWithASummaryAndShowsATableWhenAsked) {
  const std::string lines = written("keys.jsonl", "{\"text\": \"a\"}\n{\"text\": \"b\"}\n{\"text\": \"a\"}\n");
  const Ended ended = headroom({"decide", "caching", "lru", lines, "--context", R"({"capacity": "1 B"})"});
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_TRUE(says(ended.out, "{\"key\":\"b\",\"hit\":false,\"evicted\":[\"a\"]")) << ended.out;
  EXPECT_TRUE(says(ended.out, "{\"summary\":{\"requests\":3,\"misses\":3,")) << ended.out;
  const Ended table = headroom({"decide", "caching", "lru", lines, "--context", R"({"capacity": "2 B"})", "--table"});
  EXPECT_TRUE(says(table.out, "key   hit   evicted   reason\na     no    -         was not there; there was room\n"))
      << table.out;
}

TEST(Decide, SaysAllThatIsWrongBeforeItDecidesAnything) {
  const std::string lines = written("wrong.jsonl", "{\"key\": 1}\n{\"key\": 1, \"siz\": 4}\n[1]\n{\"key\": \"one\"}\n");
  const Ended ended = headroom({"decide", "caching", "lru", lines, "--context", R"({"capacity": "2 B"})"});
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_EQ(ended.out, "");
  EXPECT_TRUE(says(ended.err, "wrong.jsonl:2:12: /siz: is not a field here; did you mean \"size\"?")) << ended.err;
  EXPECT_TRUE(says(ended.err, "wrong.jsonl:3:1: is a list; an object is expected")) << ended.err;
  EXPECT_TRUE(says(ended.err, "wrong.jsonl:4:9: /key: is text; a whole number is expected")) << ended.err;
  EXPECT_TRUE(says(ended.err, "3 issues")) << ended.err;
}

TEST(Decide, SaysWhatIsWrongWithItsOptions) {
  const std::string lines = written("one.jsonl", "{\"key\": 1}\n");
  const auto refused = [](std::vector<std::string> words, const std::string& part) {
    words.insert(words.begin(), "decide");
    const Ended ended = headroom(words);
    EXPECT_EQ(ended.exit_code, 2) << part;
    EXPECT_TRUE(says(ended.err, part)) << ended.err;
  };
  refused({}, "names no seam");
  refused({"cachin", "lru"}, "did you mean \"caching\"?");
  refused({"caching"}, "names no policy; caching has 2q");
  refused({"caching", "lur", lines}, "did you mean \"lru\"?");
  refused({"caching", "lru", lines}, "--context:1:1: /capacity: is missing");
  refused({"autoscaling", "hpa", "--options", "{\"sync\": 15}"}, "--options:1:10: /sync: is a bare number");
  refused({"autoscaling", "hpa", "--options", R"({"metrics": [{"external": "rps2", "value": 3}]})"},
          "is not the name of a metric");
  refused({"autoscaling", "hpa", lines, "--start-up", "40 s"}, "--start-up is of a dry run; add --metrics CSV");
  refused({"autoscaling", "hpa", manifest()}, "a manifest goes with --manifest");
  refused({"caching", "lru", "--metrics", lines}, "a dry run is of an autoscaler");
  refused({"autoscaling", "hpa", "--metrics", lines}, "the policy reads the cpu of pods, which has no column");
  refused({"autoscaling", "keda", "--metrics", lines, "--manifest", manifest()}, "is the manifest of hpa, not of keda");
  refused({"autoscaling", "hpa", "--metrics", lines, "--manifest", manifest(), "--column", "rps=x"},
          "metric of the policy \"rps\"");
  refused({"autoscaling", "hpa", "--metrics", lines, "--manifest", manifest(), "--metric-is", "average"},
          "neither total nor per-replica");
}

TEST(Decide, HelpOfASeamHasTheFieldsOfALine) {
  const Ended ended = headroom({"decide", "balancing", "--help"});
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_TRUE(says(ended.out, "replicas[].in_flight")) << ended.out;
  EXPECT_TRUE(says(ended.out, "{\"replicas\": {\"a\": 3, \"b\": 5}, \"key\": 17}")) << ended.out;
}

// 100 /s are 2 replicas of 50. 300 /s are 6, two more a pass: 4, then 6.
TEST(Decide, RunsAManifestOverWhatWasRecorded) {
  const std::string rates =
      written("rates.csv", "time,requests\n2024-05-01T12:00:00Z,100\n2024-05-01T12:00:30Z,300\n2024-05-01T12:01:00Z,300\n");
  const std::string folder = temporary("dry");
  std::vector<std::string> words{
      "decide", "autoscaling", "hpa", "--manifest", manifest(), "--metrics", rates, "--column", "requests_per_second=requests",
      "-o",     folder};
  const Ended text = headroom(words);
  ASSERT_EQ(text.exit_code, 0) << text.err;
  EXPECT_TRUE(
      says(text.out, "2024-05-01 12:00:30     2 -> 4     requests_per_second 150 against 50 per pod, ratio 3.00: 6 wanted"))
      << text.out;
  EXPECT_TRUE(says(text.out, "limited to 4 by policy pods 2/15 s")) << text.out;
  const json summary = json::parse(content_of(folder + "/summary.json"));
  EXPECT_EQ(summary.at("up"), 2);
  EXPECT_EQ(summary.at("replicas").at("most"), 6);
  EXPECT_TRUE(says(content_of(folder + "/decisions.csv"), "1714564845,6,4,,6,75\n"));
  EXPECT_TRUE(says(content_of(folder + "/report.html"), "needed at the target"));
}

// The day of the World Cup's semi-final, per minute: the autoscaler follows 20 times the night's load, and is rarely short.
TEST(Decide, FollowsTheRatesOfTheWorldCup) {
  const std::string rates = source_dir() + "/../shared/traces/web_rates/worldcup98_per_minute.csv.gz";
  if (!files::exists(rates)) GTEST_SKIP() << "no " << rates;
  const Ended ended = headroom({"decide", "autoscaling", "hpa", "--manifest", manifest(), "--metrics", rates, "--column",
                                "requests_per_second=requests", "--scale", "requests_per_second=0.016666667", "--start-up",
                                "40 s", "--from", "60 d", "--for", "2 d", "--json"});
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  const json summary = json::parse(ended.out);
  EXPECT_EQ(summary.at("passes"), 2 * 24 * 240 + 1);
  EXPECT_GE(summary.at("replicas").at("most"), 60);
  EXPECT_LE(summary.at("replicas").at("least"), 6);
  EXPECT_LT(summary.at("short_share").get<double>(), 0.05);
  const double given = summary.at("replica_hours"), needed = summary.at("needed_replica_hours");
  EXPECT_GT(given, 0.9 * needed);
  EXPECT_LT(given, 1.3 * needed);
}

}  // namespace
}  // namespace headroom::cli_test
