// Kubernetes Vertical Pod Autoscaler: requests of replicas by what they have used.
//
//   target = 1.15 × the 90th percentile of CPU (samples) and of memory (daily peaks), weights halved every 24 h
//   bounds = 1.15 × the 50th × (1 + 0.001 / days)^-2 and 1.15 × the 95th × (1 + 1 / days)
//   a pod gets another request when its own is out of the bounds; after 12 h, when it is 10 % off; soon after a kill for memory
//
// Source:  kubernetes/autoscaler, vertical-pod-autoscaler/pkg/{recommender,updater}, commit 55c37cd; shipped numbers.
// Differs: nothing is read from a history before the run, so that the first day is as after a new installation. A resize in place
//          is done at once and always finds room where the pod's own node has it; where not, the pod stays as it is.
#include <map>
#include <numeric>

#include <fmt/format.h>

#include "policies/autoscaling/vpa_updater.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/vertical_autoscaler.hpp"

namespace headroom {
namespace {

struct ResourceBounds {
  static constexpr std::string_view type_name = "vpa_bounds";
  std::optional<double> least_cpu, most_cpu;
  std::optional<Bytes> least_memory, most_memory;

  void describe(Fields& field) {
    field("least_cpu", least_cpu, "cores; never less is requested", between(0.001, 1000.0))(
        "most_cpu", most_cpu, "cores; never more is requested", between(0.001, 1000.0))(
        "least_memory", least_memory, "never less is requested", at_least(1))("most_memory", most_memory,
                                                                              "never more is requested", at_least(1));
  }
};

class Vpa final : public VerticalAutoscaler {
 public:
  struct Options {
    std::string mode = "evict";
    std::string controls = "cpu-and-memory";
    ResourceBounds bounds;
    Ratio target_percentile{0.9}, lower_percentile{0.5}, upper_percentile{0.95};
    Ratio margin{0.15};
    double least_cpu = vpa::RecommenderRules{}.least_cpu;
    Bytes least_memory{vpa::RecommenderRules{}.least_memory};
    Duration confidence_interval = vpa::RecommenderRules{}.confidence_interval;
    Duration cpu_half_life{std::chrono::hours{24}}, memory_half_life{std::chrono::hours{24}};
    Duration memory_interval{std::chrono::hours{24}};
    int memory_intervals = 8;
    double bump_ratio = vpa::OutOfMemoryRules{}.bump_ratio;
    Bytes least_bump{vpa::OutOfMemoryRules{}.least_bump};
    Duration recommend_every{std::chrono::minutes{1}}, update_every{std::chrono::minutes{1}};
    int least_replicas = vpa::UpdateRules{}.least_replicas;
    Ratio eviction_tolerance{vpa::UpdateRules{}.eviction_tolerance};
    Ratio update_threshold{vpa::UpdateRules{}.threshold};
    Duration in_bounds_lifetime = vpa::UpdateRules{}.in_bounds_lifetime;
    Duration quick_out_of_memory = vpa::UpdateRules{}.quick_out_of_memory;

    void describe(Fields& field);
    FieldProblems problems() const;
  };

  Vpa(const Options& options, const Context& context);

  Duration period() const override { return Duration{std::gcd(options_.recommend_every.count(), options_.update_every.count())}; }
  ResizeDecision decide(const ServiceView& service) override;
  FieldProblems problems() const override;

 private:
  void observe(const ServiceView& service);
  void observe(const PodView& pod);
  void recommend();
  void update(const ServiceView& service, ResizeDecision& decision) const;

  Options options_;
  Context context_;
  vpa::Controlled controlled_;
  vpa::UpdateRules rules_;
  struct Watched {
    vpa::MemoryPeaks peaks;
    std::optional<SimTime> cpu_at, killed_at;
  };
  std::map<std::uint64_t, Watched> pods_;  // by number; those that are gone are forgotten, what they used is not
  vpa::Usage usage_;
  std::optional<vpa::Recommendation> recommendation_;  // within the bounds
  SimTime next_recommendation_, next_update_;          // at once, when it is first asked
};

void Vpa::Options::describe(Fields& field) {
  const Range share = between(0.0, 1.0);
  const Range rhythm = between(std::chrono::seconds{1}, std::chrono::hours{24});
  const Range span = between(std::chrono::minutes{1}, std::chrono::hours{24 * 365});
  field
      .choice("mode", mode, "recommend only; for new pods; by eviction, so that pods are replaced; or in place, at once",
              {"off", "initial", "evict", "in-place"})
      .choice("controls", controls, "which requests are its own", {"cpu-and-memory", "cpu", "memory"})(
          "bounds", bounds, "limits of what it may request")("target_percentile", target_percentile,
                                                             "of what was used, that is requested", share)(
          "lower_percentile", lower_percentile, "of what was used, below which a request is too small", share)(
          "upper_percentile", upper_percentile, "of what was used, above which a request is too large", share)(
          "margin", margin, "on top of what was used", between(0.0, 10.0));
  field("least_cpu", least_cpu, "cores that a pod is recommended at least", between(0.0, 1000.0))(
      "least_memory", least_memory, "that a pod is recommended at least")(
      "confidence_interval", confidence_interval, "of history, after which the upper bound is twice what it comes to", span)(
      "cpu_half_life", cpu_half_life, "after which a sample of CPU weighs half", span)(
      "memory_half_life", memory_half_life, "after which a peak of memory weighs half", span)(
      "memory_interval", memory_interval, "of which the largest use of memory counts", span)(
      "memory_intervals", memory_intervals, "after so many without a sample all is forgotten", between(1, 1000))(
      "bump_ratio", bump_ratio, "of what a container killed for memory had, that it is taken to need", between(1.0, 100.0))(
      "least_bump", least_bump, "and at least so much more");
  field("recommend_every", recommend_every, "how often it looks at samples", rhythm)(
      "update_every", update_every, "how often it looks for pods to change", rhythm)(
      "least_replicas", least_replicas, "pods that there must be for one to be evicted", between(1, 10'000))(
      "eviction_tolerance", eviction_tolerance, "of the replicas, that may be away at a time", share)(
      "update_threshold", update_threshold, "least relative change of a request within the bounds", between(0.0, 100.0))(
      "in_bounds_lifetime", in_bounds_lifetime, "least age of a pod whose request is within the bounds",
      between(Duration{0}, std::chrono::hours{24 * 365}))("quick_out_of_memory", quick_out_of_memory,
                                                          "a container killed for memory sooner after its start is changed soon",
                                                          between(Duration{0}, std::chrono::hours{24}));
}

FieldProblems Vpa::Options::problems() const {
  FieldProblems problems;
  if (lower_percentile.value > target_percentile.value)
    problems.emplace_back("lower_percentile", "is above the target's; requests would be too small as soon as they are set");
  if (upper_percentile.value < target_percentile.value)
    problems.emplace_back("upper_percentile", "is below the target's; requests would be too large as soon as they are set");
  if (bounds.least_cpu && bounds.most_cpu && *bounds.least_cpu > *bounds.most_cpu)
    problems.emplace_back("bounds/most_cpu", fmt::format("is less than least_cpu, {:g}", *bounds.least_cpu));
  if (bounds.least_memory && bounds.most_memory && bounds.least_memory->count > bounds.most_memory->count)
    problems.emplace_back("bounds/most_memory", fmt::format("is less than least_memory, {}", to_text(*bounds.least_memory)));
  return problems;
}

Vpa::Vpa(const Options& options, const Context& context)
    : options_{options},
      context_{context},
      controlled_{options.controls != "memory", options.controls != "cpu" && context.request.memory.count > 0},
      rules_{options.update_threshold.value, options.in_bounds_lifetime, options.quick_out_of_memory, options.least_replicas,
             options.eviction_tolerance.value},
      usage_{options.cpu_half_life, options.memory_half_life} {}

FieldProblems Vpa::problems() const {
  if (options_.controls != "memory" || context_.request.memory.count > 0) return {};
  return {{"controls", "is memory, but the service declares none; give the service \"memory\": \"4 GiB\", or control the cpu"}};
}

// ---- the recommender ---------------------------------------------------------------------------------------------------------

vpa::OutOfMemoryRules kill_rules(double ratio, Bytes least, const std::optional<Bytes>& most) {
  return {ratio, least.count, most ? most->count : 0};
}

void Vpa::observe(const PodView& pod) {
  const auto rules = kill_rules(options_.bump_ratio, options_.least_bump, options_.bounds.most_memory);
  Watched& watched =
      pods_.try_emplace(pod.number, Watched{vpa::MemoryPeaks{options_.memory_interval, rules}, {}, {}}).first->second;
  if (pod.cpu && (!watched.cpu_at || pod.cpu->at > *watched.cpu_at)) {
    usage_.add_cpu(static_cast<double>(vpa::to_milli_amount(pod.cpu->value)) / 1000.0, pod.cpu->at);
    watched.cpu_at = pod.cpu->at;
  }
  const vpa::MemoryPeaks::Sink sink = usage_.peaks();
  if (pod.memory) watched.peaks.sample(pod.memory->at, vpa::to_amount(pod.memory->value), sink);
  if (!pod.killed || watched.killed_at == pod.killed->at) return;
  watched.killed_at = pod.killed->at;
  watched.peaks.out_of_memory(pod.killed->at, pod.memory_request.count, sink);
}

void Vpa::observe(const ServiceView& service) {
  if (usage_.last && service.now - *usage_.last >= options_.memory_interval * options_.memory_intervals)
    usage_ = vpa::Usage{options_.cpu_half_life, options_.memory_half_life};
  std::map<std::uint64_t, Watched> still_there;
  for (const PodView& pod : service.pods) {
    observe(pod);
    still_there.insert(pods_.extract(pod.number));
  }
  pods_ = std::move(still_there);
}

void Vpa::recommend() {
  if (usage_.samples == 0) return recommendation_.reset();
  const vpa::RecommenderRules rules{options_.target_percentile.value,
                                    options_.lower_percentile.value,
                                    options_.upper_percentile.value,
                                    options_.margin.value,
                                    options_.least_cpu,
                                    options_.least_memory.count,
                                    options_.confidence_interval};
  const ResourceBounds& bounds = options_.bounds;
  recommendation_ = vpa::recommend(usage_, rules);
  for (vpa::Amounts* amounts : {&recommendation_->target, &recommendation_->lower, &recommendation_->upper}) {
    if (bounds.least_cpu) amounts->cpu = std::max(amounts->cpu, vpa::to_milli_amount(*bounds.least_cpu));
    if (bounds.most_cpu) amounts->cpu = std::min(amounts->cpu, vpa::to_milli_amount(*bounds.most_cpu));
    if (bounds.least_memory) amounts->memory = std::max(amounts->memory, bounds.least_memory->count);
    if (bounds.most_memory) amounts->memory = std::min(amounts->memory, bounds.most_memory->count);
  }
}

// ---- the updater -------------------------------------------------------------------------------------------------------------

struct Candidate {
  const PodView* pod;
  vpa::UpdatePriority priority;
};

void Vpa::update(const ServiceView& service, ResizeDecision& decision) const {
  std::vector<Candidate> candidates;
  int running = 0, pending = 0;
  for (const PodView& pod : service.pods) {
    if (pod.deleting) continue;
    ++(pod.phase == PodPhase::pending ? pending : running);
    const vpa::Amounts request{vpa::to_milli_amount(pod.cpu_request), pod.memory_request.count};
    const vpa::UpdatePriority priority = vpa::priority_of(request, *recommendation_, controlled_);
    const std::optional<Duration> lived = pod.killed ? std::optional{pod.killed->lived} : std::nullopt;
    if (vpa::is_to_be_updated(priority, pod.started, lived, rules_, service.now)) candidates.push_back({&pod, priority});
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return b.priority < a.priority; });
  vpa::EvictionBudget budget{rules_, service.current_replicas, running, pending};
  for (const Candidate& candidate : candidates) {
    if (options_.mode == "in-place")
      decision.resize.push_back(candidate.pod->number);
    else if (budget.takes(candidate.pod->phase == PodPhase::pending))
      decision.evict.push_back(candidate.pod->number);
  }
}

// ---- what it says ------------------------------------------------------------------------------------------------------------

std::string amounts_text(const vpa::Amounts& amounts, const vpa::Controlled& controlled) {
  std::string text = controlled.cpu ? fmt::format("{} milli cores", amounts.cpu) : "";
  if (controlled.memory) text += fmt::format("{}{}", text.empty() ? "" : ", ", to_text(Bytes{amounts.memory}));
  return text;
}

ResizeDecision Vpa::decide(const ServiceView& service) {
  const auto is_due = [&service](SimTime& next, Duration period) {
    if (service.now < next) return false;
    next = service.now + period;
    return true;
  };
  if (is_due(next_recommendation_, options_.recommend_every)) {
    observe(service);
    recommend();
  }
  ResizeDecision decision;
  if (!recommendation_) {
    decision.reason = "nothing seen yet";
    return decision;
  }
  const vpa::Recommendation& wanted = *recommendation_;
  decision.reason = fmt::format("target {} ({} to {})", amounts_text(wanted.target, controlled_),
                                amounts_text(wanted.lower, controlled_), amounts_text(wanted.upper, controlled_));
  if (options_.mode == "off") return decision;
  decision.request = context_.request;
  if (controlled_.cpu) decision.request->cpu = static_cast<double>(wanted.target.cpu) / 1000.0;
  if (controlled_.memory) decision.request->memory = Bytes{wanted.target.memory};
  if (options_.mode != "initial" && is_due(next_update_, options_.update_every)) update(service, decision);
  return decision;
}

const bool offered = offer<VerticalAutoscaler, Vpa>(
    "vpa", "Kubernetes Vertical Pod Autoscaler: requests by percentiles of what was used, with a margin");

}  // namespace
}  // namespace headroom
