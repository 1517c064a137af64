// n independent uniforms over (0, 1) in ascending order, one at a time in O(1) memory: phases of 10^8 monitors without storing
// them.
//
//   U(k+1) = 1 - (1 - U(k)) × v^(1 / (n - k)), v uniform.
// Source: Bentley and Saxe, "Generating sorted lists of random numbers", ACM TOMS 6(3), 1980.
#pragma once

#include <cmath>
#include <cstdint>

#include "sim/core/random.hpp"

namespace headroom {

class SortedUniforms {
 public:
  SortedUniforms(std::uint64_t count, const RandomStream& stream) : stream_{stream}, left_{count} {}
  bool empty() const { return left_ == 0; }
  // Not empty.
  double next() {
    log_survival_ += __builtin_log(stream_.uniform()) / static_cast<double>(left_--);
    return -std::expm1(log_survival_);
  }
  // Where the stream stands: for numbers that have nothing to do with these.
  const RandomStream& stream() const { return stream_; }

 private:
  RandomStream stream_;
  std::uint64_t left_;
  double log_survival_ = 0.0;
};

}  // namespace headroom
