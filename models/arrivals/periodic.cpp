#include "models/arrivals/periodic.hpp"

namespace headroom {

PeriodicJobs::PeriodicJobs(std::uint64_t jobs, double period, PhaseRule rule, double jitter, RandomStream stream)
    : jobs_{jobs},
      period_{period},
      spread_{rule == PhaseRule::hashed     ? period
              : rule == PhaseRule::jittered ? jitter
                                            : 0.0},
      rule_{rule},
      phases_{stream},
      uniforms_{jobs, stream} {}

void PeriodicJobs::begin_period() {
  job_ = 0;
  ++period_index_;
  // The same numbers again: every job keeps its phase. Fresh ones: every job jitters anew.
  uniforms_ = SortedUniforms{jobs_, rule_ == PhaseRule::hashed ? phases_ : uniforms_.stream()};
}

PeriodicRun PeriodicJobs::next() {
  if (job_ == jobs_) begin_period();
  const double start = static_cast<double>(period_index_) * period_;
  const double share = spread_ > 0.0 ? uniforms_.next() : 0.0;
  return {start + spread_ * share, job_++};
}

}  // namespace headroom
