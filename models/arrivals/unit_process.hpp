// Point processes of rate 1: what a rate profile stretches into arrivals.
#pragma once

#include "sim/core/distribution.hpp"
#include "sim/core/random.hpp"

namespace headroom {

class UnitProcess {
 public:
  // Independent exponential gaps.
  static UnitProcess poisson(RandomStream stream) { return UnitProcess{Kind::poisson, stream, 1.0}; }
  // Gamma renewal process with this coefficient of variation of its gaps (> 0); stationary from its start: the first gap is what
  // is left of a gap that was under way, a uniform share of a length-biased one. cv = 1 is Poisson.
  static UnitProcess gamma(double cv, RandomStream stream) {
    return cv == 1.0 ? poisson(stream) : UnitProcess{Kind::gamma, stream, cv};
  }
  // At 1/2, 3/2, 5/2, …: a span of expected number n holds n, rounded.
  static UnitProcess even() { return UnitProcess{Kind::even, RandomStream{}, 1.0}; }

  // The next point, > 0, not decreasing.
  double next() {
    if (kind_ == Kind::poisson) return time_ += -__builtin_log(stream_.uniform());
    if (kind_ == Kind::even) return static_cast<double>(count_++) + 0.5;
    return time_ += gamma_gap();
  }

 private:
  enum class Kind { poisson, gamma, even };
  UnitProcess(Kind kind, RandomStream stream, double cv);
  double gamma_gap();

  Kind kind_;
  RandomStream stream_;
  Distribution gap_, length_biased_;
  double time_ = 0.0;
  std::uint64_t count_ = 0;
};

}  // namespace headroom
