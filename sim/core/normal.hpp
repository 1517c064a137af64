// The standard normal distribution, fast enough to draw from by inversion.
#pragma once

namespace headroom {

// Inverse of the distribution function, about 16 digits; -infinity at 0, +infinity at 1. probability in [0, 1].
// Source: Wichura, Algorithm AS 241 (PPND16), Applied Statistics 37(3), 1988.
double normal_quantile(double probability);
// The distribution function.
double normal_cdf(double score);
// The logarithm of the probability of (low, high), without loss in the far tails; -infinity when it is empty. low <= high; both
// may be infinite.
double log_normal_mass(double low, double high);

}  // namespace headroom
