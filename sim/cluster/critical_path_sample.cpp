#include "sim/cluster/critical_path_sample.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace headroom {
namespace {

template <class Blueprints>
void add_names(std::vector<std::string>& names, const char* list, const Blueprints& blueprints) {
  for (const auto& blueprint : blueprints) names.push_back(std::string{list} + "/" + blueprint.name);
}

}  // namespace

CriticalPathSample::CriticalPathSample(const Blueprint& blueprint) {
  const auto begin_kind = [this] { first_of_.push_back(static_cast<Index>(names_.size())); };
  begin_kind();
  add_names(names_, "services", blueprint.services);
  add_names(names_, "databases", blueprint.databases);
  add_names(names_, "load_balancers", blueprint.load_balancers);
  begin_kind();
  add_names(names_, "queues", blueprint.queues);
  begin_kind();
  add_names(names_, "locks", blueprint.locks);
  begin_kind();
  add_names(names_, "limits", blueprint.limits);
  begin_kind();
  add_names(names_, "caches", blueprint.caches);
  begin_kind();
  add_names(names_, "links", blueprint.links);
  begin_kind();
  add_names(names_, "language_models", blueprint.language_models);
  begin_kind();
  add_names(names_, "stores", blueprint.stores);
  begin_kind();
  add_names(names_, "clients", blueprint.clients);
  for (const WorkloadBlueprint& workload : blueprint.workloads) workloads_.push_back(workload.name);
  for (const EndpointBlueprint& endpoint : blueprint.endpoints) kinds_.emplace_back().name = endpoint.name;
  for (const QueueBlueprint& queue : blueprint.queues) kinds_.emplace_back().name = queue.name;
}

std::uint64_t CriticalPathSample::choose(Index index) {
  Kind& kind = kinds_[index];
  kind.begun += kind.awaited;
  return kind.begun == kind.next ? kind.begun : 0;
}

std::uint64_t CriticalPathSample::wait_for_next(Index index, bool one_by_one) {
  Kind& kind = kinds_[index];
  if (kind.begun >= kind.next) kind.next = (kind.begun / kind.every + 1) * kind.every;
  kind.awaited = one_by_one ? 1 : kind.next - kind.begun;
  return kind.awaited;
}

void CriticalPathSample::keep(Index index, FollowedRequest&& followed) {
  Kind& kind = kinds_[index];
  if (followed.number % kind.every != 0) return;
  kind.kept.push_back(std::move(followed));
  if (kind.kept.size() <= most_kept) return;
  kind.every *= 2;
  std::erase_if(kind.kept, [&](const FollowedRequest& one) { return one.number % kind.every != 0; });
}

// ---- results -----------------------------------------------------------------------------------------------------------------

CriticalPath CriticalPathSample::band(const std::string& name, const std::vector<Sampled>& sample) const {
  CriticalPath path;
  path.band = name;
  path.count = sample.size();
  std::map<std::pair<PathCause, Index>, double> spans;  // nanoseconds, weighted
  std::map<std::pair<TaskOutcome, Index>, std::uint64_t> failures;
  for (const Sampled& one : sample) {
    path.weight += one.weight;
    path.mean_seconds += one.weight * to_seconds(one.request->latency);
    for (const PathSpan& part : one.request->parts)
      spans[{part.cause, part.component}] += one.weight * static_cast<double>(part.span.count());
    if (one.request->outcome != TaskOutcome::completed)
      failures[{one.request->outcome, one.request->failed_at}] += static_cast<std::uint64_t>(one.weight);
  }
  path.mean_seconds /= path.weight;
  for (const auto& [key, nanoseconds] : spans)
    path.parts.push_back({key.first, name_of(key.second), nanoseconds / path.weight / 1e9});
  for (const auto& [key, count] : failures)
    path.failures.push_back({to_text(key.first), key.second == no_index ? "" : name_of(key.second), count});
  std::ranges::stable_sort(path.parts, std::greater{}, &PathPart::mean_seconds);
  std::ranges::stable_sort(path.failures, std::greater{}, &PathFailure::count);
  return path;
}

void CriticalPathSample::add_bands(std::vector<CriticalPath>& all, const std::string& workload, const std::string& request,
                                   const std::vector<Sampled>& sample) const {
  std::vector<Sampled> served, failed;
  double weight = 0.0, before = 0.0;
  for (const Sampled& one : sample) {
    const bool is_served = one.request->outcome == TaskOutcome::completed;
    (is_served ? served : failed).push_back(one);
    if (is_served) weight += one.weight;
  }
  std::ranges::stable_sort(served, {}, [](const Sampled& one) { return one.request->latency; });
  // From the one on at which 95 % are reached, and those that took as long.
  auto slow = served.begin();
  while (slow != served.end() && before + slow->weight < 0.95 * weight) before += (slow++)->weight;
  while (slow != served.begin() && slow != served.end() && std::prev(slow)->request->latency == slow->request->latency) --slow;
  const auto add = [&](const char* name, const std::vector<Sampled>& of_band) {
    if (of_band.empty()) return;
    all.push_back(band(name, of_band));
    all.back().workload = workload;
    all.back().request = request;
  };
  add("all", served);
  add("slow", {slow, served.end()});
  add("failed", failed);
}

std::vector<CriticalPath> CriticalPathSample::summary(SimTime from) const {
  std::vector<Sampled> every_one;
  std::vector<std::vector<Sampled>> by_kind(kinds_.size()), by_workload(workloads_.size());
  for (Index kind = 0; kind < kinds_.size(); ++kind) {
    for (const FollowedRequest& request : kinds_[kind].kept) {
      if (request.ended <= from && from > start_of_time) continue;
      const Sampled one{&request, static_cast<double>(kinds_[kind].every)};
      every_one.push_back(one);
      by_kind[kind].push_back(one);
      by_workload[request.workload].push_back(one);
    }
  }
  std::vector<CriticalPath> all;
  add_bands(all, "", "", every_one);
  for (Index w = 0; w < workloads_.size() && workloads_.size() > 1; ++w) add_bands(all, workloads_[w], "", by_workload[w]);
  for (Index kind = 0; kind < kinds_.size(); ++kind) add_bands(all, "", kinds_[kind].name, by_kind[kind]);
  return all;
}

}  // namespace headroom
