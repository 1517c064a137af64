#include "sim/measure/histogram.hpp"

#include <algorithm>
#include <cmath>

namespace headroom {
namespace {
constexpr unsigned sub_buckets = 1U << 7;

// Bounds of a bucket in nanoseconds: [lower, lower + width).
struct Bounds {
  double lower;
  double width;
};
Bounds bounds_of(std::uint32_t index) {
  if (index < sub_buckets) return {static_cast<double>(index), 1.0};
  const unsigned shift = index / sub_buckets - 1U;
  const double width = std::ldexp(1.0, static_cast<int>(shift));
  return {static_cast<double>(index % sub_buckets + sub_buckets) * width, width};
}
}  // namespace

void Histogram::grow(std::uint32_t bucket) {
  counts_.resize(std::max<std::size_t>(bucket + 1U, counts_.size() + counts_.size() / 2), 0);
}

void Histogram::merge(const Histogram& other) {
  if (other.counts_.size() > counts_.size()) counts_.resize(other.counts_.size(), 0);
  const std::uint64_t* const from = other.counts_.data();
  std::uint64_t* const into = counts_.data();
  for (std::size_t i = other.lowest_; i < other.counts_.size(); ++i) into[i] += from[i];
  lowest_ = std::min(lowest_, other.lowest_);
  count_ += other.count_;
  sum_ += other.sum_;
  largest_ = std::max(largest_, other.largest_);
}

void Histogram::clear() {
  if (count_ == 0) return;
  std::fill(counts_.begin() + lowest_, counts_.end(), 0);
  lowest_ = none;
  count_ = 0;
  sum_ = 0;
  largest_ = 0;
}

double Histogram::mean_seconds() const {
  return count_ == 0 ? 0.0 : static_cast<double>(sum_) / static_cast<double>(count_) / 1e9;
}

std::uint32_t Histogram::bucket_of_quantile(double probability) const {
  // A product that rounding lifted just above a whole number (0.07 × 100) means that number.
  const double product = std::clamp(probability, 0.0, 1.0) * static_cast<double>(count_);
  const double wanted = std::ceil(product * (1.0 - 1e-14));
  const auto rank = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(wanted), 1, count_);
  std::uint64_t seen = 0;
  std::uint32_t bucket = lowest_;
  while ((seen += counts_[bucket]) < rank) ++bucket;
  return bucket;
}

double Histogram::quantile_seconds(double probability) const {
  if (count_ == 0) return 0.0;
  const Bounds bounds = bounds_of(bucket_of_quantile(probability));
  // The values of a bucket are whole nanoseconds lower … lower + width - 1.
  return std::min(bounds.lower + (bounds.width - 1.0) / 2.0, static_cast<double>(largest_)) / 1e9;
}

Histogram::QuantileBounds Histogram::quantile_bounds_seconds(double probability) const {
  if (count_ == 0) return {};
  const Bounds bounds = bounds_of(bucket_of_quantile(probability));
  return {bounds.lower / 1e9, std::min(bounds.lower + bounds.width - 1.0, static_cast<double>(largest_)) / 1e9};
}

double Histogram::share_at_most(double seconds) const {
  if (count_ == 0) return 1.0;
  const double limit = std::round(seconds * 1e9);  // records are whole nanoseconds
  if (limit >= static_cast<double>(largest_)) return 1.0;
  std::uint64_t at_most = 0;
  for (std::uint32_t i = 0; i < counts_.size(); ++i) {
    const Bounds bounds = bounds_of(i);
    if (bounds.lower + (bounds.width - 1.0) / 2.0 > limit) break;
    at_most += counts_[i];
  }
  return static_cast<double>(at_most) / static_cast<double>(count_);
}

std::vector<Histogram::Bucket> Histogram::buckets() const {
  std::vector<Bucket> filled;
  for (std::uint32_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] > 0) filled.push_back({i, counts_[i]});
  }
  return filled;
}

double Histogram::lower_bound_seconds(std::uint32_t index) { return bounds_of(index).lower / 1e9; }
double Histogram::upper_bound_seconds(std::uint32_t index) {
  const Bounds bounds = bounds_of(index);
  return (bounds.lower + bounds.width) / 1e9;
}

Histogram Histogram::restore(const std::vector<Bucket>& buckets, std::uint64_t sum_ns_high, std::uint64_t sum_ns_low,
                             std::uint64_t largest_ns) {
  Histogram histogram;
  for (const Bucket& bucket : buckets) {
    if (bucket.index >= histogram.counts_.size()) histogram.counts_.resize(bucket.index + 1U, 0);
    histogram.counts_[bucket.index] += bucket.count;
    if (bucket.count > 0) histogram.lowest_ = std::min(histogram.lowest_, bucket.index);
    histogram.count_ += bucket.count;
  }
  histogram.sum_ = (static_cast<unsigned __int128>(sum_ns_high) << 64) | sum_ns_low;
  histogram.largest_ = largest_ns;
  return histogram;
}

bool Histogram::operator==(const Histogram& other) const {
  if (count_ != other.count_ || sum_ != other.sum_ || largest_ != other.largest_) return false;
  const auto& longer = counts_.size() >= other.counts_.size() ? counts_ : other.counts_;
  const auto& shorter = counts_.size() >= other.counts_.size() ? other.counts_ : counts_;
  return std::equal(shorter.begin(), shorter.end(), longer.begin()) &&
         std::all_of(longer.begin() + static_cast<std::ptrdiff_t>(shorter.size()), longer.end(),
                     [](std::uint64_t n) { return n == 0; });
}

}  // namespace headroom
