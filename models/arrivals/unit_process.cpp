#include "models/arrivals/unit_process.hpp"

#include <cmath>

namespace headroom {

UnitProcess::UnitProcess(Kind kind, RandomStream stream, double cv) : kind_{kind}, stream_{stream} {
  if (kind != Kind::gamma) return;
  const double shape = 1.0 / (cv * cv);
  gap_ = Distribution::gamma(1.0, cv);
  // A gamma of shape k weighted by its length is a gamma of shape k + 1 and the same scale.
  length_biased_ = Distribution::gamma((shape + 1.0) / shape, 1.0 / std::sqrt(shape + 1.0));
}

double UnitProcess::gamma_gap() {
  if (count_++ > 0) return gap_.sample(stream_);
  return length_biased_.sample(stream_) * stream_.uniform();
}

}  // namespace headroom
