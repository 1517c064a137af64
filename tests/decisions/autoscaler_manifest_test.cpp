// Manifests as kubectl prints them, and what is said of wrong ones.
#include "decisions/autoscaler_manifest.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "decisions/manifest_reader.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/autoscaler.hpp"

namespace headroom::decisions {
namespace {

constexpr const char* head = R"(apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  annotations:
    anything: at all
  name: web
  resourceVersion: "123"
spec:
  minReplicas: 2
  maxReplicas: 20
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
)";

class Manifest : public testing::Test {
 protected:
  ~Manifest() override { std::filesystem::remove(path_); }
  AutoscalerManifest read(const std::string& text) const {
    std::ofstream{path_} << text;
    return read_autoscaler_manifest(path_);
  }
  std::vector<std::string> issues_of(const std::string& text) const {
    try {
      read(text);
    } catch (const ScenarioError& error) {
      std::vector<std::string> texts;
      for (Issue issue : error.issues()) {
        issue.file = "hpa.yaml";
        texts.push_back(to_text(issue));
      }
      return texts;
    }
    return {};
  }
  std::string path_ = std::filesystem::temp_directory_path() /
                      (std::string{testing::UnitTest::GetInstance()->current_test_info()->name()} + ".yaml");
};

TEST_F(Manifest, IsAPolicyWithItsOptionsAndMetrics) {
  const AutoscalerManifest manifest = read(std::string{head} + R"(  metrics:
  - type: Resource
    resource: {name: cpu, target: {type: Utilization, averageUtilization: 60}}
  - type: Pods
    pods:
      metric: {name: requests_per_second}
      target: {type: AverageValue, averageValue: 2500m}
  - type: External
    external:
      metric: {name: s0-rabbitmq, selector: {matchLabels: {queue: jobs}}}
      target: {type: Value, value: "1k"}
status:
  currentReplicas: 3
)");
  EXPECT_EQ(manifest.choice.name, "hpa");
  EXPECT_EQ(manifest.service, "web");
  EXPECT_EQ(manifest.replicas.low, 2);
  EXPECT_EQ(manifest.replicas.high, 20);
  ASSERT_EQ(manifest.metrics.size(), 3U);
  EXPECT_TRUE(manifest.metrics[0].is_utilization);
  EXPECT_DOUBLE_EQ(manifest.metrics[0].target, 0.6);
  EXPECT_TRUE(manifest.metrics[1].per_replica);
  EXPECT_DOUBLE_EQ(manifest.metrics[1].target, 2.5);
  EXPECT_TRUE(manifest.metrics[2].is_value);
  EXPECT_DOUBLE_EQ(manifest.metrics[2].target, 1000.0);
  const auto hpa = RegistryOf<Autoscaler>::instance().make(manifest.choice, {.service = "web"});
  ASSERT_EQ(hpa->watched().size(), 2U);
  EXPECT_EQ(to_text(hpa->watched()[0]), "requests_per_second");
  EXPECT_EQ(hpa->watched()[1].labels.at(0).value, "s0-rabbitmq");
}

// "The default metric is 80 % of the CPU request" of the API.
TEST_F(Manifest, WithoutMetricsHoldsTheCpuAt80Percent) {
  const AutoscalerManifest manifest = read(head);
  ASSERT_EQ(manifest.metrics.size(), 1U);
  EXPECT_EQ(manifest.metrics[0].name, "cpu");
  EXPECT_DOUBLE_EQ(manifest.metrics[0].target, 0.8);
}

TEST_F(Manifest, FollowsOneContainer) {
  const AutoscalerManifest manifest = read(std::string{head} + R"(  metrics:
  - type: ContainerResource
    containerResource: {name: memory, container: app, target: {type: AverageValue, averageValue: 1Gi}}
)");
  EXPECT_EQ(manifest.service, "app");
  const auto hpa = RegistryOf<Autoscaler>::instance().make(manifest.choice, {.service = "app", .memory = {1 << 30}});
  EXPECT_TRUE(hpa->problems().empty());
}

TEST_F(Manifest, WhatIsWrongIsToldAtOnceWithItsPlace) {
  const std::string wrong = std::string{head} + R"(  metric: []
  metrics:
  - type: Pods
    pods:
      metric: {name: rps}
      target: {type: AverageValue, averageValue: fifty}
  - type: Resource
    resource: {name: cpu, target: {type: Utilization, averageValue: 1}}
  behavior:
    scaleUp:
      policies:
      - {type: Percents, value: 10, periodSeconds: 60}
)";
  EXPECT_EQ(
      issues_of(wrong),
      (std::vector<std::string>{
          "hpa.yaml:12:3: /spec/metric: is not a field here; did you mean \"metrics\"?",
          "hpa.yaml:17:50: /spec/metrics/0/pods/target/averageValue: is fifty; a quantity is expected; write 500m, 2 or 1Gi",
          "hpa.yaml:19:42: /spec/metrics/1/resource/target/type: is Utilization, but there is no averageUtilization",
          "hpa.yaml:19:69: /spec/metrics/1/resource/target/averageValue: does not belong to a target of the type "
          "Utilization; remove it",
          "hpa.yaml:23:16: /spec/behavior/scaleUp/policies/0/type: is \"Percents\", which is none of Pods, Percent; did "
          "you mean \"Percent\"?"}));
}

// Ranges are the policy's own; the place is the manifest's.
TEST_F(Manifest, RangesOfThePolicyAreToldInTheManifest) {
  const auto issues = issues_of(std::string{head} + "  behavior: {scaleDown: {stabilizationWindowSeconds: 7200}}\n");
  ASSERT_EQ(issues.size(), 1U);
  EXPECT_EQ(issues[0], "hpa.yaml:12:54: /spec/behavior/scaleDown/stabilizationWindowSeconds: is 2 h, outside 0 s to 1 h");
}

TEST_F(Manifest, OtherKindsAndVersionsAreRefused) {
  EXPECT_EQ(issues_of("apiVersion: autoscaling/v1\nkind: HorizontalPodAutoscaler\nspec: {maxReplicas: 3}\n"),
            std::vector<std::string>{"hpa.yaml:1:13: /apiVersion: is autoscaling/v1; autoscaling/v2 is expected; kubectl get hpa "
                                     "NAME -o yaml prints it"});
  EXPECT_EQ(issues_of("apiVersion: autoscaling/v2\nkind: Deployment\n").size(), 1U);
}

TEST_F(Manifest, AScaledObjectIsKeda) {
  const AutoscalerManifest manifest = read(R"(apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: worker}
spec:
  scaleTargetRef: {name: worker}
  pollingInterval: 10
  cooldownPeriod: 60
  maxReplicaCount: 30
  fallback: {failureThreshold: 3, replicas: 6}
  advanced: {horizontalPodAutoscalerConfig: {behavior: {scaleDown: {stabilizationWindowSeconds: 0}}}}
  triggers:
  - type: rabbitmq
    name: jobs
    metadata: {queueName: jobs, mode: QueueLength, value: "20", activationValue: "5"}
  - type: kafka
    metadata: {topic: t}
)");
  EXPECT_EQ(manifest.choice.name, "keda");
  EXPECT_EQ(manifest.replicas.low, 0);
  EXPECT_EQ(manifest.replicas.high, 30);
  ASSERT_EQ(manifest.metrics.size(), 2U);
  EXPECT_EQ(manifest.metrics[0].name, "jobs");
  EXPECT_EQ(manifest.metrics[0].target, 20.0);
  EXPECT_EQ(manifest.metrics[1].target, 10.0);  // lagThreshold's default
  EXPECT_EQ(RegistryOf<Autoscaler>::instance().make(manifest.choice, {})->watched().size(), 2U);
}

TEST_F(Manifest, TriggersThatCannotBeReplayedAreRefused) {
  EXPECT_EQ(issues_of("apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nspec:\n  scaleTargetRef: {name: w}\n  triggers:\n"
                      "  - {type: prometheus, metadata: {query: up}}\n  - {type: rabbitmq, metadata: {value: many}}\n"),
            (std::vector<std::string>{"hpa.yaml:6:34: /spec/triggers/0/metadata/threshold: is missing",
                                      "hpa.yaml:7:40: /spec/triggers/1/metadata/value: is many; a number is expected"}));
  EXPECT_EQ(issues_of("apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nspec:\n  scaleTargetRef: {name: w}\n  triggers:\n"
                      "  - {type: cron, metadata: {}}\n")
                .size(),
            1U);
}

TEST(KubernetesQuantity, HasBinaryAndDecimalSuffixes) {
  EXPECT_EQ(kubernetes_quantity("500m"), 0.5);
  EXPECT_EQ(kubernetes_quantity("1.5k"), 1500.0);
  EXPECT_EQ(kubernetes_quantity("2Gi"), 2147483648.0);
  EXPECT_EQ(kubernetes_quantity("1e3"), 1000.0);
  EXPECT_EQ(kubernetes_quantity("1E"), 1e18);
  EXPECT_EQ(kubernetes_quantity("12"), 12.0);
  for (const char* wrong : {"", "m", "1 k", "1K", "1gi", "ten", "1e"}) EXPECT_FALSE(kubernetes_quantity(wrong)) << wrong;
}

}  // namespace
}  // namespace headroom::decisions
