#include "policies/autoscaling/vpa_updater.hpp"
#include "sim/seams/vertical_autoscaler.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

constexpr std::int64_t gib = std::int64_t{1} << 30;
constexpr std::int64_t mib = std::int64_t{1} << 20;

// Pods of one service, which request and use what is written into them.
class WatchedPods {
 public:
  WatchedPods(const Json& more, int count, PodResources request)
      : autoscaler_{policy<VerticalAutoscaler>(options(more), {.service = "api", .request = request})} {
    for (int i = 0; i < count; ++i) {
      pods.push_back({.started = start_of_time, .cpu_request = request.cpu, .memory_request = request.memory});
      pods.back().number = static_cast<std::uint64_t>(i);
    }
  }
  static Json options(const Json& more) {
    Json all = {{"policy", "vpa"}};
    all.update(more);
    return all;
  }

  const ResizeDecision& at(double seconds, double cpu, std::int64_t memory = 0) {
    const SimTime now = at_seconds(seconds);
    for (PodView& pod : pods) {
      pod.cpu = PodSample{cpu, now, std::chrono::seconds{15}};
      if (memory > 0) pod.memory = PodSample{static_cast<double>(memory), now, std::chrono::seconds{15}};
    }
    return look(seconds);
  }
  const ResizeDecision& look(double seconds) {
    const auto count = static_cast<int>(pods.size());
    return last = autoscaler_->decide(
               {.now = at_seconds(seconds), .current_replicas = count, .status_replicas = count, .pods = pods});
  }
  // Every minute from the start to the end, both included.
  const ResizeDecision& from_to(double start, double end, double cpu, std::int64_t memory = 0) {
    for (double seconds = start; seconds <= end; seconds += 60.0) at(seconds, cpu, memory);
    return last;
  }

  std::vector<PodView> pods;
  ResizeDecision last;

 private:
  std::unique_ptr<VerticalAutoscaler> autoscaler_;
};

constexpr PodResources one_core{1.0, {}};

// 1 core lies in bucket 36, which ends at 0.01 × (1.05^37 - 1) / 0.05 = 1.01628 cores: 1016 + 152 (15 %) milli cores. An hour of
// one pod is 1/24 of the confidence: 1168 × 1.024^-2 = 1113.9, 1168 × (1 + 24) = 29200.
TEST(Vpa, RequestsAPercentileWithAMargin) {
  WatchedPods service{{{"mode", "initial"}}, 1, one_core};
  const ResizeDecision& decision = service.from_to(0, 3600, 1.0);
  ASSERT_TRUE(decision.request.has_value());
  EXPECT_DOUBLE_EQ(decision.request->cpu, 1.168);
  EXPECT_EQ(decision.reason, "target 1168 milli cores (1113 milli cores to 29200 milli cores)");
}

TEST(Vpa, OnlySaysWhatItWouldDoWhenOff) {
  WatchedPods service{{{"mode", "off"}}, 4, {0.1, {}}};
  const ResizeDecision& decision = service.from_to(0, 3600, 1.0);
  EXPECT_FALSE(decision.request.has_value());
  EXPECT_TRUE(decision.evict.empty() && decision.resize.empty());
  EXPECT_EQ(decision.reason.rfind("target 1168 milli cores", 0), 0U) << decision.reason;
}

TEST(Vpa, ChangesOnlyNewPodsWhenInitial) {
  WatchedPods service{{{"mode", "initial"}}, 4, {0.1, {}}};
  const ResizeDecision& decision = service.from_to(0, 3600, 1.0);
  EXPECT_TRUE(decision.request.has_value());
  EXPECT_TRUE(decision.evict.empty() && decision.resize.empty());
}

TEST(Vpa, KnowsNothingBeforeTheFirstSample) {
  WatchedPods service{Json::object(), 2, one_core};
  const ResizeDecision& decision = service.look(60);
  EXPECT_FALSE(decision.request.has_value());
  EXPECT_EQ(decision.reason, "nothing seen yet");
}

// Half of four may be away: two go, the other two stay until those are back.
TEST(Vpa, EvictsHalfOfThePodsWhoseRequestIsOutOfBounds) {
  WatchedPods service{{{"mode", "evict"}}, 4, {0.5, {}}};
  service.from_to(0, 3540, 1.0);
  EXPECT_EQ(service.at(3600, 1.0).evict, (std::vector<std::uint64_t>{0, 1}));  // 500 is below 1113
  service.pods[0].phase = service.pods[1].phase = PodPhase::pending;
  service.pods[0].cpu_request = service.pods[1].cpu_request = 1.168;
  EXPECT_TRUE(service.at(3660, 1.0).evict.empty());
}

TEST(Vpa, ResizesAllAtOnceInPlace) {
  WatchedPods service{{{"mode", "in-place"}}, 4, {0.5, {}}};
  const ResizeDecision& decision = service.from_to(0, 3600, 1.0);
  EXPECT_EQ(decision.resize, (std::vector<std::uint64_t>{0, 1, 2, 3}));
  EXPECT_TRUE(decision.evict.empty());
}

TEST(Vpa, NeverEvictsAnOnlyReplica) {
  WatchedPods service{{{"mode", "evict"}}, 1, {0.1, {}}};
  EXPECT_TRUE(service.from_to(0, 3600, 1.0).evict.empty());
  WatchedPods lone{{{"mode", "evict"}, {"least_replicas", 1}}, 1, {0.1, {}}};
  EXPECT_EQ(lone.from_to(0, 3600, 1.0).evict,
            std::vector<std::uint64_t>{0});  // its tolerance is 0.5 pods: one while all are there
}

// 2 cores are far from 1168 milli cores, but below the upper bound of the first day; 12 h after its start a pod goes for that.
TEST(Vpa, LeavesAPodWithinTheBoundsForTwelveHours) {
  WatchedPods service{{{"mode", "in-place"}}, 1, {2.0, {}}};
  EXPECT_TRUE(service.from_to(0, 43'140, 1.0).resize.empty());
  EXPECT_EQ(service.at(43'200, 1.0).resize, std::vector<std::uint64_t>{0});
  WatchedPods near{{{"mode", "in-place"}}, 1, {1.25, {}}};  // 1250 to 1168 is 6.6 %
  EXPECT_TRUE(near.from_to(0, 50'000, 1.0).resize.empty());
}

// Killed at 1000 MiB after a minute: taken to need 1200 MiB, at once. That is 1,258,291,200 bytes, in the bucket that ends at
// 1e7 × (1.05^41 - 1) / 0.05 = 1,278,397,629 (40 begins at 1,207,997,740), with 15 % on top 1,470,157,273.
TEST(Vpa, GivesMoreMemoryAfterAKill) {
  WatchedPods service{{{"mode", "evict"}, {"controls", "memory"}}, 2, {1.0, {1000 * mib}}};
  service.at(0, 1.0, 500 * mib);
  EXPECT_TRUE(service.at(60, 1.0, 500 * mib).evict.empty());
  service.pods[1].killed = OutOfMemoryKill{at_seconds(90), std::chrono::seconds{60}};
  const ResizeDecision& decision = service.at(120, 1.0, 500 * mib);
  EXPECT_EQ(decision.request->memory.count, 1'470'157'273);
  EXPECT_DOUBLE_EQ(decision.request->cpu, 1.0) << "that is not its own";
  EXPECT_EQ(decision.evict, std::vector<std::uint64_t>{1}) << "the other has lived long enough to be left alone";
}

TEST(Vpa, KeepsWithinItsBounds) {
  WatchedPods service{{{"mode", "initial"}, {"bounds", {{"most_cpu", 0.8}, {"least_memory", "2 GiB"}}}}, 1, {1.0, {4 * gib}}};
  const ResizeDecision& decision = service.from_to(0, 3600, 1.0, 500 * mib);
  EXPECT_DOUBLE_EQ(decision.request->cpu, 0.8);
  EXPECT_EQ(decision.request->memory.count, 2 * gib);
}

// A day at 2 cores, then 0.2: a day later the old samples weigh half as much as the new, a third of all: more than a tenth.
// After four days they weigh 1/16 of a day's against 15/8 of one: 0.03, less than a tenth.
TEST(Vpa, ForgetsByHalfEachDay) {
  WatchedPods service{{{"mode", "initial"}}, 1, one_core};
  service.from_to(0, 86'400, 2.0);
  EXPECT_GT(service.from_to(86'460, 2 * 86'400, 0.2).request->cpu, 2.0);
  EXPECT_LT(service.from_to(2 * 86'400 + 60, 5 * 86'400, 0.2).request->cpu, 0.3);
}

TEST(Vpa, TakesThePodThatGrowsFirst) {
  const vpa::Recommendation wanted{{1000, gib}, {900, gib}, {1100, gib}};
  const auto priority = [&](std::int64_t cpu) { return vpa::priority_of({cpu, gib}, wanted, {}); };
  EXPECT_TRUE(priority(4000) < priority(950));  // shrinks by 75 %, grows by 5 %
  EXPECT_TRUE(priority(800) < priority(500));   // 1/4 and 1 of the request
  EXPECT_DOUBLE_EQ(priority(500).difference, 1.0);
  EXPECT_TRUE(priority(899).outside_bounds);
  EXPECT_FALSE(priority(900).outside_bounds);
  EXPECT_FALSE(priority(1100).outside_bounds);
}

TEST(Vpa, NamesImpossibleOptions) {
  const auto names = [](const Json& more) {
    std::vector<std::string> fields;
    for (const auto& [field, sentence] : problems_of<VerticalAutoscaler>(WatchedPods::options(more))) fields.push_back(field);
    return fields;
  };
  EXPECT_EQ(names(Json::object()), std::vector<std::string>{});
  EXPECT_EQ(names({{"lower_percentile", 0.95}}), std::vector<std::string>{"lower_percentile"});
  EXPECT_EQ(names({{"upper_percentile", 0.5}}), std::vector<std::string>{"upper_percentile"});
  EXPECT_EQ(names({{"bounds", {{"least_cpu", 2.0}, {"most_cpu", 1.0}}}}), std::vector<std::string>{"bounds/most_cpu"});
  EXPECT_EQ(names({{"bounds", {{"least_memory", "2 GiB"}, {"most_memory", "1 GiB"}}}}),
            std::vector<std::string>{"bounds/most_memory"});
  const auto without_memory =
      policy<VerticalAutoscaler>(WatchedPods::options({{"controls", "memory"}}), {.service = "api", .request = one_core});
  ASSERT_EQ(without_memory->problems().size(), 1U);
  EXPECT_EQ(without_memory->problems()[0].first, "controls");
}

// ---- with an HPA on the same metric ------------------------------------------------------------------------------------------

// A load of 4 cores, shared by the replicas; both autoscalers' wishes come true at once.
struct SharedLoad {
  int replicas = 4;
  double request = 2.0;
  std::unique_ptr<Autoscaler> horizontal = policy<Autoscaler>(
      {{"policy", "hpa"}, {"metrics", {{{"resource", "cpu"}, {"target", 0.5}}}}, {"replicas", {1, 40}}, {"stabilization", 0}});
  std::unique_ptr<VerticalAutoscaler> vertical =
      policy<VerticalAutoscaler>({{"policy", "vpa"}, {"mode", "in-place"}, {"in_bounds_lifetime", 0}, {"cpu_half_life", "1 min"}},
                                 {.service = "api", .request = {2.0, {}}});

  void minutes_until(double start, double end, bool resizes, bool scales) {
    for (double seconds = start; seconds < end; seconds += 60.0) {
      const SimTime now = at_seconds(seconds);
      std::vector<PodView> pods(static_cast<std::size_t>(replicas));
      for (std::size_t i = 0; i < pods.size(); ++i) {
        pods[i] = {.started = start_of_time,
                   .ready_changed = start_of_time,
                   .cpu_request = request,
                   .cpu = PodSample{4.0 / replicas, now, std::chrono::seconds{15}}};
        pods[i].number = i;
      }
      const ServiceView seen{
          .now = now, .current_replicas = replicas, .status_replicas = replicas, .ready_replicas = replicas, .pods = pods};
      if (resizes) {
        const ResizeDecision decision = vertical->decide(seen);
        if (!decision.resize.empty()) request = decision.request->cpu;
      }
      if (scales) replicas = horizontal->decide(seen).replicas;
    }
  }
};

// 4 × 1 core of 2 are just the HPA's 50 %: alone it leaves all as it is. The VPA takes the request down to 1168 milli cores, the
// same core is now 85 % of it, and the HPA wants ceil(4 × 85 / 50) = 7. Those use 4 / 7 of a core, the request follows, 85 %
// again.
TEST(HpaWithVpa, ChaseEachOtherOnTheSameMetric) {
  SharedLoad alone;
  alone.minutes_until(3600, 7200, false, true);
  EXPECT_EQ(alone.replicas, 4);

  SharedLoad both;
  both.minutes_until(3600, 3660, true, false);
  EXPECT_DOUBLE_EQ(both.request, 1.168);
  both.minutes_until(3660, 3720, false, true);
  EXPECT_EQ(both.replicas, 7);
  both.minutes_until(3720, 7200, true, true);
  EXPECT_EQ(both.replicas, 40) << "until the HPA's limit stops it";
  EXPECT_LT(both.request, 0.13) << "a tenth of a core each, and the margins";
}

}  // namespace
}  // namespace headroom
