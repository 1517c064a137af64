#include "sim/cluster/run_timeline.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <stdexcept>

#include "sim/cluster/make_workload.hpp"
#include "sim/core/random.hpp"

namespace headroom {
namespace {

// An even border nearer than this to a fixed one would make a sliver of a window.
constexpr Duration sliver{std::chrono::microseconds{1}};

std::vector<SimTime> even_borders(Duration duration, int count) {
  std::vector<SimTime> borders;
  for (int i = 1; i <= count; ++i) {
    const auto at = static_cast<__int128>(duration.count()) * i / count;
    borders.push_back(SimTime{Duration{static_cast<std::int64_t>(at)}});
  }
  return borders;
}

// `fixed` sorted; what is left of `even` is not near any of them.
std::vector<SimTime> merge_borders(const std::vector<SimTime>& fixed, const std::vector<SimTime>& even) {
  std::vector<SimTime> merged = fixed;
  for (const SimTime border : even) {
    const auto after = std::lower_bound(fixed.begin(), fixed.end(), border);
    const bool near =
        (after != fixed.end() && *after - border < sliver) || (after != fixed.begin() && border - *std::prev(after) < sliver);
    if (!near && border > start_of_time) merged.push_back(border);
  }
  std::sort(merged.begin(), merged.end());
  merged.erase(std::unique(merged.begin(), merged.end()), merged.end());
  return merged;
}

}  // namespace

RunTimeline make_timeline(const Blueprint& blueprint, std::vector<SimTime> borders) {
  const SimTime end{blueprint.duration};
  if (end <= start_of_time) throw std::invalid_argument{"the duration of a run must be more than 0"};
  if (blueprint.warm_up) borders.push_back(SimTime{*blueprint.warm_up});
  std::erase_if(borders, [&](SimTime border) { return border <= start_of_time || border >= end; });
  borders.push_back(end);
  std::sort(borders.begin(), borders.end());
  borders.erase(std::unique(borders.begin(), borders.end()), borders.end());

  RunTimeline timeline;
  timeline.slice_ends = merge_borders(borders, even_borders(blueprint.duration, even_slices));
  timeline.window_ends = merge_borders(timeline.slice_ends, even_borders(blueprint.duration, std::max(1, blueprint.windows)));
  return timeline;
}

std::vector<Phase> phases_of_workloads(const Blueprint& blueprint, const RunIdentity& identity) {
  RandomStreams streams{identity.seed, identity.replication};
  std::vector<Phase> phases;
  for (const WorkloadBlueprint& workload : blueprint.workloads) {
    for (Phase& phase : make_workload(workload, surroundings_of(blueprint), streams)->phases()) phases.push_back(std::move(phase));
  }
  return phases;
}

std::vector<SimTime> borders_of(const std::vector<Phase>& phases) {
  std::vector<SimTime> borders;
  for (const Phase& phase : phases) {
    borders.push_back(phase.begin);
    borders.push_back(phase.end);
  }
  return borders;
}

std::vector<SimTime> load_rises(const std::vector<Phase>& phases) {
  std::vector<SimTime> rises;
  for (const Phase& phase : phases) {
    if (phase.more && phase.begin > start_of_time) rises.push_back(phase.begin);
  }
  return rises;
}

}  // namespace headroom
