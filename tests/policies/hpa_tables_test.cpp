// The HPA against facts of its upstream tests (reference tables, folder hpa). Whole passes go through decide(); inner steps,
// whose results a pass does not show, through the arithmetic.
#include <iostream>

#include "policies/autoscaling/hpa_arithmetic.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

constexpr double now_s = 100'000.0;
const SimTime now = at_seconds(now_s);

SimTime ago(double seconds) { return at_seconds(now_s - seconds); }

std::string lower(std::string word) {
  for (char& letter : word) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return word;
}

// ---- pods of a row -----------------------------------------------------------------------------------------------------------

// Milli units in cpu (cores × 1000) and, one byte for a milli byte, in memory: only their ratios count there.
PodView pod_of(const Json& row, const std::string& resource) {
  const double start_age = row.value("start_age_s", 3600.0);
  PodView pod;
  const std::string phase = row.value("phase", "Running");
  pod.phase = phase == "Pending" ? PodPhase::pending : phase == "Failed" ? PodPhase::failed : PodPhase::running;
  pod.deleting = row.value("deleting", false);
  pod.ready = row.value("ready", true);
  pod.started = ago(start_age);
  pod.ready_changed = ago(row.value("ready_changed_age_s", start_age));
  double request = 0.0, usage = 0.0;
  bool sampled = true;
  for (const Json& container : row.at("containers")) {
    request += container.value("request_milli", 0.0);
    usage += container.value("usage_milli", 0.0);
    sampled &= container.contains("usage_milli");
  }
  PodSample sample{
      .value = usage, .at = ago(row.value("sample_age_s", 0.0)), .window = to_duration(row.value("sample_window_s", 60.0))};
  if (resource == "memory") {
    pod.memory_request = {static_cast<std::int64_t>(request)};
    if (sampled) pod.memory = sample;
  } else {
    pod.cpu_request = request / 1000.0;
    sample.value /= 1000.0;
    if (sampled) pod.cpu = sample;
  }
  return pod;
}

std::vector<PodView> pods_of(const Json& row, const std::string& resource) {
  std::vector<PodView> pods;
  for (const Json& pod : row.at("pods")) pods.push_back(pod_of(pod, resource));
  return pods;
}

// ---- options of a row --------------------------------------------------------------------------------------------------------

Json metric_option(const Json& metric) {
  Json option = {{"resource", metric.at("resource")}};
  const Json& target = metric.at("target");
  if (target.contains("utilization"))
    option["target"] = target.at("utilization").get<double>() / 100.0;
  else if (target.contains("average_milli"))
    option["average"] = target.at("average_milli").get<double>() / 1000.0;
  else
    option["target"] = 0.8;  // a row whose metrics are never looked at
  return option;
}

Json rules_option(const Json& rules) {
  Json option = Json::object();
  if (rules.contains("select")) option["select"] = lower(rules.at("select"));
  if (rules.contains("stabilization_s") && !rules.at("stabilization_s").is_null())
    option["stabilization"] = rules.at("stabilization_s");
  if (rules.contains("policies")) {
    option["policies"] = Json::array();
    for (const Json& limit : rules.at("policies")) {
      option["policies"].push_back(
          {{"type", lower(limit.at("type"))}, {"value", limit.at("value")}, {"period", limit.at("period_s")}});
    }
  }
  return option;
}

Json behavior_option(const Json& behavior) {
  Json option = Json::object();
  if (behavior.contains("up")) option["scale_up"] = rules_option(behavior.at("up"));
  if (behavior.contains("down")) option["scale_down"] = rules_option(behavior.at("down"));
  return option;
}

hpa::ScalingRules rules_of(const Json& row) {
  hpa::ScalingRules rules;
  rules.select = lower(row.at("select"));
  for (const Json& limit : row.at("policies")) {
    rules.policies.push_back({lower(limit.at("type")), limit.at("value"), to_duration(limit.at("period_s").get<double>())});
  }
  return rules;
}

// ---- one metric --------------------------------------------------------------------------------------------------------------

// Through decide() with limits that hold nothing back. Applicable: metric type Resource.
TEST(HpaTables, ProposeAsUpstreamFromOneResourceMetric) {
  const Json table = reference_table("hpa/replica_calc.json");
  HEADROOM_SKIP_WITHOUT(table);
  int compared = 0;
  for (const Json& row : rows_of(table)) {
    const Json& metric = row.at("metric");
    if (metric.at("type") != "Resource") continue;
    const Json unlimited = {{"type", "pods"}, {"value", 1'000'000}};
    const Json behavior = {
        {"scale_up", {{"policies", {unlimited}}, {"tolerance", row.at("tolerance").at("up")}}},
        {"scale_down", {{"policies", {unlimited}}, {"tolerance", row.at("tolerance").at("down")}, {"stabilization", 0}}}};
    const auto autoscaler = policy<Autoscaler>({{"policy", "hpa"},
                                                {"metrics", {metric_option(metric)}},
                                                {"replicas", {0, 100'000}},
                                                {"initialization", "120 s"},
                                                {"initial_readiness_delay", "10 s"},
                                                {"behavior", behavior}});
    const int current = row.at("current_replicas");
    const auto pods = pods_of(row, metric.at("resource"));
    const ScalingDecision decision = autoscaler->decide({.now = now, .current_replicas = current, .pods = pods});
    const Json& expected = row.at("expect");
    const std::string id = row.at("id");
    EXPECT_EQ(decision.replicas, expected.value("replicas", current)) << id << " " << decision.reason;
    EXPECT_EQ(decision.reason.ends_with("left alone"), expected.contains("error")) << id << " " << decision.reason;
    if (expected.contains("utilization") && metric.at("target").contains("utilization")) {
      EXPECT_NE(decision.reason.find(" " + expected.at("utilization").dump() + " % against"), std::string::npos)
          << id << " " << decision.reason;
    }
    ++compared;
  }
  std::cout << compared << " rows of replica_calc compared\n";
  EXPECT_GT(compared, 0);
}

// Phase Succeeded is not known here; upstream treats every phase but Failed and Pending alike. A sample without a time stamp is
// older than everything.
TEST(HpaTables, GroupPodsAsUpstream) {
  const Json table = reference_table("hpa/pod_grouping.json");
  HEADROOM_SKIP_WITHOUT(table);
  const hpa::ReadinessRules rules{std::chrono::seconds{120}, std::chrono::seconds{10}};
  int compared = 0;
  for (const Json& row : rows_of(table)) {
    const bool is_cpu = row.at("resource") == "cpu";
    int ready = 0;
    std::map<std::string, std::vector<std::string>> groups = {{"unready", {}}, {"missing", {}}, {"ignored", {}}};
    for (const Json& fields : row.at("pods")) {
      PodView pod;
      const std::string phase = fields.at("phase");
      pod.phase = phase == "Pending" ? PodPhase::pending : phase == "Failed" ? PodPhase::failed : PodPhase::running;
      pod.deleting = fields.at("deleting");
      pod.ready = fields.at("ready").is_boolean() && fields.at("ready").get<bool>();
      if (fields.at("start_age_s").is_number()) pod.started = ago(fields.at("start_age_s"));
      if (fields.at("ready").is_boolean()) pod.ready_changed = ago(fields.at("ready_changed_age_s"));
      const std::string name = fields.at("name");
      if (const Json& samples = row.at("samples"); samples.contains(name)) {
        const Json& age = samples.at(name).at("age_s");
        const PodSample sample{.value = 0.0,
                               .at = age.is_number() ? ago(age) : start_of_time,
                               .window = to_duration(samples.at(name).at("window_s").get<double>())};
        (is_cpu ? pod.cpu : pod.memory) = sample;
      }
      switch (hpa::group_of(pod, is_cpu ? hpa::Resource::cpu : hpa::Resource::memory, rules, now)) {
        case hpa::PodGroup::ready: ++ready; break;
        case hpa::PodGroup::unready: groups["unready"].push_back(name); break;
        case hpa::PodGroup::missing: groups["missing"].push_back(name); break;
        case hpa::PodGroup::ignored: groups["ignored"].push_back(name); break;
      }
    }
    EXPECT_EQ(ready, row.at("expect").at("ready_count").get<int>()) << row.at("id");
    for (const auto& [group, names] : groups) EXPECT_EQ(Json(names), row.at("expect").at(group)) << row.at("id") << " " << group;
    ++compared;
  }
  std::cout << compared << " rows of pod_grouping compared\n";
  EXPECT_GT(compared, 0);
}

// ---- whole passes ------------------------------------------------------------------------------------------------------------

// A metric that upstream cannot compute. Here: memory of pods that report none.
bool fails(const Json& metric, const Json& row) {
  return metric.at("type") == "INVALID" ||
         (metric.at("type") == "External" && row.contains("fault") && row.at("fault") == "external_fetch_error");
}

// Applicable: each metric is CPU or one that fails, and no fault of an API that is not simulated.
bool is_applicable_pass(const Json& row) {
  const bool faulty = row.contains("fault") && !row.at("fault").is_null() && row.at("fault") != "external_fetch_error";
  if (faulty || (!row.at("recommendations").is_null() && !row.at("recommendations").empty())) return false;
  return std::ranges::all_of(row.at("hpa").at("metrics"), [&row](const Json& metric) {
    return fails(metric, row) || (metric.at("type") == "Resource" && metric.at("resource") == "cpu");
  });
}

void expect_pass(const Json& row, const Json& parameters) {
  const Json& fields = row.at("hpa");
  Json options = {{"policy", "hpa"}, {"replicas", {fields.at("min"), fields.at("max")}}, {"metrics", Json::array()}};
  for (const Json& metric : fields.at("metrics")) {
    const Json failing = {{"resource", "memory"}, {"target", 0.5}};
    options["metrics"].push_back(fails(metric, row) ? failing : metric_option(metric));
  }
  if (fields.contains("behavior") && !fields.at("behavior").is_null())
    options["behavior"] = behavior_option(fields.at("behavior"));
  if (!parameters.is_null()) {
    options["initialization"] = parameters.at("cpu_initialization_period_s");
    options["initial_readiness_delay"] = parameters.at("initial_readiness_delay_s");
  }
  const auto autoscaler = policy<Autoscaler>(options);
  const int current = row.at("scale").at("spec_replicas");
  // An empty history is one whose first recommendation is long past: a pass without pods two hours ago.
  if (!row.at("recommendations").is_null()) autoscaler->decide({.now = ago(7200), .current_replicas = current});
  const auto pods = pods_of(row, "cpu");
  const ScalingDecision decision = autoscaler->decide({.now = now, .current_replicas = current, .pods = pods});
  EXPECT_EQ(decision.replicas, row.at("expect").at("desired_replicas").get<int>()) << row.at("id") << " " << decision.reason;
}

void expect_passes(const std::string& file) {
  const Json table = reference_table(file);
  HEADROOM_SKIP_WITHOUT(table);
  int compared = 0;
  for (const Json& row : rows_of(table)) {
    if (!is_applicable_pass(row)) continue;
    expect_pass(row, table.contains("parameters") ? table.at("parameters") : Json{});
    ++compared;
  }
  std::cout << compared << " of " << rows_of(table).size() << " rows of " << file << " compared\n";
  EXPECT_GT(compared, 0);
}

TEST(HpaTables, ReconcileAsUpstream) { expect_passes("hpa/reconcile.json"); }
TEST(HpaTables, ReconcileAsTheReferenceWithOtherMetrics) { expect_passes("hpa/derived_multi_metric.json"); }

// The rows' external metric proposes the same whatever the size; here `size` pods share a load that makes CPU propose `wanted`:
// together just under wanted × target, so that the truncated average rounds up to it.
std::vector<PodView> pods_that_want(int wanted, int size, SimTime at) {
  const double cores = std::max(0.0, wanted * 100.0 - 0.05) / size;
  const PodView pod{.started = at - std::chrono::hours{1},
                    .ready_changed = at - std::chrono::hours{1},
                    .cpu_request = 100.0,
                    .memory_request = {},
                    .cpu = PodSample{.value = cores, .at = at, .window = std::chrono::seconds{15}},
                    .memory = {}};
  return std::vector<PodView>(static_cast<std::size_t>(size), pod);
}

TEST(HpaTables, FollowTheTimelines) {
  const Json table = reference_table("hpa/derived_timelines.json");
  HEADROOM_SKIP_WITHOUT(table);
  for (const Json& row : rows_of(table)) {
    Json options = {{"policy", "hpa"},
                    {"metrics", {{{"resource", "cpu"}, {"average", 100.0}}}},
                    {"tolerance", 0.0},
                    {"replicas", {row.at("min"), row.at("max")}}};
    if (row.contains("behavior") && !row.at("behavior").is_null()) options["behavior"] = behavior_option(row.at("behavior"));
    const auto autoscaler = policy<Autoscaler>(options);
    int replicas = row.at("initial_replicas");
    std::vector<int> series;
    for (std::size_t i = 0; i < row.at("expect_raw").size(); ++i) {
      const SimTime at = at_seconds(static_cast<double>(i) * row.at("sync_s").get<double>());
      const auto pods = pods_that_want(row.at("expect_raw").at(i), replicas, at);
      replicas = autoscaler->decide({.now = at, .current_replicas = replicas, .pods = pods}).replicas;
      series.push_back(replicas);
    }
    EXPECT_EQ(Json(series), row.at("expect_replicas")) << row.at("id");
  }
  std::cout << rows_of(table).size() << " rows of derived_timelines compared\n";
}

// ---- inner steps -------------------------------------------------------------------------------------------------------------

std::vector<hpa::ScaleEvent> events_of(const Json& rows) {
  std::vector<hpa::ScaleEvent> events;
  for (const Json& row : rows) events.push_back({row.at("change"), ago(row.at("age_s")), row.value("outdated", false)});
  return events;
}

TEST(HpaTables, LimitTheRateAsUpstream) {
  const Json table = reference_table("hpa/behaviour_rate.json");
  HEADROOM_SKIP_WITHOUT(table);
  for (const Json& row : rows_of(table)) {
    const int replicas = hpa::limit_rate(row.at("current"), row.at("desired"), {row.at("min"), row.at("max")},
                                         {events_of(row.at("up_events")), events_of(row.at("down_events"))},
                                         rules_of(row.at("up")), rules_of(row.at("down")), now);
    EXPECT_EQ(replicas, row.at("expect").at("replicas").get<int>()) << row.at("id");
  }
  std::cout << rows_of(table).size() << " rows of behaviour_rate compared\n";
}

TEST(HpaTables, ChooseTheSmallestChangeAsUpstream) {
  const Json table = reference_table("hpa/behaviour_limit_select_min.json");
  HEADROOM_SKIP_WITHOUT(table);
  for (const Json& row : rows_of(table)) {
    const auto limit = row.at("direction") == "up" ? hpa::scale_up_limit : hpa::scale_down_limit;
    EXPECT_EQ(limit(row.at("current"), {}, rules_of(row.at("rules")), now), row.at("expect").at("limit").get<int>())
        << row.at("id");
  }
  std::cout << rows_of(table).size() << " rows of behaviour_limit_select_min compared\n";
}

TEST(HpaTables, LimitWithoutABehaviorAsUpstream) {
  const Json table = reference_table("hpa/legacy_limit.json");
  HEADROOM_SKIP_WITHOUT(table);
  for (const Json& row : rows_of(table)) {
    EXPECT_EQ(hpa::limit_legacy(row.at("current"), row.at("desired"), {row.at("min"), row.at("max")}),
              row.at("expect").at("replicas").get<int>())
        << row.at("id");
  }
  std::cout << rows_of(table).size() << " rows of legacy_limit compared\n";
}

std::vector<hpa::Recommendation> log_of(const Json& rows) {
  std::vector<hpa::Recommendation> log;
  for (const Json& row : rows) log.push_back({row.at("value"), ago(row.at("age_s"))});
  return log;
}

TEST(HpaTables, StabilizeAsUpstream) {
  const Json legacy = reference_table("hpa/stabilise_legacy.json");
  const Json behavior = reference_table("hpa/stabilise_behaviour.json");
  HEADROOM_SKIP_WITHOUT(legacy);
  for (const Json& row : rows_of(legacy)) {
    auto log = log_of(row.at("recommendations"));
    EXPECT_EQ(hpa::stabilize(log, row.at("desired"), to_duration(row.at("window_s").get<double>()), now),
              row.at("expect").at("stabilized").get<int>())
        << row.at("id");
    EXPECT_EQ(log.size(), row.at("expect").at("log_length").get<std::size_t>()) << row.at("id");
  }
  for (const Json& row : rows_of(behavior)) {
    auto log = log_of(row.at("recommendations"));
    EXPECT_EQ(hpa::stabilize(log, row.at("current"), row.at("desired"), to_duration(row.at("up_window_s").get<double>()),
                             to_duration(row.at("down_window_s").get<double>()), now),
              row.at("expect").at("stabilized").get<int>())
        << row.at("id");
    std::vector<int> values;
    for (const auto& recommendation : log) values.push_back(recommendation.replicas);
    EXPECT_EQ(Json(values), row.at("expect").at("log_values_after")) << row.at("id");
  }
  std::cout << rows_of(legacy).size() + rows_of(behavior).size()
            << " rows of stabilise_legacy and stabilise_behaviour compared\n";
}

// Applicable: with rules; without a behavior nothing is stored at all.
TEST(HpaTables, StoreEventsAsUpstream) {
  const Json table = reference_table("hpa/scale_events.json");
  HEADROOM_SKIP_WITHOUT(table);
  int compared = 0;
  for (const Json& row : rows_of(table)) {
    if (row.at("rules").is_null()) continue;
    auto events = events_of(row.at("events_before"));
    EXPECT_EQ(hpa::change_within(events, std::chrono::seconds{60}, now), row.at("expect").at("change_in_last_60s").get<int>())
        << row.at("id");
    hpa::store_event(events, rules_of(row.at("rules")), row.at("replica_change"), now);
    Json after = Json::array();
    for (const auto& event : events) after.push_back({{"change", event.change}, {"outdated", event.outdated}});
    EXPECT_EQ(after, row.at("expect").at("events_after")) << row.at("id");
    ++compared;
  }
  std::cout << compared << " rows of scale_events compared\n";
  EXPECT_GT(compared, 0);
}

}  // namespace
}  // namespace headroom
