// A small system written a second time with SimGrid's own means, and the comparison of the two.
#pragma once

#include <cmath>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <simgrid/s4u.hpp>
#include <xbt/log.h>

#include "sim/experiment/study.hpp"
#include "sim/measure/statistics.hpp"
#include "tests/support/plane_under_test.hpp"

namespace headroom::test {

// Named numbers of one run, carried through the process pool as counters.
using Measured = std::map<std::string, double>;

inline std::map<std::string, std::vector<double>> replicate(int replications, const std::function<Measured(std::uint64_t)>& once) {
  std::vector<RunRequest> requests;
  for (int i = 0; i < replications; ++i) requests.push_back({0, static_cast<std::uint64_t>(i)});
  const Study study = run_study(1, requests, [&](const RunRequest& request) {
    RunResult result;
    for (const auto& [name, value] : once(request.replication)) result.series.push_back({name, {}, MetricKind::counter, {{value}}, {}});
    return result;
  }, {});
  std::map<std::string, std::vector<double>> values;
  for (const FailedRun& failed : study.failed) ADD_FAILURE() << failed.message;
  for (const RunResult& run : study.runs.front()) {
    for (const Series& series : run.series) values[series.metric].push_back(series.columns[0][0]);
  }
  return values;
}

// The interval of the difference of two independent means (Welch) contains zero, and is narrow against the value.
inline void expect_agreement(const std::string& what, const std::vector<double>& exact, const std::vector<double>& twin, double precision) {
  const Interval a = t_interval(exact, 0.999), b = t_interval(twin, 0.999);
  const double half = std::hypot(a.half_width(), b.half_width());
  EXPECT_NEAR(a.mean, b.mean, half) << what;
  EXPECT_LE(half, precision * std::max(std::abs(a.mean), 1e-9)) << what << ": too wide to prove anything";
}

// A SimGrid run: one host, an engine of its own, requests that arrive as actors. One per process.
class Twin {
 public:
  explicit Twin(std::uint64_t seed, int cores = 1) : random_{static_cast<std::uint32_t>(seed * 7919 + 13)} {
    xbt_log_control_set("root.thresh:critical");
    simgrid::s4u::Engine::set_config("contexts/guard-size:0");
    simgrid::s4u::Engine::set_config("contexts/stack-size:64");  // KiB; an actor per request is made and ended all the time
#ifdef HEADROOM_SANITIZE
    simgrid::s4u::Engine::set_config("contexts/factory:thread");
#endif
    simgrid::s4u::NetZone* zone = simgrid::s4u::create_full_zone("twin");
    host_ = zone->create_host("host", 1e9)->set_core_count(cores)->seal();
    zone->seal();
  }
  double exponential(double mean) { return -mean * std::log(1.0 - std::uniform_real_distribution<double>{}(random_)); }
  simgrid::s4u::Host* host() const { return host_; }
  // Poisson arrivals until `end`; each is an actor that runs `request` and whose time is kept.
  void arrive(double rate, double end, const std::function<void()>& request) {
    simgrid::s4u::Actor::create("arrivals", host_, [this, rate, end, request] {
      for (;;) {
        simgrid::s4u::this_actor::sleep_for(exponential(1.0 / rate));
        if (simgrid::s4u::Engine::get_clock() >= end) return;
        simgrid::s4u::Actor::create("request", host_, [this, request] {
          const double begun = simgrid::s4u::Engine::get_clock();
          request();
          latency_ += simgrid::s4u::Engine::get_clock() - begun;
          ++requests_;
        });
      }
    });
  }
  void run() { engine_.run(); }
  double mean_latency() const { return latency_ / static_cast<double>(requests_); }
  double requests() const { return static_cast<double>(requests_); }

 private:
  simgrid::s4u::Engine engine_{"twin"};
  std::mt19937 random_;
  simgrid::s4u::Host* host_ = nullptr;
  double latency_ = 0.0;
  std::uint64_t requests_ = 0;
};

}  // namespace headroom::test
