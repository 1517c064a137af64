// Statistics over replications and over time: t-intervals, paired differences, Holm's correction, MSER-5.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace headroom {

struct Interval {
  double mean = 0.0;
  double low = 0.0;  // equal to mean when there is one observation only (then `known` is false)
  double high = 0.0;
  std::size_t count = 0;
  bool known = false;  // two observations at least: the interval means something
  double half_width() const { return (high - low) / 2.0; }
};

// Two-sided Student t interval. confidence in (0, 1).
Interval t_interval(std::span<const double> observations, double confidence = 0.95);
// How far the means of two samples lie apart, with the p-value of "no difference" (1 when it cannot be told).
struct MeanDifference {
  Interval difference;
  double p_value = 1.0;
  double standard_error = 0.0;  // of the difference
};
using PairedDifference = MeanDifference;  // of samples whose members belong together two by two

// Interval of the mean of a[i] - b[i]; equal sizes.
PairedDifference paired_difference(std::span<const double> a, std::span<const double> b, double confidence = 0.95);
// Of samples that have nothing to do with each other, of any size and spread: Welch's t interval (1947), with the degrees of freedom
// of Satterthwaite. `difference.count` is the size of the smaller one.
MeanDifference welch_difference(std::span<const double> a, std::span<const double> b, double confidence = 0.95);
// The p-value that `pairs` (two at least) differences of the same mean and the same spread would give: whether more runs would
// tell, if they went on like these. 1 when there are fewer than two differences to judge the spread by.
double p_value_with(const PairedDifference& difference, std::size_t pairs);
// Holm's step-down: which hypotheses are rejected at family-wise level alpha, in the given order.
std::vector<bool> holm_rejects(std::span<const double> p_values, double alpha = 0.05);

// MSER-5 (White, 1997; Franklin and White, 2008): how many observations to delete from the front. Batches of 5; the truncation
// that minimises the standard error of what is left; searched in the first half only. 0 if fewer than 10 batches.
std::size_t mser5(std::span<const double> observations);

}  // namespace headroom
