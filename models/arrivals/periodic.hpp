// Jobs that run once per period each, for any number of them in O(1) memory.
#pragma once

#include <cstdint>

#include "models/arrivals/sorted_uniforms.hpp"

namespace headroom {

enum class PhaseRule {
  aligned,   // all at the start of every period
  jittered,  // every job waits a fresh uniform time in [0, jitter) after it
  hashed,    // every job has a phase of its own, uniform over the period, and keeps it
};

struct PeriodicRun {
  double at = 0.0;        // seconds
  std::uint64_t job = 0;  // 0 … jobs-1, in order of time within a period; under `hashed` the same job has always the same number
};

class PeriodicJobs {
 public:
  // period > 0; jitter in [0, period], for PhaseRule::jittered.
  PeriodicJobs(std::uint64_t jobs, double period, PhaseRule rule, double jitter, RandomStream stream);
  // In order of time, without end.
  PeriodicRun next();

 private:
  void begin_period();

  std::uint64_t jobs_;
  double period_, spread_;
  PhaseRule rule_;
  RandomStream phases_;
  SortedUniforms uniforms_;
  std::uint64_t period_index_ = 0;
  std::uint64_t job_ = 0;
};

}  // namespace headroom
