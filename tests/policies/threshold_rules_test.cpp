#include <map>

#include "sim/seams/autoscaler.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

class MetricsAtHand final : public MetricsView {
 public:
  std::map<std::string, double> values;  // by the canonical text of the selector
  std::optional<ScrapedValue> read(const MetricSelector& selector) const override {
    const auto found = values.find(to_text(selector));
    if (found == values.end()) return std::nullopt;
    return ScrapedValue{.value = found->second, .at = {}, .window = std::chrono::seconds{15}};
  }
};

// A service "api" that follows at once.
class FollowingService {
 public:
  FollowingService(Json options, int replicas) : replicas_{replicas} {
    options["policy"] = "threshold-rules";
    autoscaler_ = policy<Autoscaler>(options, {.service = "api", .initial_replicas = replicas, .replicas = {1, 100}});
  }
  int at(double seconds) {
    const ScalingDecision decision =
        autoscaler_->decide({.now = at_seconds(seconds), .current_replicas = replicas_, .metrics = &metrics_});
    reason_ = decision.reason;
    since_ = decision.since;
    return replicas_ = decision.replicas;
  }
  int at(double seconds, double cpu) {
    metrics_.values["avg cpu{service=api}"] = cpu;
    return at(seconds);
  }
  MetricsAtHand& metrics() { return metrics_; }
  const std::string& reason() const { return reason_; }
  std::optional<SimTime> since() const { return since_; }
  const Autoscaler& autoscaler() const { return *autoscaler_; }

 private:
  std::unique_ptr<Autoscaler> autoscaler_;
  MetricsAtHand metrics_;
  int replicas_;
  std::string reason_;
  std::optional<SimTime> since_;
};

Json rule(const std::string& when, const std::string& action, const std::string& cooldown = "0 s") {
  return {{"when", when}, {"action", action}, {"cooldown", cooldown}};
}

TEST(ThresholdRules, ActsOnceTheConditionHasLasted) {
  FollowingService service{{{"rules", {rule("avg cpu > 80 % for 5 min", "+1", "5 min")}}}, 3};
  EXPECT_EQ(service.at(0, 0.9), 3);
  EXPECT_EQ(service.at(285, 0.9), 3);
  EXPECT_EQ(service.at(300, 0.9), 4);
  EXPECT_EQ(service.reason(), "avg cpu{service=api} > 80 % for 5 min: 4 wanted of 3");
}

TEST(ThresholdRules, SaysSinceWhenTheConditionItActsOnHasHeld) {
  FollowingService service{{{"rules", {rule("avg cpu > 80 % for 60 s", "+1")}}}, 3};
  service.at(0, 0.5);
  service.at(15, 0.9);
  EXPECT_EQ(service.at(60, 0.9), 3);
  EXPECT_EQ(service.since(), std::nullopt);
  EXPECT_EQ(service.at(75, 0.9), 4);
  EXPECT_EQ(service.since(), at_seconds(15));
}

TEST(ThresholdRules, StartsToCountAnewAfterABreak) {
  FollowingService service{{{"rules", {rule("avg cpu > 80 % for 60 s", "+1")}}}, 3};
  service.at(0, 0.9);
  service.at(45, 0.8);  // not more than 80 %
  EXPECT_EQ(service.at(60, 0.9), 3);
  EXPECT_EQ(service.at(105, 0.9), 3);
  EXPECT_EQ(service.at(120, 0.9), 4);
}

TEST(ThresholdRules, DoesNothingWithoutAValue) {
  FollowingService service{{{"rules", {rule("avg cpu > 80 %", "+1"), rule("avg cpu <= 80 %", "-1")}}}, 3};
  EXPECT_EQ(service.at(0), 3);
  EXPECT_EQ(service.reason(), "no rule holds");
}

// The scaling rules of a music community: cpu over 80 % for 5 min, rest 10 min; p95 over 2 s for 3 min, rest 5 min.
TEST(ThresholdRules, RestsEachRuleByItsOwnLastAction) {
  FollowingService service{
      {{"rules", {rule("avg cpu > 80 % for 5 min", "+1", "10 min"), rule("p(95) latency > 2 s for 3 min", "+1", "5 min")}}}, 2};
  service.metrics().values["p(95) latency{service=api}"] = 3.0;
  std::vector<double> actions;
  int replicas = 2;
  for (double seconds = 0; seconds <= 1500; seconds += 60) {
    const int now = service.at(seconds, 0.9);
    if (now != replicas) actions.push_back(seconds);
    replicas = now;
  }
  // latency: 180, 480, 780, 1080, 1380; cpu: 300, 900, 1500.
  EXPECT_EQ(actions, (std::vector<double>{180, 300, 480, 780, 900, 1080, 1380, 1500}));
}

TEST(ThresholdRules, ActsAgainExactlyAfterItsCooldown) {
  FollowingService service{{{"rules", {rule("avg cpu > 80 %", "+1", "60 s")}}}, 3};
  EXPECT_EQ(service.at(0, 0.9), 4);
  EXPECT_EQ(service.at(59, 0.9), 4);
  EXPECT_NE(service.reason().find("rests"), std::string::npos);
  EXPECT_EQ(service.at(60, 0.9), 5);
}

TEST(ThresholdRules, SharesACooldownAfterEachDirection) {
  FollowingService service{{{"rules", {rule("avg cpu > 80 %", "+1"), rule("avg cpu < 20 %", "-1")}},
                            {"cooldown_after_up", "300 s"},
                            {"cooldown_after_down", "600 s"}},
                           3};
  EXPECT_EQ(service.at(0, 0.9), 4);
  EXPECT_EQ(service.at(285, 0.1), 4);
  EXPECT_EQ(service.at(300, 0.1), 3);
  EXPECT_EQ(service.at(885, 0.9), 3);
  EXPECT_EQ(service.at(900, 0.9), 4);
}

// Amazon EC2 Auto Scaling: the policy that leaves the largest capacity wins, on the way up and on the way down.
TEST(ThresholdRules, LetsTheLargestResultWin) {
  EXPECT_EQ(FollowingService({{"rules", {rule("avg cpu > 80 %", "+1"), rule("avg cpu > 70 %", "+50 %")}}}, 6).at(0, 0.9), 9);
  EXPECT_EQ(FollowingService({{"rules", {rule("avg cpu > 80 %", "-1"), rule("avg cpu > 70 %", "+1")}}}, 6).at(0, 0.9), 7);
  EXPECT_EQ(FollowingService({{"rules", {rule("avg cpu < 20 %", "-3"), rule("avg cpu < 30 %", "-1")}}}, 6).at(0, 0.1), 5);
}

// "-6.67 is rounded to -6"; "values between 0 and 1 are rounded to 1" (Amazon EC2 Auto Scaling, PercentChangeInCapacity).
TEST(ThresholdRules, TruncatesPercentagesButMovesByOneAtLeast) {
  const auto after = [](const std::string& action, int replicas) {
    return FollowingService({{"rules", {rule("avg cpu > 0", action)}}}, replicas).at(0, 0.5);
  };
  EXPECT_EQ(after("+50 %", 5), 5 + 2);      // 2.5
  EXPECT_EQ(after("-33.35%", 20), 20 - 6);  // -6.67
  EXPECT_EQ(after("+10 %", 3), 3 + 1);      // 0.3
  EXPECT_EQ(after("-10 %", 3), 3 - 1);      // -0.3
  EXPECT_EQ(after("=5", 20), 5);
  EXPECT_EQ(after("+ 2", 3), 5);
}

TEST(ThresholdRules, StaysWithinItsRange) {
  const Json rules = {rule("avg cpu > 80 %", "+5", "1 h"), rule("avg cpu < 20 %", "-5")};
  FollowingService service{{{"rules", rules}, {"replicas", {3, 10}}}, 8};
  EXPECT_EQ(service.at(0, 0.9), 10);
  EXPECT_EQ(service.at(15, 0.1), 5);
  EXPECT_EQ(service.at(30, 0.1), 3);
  EXPECT_EQ(service.at(45, 0.1), 3);
  EXPECT_NE(service.reason().find("nothing is left to change"), std::string::npos);
  EXPECT_EQ(FollowingService({{"rules", rules}, {"replicas", {3, 10}}}, 1).at(0), 3);
  EXPECT_EQ(FollowingService({{"rules", rules}, {"replicas", {3, 10}}}, 40).at(0), 10);
}

TEST(ThresholdRules, WatchesItsOwnServiceUnlessToldOtherwise) {
  const FollowingService service{
      {{"rules",
        {rule("avg cpu > 80 %", "+1"), rule("p(95) latency > 2 s", "+1"), rule("p(95) latency{endpoint=web.home} > 2 s", "+1"),
         rule("queue_length{queue=jobs} > 100", "+1"), rule("avg cpu < 20 %", "-1"),
         rule("avg hit_ratio{cache=edge} < 50 %", "+1")}}},
      3};
  std::vector<std::string> watched;
  for (const MetricSelector& selector : service.autoscaler().watched()) watched.push_back(to_text(selector));
  EXPECT_EQ(watched,
            (std::vector<std::string>{"avg cpu{service=api}", "p(95) latency{service=api}", "p(95) latency{endpoint=web.home}",
                                      "queue_length{queue=jobs}", "avg hit_ratio{cache=edge}"}));
}

std::vector<std::string> watched_by(const Json& rules, const Autoscaler::Context& context) {
  std::vector<std::string> watched;
  const auto autoscaler = policy<Autoscaler>({{"policy", "threshold-rules"}, {"rules", rules}}, context);
  for (const MetricSelector& selector : autoscaler->watched()) watched.push_back(to_text(selector));
  return watched;
}

TEST(ThresholdRules, WatchesTheQueueThatAWorkerTakesFrom) {
  const Json rules = {rule("queue_length > 100", "+1"), rule("p(95) queue_wait > 2 s", "+1"), rule("max queue_age > 1 min", "+1"),
                      rule("avg cpu > 80 %", "+1"), rule("max queue_length{service=worker} > 3", "+1")};
  EXPECT_EQ(watched_by(rules, {.service = "worker", .queue = "jobs"}),
            (std::vector<std::string>{"queue_length{queue=jobs}", "p(95) queue_wait{queue=jobs}", "max queue_age{queue=jobs}",
                                      "avg cpu{service=worker}", "max queue_length{service=worker}"}));
  EXPECT_EQ(watched_by(Json::array({rule("queue_length > 100", "+1")}), {.service = "api"}),
            std::vector<std::string>{"queue_length{service=api}"});
}

TEST(ThresholdRules, NamesImpossibleOptions) {
  const auto names = [](Json options) {
    options["policy"] = "threshold-rules";
    std::vector<std::string> fields;
    for (const auto& [field, sentence] : problems_of<Autoscaler>(options)) fields.push_back(field);
    return fields;
  };
  EXPECT_TRUE(names({{"rules", {rule("avg cpu > 80 %", "+1")}}}).empty());
  EXPECT_EQ(names({{"rules", Json::array()}}), std::vector<std::string>{"rules"});
  for (const char* action : {"up", "", "+", "1", "+0", "=5%", "+1.5", "+-1", "-1 replica", "+1e3", "+nan", "=-1"}) {
    EXPECT_EQ(names({{"rules", {rule("avg cpu > 80 %", action)}}}), std::vector<std::string>{"rules/0/action"}) << action;
  }
  EXPECT_EQ(names({{"rules", {rule("avg cpu > 80 % during peak", "+1")}}}), std::vector<std::string>{"rules/0/when"});
  EXPECT_EQ(names({{"rules", {rule("avg cpu > 80 %", "+1")}}, {"replicas", {9, 3}}}), std::vector<std::string>{"replicas"});
}

}  // namespace
}  // namespace headroom
