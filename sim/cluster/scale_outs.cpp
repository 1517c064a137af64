#include "sim/cluster/scale_outs.hpp"

#include <algorithm>
#include <utility>

namespace headroom {
namespace {

// Scrapes come at period, 2 × period, …
SimTime newest_scrape(SimTime until, Duration period) {
  return SimTime{std::max(Duration{}, until.time_since_epoch() / period * period)};
}
SimTime next_scrape(SimTime after, Duration period) {
  return after < start_of_time ? SimTime{period} : newest_scrape(after, period) + period;
}

// How far a pod has come, to find the one that is last.
int progress(const Pod& pod) { return (pod.ascent.placed ? 1 : 0) + (pod.ascent.pulled ? 1 : 0) + (pod.ascent.passed ? 1 : 0); }

}  // namespace

ScaleOuts::ScaleOuts(const Blueprint& blueprint, std::vector<SimTime> rises, Recorder& recorder)
    : blueprint_{blueprint}, rises_{std::move(rises)}, services_(blueprint.services.size()) {
  std::sort(rises_.begin(), rises_.end());
  for (Index service = 0; service < services_.size(); ++service) {
    if (!blueprint.services[service].autoscaler.chosen()) continue;
    const Label label{"service", blueprint.services[service].name};
    services_[service].time = &recorder.durations("scaling_time", {label});
    for (std::size_t part = 0; part < scaling_parts.size(); ++part)
      services_[service].delays[part] = &recorder.durations("scaling_delay", {{"part", std::string{scaling_parts[part]}}, label});
  }
}

std::optional<SimTime> ScaleOuts::rise_before(SimTime now, SimTime accounted) const {
  const auto after = std::lower_bound(rises_.begin(), rises_.end(), now);
  if (after == rises_.begin() || *(after - 1) <= accounted) return std::nullopt;
  return *(after - 1);
}

ScaleOuts::Chain ScaleOuts::chain_of(const ServiceState& state, const DecisionTiming& timing) const {
  const Duration scrape = blueprint_.scrape;
  const SimTime seen = timing.since.value_or(timing.now), looked_before = seen - timing.period;
  const auto crossed_after = [&](SimTime instant) {
    const SimTime first = next_scrape(instant, scrape);
    return first <= seen ? first : newest_scrape(seen, scrape);
  };
  if (const auto rise = rise_before(seen, state.accounted)) {
    // Nothing was scraped since: it went by the clock.
    return {*rise, std::max(*rise, crossed_after(std::max(*rise, looked_before)))};
  }
  if (state.chain_goes_on) return state.chain;
  const SimTime crossed = crossed_after(looked_before);
  if (crossed == start_of_time) return {seen, seen};
  return {std::max(start_of_time, crossed - scrape), crossed};
}

Index ScaleOuts::decided(Index service, int from, int to, const DecisionTiming& timing) {
  ServiceState& state = services_[service];
  if (to <= from) {
    const bool is_enough = to == from && state.open == 0;
    if (is_enough || to < from) state.chain_goes_on = false;
    if (to < from) state.accounted = timing.now;
    return no_index;
  }
  state.chain = chain_of(state, timing);
  state.accounted = std::max(state.accounted, state.chain.load_changed);
  state.chain_goes_on = true;
  ++state.open;
  all_.push_back(
      {.service = service, .from = from, .to = to, .chain = state.chain, .decided = timing.now, .waiting = {}, .last = {}});
  return static_cast<Index>(all_.size() - 1);
}

void ScaleOuts::add(Index scale_out, Pod& pod) {
  pod.ascent.scale_out = scale_out;
  all_[scale_out].waiting.push_back(&pod);
}

void ScaleOuts::all_added(Index scale_out) {
  all_[scale_out].adding = false;
  if (all_[scale_out].waiting.empty()) close(all_[scale_out]);
}

ScaleOuts::Seconds ScaleOuts::parts_of(const Tracked& tracked, const Pod& pod, SimTime registered) const {
  const auto reached = [&](const std::optional<SimTime>& instant) { return std::min(instant.value_or(registered), registered); };
  const SimTime pulled = reached(pod.ascent.pulled), passed = reached(pod.ascent.passed);
  const bool is_up = pod.ascent.pulled && pod.up >= pulled && pod.up <= registered;
  const SimTime up = is_up ? std::min(pod.up, passed) : registered;
  const std::array<SimTime, scaling_parts.size() + 1> instants{tracked.chain.load_changed,
                                                               tracked.chain.crossed,
                                                               tracked.decided,
                                                               reached(pod.ascent.placed),
                                                               pulled,
                                                               up,
                                                               passed,
                                                               registered};
  Seconds seconds{};
  for (std::size_t part = 0; part < seconds.size(); ++part) seconds[part] = to_seconds(instants[part + 1] - instants[part]);
  return seconds;
}

void ScaleOuts::registered(Pod& pod, SimTime now) {
  if (pod.ascent.scale_out == no_index) return;
  Tracked& tracked = all_[pod.ascent.scale_out];
  tracked.last = parts_of(tracked, pod, now);
  leave(pod);
}

void ScaleOuts::gone(Pod& pod) {
  if (pod.ascent.scale_out != no_index) leave(pod);
}

void ScaleOuts::leave(Pod& pod) {
  Tracked& tracked = all_[std::exchange(pod.ascent.scale_out, no_index)];
  std::erase(tracked.waiting, &pod);
  if (tracked.waiting.empty() && !tracked.adding) close(tracked);
}

void ScaleOuts::close(Tracked& tracked) {
  ServiceState& state = services_[tracked.service];
  --state.open;
  if (!tracked.last || state.time == nullptr) return;
  Duration total{};
  for (std::size_t part = 0; part < scaling_parts.size(); ++part) {
    const Duration delay = to_duration((*tracked.last)[part]);
    state.delays[part]->record(delay);
    total += delay;
  }
  state.time->record(total);
}

std::vector<ScaleOut> ScaleOuts::finish(SimTime end) const {
  std::vector<ScaleOut> results;
  for (const Tracked& tracked : all_) {
    if (tracked.waiting.empty() && !tracked.last) continue;
    ScaleOut result{.service = blueprint_.services[tracked.service].name,
                    .decided_seconds = to_seconds(tracked.decided),
                    .from = tracked.from,
                    .to = tracked.to,
                    .complete = tracked.waiting.empty()};
    if (result.complete) {
      result.seconds = *tracked.last;
    } else {
      const auto behind = [](const Pod* a, const Pod* b) { return progress(*a) < progress(*b); };
      result.seconds = parts_of(tracked, **std::min_element(tracked.waiting.begin(), tracked.waiting.end(), behind), end);
    }
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace headroom
