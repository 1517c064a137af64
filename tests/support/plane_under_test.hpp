// An exact request plane alone: no engine, no control loops. Replicas are added by hand, time is advanced by hand, and what was
// measured is read as one window. Arrivals are scripted to the nanosecond, so results can be stated as arithmetic.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/cluster/blueprint.hpp"
#include "sim/cluster/exact_request_plane.hpp"
#include "sim/measure/evaluate.hpp"
#include "sim/measure/recorder.hpp"

namespace headroom::test {

// A workload that plays a script of arrivals.
class ScriptedWorkload final : public Workload {
 public:
  struct Options {
    std::vector<Arrival> arrivals;
    bool repeats = false;
    Duration rhythm{};
    void describe(Fields&) {}
  };
  ScriptedWorkload(const Options& options, const Context&) : options_{options} {}
  std::size_t next(std::span<Arrival> batch) override {
    std::size_t filled = 0;
    while (filled < batch.size() && next_ < options_.arrivals.size()) batch[filled++] = options_.arrivals[next_++];
    return filled;
  }
  double mean_rate() const override { return 0.0; }
  bool repeats() const override { return options_.repeats; }
  bool stationary() const override { return true; }
  std::vector<Rhythm> rhythms() const override {
    return options_.rhythm > Duration{} ? std::vector{Rhythm{1.0, options_.rhythm}} : std::vector<Rhythm>{};
  }
  Duration rhythm_of(std::uint64_t) const override { return options_.rhythm; }

 private:
  Options options_;
  std::size_t next_ = 0;
};

inline PolicyChoice scripted(std::vector<Arrival> arrivals, bool repeats = false, Duration rhythm = {}) {
  static const bool offered = offer<Workload, ScriptedWorkload>("scripted", "plays a script (tests)");
  PolicyChoice choice = choice_of<Workload>("scripted");
  (void)offered;
  choice.options = std::make_shared<OptionsOf<ScriptedWorkload::Options>>(ScriptedWorkload::Options{std::move(arrivals), repeats, rhythm});
  return choice;
}
// One arrival at each of these seconds.
inline PolicyChoice arriving_at(const std::vector<double>& seconds, bool repeats = false, Duration rhythm = {}) {
  std::vector<Arrival> arrivals;
  for (const double at : seconds) arrivals.push_back({.at = at_seconds(at), .subject = arrivals.size()});
  return scripted(std::move(arrivals), repeats, rhythm);
}
// Of subjects that are said to come again after so long.
inline PolicyChoice scripted_again(const std::vector<double>& seconds, Duration rhythm) { return arriving_at(seconds, false, rhythm); }

inline Distribution seconds(double value) { return Distribution::constant(value); }

// A blueprint with one service "api" (1 slot, 1 core) and one endpoint "api.work" with these steps, asked for by "users".
inline Blueprint one_service(Steps steps, PolicyChoice arrivals) {
  Blueprint blueprint;
  blueprint.name = "test";
  ServiceBlueprint api;
  api.name = "api";
  api.balancer = choice_of<Balancer>("round-robin");
  blueprint.services.push_back(api);
  blueprint.endpoints.push_back({"api.work", 0, std::move(steps)});
  blueprint.workloads.push_back({"users", 0, std::move(arrivals), {{"visit", 1.0, {{CallStep{.endpoint = 0}}}}}});
  return blueprint;
}
// Adds a service with one endpoint "<name>.work"; returns the endpoint's index.
inline Index add_service(Blueprint& blueprint, const std::string& name, Steps steps, int concurrency = 1, double cpu = 1.0) {
  ServiceBlueprint service;
  service.name = name;
  service.concurrency = concurrency;
  service.cpu = cpu;
  service.balancer = choice_of<Balancer>("round-robin");
  blueprint.services.push_back(service);
  blueprint.endpoints.push_back({name + ".work", static_cast<Index>(blueprint.services.size() - 1), std::move(steps)});
  return static_cast<Index>(blueprint.endpoints.size() - 1);
}

class PlaneUnderTest {
 public:
  explicit PlaneUnderTest(Blueprint blueprint, std::uint64_t seed = 1, double end_seconds = 1000.0)
      : blueprint_{std::move(blueprint)}, streams_{seed, 0}, recorder_{std::make_unique<Recorder>(std::vector<double>{end_seconds}, std::vector<double>{})},
        end_{end_seconds} {
    blueprint_.duration = to_duration(end_seconds);
    const std::vector<std::string> problems = check_blueprint(blueprint_);
    if (!problems.empty()) throw std::logic_error{problems.front()};
    plane_ = make_exact_request_plane(blueprint_, streams_, *recorder_);
    for (Index i = 0; i < blueprint_.services.size(); ++i) {
      replicas_.emplace_back();
      for (int n = 0; n < blueprint_.services[i].replicas; ++n) replicas_[i].push_back({i, plane_->add_replica(i)});
    }
  }

  RequestPlane& plane() { return *plane_; }
  // Before the first arrival: requests of users are followed from now on.
  const CriticalPaths& follow() {
    auto& exact = dynamic_cast<ExactRequestPlane&>(*plane_);
    exact.follow_requests(blueprint_);
    return *exact.followed();
  }
  const std::vector<ReplicaRef>& replicas(Index service) const { return replicas_[service]; }
  void advance(double until) { plane_->advance_to(at_seconds(until)); }
  // Runs to the end and returns what was measured.
  const RunResult& finish() {
    advance(end_);
    plane_->refresh_instruments();
    recorder_->record(at_seconds(end_));
    result_.duration_seconds = end_;
    plane_->finish(result_);
    charges_ = plane_->charges();
    recorder_->finish(result_);
    return result_;
  }
  const RunResult& finish_result() const { return result_; }
  // By quantities, of the whole run. Call finish() first.
  const std::vector<Charge>& charges() const { return charges_; }
  // Value over the whole run; NaN where nothing was seen. Call finish() first.
  double value(const std::string& selector) const {
    ConditionError error;
    const auto condition = parse_condition(selector + " < 1", error);
    if (!condition) throw std::logic_error{selector + ": " + error.message};
    return evaluate(condition->selector, result_, {0.0, end_}).value_or(std::numeric_limits<double>::quiet_NaN());
  }
  const LedgerEntry& ledger(const std::string& name) const {
    for (const LedgerEntry& entry : result_.ledger) {
      if (entry.name == name) return entry;
    }
    throw std::logic_error{"no ledger entry " + name};
  }

 private:
  Blueprint blueprint_;
  RandomStreams streams_;
  std::unique_ptr<Recorder> recorder_;
  std::unique_ptr<RequestPlane> plane_;
  std::vector<std::vector<ReplicaRef>> replicas_;
  RunResult result_;
  std::vector<Charge> charges_;
  double end_;
};

}  // namespace headroom::test
