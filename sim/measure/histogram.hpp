// Latency histogram: log-linear buckets over integer nanoseconds, mergeable, bounded relative error.
//
// Values up to 2^7 ns are exact; above, each power of two is cut into 128 buckets, so a quantile (bucket midpoint) is off by at
// most 1/256 = 0.4 % of its value. Mean and count are exact. Merging histograms of parts equals the histogram of the whole, bit
// for bit.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/core/time.hpp"

namespace headroom {

class Histogram {
 public:
  static constexpr double relative_error = 1.0 / 256.0;

  // A span and its bucket, for what is recorded in more than one histogram. Negative spans count as zero.
  struct Entry {
    std::uint64_t value;
    std::uint32_t bucket;
    explicit Entry(Duration span)
        : value{span.count() < 0 ? 0 : static_cast<std::uint64_t>(span.count())}, bucket{bucket_of(value)} {}
  };
  void record(Duration span) { record(Entry{span}); }
  void record(Entry entry) {
    const std::uint32_t block = entry.bucket >> block_bits;
    if (places_[block] == 0) [[unlikely]]
      add_block(block);
    ++counts_[place_of(entry.bucket)];
    ++count_;
    sum_ += entry.value;
    if (entry.value > largest_) largest_ = entry.value;
  }
  void merge(const Histogram& other);
  void clear();  // keeps its memory

  std::uint64_t count() const { return count_; }
  double mean_seconds() const;  // 0 when empty
  double sum_seconds() const { return static_cast<double>(sum_) / 1e9; }
  double max_seconds() const { return static_cast<double>(largest_) / 1e9; }
  // Value below which `probability` (0-1) of the records lie: smallest bucket whose cumulated count reaches
  // ceil(probability × count), at its midpoint, never above the largest record. 0 when empty.
  double quantile_seconds(double probability) const;
  // Smallest and largest value that the record of that rank can have had: the ends of its bucket, the upper one never above the
  // largest record. What a histogram knows of a quantile is this and no more. Both 0 when empty.
  struct QuantileBounds {
    double low = 0.0;
    double high = 0.0;
  };
  QuantileBounds quantile_bounds_seconds(double probability) const;
  // Share of records at or below the span; 1 when empty.
  double share_at_most(double seconds) const;

  // Non-empty buckets in order of value, for storage and charts.
  struct Bucket {
    std::uint32_t index;
    std::uint64_t count;
    bool operator==(const Bucket&) const = default;
  };
  std::vector<Bucket> buckets() const;
  static double lower_bound_seconds(std::uint32_t index);
  static double upper_bound_seconds(std::uint32_t index);
  // Rebuilds what buckets(), sum and largest gave: for reading stored results.
  static Histogram restore(const std::vector<Bucket>& buckets, std::uint64_t sum_ns_high, std::uint64_t sum_ns_low,
                           std::uint64_t largest_ns);
  std::uint64_t sum_ns_high() const { return static_cast<std::uint64_t>(sum_ >> 64); }
  std::uint64_t sum_ns_low() const { return static_cast<std::uint64_t>(sum_); }
  std::uint64_t largest_ns() const { return largest_; }
  bool operator==(const Histogram& other) const;

 private:
  static constexpr unsigned sub_bits = 7;
  static std::uint32_t bucket_of(std::uint64_t value) {
    if (value < (std::uint64_t{1} << sub_bits)) return static_cast<std::uint32_t>(value);
    const unsigned exponent = 63U - static_cast<unsigned>(__builtin_clzll(value));
    const unsigned shift = exponent - sub_bits;
    return static_cast<std::uint32_t>(((shift + 1U) << sub_bits) + ((value >> shift) - (std::uint64_t{1} << sub_bits)));
  }
  // Neighbouring buckets lie in one block; blocks in the order in which they were needed.
  static constexpr unsigned block_bits = 5;
  static constexpr std::uint32_t block_size = 1U << block_bits;
  static constexpr std::uint32_t block_count = ((64 - sub_bits + 1) << sub_bits) >> block_bits;
  std::size_t place_of(std::uint32_t bucket) const {
    return ((places_[bucket >> block_bits] - 1U) << block_bits) + (bucket & (block_size - 1U));
  }
  void add_block(std::uint32_t block);
  // Blocks that are there, in order of value, until `next(block)` is false.
  template <class Visit>
  void visit_blocks(Visit next) const;
  // Non-empty buckets in order of value, until `next(bucket, count)` is false.
  template <class Visit>
  void visit_buckets(Visit next) const;
  // The bucket with the record of rank ceil(probability × count). There must be a record.
  std::uint32_t bucket_of_quantile(double probability) const;

  std::array<std::uint8_t, block_count> places_{};  // of each block: 0 if it is not there, else 1 + its place in counts_
  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  unsigned __int128 sum_ = 0;
  std::uint64_t largest_ = 0;
};

}  // namespace headroom
