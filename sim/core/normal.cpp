#include "sim/core/normal.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

namespace headroom {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double square_root_of_2 = 1.4142135623730950488;
constexpr double log_of_square_root_of_2_pi = 0.91893853320467274178;

using Coefficients = std::array<double, 8>;

// The rational approximations of AS 241: centre, |q| <= 0.425; then r = sqrt(-log p) up to 5, and beyond.
constexpr Coefficients centre_above{3.3871328727963666080e0,  1.3314166789178437745e+2, 1.9715909503065514427e+3,
                                    1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                    3.3430575583588128105e+4, 2.5090809287301226727e+3};
constexpr Coefficients centre_below{1.0,
                                    4.2313330701600911252e+1,
                                    6.8718700749205790830e+2,
                                    5.3941960214247511077e+3,
                                    2.1213794301586595867e+4,
                                    3.9307895800092710610e+4,
                                    2.8729085735721942674e+4,
                                    5.2264952788528545610e+3};
constexpr Coefficients middle_above{1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                                    3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                                    2.27238449892691845833e-2, 7.74545014278341407640e-4};
constexpr Coefficients middle_below{1.0,
                                    2.05319162663775882187e0,
                                    1.67638483018380384940e0,
                                    6.89767334985100004550e-1,
                                    1.48103976427480074590e-1,
                                    1.51986665636164571966e-2,
                                    5.47593808499534494600e-4,
                                    1.05075007164441684324e-9};
constexpr Coefficients tail_above{6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                                  2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                  2.71155556874348757815e-5, 2.01033439929228813265e-7};
constexpr Coefficients tail_below{1.0,
                                  5.99832206555887937690e-1,
                                  1.36929880922735805310e-1,
                                  1.48753612908506148525e-2,
                                  7.86869131145613259100e-4,
                                  1.84631831751005468180e-5,
                                  1.42151175831644588870e-7,
                                  2.04426310338993978564e-15};

double polynomial(const Coefficients& coefficient, double x) {
  double sum = coefficient[7];
  for (std::size_t i = 7; i-- > 0;) sum = sum * x + coefficient[i];
  return sum;
}

// log of the probability above `score`, score >= 0.
double log_upper_tail(double score) {
  if (score < 30.0) return std::log(0.5 * std::erfc(score / square_root_of_2));
  if (score == infinity) return -infinity;
  // Mills' ratio; the first term left out is below 105 / 30^8, about 2e-10 of the result's relative error.
  const double inverse = 1.0 / (score * score);
  const double series = inverse * (-1.0 + inverse * (3.0 - 15.0 * inverse));
  return -0.5 * score * score - std::log(score) - log_of_square_root_of_2_pi + std::log1p(series);
}

}  // namespace

double normal_quantile(double probability) {
  const double q = probability - 0.5;
  if (std::fabs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(centre_above, r) / polynomial(centre_below, r);
  }
  const double tail = q < 0.0 ? probability : 1.0 - probability;
  if (tail <= 0.0) return q < 0.0 ? -infinity : infinity;
  const double r = std::sqrt(-std::log(tail));
  const double score = r <= 5.0 ? polynomial(middle_above, r - 1.6) / polynomial(middle_below, r - 1.6)
                                : polynomial(tail_above, r - 5.0) / polynomial(tail_below, r - 5.0);
  return q < 0.0 ? -score : score;
}

double normal_cdf(double score) { return 0.5 * std::erfc(-score / square_root_of_2); }

double log_normal_mass(double low, double high) {
  if (!(low < high)) return -infinity;
  if (high <= 0.0) return log_normal_mass(-high, -low);
  if (low >= 0.0) {
    const double nearer = log_upper_tail(low);
    return nearer + std::log1p(-std::exp(log_upper_tail(high) - nearer));
  }
  return std::log(0.5 * (std::erf(high / square_root_of_2) - std::erf(low / square_root_of_2)));
}

}  // namespace headroom
