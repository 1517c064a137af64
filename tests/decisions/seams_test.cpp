// Every seam that can be asked: its example is a right line, its decisions have reasons, and what is wrong is told with its
// place.
#include <gtest/gtest.h>

#include "decisions/line_reader.hpp"
#include "decisions/seam.hpp"

namespace headroom::decisions {
namespace {

// A policy with its context, asked in lines.
class Conversation {
 public:
  Conversation(const std::string& seam, const std::string& policy, const std::string& options = "{}",
               const std::string& context = "{}")
      : seam_{find_seam(seam)} {
    PolicyChoice choice;
    choice.registry = seam_->registry;
    LineReader reader{"test"};
    reader.read_choice(options, policy, choice);
    const auto made_for = seam_->make_context();
    reader.read(context, 1, *made_for);
    reader.throw_if_any();
    asked_ = seam_->ask(choice, *made_for);
  }
  // Null if the line is wrong: then `issues` has why.
  Json ask(const std::string& line) {
    const auto observation = seam_->make_observation();
    if (!reader_.read(line, ++lines_, *observation)) return nullptr;
    const FieldProblems problems = asked_->check(*observation);
    reader_.complain(problems, lines_);
    return problems.empty() ? asked_->decide(*observation) : Json{};
  }
  Json summary() const { return asked_->summary(); }
  std::vector<std::string> remarks() const { return asked_->remarks(); }
  std::vector<std::string> issues() const {
    try {
      reader_.throw_if_any();
    } catch (const ScenarioError& error) {
      std::vector<std::string> texts;
      for (const Issue& issue : error.issues()) texts.push_back(to_text(issue));
      return texts;
    }
    return {};
  }

 private:
  const Seam* seam_;
  std::unique_ptr<Asked> asked_;
  LineReader reader_{"lines"};
  std::size_t lines_ = 0;
};

// What every policy of the seam needs to be asked about its example.
std::string context_for(const std::string& seam) {
  if (seam == "caching") return R"({"capacity": "1 MiB"})";
  if (seam == "sharding") return R"({"shards": 8, "resized_to": 9})";
  return "{}";
}

TEST(Decisions, ExamplesAreAnsweredWithAReason) {
  ASSERT_GE(seam_names().size(), 7U);
  for (const std::string& name : seam_names()) {
    const Seam& seam = *find_seam(name);
    std::size_t asked = 0;
    for (const std::string& policy : seam.registry->names()) {
      const auto options = seam.registry->choose(policy).options;
      try {
        Conversation conversation{name, policy, "{}", context_for(name)};
        const Json decision = conversation.ask(std::string{seam.example});
        ASSERT_FALSE(decision.is_null()) << name << " " << policy << ": " << conversation.issues().front();
        EXPECT_TRUE(decision.at("reason").is_string()) << name << " " << policy;
        ++asked;
      } catch (const ScenarioError&) {
        continue;  // it has options that must be given
      }
    }
    EXPECT_GE(asked, 1U) << name;
  }
}

TEST(Decisions, SeamsThatNothingOffersAreNotFound) { EXPECT_EQ(find_seam("workloads"), nullptr); }

// 4 pods at 93 % against 50 %: ceil(4 × 1.86) = 8, but 2 per 15 s; the next line says nothing of replicas, so that 6 have come.
TEST(ScalingDecisions, ReplicasFollowFromLineToLine) {
  Conversation hpa{"autoscaling", "hpa",
                   R"({"metrics": [{"resource": "cpu", "target": "50 %"}],
                       "behavior": {"scale_up": {"policies": [{"type": "pods", "value": 2, "period": "15 s"}]}}})"};
  const Json first = hpa.ask(R"({"time": 0, "replicas": 4, "pods": [{"count": 4, "cpu": 0.93}]})");
  EXPECT_EQ(first.at("reason"), "cpu 93 % against 50 %, ratio 1.86: 8 wanted of 4; limited to 6 by policy pods 2/15 s");
  const Json second = hpa.ask(R"({"time": 15, "pods": [{"count": 6, "cpu": {"value": 0.4, "at": 14, "window": "15 s"}}]})");
  EXPECT_EQ(second.at("from"), 6);
  EXPECT_EQ(second.at("replicas"), 6);
}

// A policy that does not read the cpu meets pods that the scraper has reached; one that reads it meets pods without samples.
TEST(ScalingDecisions, PodsThatALineDoesNotNameHaveOnlyWhatThePolicyDoesNotRead) {
  Conversation by_metric{"autoscaling", "hpa", R"({"metrics": [{"pods": "rps", "average": 50}]})"};
  EXPECT_EQ(by_metric.ask(R"({"time": 0, "replicas": 4, "metrics": {"rps": 90}})").at("replicas"), 8);  // ceil(4 × 1.8)
  Conversation by_cpu{"autoscaling", "hpa"};
  const Json blind = by_cpu.ask(R"({"time": 0, "replicas": 4})");
  EXPECT_EQ(blind.at("replicas"), 4);
  EXPECT_NE(blind.at("reason").get<std::string>().find("no metrics returned"), std::string::npos);
}

TEST(ScalingDecisions, MetricsThatNoLineGaveAreRemarkedOn) {
  Conversation keda{"autoscaling", "keda", R"({"triggers": [{"metric": "queue_length{queue=jobs}", "average": 5}]})"};
  keda.ask(R"({"time": 0, "replicas": 1, "metrics": {"queue_lenth{queue=jobs}": 7}})");
  ASSERT_EQ(keda.remarks().size(), 1U);
  EXPECT_EQ(keda.remarks()[0].find("the policy reads queue_length{queue=jobs}, which no line gave"), 0U);
  keda.ask(R"({"time": 30, "metrics": [{"name": "queue_length{queue=jobs}", "value": 7}]})");
  EXPECT_TRUE(keda.remarks().empty());
}

TEST(ScalingDecisions, WrongLinesAreToldAllAtOnceWithTheirPlaces) {
  Conversation hpa{"autoscaling", "hpa"};
  hpa.ask(R"({"time": 15, "replicas": 4})");
  EXPECT_TRUE(hpa.ask(R"({"time": 0})").is_null());
  EXPECT_TRUE(hpa.ask(R"({"replica": 4})").is_null());
  EXPECT_TRUE(hpa.ask(R"({"time": 20, "pods": [{"phase": "runing"}], "metrics": {"p95": 3}})").is_null());
  EXPECT_TRUE(hpa.ask(R"([1])").is_null());
  EXPECT_EQ(hpa.issues(),
            (std::vector<std::string>{
                "lines:2:1: /time: is 0, before the 15 of the line before; put the lines in order of time",
                "lines:3:1: /time: is missing: seconds of a clock that never goes back",
                "lines:3:2: /replica: is not a field here; did you mean \"replicas\"?",
                "lines:4:33: /pods/0/phase: is \"runing\", which is none of pending, running, failed; did you mean \"running\"?",
                "lines:5:1: is a list; an object is expected; begin with {"}));
}

TEST(NodeDecisions, PodsThatWaitBringNodes) {
  Conversation autoscaler{"node-autoscaling", "cluster-autoscaler"};
  const std::string line = std::string{find_seam("node-autoscaling")->example};
  EXPECT_EQ(autoscaler.ask(line).at("add"), 2);  // 4 pods of 1 core, 3 to a node of 3.9
}

TEST(PlacementDecisions, APodGoesWhereThereIsRoomOrWaits) {
  Conversation spread{"placement", "spread"};
  const std::string nodes = R"("nodes": {"a": {"cpu": 4, "cpu_free": 2, "zone": "z1", "pods_of_service": 1},
                                         "b": {"cpu": 4, "cpu_free": 1, "zone": "z2"}})";
  EXPECT_EQ(spread.ask(R"({"pod": {"cpu": 1}, )" + nodes + "}").at("node"), "b");  // the zone without a pod of the service
  EXPECT_EQ(spread.ask(R"({"pod": {"cpu": 2}, )" + nodes + "}").at("node"), "a");  // alone has room
  EXPECT_TRUE(spread.ask(R"({"pod": {"cpu": 3}, )" + nodes + "}").at("node").is_null());
  EXPECT_EQ(spread.summary(), (Json{{"placed", 2}, {"waiting", 1}}));
}

// Two places: a, b, a again, c takes the place of b, which was used longest ago.
TEST(CachingDecisions, TellWhoLeaves) {
  Conversation lru{"caching", "lru", "{}", R"({"capacity": "2 B"})"};
  EXPECT_FALSE(lru.ask(R"({"text": "a"})").at("hit").get<bool>());
  lru.ask(R"({"key": 7})");
  EXPECT_TRUE(lru.ask(R"({"text": "a"})").at("hit").get<bool>());
  EXPECT_EQ(lru.ask(R"({"text": "c"})").at("evicted"), Json::array({7}));
  EXPECT_EQ(lru.ask(R"({"key": 8})").at("evicted"), Json::array({"a"}));
  EXPECT_EQ(lru.ask(R"({"key": 9, "size": "3 B"})").at("reason"), "is larger than the cache");
  EXPECT_EQ(lru.summary().at("misses"), 5);
}

// 0 … 3 over 2 shards, then over 3: 0 0, 1 1, 0 2, 1 0: two of four move. Loads 1 and 3 of shards: the larger is 1.5 times the
// mean.
TEST(ShardingDecisions, TellBalanceAndWhatMoves) {
  Conversation modulo{"sharding", "range", R"({})", R"({"shards": 2, "resized_to": 4})"};
  for (int key = 0; key < 4; ++key) EXPECT_FALSE(modulo.ask("{\"key\": " + std::to_string(key) + "}").is_null());
  const Json summary = modulo.summary();
  EXPECT_EQ(summary.at("keys"), 4);
  EXPECT_GE(summary.at("largest_over_mean").get<double>(), 1.0);
  EXPECT_DOUBLE_EQ(summary.at("moved_share").get<double>(), summary.at("moved").get<double>() / 4.0);
}

TEST(BalancingDecisions, TheLeastLoadedIsPickedByName) {
  Conversation least{"balancing", "least-connections"};
  EXPECT_EQ(least.ask(R"({"replicas": {"a": 3, "b": 1, "c": 2}})").at("replica"), "b");
  EXPECT_EQ(least.ask(R"({"replicas": [{"name": "c", "in_flight": 0}, {"name": "a", "in_flight": 1}]})").at("replica"), "c");
  EXPECT_TRUE(least.ask(R"({"replicas": {}})").is_null());
  EXPECT_TRUE(least.ask(R"({"replicas": {"a": 1}, "answered": {"x": "20 ms"}})").is_null());
  EXPECT_EQ(least.issues().size(), 2U);
}

// Half of the eight values are known first. Of the naive forecast the two values ahead of 4 .. 6 values are wrong by 1, 1; 2, 1;
// 1, 0: 6.
TEST(ForecastingDecisions, TellHowGoodForecastsOfTheSeriesWouldHaveBeen) {
  Conversation seasonal{"forecasting", "seasonal-naive", R"({"season": "2 min"})"};
  const Json decision = seasonal.ask(R"({"values": [3, 5, 4, 6, 5, 7, 6, 8], "horizon": 2})");
  EXPECT_EQ(decision.at("forecast"), Json::parse("[6, 8]"));
  const Json& test = decision.at("back_test");
  EXPECT_EQ(test.at("forecasts"), 6);
  EXPECT_DOUBLE_EQ(test.at("mean_absolute_error"), 1.0);  // 4, 6 for 5, 7; 6, 5 for 7, 6; 5, 7 for 6, 8
  EXPECT_DOUBLE_EQ(test.at("of_naive"), 7.0 / 6.0);
  EXPECT_EQ(decision.at("reason"), "its errors are 0.857 of the naive forecast's, over 6 forecasts");
  EXPECT_TRUE(seasonal.ask(R"({"values": []})").is_null());
}

TEST(AdmissionDecisions, LetInUpToTheLimit) {
  Conversation fixed{"admission", "fixed-concurrency", R"({"limit": 3})", R"({"slots": 2})"};
  EXPECT_EQ(fixed.ask(R"({"time": 0, "arrives": {"in_flight": 2}})").at("let_in"), true);
  const Json refused = fixed.ask(R"({"time": 0, "arrives": {"in_flight": 3, "waiting": 1}})");
  EXPECT_EQ(refused.at("let_in"), false);
  EXPECT_EQ(refused.at("limit"), 3.0);
  EXPECT_EQ(fixed.summary().at("refused"), 1);
  EXPECT_TRUE(fixed.ask(R"({"time": 1})").is_null());
  EXPECT_EQ(fixed.issues().size(), 1U);
}

TEST(NodeDecisions, NameTheTypesThatAreAskedFor) {
  Conversation karpenter{"node-autoscaling", "karpenter"};
  const std::string line = R"("cpu": 4, "price": "0.2 USD/h", "pending": [{"count": 6, "cpu": 1}],
                              "other_types": [{"name": "large", "cpu": 8, "price": "0.3 USD/h"}]})";
  karpenter.ask(R"({"time": 0, )" + line);
  const Json decision = karpenter.ask(R"({"time": 1, )" + line);
  EXPECT_EQ(decision.at("types"), Json::parse(R"(["large"])"));
  EXPECT_EQ(decision.at("reason"), "6 pods wait: 1 nodes (1 × large) to 0");
}

TEST(BalancingDecisions, SayWhereTheRequestComesFrom) {
  Conversation locality{"balancing", "locality"};
  const std::string replicas = R"("replicas": [{"name": "a", "zone": 0}, {"name": "b", "zone": 1}])";
  EXPECT_EQ(locality.ask("{\"zone\": 1, " + replicas + "}").at("replica"), "b");
  EXPECT_EQ(locality.ask("{\"zone\": 0, " + replicas + "}").at("replica"), "a");
}

}  // namespace
}  // namespace headroom::decisions
