#include "sim/seams/autoscaler.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

constexpr std::int64_t gib = std::int64_t{1} << 30;

// A pod that has been ready for an hour, using `cpu` of one core and `memory` of 4 GiB.
PodView pod(SimTime now, double cpu, std::int64_t memory = gib) {
  const SimTime long_ago = now - std::chrono::hours{1};
  return {.started = long_ago,
          .ready_changed = long_ago,
          .cpu_request = 1.0,
          .memory_request = {4 * gib},
          .cpu = PodSample{.value = cpu, .at = now, .window = std::chrono::seconds{15}},
          .memory = PodSample{.value = static_cast<double>(memory), .at = now, .window = std::chrono::seconds{15}}};
}

// Drives an autoscaler whose service follows at once.
class FollowingService {
 public:
  FollowingService(const Json& options, int replicas) : autoscaler_{policy<Autoscaler>(options)}, replicas_{replicas} {}

  // Every pod uses this much of its core.
  int at(double seconds, double cpu, std::int64_t memory = gib) {
    const SimTime now = at_seconds(7200 + seconds);
    return decide(now, std::vector<PodView>(static_cast<std::size_t>(replicas_), pod(now, cpu, memory)));
  }
  int decide(SimTime now, const std::vector<PodView>& pods) {
    const ScalingDecision decision = autoscaler_->decide({.now = now, .current_replicas = replicas_, .pods = pods});
    reason_ = decision.reason;
    return replicas_ = decision.replicas;
  }
  const std::string& reason() const { return reason_; }

 private:
  std::unique_ptr<Autoscaler> autoscaler_;
  int replicas_;
  std::string reason_;
};

Json hpa(double target, Json more = Json::object()) {
  Json options = {{"policy", "hpa"}, {"metrics", {{{"resource", "cpu"}, {"target", target}}}}, {"replicas", {1, 100}}};
  options.update(more);
  return options;
}

// "If the current metric value is 200m, and the desired value is 100m, the number of replicas will be doubled, since
// 200.0 / 100.0 == 2.0. If the current value is instead 50m, you'll halve the number of replicas" (Kubernetes, algorithm
// details).
TEST(Hpa, DoublesAndHalvesInProportion) {
  const Json at_once = {{"metrics", {{{"resource", "cpu"}, {"average", 0.1}}}}, {"stabilization", 0}};
  EXPECT_EQ(FollowingService(hpa(0.5, at_once), 6).at(0, 0.2), 12);
  FollowingService service{hpa(0.5, at_once), 6};
  service.at(0, 0.1);
  EXPECT_EQ(service.at(15, 0.05), 3);
}

TEST(Hpa, SaysWhatItSaw) {
  FollowingService service{hpa(0.7), 3};
  EXPECT_EQ(service.at(0, 0.93), 4);  // ceil(3 × 93 / 70) = ceil(3.99)
  EXPECT_EQ(service.reason(), "cpu 93 % against 70 %, ratio 1.33: 4 wanted of 3");
}

TEST(Hpa, StaysWithinTheToleranceBoundsIncluded) {
  EXPECT_EQ(FollowingService(hpa(1.0), 10).at(0, 1.10), 10);
  EXPECT_EQ(FollowingService(hpa(1.0), 10).at(0, 1.11), 12);  // ceil(11.1)
  FollowingService service{hpa(1.0, {{"stabilization", 0}}), 10};
  service.at(0, 1.0);
  EXPECT_EQ(service.at(15, 0.90), 10);
  EXPECT_EQ(service.at(30, 0.89), 9);  // ceil(8.9)
}

TEST(Hpa, TruncatesUtilizationToWholePercents) { EXPECT_EQ(FollowingService(hpa(1.0), 10).at(0, 1.109), 10); }

TEST(Hpa, GoesUpToTwiceOrFourAtATime) {
  EXPECT_EQ(FollowingService(hpa(0.1), 1).at(0, 1.0), 4);  // 10 wanted, max(2 × 1, 4)
  EXPECT_EQ(FollowingService(hpa(0.1), 5).at(0, 1.0), 10);
}

TEST(Hpa, GoesDownOnlyAfterTheWindowOfHigherWishes) {
  FollowingService service{hpa(0.5), 4};
  EXPECT_EQ(service.at(0, 0.5), 4);
  EXPECT_EQ(service.at(15, 0.1), 4);
  EXPECT_EQ(service.at(300, 0.1), 4) << "a wish of exactly 300 s ago still counts";
  EXPECT_EQ(service.reason(), "cpu 10 % against 50 %, ratio 0.20: 1 wanted of 4; 4 by earlier proposals");
  EXPECT_EQ(service.at(315, 0.1), 1);
}

TEST(Hpa, TakesTheLargestOfSeveralMetrics) {
  const Json both = {{"metrics", {{{"resource", "cpu"}, {"target", 0.5}}, {{"resource", "memory"}, {"target", 0.5}}}}};
  EXPECT_EQ(FollowingService(hpa(0.5, both), 4).at(0, 0.5, 3 * gib), 6);  // cpu 4 × 50/50 = 4, memory 4 × 75/50 = 6
  EXPECT_EQ(FollowingService(hpa(0.5, both), 4).at(0, 1.0, 3 * gib), 8);
}

TEST(Hpa, HoldsAnAverageOfMemory) {
  const Json memory = {{"metrics", {{{"resource", "memory"}, {"average_memory", "2 GiB"}}}}};
  EXPECT_EQ(FollowingService(hpa(0.5, memory), 4).at(0, 0.0, 3 * gib), 6);  // 4 × 3 / 2
}

TEST(Hpa, LetsAFailingMetricBlockOnlyTheWayDown) {
  const Json both = {{"metrics", {{{"resource", "cpu"}, {"target", 0.5}}, {{"resource", "memory"}, {"target", 0.5}}}},
                     {"stabilization", 0}};
  const SimTime now = at_seconds(7200);
  const auto pods = [now](double cpu) {
    PodView blind = pod(now, cpu);
    blind.memory.reset();
    return std::vector<PodView>(4, blind);
  };
  FollowingService service{hpa(0.5, both), 4};
  EXPECT_EQ(service.decide(now, pods(0.1)), 4);
  EXPECT_EQ(service.reason(),
            "FailedGetResourceMetric: unable to get metric memory: no metrics returned from resource metrics API; left alone");
  EXPECT_EQ(service.decide(now, pods(0.75)), 6);
}

TEST(Hpa, CountsAStartingPodAsIdleOnTheWayUp) {
  const SimTime now = at_seconds(7200);
  PodView starting = pod(now, 1.0);
  starting.ready = false;
  starting.started = starting.ready_changed = now - std::chrono::seconds{10};
  // Ready: 90 % of 50 %: with the unready one as idle (90 + 90 + 0) / 3 = 60 %, so ceil(3 × 60 / 50) = 4 instead of 6.
  EXPECT_EQ(FollowingService(hpa(0.5), 3).decide(now, {pod(now, 0.9), pod(now, 0.9), starting}), 4);
}

TEST(Hpa, GoesStraightToABoundWhateverTheMetrics) {
  EXPECT_EQ(FollowingService(hpa(0.5, {{"replicas", {3, 30}}}), 1).decide(at_seconds(0), {}), 3);
  EXPECT_EQ(FollowingService(hpa(0.5, {{"replicas", {3, 30}}}), 50).decide(at_seconds(0), {}), 30);
}

TEST(Hpa, IsSwitchedOffByZeroReplicas) { EXPECT_EQ(FollowingService(hpa(0.5), 0).decide(at_seconds(0), {}), 0); }

TEST(Hpa, WaitsForTheFirstSamples) {
  const SimTime now = at_seconds(7200);
  PodView blind = pod(now, 0.0);
  blind.cpu.reset();
  FollowingService service{hpa(0.5), 3};
  EXPECT_EQ(service.decide(now, {blind, blind, blind}), 3);
  EXPECT_EQ(service.reason(),
            "FailedGetResourceMetric: unable to get metric cpu: no metrics returned from resource metrics API; left alone");
}

// 3 → 10 wanted, 2 pods a minute: events younger than 60 s count against the limit, one of exactly 60 s does not.
TEST(Hpa, KeepsToTheRateOfItsBehavior) {
  const Json slow = {{"behavior", {{"scale_up", {{"policies", {{{"type", "pods"}, {"value", 2}, {"period", "60 s"}}}}}}}}};
  FollowingService service{hpa(0.3, slow), 3};
  EXPECT_EQ(service.at(0, 1.0), 5);
  EXPECT_EQ(service.reason(), "cpu 100 % against 30 %, ratio 3.33: 10 wanted of 3; limited to 5 by policy pods 2/1 min");
  EXPECT_EQ(service.at(45, 1.0), 5);
  EXPECT_EQ(service.at(60, 1.0), 7);
}

TEST(Hpa, NeverShrinksWhenThatIsDisabled) {
  const Json up_only = {{"behavior", {{"scale_down", {{"select", "disabled"}, {"stabilization", 0}}}}}};
  FollowingService service{hpa(0.5, up_only), 4};
  for (int i = 0; i < 100; ++i) EXPECT_EQ(service.at(i * 15.0, 0.01), 4);
}

TEST(Hpa, LooksEverySync) {
  EXPECT_EQ(policy<Autoscaler>(hpa(0.5))->period(), std::chrono::seconds{15});
  EXPECT_EQ(policy<Autoscaler>(hpa(0.5, {{"sync", "30 s"}}))->period(), std::chrono::seconds{30});
}

TEST(Hpa, NamesImpossibleOptions) {
  EXPECT_TRUE(problems_of<Autoscaler>({{"policy", "hpa"}}).empty());
  EXPECT_TRUE(problems_of<Autoscaler>(hpa(0.7, {{"behavior", Json::object()}})).empty());
  const auto names = [](const Json& more) {
    std::vector<std::string> fields;
    for (const auto& [field, sentence] : problems_of<Autoscaler>(hpa(0.5, more))) fields.push_back(field);
    return fields;
  };
  EXPECT_EQ(names({{"metrics", Json::array()}}), std::vector<std::string>{"metrics"});
  EXPECT_EQ(names({{"metrics", {{{"resource", "cpu"}}}}}), std::vector<std::string>{"metrics/0"});
  EXPECT_EQ(names({{"metrics", {{{"resource", "cpu"}, {"target", 0.725}}}}}), std::vector<std::string>{"metrics/0/target"});
  EXPECT_EQ(names({{"metrics", {{{"resource", "memory"}, {"average", 0.5}}}}}), std::vector<std::string>{"metrics/0/average"});
  EXPECT_EQ(names({{"replicas", {5, 3}}}), std::vector<std::string>{"replicas"});
  EXPECT_EQ(names({{"behavior", {{"scale_up", {{"policies", Json::array()}}}}}}),
            std::vector<std::string>{"behavior/scale_up/policies"});
}

TEST(Hpa, CountsTheMemoryOfAVeryLargeFleet) {
  // 2,000 pods of 64 GiB that use 48: 2,000 × 48 × 2^30 × 1,000 milli bytes × 100 is 1.03e19, more than 63 bits hold (9.22e18).
  PodView large = pod(at_seconds(7200), 0.1);
  large.memory_request = {64 * gib};
  large.memory->value = static_cast<double>(48 * gib);
  const Json options = {{"policy", "hpa"}, {"metrics", {{{"resource", "memory"}, {"target", 0.5}}}}, {"replicas", {1, 100'000}}};
  FollowingService service{options, 2000};
  // 75 % against 50 %: 2,000 × 1.5.
  EXPECT_EQ(service.decide(at_seconds(7200), std::vector<PodView>(2000, large)), 3000);
  EXPECT_EQ(service.reason(), "memory 75 % against 50 %, ratio 1.50: 3000 wanted of 2000");
}

TEST(Hpa, KeepsATargetOfMoreBytesThanAThousandthCanCount) {
  // 10 PiB in thousandths of a byte are 1.1e19: held at the most that can be counted, still far above what is used.
  const Json metric = {{"resource", "memory"}, {"average_memory", "10240 TiB"}};
  FollowingService service{{{"policy", "hpa"}, {"metrics", {metric}}, {"replicas", {1, 100}}, {"stabilization", 0}}, 4};
  service.at(0, 0.5);  // the size met first counts as a recommendation once
  EXPECT_EQ(service.at(15, 0.5), 1);
}

TEST(Hpa, RefusesMemoryOfAServiceThatDeclaresNone) {
  const Json memory = {{"resource", "memory"}, {"target", 0.7}}, cpu = {{"resource", "cpu"}, {"target", 0.7}};
  const Json options = {{"policy", "hpa"}, {"metrics", {cpu, memory}}};
  const FieldProblems problems = policy<Autoscaler>(options, {.service = "api"})->problems();
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].first, "metrics/1/resource");
  EXPECT_EQ(problems[0].second.rfind("is memory, but the service declares none", 0), 0U);
  EXPECT_TRUE(policy<Autoscaler>(options, {.service = "api", .memory = {gib}})->problems().empty());
}

// ---- metrics of other things -------------------------------------------------------------------------------------------------

// Says one number of any metric; nothing before there is one.
class OneNumber final : public MetricsView {
 public:
  std::optional<double> value;
  std::optional<ScrapedValue> read(const MetricSelector& selector) const override {
    asked = to_text(selector);
    if (!value) return std::nullopt;
    return ScrapedValue{*value, at_seconds(7200), Duration{}};
  }
  mutable std::string asked;
};

// A service of which `replicas` pods are there and ready.
ServiceView service_of(int replicas, const std::vector<PodView>& pods, const MetricsView& metrics, double seconds = 0.0) {
  return {.now = at_seconds(7200 + seconds),
          .current_replicas = replicas,
          .status_replicas = replicas,
          .ready_replicas = replicas,
          .pods = pods,
          .metrics = &metrics};
}

std::vector<PodView> ready_pods(int count) {
  return std::vector<PodView>(static_cast<std::size_t>(count), pod(at_seconds(7200), 0.5));
}

Json with_metric(const Json& metric, Json more = Json::object()) {
  Json options = {{"policy", "hpa"}, {"metrics", {metric}}, {"replicas", {0, 100}}, {"stabilization", 0}};
  options.update(more);
  return options;
}

const Json queue_per_pod = {{"external", "queue_length{queue=jobs}"}, {"average", 10}};

TEST(Hpa, HoldsAnExternalMetricPerPod) {
  OneNumber queue;
  queue.value = 64;
  const auto autoscaler = policy<Autoscaler>(with_metric(queue_per_pod));
  const auto decision = autoscaler->decide(service_of(4, ready_pods(4), queue));
  EXPECT_EQ(decision.replicas, 7);  // ceil(64 / 10)
  EXPECT_EQ(decision.reason, "queue_length{queue=jobs} 16 against 10 per pod, ratio 1.60: 7 wanted of 4");
  EXPECT_EQ(queue.asked, "queue_length{queue=jobs}");
}

TEST(Hpa, HoldsTheValueOfAnObjectInProportionToTheReadyPods) {
  OneNumber queue;
  queue.value = 30;
  const Json metric = {{"object", "queue_length{queue=jobs}"}, {"value", 20}};
  std::vector<PodView> pods = ready_pods(4);
  pods[3].ready = false;
  const auto decision = policy<Autoscaler>(with_metric(metric))->decide(service_of(4, pods, queue));
  EXPECT_EQ(decision.replicas, 5);  // 30 / 20 of the three that are ready: ceil(4.5)
  EXPECT_EQ(decision.reason, "queue_length{queue=jobs} 30 against 20, ratio 1.50: 5 wanted of 4");
}

TEST(Hpa, ComesBackFromNoneAndGoesThereByAnExternalMetric) {
  OneNumber queue;
  queue.value = 1;
  const auto autoscaler = policy<Autoscaler>(with_metric(queue_per_pod));
  EXPECT_EQ(autoscaler->decide(service_of(0, {}, queue)).replicas, 1);  // ceil(1 / 10), from none
  queue.value = 0;
  EXPECT_EQ(autoscaler->decide(service_of(1, ready_pods(1), queue, 15)).replicas, 0);
  EXPECT_EQ(autoscaler->decide(service_of(0, {}, queue, 30)).replicas, 0);
}

TEST(Hpa, LeavesAllAloneWhileAnExternalMetricIsNotKnown) {
  const OneNumber unknown;
  const auto decision = policy<Autoscaler>(with_metric(queue_per_pod))->decide(service_of(3, ready_pods(3), unknown));
  EXPECT_EQ(decision.replicas, 3);
  EXPECT_EQ(decision.reason,
            "FailedGetExternalMetric: unable to get external metric queue_length{queue=jobs}: no metrics returned; left alone");
}

TEST(Hpa, SaysWhichMetricFailedWhenAnotherAsksForMore) {
  const OneNumber unknown;
  const Json both = {{"metrics", {queue_per_pod, {{"resource", "cpu"}, {"target", 0.25}}}}};
  const auto decision = policy<Autoscaler>(with_metric(queue_per_pod, both))->decide(service_of(3, ready_pods(3), unknown));
  EXPECT_EQ(decision.replicas, 6);  // 50 % against 25 %
  EXPECT_NE(decision.reason.find("; without a metric that failed: unable to get external metric"), std::string::npos)
      << decision.reason;
}

// What every pod reads as its own multiplies itself: 64 messages against 10 per pod are 6.4 times the pods, whatever their
// number.
TEST(Hpa, RunsAwayFromAQueueThatEveryPodReportsAsItsOwn) {
  OneNumber queue;
  queue.value = 64;
  const Json metric = {{"pods", "queue_length{queue=jobs}"}, {"average", 10}};
  const Json fast = {{"behavior", {{"scale_up", {{"policies", {{{"type", "pods"}, {"value", 1000}}}}}}}}, {"replicas", {1, 100}}};
  const auto autoscaler = policy<Autoscaler>(with_metric(metric, fast));
  EXPECT_EQ(autoscaler->decide(service_of(4, ready_pods(4), queue)).replicas, 26);  // ceil(4 × 6.4)
  const auto decision = autoscaler->decide(service_of(26, ready_pods(26), queue, 15));
  EXPECT_EQ(decision.replicas, 100);  // 26 × 6.4 = 166.4
  EXPECT_EQ(decision.reason,
            "queue_length{queue=jobs} 64 against 10 per pod, ratio 6.40: 167 wanted of 26; limited to 100, the most allowed");
}

TEST(Hpa, SharesWhatAServiceHasTogetherAmongItsPods) {
  OneNumber requests;
  requests.value = 64;
  const Json metric = {{"pods", "in_flight{service=api}"}, {"average", 10}};
  const Json options = with_metric(metric, {{"replicas", {1, 100}}});
  EXPECT_EQ(policy<Autoscaler>(options, {.service = "api"})->decide(service_of(4, ready_pods(4), requests)).replicas,
            7);  // 16 each
  std::vector<PodView> pods = ready_pods(4);
  pods[3].cpu.reset();  // not scraped yet: idle on the way up, 64 / 4 = 16 again
  EXPECT_EQ(policy<Autoscaler>(options, {.service = "api"})->decide(service_of(4, pods, requests)).replicas, 7);
}

// 1 + 0.1 is 1.1, but 1.1 - 1 is a little more than 0.1.
TEST(Hpa, ScalesAtExactlyTheToleranceUpToRelease132) {
  EXPECT_EQ(FollowingService(hpa(1.0, {{"version", "1.32"}}), 10).at(0, 1.10), 11);
  EXPECT_EQ(FollowingService(hpa(1.0, {{"version", "1.33"}}), 10).at(0, 1.10), 10);
}

TEST(Hpa, KeepsAToleranceForEachDirection) {
  const Json options = {
      {"behavior", {{"scale_up", {{"tolerance", 0.3}}}, {"scale_down", {{"tolerance", 0.05}, {"stabilization", 0}}}}}};
  FollowingService service{hpa(1.0, options), 10};
  EXPECT_EQ(service.at(0, 1.25), 10);
  EXPECT_EQ(service.at(15, 0.92), 10) << "the size met first, 10, is not yet older than the window of none";
  EXPECT_EQ(service.at(30, 0.89), 9);
}

TEST(Hpa, NamesWhatDoesNotGoTogetherInAMetric) {
  const auto names = [](const Json& metric, const Json& more = Json::object()) {
    std::vector<std::string> fields;
    for (const auto& [field, sentence] : problems_of<Autoscaler>(with_metric(metric, more))) fields.push_back(field);
    return fields;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(names(queue_per_pod), Names{});
  EXPECT_EQ(names({{"external", "queue_length"}, {"target", 0.5}}), Names{"metrics/0/target"});
  EXPECT_EQ(names({{"pods", "in_flight"}, {"value", 5}}), (Names{"metrics/0/value", "replicas"}));
  EXPECT_EQ(names({{"pods", "in_flight"}, {"external", "queue_length"}, {"average", 5}}), Names{"metrics/0"});
  EXPECT_EQ(names({{"external", "queue_length"}, {"container", "api"}, {"average", 5}}), Names{"metrics/0/container"});
  EXPECT_EQ(names({{"resource", "cpu"}, {"target", 0.5}}), Names{"replicas"});
  EXPECT_EQ(names(queue_per_pod, {{"version", "1.32"}, {"behavior", {{"scale_up", {{"tolerance", 0.2}}}}}}),
            Names{"behavior/scale_up/tolerance"});
}

TEST(Hpa, KnowsOneContainerNamedAsItsService) {
  const Json options = {{"policy", "hpa"}, {"metrics", {{{"resource", "cpu"}, {"container", "api"}, {"target", 0.5}}}}};
  EXPECT_TRUE(policy<Autoscaler>(options, {.service = "api"})->problems().empty());
  const FieldProblems problems = policy<Autoscaler>(options, {.service = "web"})->problems();
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].first, "metrics/0/container");
  const auto autoscaler = policy<Autoscaler>(options, {.service = "api"});
  const OneNumber none;
  EXPECT_EQ(autoscaler->decide(service_of(4, std::vector<PodView>(4, pod(at_seconds(7200), 0.75)), none)).replicas, 6);
}

}  // namespace
}  // namespace headroom
