#include "sim/measure/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

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

template <class Visit>
void Histogram::visit_blocks(Visit next) const {
  // Eight at a time: most are not there.
  static_assert(block_count % sizeof(std::uint64_t) == 0);
  for (std::uint32_t eight = 0; eight < block_count; eight += sizeof(std::uint64_t)) {
    std::uint64_t any = 0;
    std::memcpy(&any, &places_[eight], sizeof any);
    if (any == 0) continue;
    for (std::uint32_t block = eight; block < eight + sizeof any; ++block) {
      if (places_[block] != 0 && !next(block)) return;
    }
  }
}

template <class Visit>
void Histogram::visit_buckets(Visit next) const {
  if (count_ == 0) return;
  visit_blocks([&](std::uint32_t block) {
    const std::uint64_t* const counts = &counts_[place_of(block * block_size)];
    for (std::uint32_t i = 0; i < block_size; ++i) {
      if (counts[i] > 0 && !next(block * block_size + i, counts[i])) return false;
    }
    return true;
  });
}

void Histogram::add_block(std::uint32_t block) {
  counts_.resize(counts_.size() + block_size, 0);
  places_[block] = static_cast<std::uint8_t>(counts_.size() / block_size);
}

void Histogram::merge(const Histogram& other) {
  if (other.count_ == 0) return;
  other.visit_blocks([&](std::uint32_t block) {
    if (places_[block] == 0) add_block(block);
    const std::uint64_t* const more = &other.counts_[other.place_of(block * block_size)];
    std::uint64_t* const counts = &counts_[place_of(block * block_size)];
    for (std::uint32_t i = 0; i < block_size; ++i) counts[i] += more[i];
    return true;
  });
  count_ += other.count_;
  sum_ += other.sum_;
  largest_ = std::max(largest_, other.largest_);
}

void Histogram::clear() {
  if (count_ == 0) return;
  places_.fill(0);
  counts_.clear();
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
  std::uint32_t found = 0;
  visit_buckets([&](std::uint32_t bucket, std::uint64_t count) {
    seen += count;
    found = bucket;
    return seen < rank;
  });
  return found;
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
  visit_buckets([&](std::uint32_t bucket, std::uint64_t count) {
    const Bounds bounds = bounds_of(bucket);
    if (bounds.lower + (bounds.width - 1.0) / 2.0 > limit) return false;
    at_most += count;
    return true;
  });
  return static_cast<double>(at_most) / static_cast<double>(count_);
}

std::vector<Histogram::Bucket> Histogram::buckets() const {
  std::vector<Bucket> filled;
  visit_buckets([&](std::uint32_t bucket, std::uint64_t count) {
    filled.push_back({bucket, count});
    return true;
  });
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
    const std::uint32_t block = bucket.index >> block_bits;
    if (histogram.places_.at(block) == 0) histogram.add_block(block);
    histogram.counts_[histogram.place_of(bucket.index)] += bucket.count;
    histogram.count_ += bucket.count;
  }
  histogram.sum_ = (static_cast<unsigned __int128>(sum_ns_high) << 64) | sum_ns_low;
  histogram.largest_ = largest_ns;
  return histogram;
}

bool Histogram::operator==(const Histogram& other) const {
  return count_ == other.count_ && sum_ == other.sum_ && largest_ == other.largest_ && buckets() == other.buckets();
}

}  // namespace headroom
