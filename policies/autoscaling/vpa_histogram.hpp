// The histograms of the Vertical Pod Autoscaler: buckets of growing width, weights that halve with age, percentiles, checkpoints.
//
// Beside a policy as hpa_arithmetic.hpp is: upstream tests these steps one by one.
//
// Source: kubernetes/autoscaler,
// vertical-pod-autoscaler/pkg/recommender/util/{histogram,decaying_histogram,histogram_options}.go.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/core/time.hpp"

namespace headroom::vpa {

// ---- buckets -----------------------------------------------------------------------------------------------------------------

// The first bucket begins at 0; the last has no end. Bucket n is `first` × growth^n wide.
class BucketLayout {
 public:
  // All > 0 (std::invalid_argument); the last bucket begins at `max` or just above.
  static BucketLayout linear(double max, double width, double epsilon) {
    require(max > 0.0 && width > 0.0 && epsilon > 0.0, "max, width and epsilon of buckets must be more than 0");
    return {static_cast<int>(std::ceil(max / width)) + 1, width, 1.0, epsilon};
  }
  static BucketLayout exponential(double max, double first, double growth, double epsilon) {
    require(max > 0.0 && first > 0.0 && growth > 1.0 && epsilon > 0.0,
            "max, first and epsilon of buckets must be more than 0, their growth more than 1");
    return {static_cast<int>(std::ceil(logarithm(growth, max * (growth - 1.0) / first + 1.0))) + 1, first, growth, epsilon};
  }

  int count() const { return count_; }
  double epsilon() const { return epsilon_; }  // a bucket of less weight is empty

  // What lies outside falls into the nearest.
  int find(double value) const {
    if (!(value >= first_)) return 0;
    const double bucket = is_linear() ? value / first_ : logarithm(growth_, value * (growth_ - 1.0) / first_ + 1.0);
    return bucket >= count_ ? count_ - 1 : static_cast<int>(bucket);
  }
  double start(int bucket) const {
    if (is_linear()) return bucket * first_;
    return bucket == 0 ? 0.0 : first_ * (std::pow(growth_, bucket) - 1.0) / (growth_ - 1.0);
  }
  // Of the last: its start.
  double end(int bucket) const { return start(std::min(bucket + 1, count_ - 1)); }

  friend bool operator==(const BucketLayout&, const BucketLayout&) = default;

 private:
  BucketLayout(int count, double first, double growth, double epsilon)
      : count_{count}, first_{first}, growth_{growth}, epsilon_{epsilon} {}
  static void require(bool holds, const char* otherwise) {
    if (!holds) throw std::invalid_argument{otherwise};
  }
  static double logarithm(double base, double x) { return std::log(x) / std::log(base); }
  bool is_linear() const { return growth_ == 1.0; }

  int count_;
  double first_, growth_, epsilon_;
};

// ---- weights -----------------------------------------------------------------------------------------------------------------

inline constexpr int max_decay_exponent = 100;        // half-lives beyond the reference at which that is moved
inline constexpr double largest_stored_weight = 1e4;  // of a checkpoint

// What is kept over a restart of the recommender: the heaviest bucket as 10,000, the others in proportion, without those that
// round to 0.
struct Checkpoint {
  double total_weight = 0.0;
  std::map<int, std::uint32_t> buckets;
  SimTime reference;
};

class Histogram {
 public:
  // Without a half-life weights keep.
  explicit Histogram(const BucketLayout& layout, std::optional<Duration> half_life = {})
      : layout_{layout},
        half_life_{half_life},
        weights_(static_cast<std::size_t>(layout.count()), 0.0),
        first_{layout.count() - 1} {}

  // `weight` >= 0.
  void add(double value, double weight, SimTime at) {
    weight *= growth_at(at);
    const int bucket = layout_.find(value);
    double& held = weights_[static_cast<std::size_t>(bucket)];
    held += weight;
    total_ += weight;
    if (held < layout_.epsilon()) return;
    first_ = std::min(first_, bucket);
    last_ = std::max(last_, bucket);
  }
  // What is almost all of a bucket's weight takes all of it.
  void subtract(double value, double weight, SimTime at) {
    weight *= growth_at(at);
    double& held = weights_[static_cast<std::size_t>(layout_.find(value))];
    if (weight > held - layout_.epsilon()) weight = held;
    total_ -= weight;
    held -= weight;
    drop_empty_ends();
  }
  // The other has the same layout and half-life (std::invalid_argument).
  void merge(Histogram other) {
    if (!(layout_ == other.layout_) || half_life_ != other.half_life_)
      throw std::invalid_argument{"histograms of different buckets or half-lives do not merge"};
    if (half_life_ && reference_ < other.reference_) shift_reference(other.reference_);
    if (half_life_ && other.reference_ < reference_) other.shift_reference(reference_);
    for (int bucket = other.first_; bucket <= other.last_; ++bucket)
      weights_[static_cast<std::size_t>(bucket)] += other.weight_of(bucket);
    total_ += other.total_;
    first_ = std::min(first_, other.first_);
    last_ = std::max(last_, other.last_);
  }

  bool empty() const { return weight_of(first_) < layout_.epsilon(); }
  double total_weight() const { return total_; }
  double weight_of(int bucket) const { return weights_[static_cast<std::size_t>(bucket)]; }

  // The end of the bucket in which the share is reached; 0 without a sample. Shares below 0 and above 1 are the first and the
  // last.
  double percentile(double share) const {
    if (empty()) return 0.0;
    double sum = 0.0;
    int bucket = first_;
    for (; bucket < last_; ++bucket) {
      sum += weight_of(bucket);
      if (sum >= share * total_) break;
    }
    return layout_.end(bucket);
  }

  Checkpoint save() const {
    Checkpoint saved{.total_weight = total_, .buckets = {}, .reference = reference_};
    double heaviest = 0.0;
    for (int bucket = first_; bucket <= last_; ++bucket) heaviest = std::max(heaviest, weight_of(bucket));
    for (int bucket = first_; bucket <= last_; ++bucket) {
      const auto stored = static_cast<std::uint32_t>(std::floor(weight_of(bucket) * (largest_stored_weight / heaviest) + 0.5));
      if (stored > 0) saved.buckets[bucket] = stored;
    }
    return saved;
  }
  // Adds what was saved. Buckets that are not there and a negative weight are a std::invalid_argument.
  void load(const Checkpoint& saved) {
    if (saved.total_weight < 0.0) throw std::invalid_argument{"a checkpoint of negative weight"};
    double sum = 0.0;
    for (const auto& [bucket, stored] : saved.buckets) {
      if (bucket < 0 || bucket >= layout_.count())
        throw std::invalid_argument{"a checkpoint of bucket " + std::to_string(bucket) + ", which is not there"};
      sum += stored;
    }
    reference_ = saved.reference;
    if (sum == 0.0) return;
    for (const auto& [bucket, stored] : saved.buckets) {
      first_ = std::min(first_, bucket);
      last_ = std::max(last_, bucket);
      weights_[static_cast<std::size_t>(bucket)] += stored * (saved.total_weight / sum);
    }
    total_ += saved.total_weight;
  }

 private:
  // Newer samples weigh more instead of older ones less, which are relative to each other the same.
  double growth_at(SimTime at) {
    if (!half_life_) return 1.0;
    if (at > reference_ + *half_life_ * max_decay_exponent) shift_reference(at);
    return std::exp2(static_cast<double>((at - reference_).count()) / static_cast<double>(half_life_->count()));
  }
  // To the nearest multiple of the half-life.
  void shift_reference(SimTime to) {
    const double half_lives = std::floor(to_seconds(to) / to_seconds(*half_life_) + 0.5);
    const SimTime shifted{*half_life_ * static_cast<std::int64_t>(half_lives)};
    const double exponent =
        std::floor(static_cast<double>((reference_ - shifted).count()) / static_cast<double>(half_life_->count()) + 0.5);
    const double factor = std::exp2(exponent);
    for (int bucket = first_; bucket <= last_; ++bucket) weights_[static_cast<std::size_t>(bucket)] *= factor;
    total_ *= factor;
    reference_ = shifted;
    drop_empty_ends();
  }
  void drop_empty_ends() {
    while (weight_of(first_) < layout_.epsilon() && first_ < layout_.count() - 1) ++first_;
    while (weight_of(last_) < layout_.epsilon() && last_ > 0) --last_;
  }

  BucketLayout layout_;
  std::optional<Duration> half_life_;
  std::vector<double> weights_;
  double total_ = 0.0;
  int first_;     // that is not empty; none: the last of all
  int last_ = 0;  // that is not empty
  SimTime reference_;
};

}  // namespace headroom::vpa
