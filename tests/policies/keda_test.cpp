#include "policies/autoscaling/keda_arithmetic.hpp"
#include "sim/seams/autoscaler.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

// Says how long the queue is; nothing before there is a number.
class QueueLength final : public MetricsView {
 public:
  std::optional<double> value;
  std::optional<ScrapedValue> read(const MetricSelector& selector) const override {
    asked = to_text(selector);
    if (!value) return std::nullopt;
    return ScrapedValue{*value, at_seconds(0), Duration{}};
  }
  mutable std::string asked;
};

Json keda_options(const Json& more = Json::object()) {
  Json options = {{"policy", "keda"}, {"triggers", {{{"metric", "queue_length{queue=jobs}"}, {"average", 5}}}}};
  options.update(more);
  return options;
}

// A service that follows at once, whose pods are ready.
class Workers {
 public:
  explicit Workers(const Json& more = Json::object(), int replicas = 0)
      : autoscaler_{policy<Autoscaler>(keda_options(more))}, replicas_{replicas} {}

  int at(double seconds, std::optional<double> queue) {
    queue_.value = queue;
    const SimTime now = at_seconds(seconds);
    const std::vector<PodView> pods(static_cast<std::size_t>(replicas_));
    const ScalingDecision decision = autoscaler_->decide({.now = now,
                                                          .current_replicas = replicas_,
                                                          .status_replicas = replicas_,
                                                          .ready_replicas = replicas_,
                                                          .pods = pods,
                                                          .metrics = &queue_});
    reason = decision.reason;
    return replicas_ = decision.replicas;
  }
  const QueueLength& queue() const { return queue_; }
  std::string reason;

 private:
  std::unique_ptr<Autoscaler> autoscaler_;
  QueueLength queue_;
  int replicas_;
};

// Between none and one it is the executor that scales, from there on the HPA (KEDA, "Scaling Deployments", activating and scaling
// thresholds). 12 messages, 5 per replica: one at the poll, ceil(12 / 5) = 3 at the HPA's next sync.
TEST(Keda, WakesOneReplicaAndLeavesTheRestToTheHpa) {
  Workers workers;
  EXPECT_EQ(workers.at(15, 12), 1);
  EXPECT_EQ(workers.reason, "active by queue_length{queue=jobs} 12 above 0");
  EXPECT_EQ(workers.at(30, 12), 3);
  EXPECT_EQ(workers.reason, "queue_length{queue=jobs} 12 against 5 per replica: 3 wanted of 1");
  EXPECT_EQ(workers.queue().asked, "queue_length{queue=jobs}");
}

TEST(Keda, SleepsOnAtExactlyTheActivation) {
  const Json options = {{"triggers", {{{"metric", "queue_length{queue=jobs}"}, {"average", 5}, {"activation", 10}}}}};
  Workers workers{options};
  EXPECT_EQ(workers.at(15, 10), 0);
  EXPECT_EQ(workers.at(45, 11), 1);
}

// The last active poll is at 15 s: at 315 s just the cooldown is over, which is not enough; the next poll is 30 s later.
TEST(Keda, GoesToNoneOnlyAfterTheCooldown) {
  Workers workers{{{"polling", "15 s"}}, 1};
  EXPECT_EQ(workers.at(15, 1), 1);
  for (double now = 30; now <= 315; now += 15) EXPECT_EQ(workers.at(now, 0), 1) << now;
  EXPECT_EQ(workers.at(330, 0), 0);
  EXPECT_EQ(workers.reason, "no trigger active and the cooldown over");
}

// The cooldown is of the step to none: from 4 to 1 the HPA goes, by its own window (here none).
TEST(Keda, LetsTheHpaShrinkToOneDuringTheCooldown) {
  Workers workers{{{"stabilization", 0}}, 4};
  EXPECT_EQ(workers.at(15, 20), 4);
  EXPECT_EQ(workers.at(30, 0), 1);
  EXPECT_EQ(workers.reason, "queue_length{queue=jobs} 0 against 5 per replica: 0 wanted of 4; limited to 1");
}

TEST(Keda, ProtectsWhatNeverWasActiveForTheInitialCooldown) {
  EXPECT_EQ(Workers(Json::object(), 2).at(1, 0), 0);
  Workers workers{{{"initial_cooldown", "10 min"}, {"polling", "100 s"}, {"sync", "1 h"}}, 2};
  EXPECT_EQ(workers.at(100, 0), 2);
  EXPECT_EQ(workers.at(600, 0), 2);
  EXPECT_EQ(workers.at(700, 0), 0);
}

TEST(Keda, IdlesBelowItsMinimumAndComesBackToIt) {
  Workers workers{{{"replicas", {5, 20}}, {"idle", 0}, {"cooldown", 0}}, 5};
  EXPECT_EQ(workers.at(15, 0), 0);
  EXPECT_EQ(workers.at(45, 1), 5);
}

TEST(Keda, StaysAtItsMinimumWithoutIdleReplicas) {
  Workers workers{{{"replicas", {2, 20}}, {"cooldown", 0}}, 2};
  for (double now = 15; now < 1000; now += 15) EXPECT_EQ(workers.at(now, 0), 2);
  EXPECT_EQ(Workers(Json{{"replicas", {2, 20}}}, 0).at(15, 0), 2);  // fewer than the minimum, nothing active
}

// Failing is no sign of emptiness: the step to none waits; after 2 failures and one more the fallback's 6 replicas count.
TEST(Keda, FallsBackWhenATriggerGoesOnFailing) {
  Workers blind{Json{{"cooldown", 0}}, 3};
  for (double now = 15; now < 500; now += 15) EXPECT_EQ(blind.at(now, std::nullopt), 3);
  EXPECT_EQ(blind.reason, "queue_length{queue=jobs} has no value; left alone");

  Workers workers{{{"cooldown", 0}, {"fallback", {{"replicas", 6}, {"failures", 2}}}}, 3};
  EXPECT_EQ(workers.at(15, std::nullopt), 3);
  EXPECT_EQ(workers.at(30, std::nullopt), 3);
  EXPECT_EQ(workers.at(45, std::nullopt), 6);
  EXPECT_EQ(workers.reason, "queue_length{queue=jobs} 10 against 5 per replica: 6 wanted of 3, its fallback");  // 6 × 5 / 3
  EXPECT_EQ(workers.at(60, 30), 6);
}

TEST(Keda, FallsBackAsItsBehaviorSays) {
  const auto replicas = [](std::string_view behavior, int current) {
    return keda::fallback_replicas({.failures = 3, .replicas = 6, .behavior = behavior}, 4, current);
  };
  EXPECT_EQ(replicas("static", 9), 6);
  EXPECT_EQ(replicas("current", 9), 9);
  EXPECT_EQ(replicas("current-if-higher", 9), 9);
  EXPECT_EQ(replicas("current-if-higher", 2), 6);
  EXPECT_EQ(replicas("current-if-lower", 9), 6);
  EXPECT_EQ(replicas("current-if-lower", 2), 2);
  EXPECT_EQ(keda::fallback_replicas({.failures = 3, .replicas = 6}, 3, 9), std::nullopt) << "just the failures that are borne";
}

TEST(Keda, LeavesAloneWhatIsPaused) {
  Workers paused{Json{{"paused", true}}, 2};
  for (double now = 15; now < 500; now += 15) EXPECT_EQ(paused.at(now, 1000), 2);
  EXPECT_EQ(Workers(Json{{"paused_replicas", 7}}, 2).at(15, 0), 7);
  EXPECT_EQ(Workers(Json{{"pause_scale_in", true}}, 2).at(15, 0), 2);
  EXPECT_EQ(Workers(Json{{"pause_scale_out", true}}, 0).at(15, 1000), 0);
  Workers no_more{Json{{"pause_scale_out", true}}, 2};
  EXPECT_EQ(no_more.at(15, 1000), 2) << "nor by the HPA";
}

TEST(Keda, LooksAtTheRhythmOfBothLoops) {
  EXPECT_EQ(policy<Autoscaler>(keda_options())->period(), std::chrono::seconds{15});
  EXPECT_EQ(policy<Autoscaler>(keda_options({{"polling", "20 s"}}))->period(), std::chrono::seconds{5});
}

TEST(Keda, NamesImpossibleOptions) {
  const auto names = [](const Json& more) {
    std::vector<std::string> fields;
    for (const auto& [field, sentence] : problems_of<Autoscaler>(keda_options(more))) fields.push_back(field);
    return fields;
  };
  EXPECT_EQ(names(Json::object()), std::vector<std::string>{});
  EXPECT_EQ(names({{"triggers", Json::array()}}), std::vector<std::string>{"triggers"});
  EXPECT_EQ(names({{"triggers", {{{"metric", "queue_length{queue=jobs}"}}}}}), std::vector<std::string>{"triggers/0"});
  EXPECT_EQ(names({{"triggers", {{{"metric", "queue_length{queue=jobs}"}, {"value", 5}}}}, {"fallback", {{"replicas", 3}}}}),
            std::vector<std::string>{"triggers/0/value"});
  EXPECT_EQ(names({{"replicas", {5, 3}}}), std::vector<std::string>{"replicas"});
  EXPECT_EQ(names({{"replicas", {5, 9}}, {"idle", 2}}), std::vector<std::string>{"idle"});
  EXPECT_EQ(names({{"idle", 0}}), std::vector<std::string>{"idle"});
  EXPECT_EQ(names({{"paused", true}, {"paused_replicas", 2}}), std::vector<std::string>{"paused"});
}

// ---- jobs --------------------------------------------------------------------------------------------------------------------

// 6 messages, one a job, of which 2 run: 6 - 2.
TEST(KedaJobs, CountsRunningJobsAgainstTheQueue) {
  const keda::JobDemand asked = keda::demand_of(6, 1, 100);
  EXPECT_EQ(keda::jobs_to_create(keda::scaling_decision({}, {.running = 2}, asked)), 4);
  // Accurate: the running jobs have taken their messages, so only the pending ones have theirs still in the queue.
  const keda::ScaledJob accurate{.strategy = keda::JobStrategy::accurate};
  EXPECT_EQ(keda::jobs_to_create(keda::scaling_decision(accurate, {.running = 3, .pending = 2}, asked)), 4);
}

// Upstream's TestAccurateScalingStrategy: what is pending is no reason for more, however little room there is: 3 - 3 and 5 - 3;
// 20 - 10 and 20 - 15.
TEST(KedaJobs, LeaveTheMessagesOfPendingJobsToThemAccurately) {
  const auto most = [](std::int64_t replicas, const keda::Jobs& jobs, std::int64_t asked) {
    return keda::effective_demand({.strategy = keda::JobStrategy::accurate, .most = replicas}, jobs, {asked, 1}).most;
  };
  EXPECT_EQ(most(5, {.running = 3, .pending = 3}, 3), 0);
  EXPECT_EQ(most(20, {.running = 15, .pending = 10}, 20), 5);
  EXPECT_EQ(most(5, {.running = 4, .pending = 2}, 5), 1);
}

// Upstream's TestEagerScalingStrategy: min(10 - 3, 4) and min(10 - 1 - 6, 4).
TEST(KedaJobs, FillTheFreeSlotsEagerly) {
  const keda::ScaledJob eager{.strategy = keda::JobStrategy::eager, .most = 10};
  EXPECT_EQ(keda::jobs_to_create(keda::scaling_decision(eager, {.running = 3}, {4, 4})), 4);
  EXPECT_EQ(keda::jobs_to_create(keda::scaling_decision(eager, {.running = 1, .pending = 6}, {4, 4})), 3);
}

TEST(KedaJobs, AreNeverFewerThanTheirMinimum) {
  const keda::ScaledJob job{.least = 2};
  EXPECT_EQ(keda::jobs_to_create(keda::scaling_decision(job, {}, {0, 0})), 2);
  EXPECT_EQ(keda::jobs_to_create(keda::scaling_decision(job, {.running = 1}, {0, 0})), 1);
  EXPECT_EQ(keda::jobs_to_create(keda::scaling_decision(job, {.running = 5}, {2, 2})), 0);  // 2 - (5 - 2) is below none
}

// 7 messages at 2 a job: ceil(3.5) jobs at most, for 7 messages; held to the most replicas.
TEST(KedaJobs, AreAskedForByTheQueueOverItsTarget) {
  EXPECT_EQ(keda::demand_of(7, 2, 100).most, 4);
  EXPECT_EQ(keda::demand_of(7, 2, 100).wanted, 7);
  EXPECT_EQ(keda::demand_of(7, 2, 3).most, 3);
}

TEST(KedaJobs, LeaveAHistoryOfAHundred) {
  EXPECT_EQ(keda::jobs_to_delete({}, 101), 1);
  EXPECT_EQ(keda::jobs_to_delete({}, 100), 0);
}

}  // namespace
}  // namespace headroom
