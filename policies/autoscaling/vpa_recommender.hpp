// The recommender of the Vertical Pod Autoscaler: peaks of memory, what a service has used, and the requests that follow: a
// percentile with a margin, between bounds that are the wider the less is known.
//
// Source: kubernetes/autoscaler, vertical-pod-autoscaler/pkg/recommender/model/{container,aggregate_container_state}.go and
// logic/{estimator,recommender}.go. Amounts are whole milli cores and bytes, truncated: as there.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <optional>

#include "policies/autoscaling/vpa_histogram.hpp"
#include "sim/core/time.hpp"

namespace headroom::vpa {

// ---- amounts -----------------------------------------------------------------------------------------------------------------

inline constexpr std::int64_t largest_amount = 100'000'000'000'000;  // 1e14, of milli cores or of bytes

inline std::int64_t to_amount(double value) {
  if (!(value > 0.0)) return 0;
  return value >= static_cast<double>(largest_amount) ? largest_amount : static_cast<std::int64_t>(value);
}
inline std::int64_t scaled(std::int64_t amount, double factor) { return to_amount(static_cast<double>(amount) * factor); }
inline std::int64_t with_margin(std::int64_t amount, double margin) { return amount + scaled(amount, margin); }

// ---- peaks of memory ---------------------------------------------------------------------------------------------------------

struct OutOfMemoryRules {
  double bump_ratio = 1.2;
  std::int64_t least_bump = std::int64_t{100} << 20U;
  std::int64_t most = 0;  // that memory may come to; 0: anything
};

// One container: its largest use of memory in each interval, which begin with its first sample. A kill for want of memory counts
// as a use of somewhat more than it had.
class MemoryPeaks {
 public:
  explicit MemoryPeaks(Duration interval, OutOfMemoryRules rules = {}) : interval_{interval}, rules_{rules} {}

  // What a peak does to the histogram of peaks, at weight 1; stamped with the end of its interval.
  struct Sink {
    std::function<void(std::int64_t bytes, SimTime at)> add, subtract;
  };
  // False: older than the last one, or negative, and discarded.
  bool sample(SimTime at, std::int64_t bytes, const Sink& sink) {
    return bytes >= 0 && (!last_ || at >= *last_) && record(at, bytes, false, sink);
  }
  // `requested`: what the killed container had. False: of an interval before the present one, and discarded.
  bool out_of_memory(SimTime at, std::int64_t requested, const Sink& sink) {
    if (end_ && at < *end_ - interval_) return false;
    // An earlier bump is no base of the next: else every kill would raise it.
    const std::int64_t used = capped(std::max(requested, sampled_peak_));
    return record(at, capped(std::max(used + rules_.least_bump, scaled(used, rules_.bump_ratio))), true, sink);
  }

 private:
  std::int64_t capped(std::int64_t bytes) const { return rules_.most > 0 ? std::min(bytes, rules_.most) : bytes; }

  bool record(SimTime at, std::int64_t bytes, bool is_bump, const Sink& sink) {
    last_ = at;
    if (!end_) end_ = at;
    const std::int64_t peak = std::max(sampled_peak_, bumped_peak_);
    if (at < *end_) {
      if (peak == 0 || bytes <= peak) return true;
      sink.subtract(peak, *end_);
    } else {
      *end_ += (at - *end_) / interval_ * interval_ + interval_;
      sampled_peak_ = bumped_peak_ = 0;
    }
    sink.add(bytes, *end_);
    (is_bump ? bumped_peak_ : sampled_peak_) = bytes;
    return true;
  }

  Duration interval_;
  OutOfMemoryRules rules_;
  std::int64_t sampled_peak_ = 0, bumped_peak_ = 0;
  std::optional<SimTime> end_, last_;
};

// ---- what was used -----------------------------------------------------------------------------------------------------------

// Since release 1.4 all samples of CPU weigh the same; before, as much as the container requested.
inline constexpr double cpu_sample_weight = 0.1;
inline constexpr double bucket_growth = 0.05;
inline constexpr double bucket_epsilon = 0.001 * cpu_sample_weight;
inline constexpr double first_cpu_bucket = 0.01, most_cpu = 1000.0;     // cores
inline constexpr double first_memory_bucket = 1e7, most_memory = 1e12;  // bytes

inline BucketLayout cpu_buckets() {
  return BucketLayout::exponential(most_cpu, first_cpu_bucket, 1.0 + bucket_growth, bucket_epsilon);
}
inline BucketLayout memory_buckets() {
  return BucketLayout::exponential(most_memory, first_memory_bucket, 1.0 + bucket_growth, bucket_epsilon);
}

// Of all containers of one name. How long it has been watched is by samples of CPU alone.
struct Usage {
  Usage(Duration cpu_half_life, Duration memory_half_life)
      : cpu{cpu_buckets(), cpu_half_life}, memory{memory_buckets(), memory_half_life} {}

  void add_cpu(double cores, SimTime at) {
    cpu.add(cores, cpu_sample_weight, at);
    first = first ? std::min(*first, at) : at;
    last = last ? std::max(*last, at) : at;
    ++samples;
  }
  MemoryPeaks::Sink peaks() {
    return {[this](std::int64_t bytes, SimTime at) { memory.add(static_cast<double>(bytes), 1.0, at); },
            [this](std::int64_t bytes, SimTime at) { memory.subtract(static_cast<double>(bytes), 1.0, at); }};
  }
  Duration lifespan() const { return first ? *last - *first : Duration{}; }

  Histogram cpu, memory;
  std::optional<SimTime> first, last;
  std::int64_t samples = 0;
};

// ---- the recommendation ------------------------------------------------------------------------------------------------------

// How far a bound is moved by how little is known: (1 + multiplier / confidence)^exponent.
struct BoundRule {
  double multiplier = 1.0;
  double exponent = 1.0;
};
inline constexpr BoundRule upper_bound_rule{1.0, 1.0};
inline constexpr BoundRule lower_bound_rule{0.001, -2.0};

// Intervals of history, as many as there are samples for at one a minute; one day's is 1.
inline double confidence(Duration lifespan, std::int64_t samples, Duration interval) {
  const double minutes = to_seconds(interval) / 60.0;
  return std::min(to_seconds(lifespan) / to_seconds(interval), static_cast<double>(samples) / minutes);
}
// Infinite (or 0) without any confidence.
inline double bound_factor(const BoundRule& rule, double confidence) {
  return std::pow(1.0 + rule.multiplier / confidence, rule.exponent);
}

struct RecommenderRules {
  double target_percentile = 0.9, lower_percentile = 0.5, upper_percentile = 0.95;
  double margin = 0.15;
  double least_cpu = 0.025;                              // cores of a pod …
  std::int64_t least_memory = std::int64_t{250} << 20U;  // … and bytes, shared by its containers
  Duration confidence_interval{std::chrono::hours{24}};
};

struct Amounts {
  std::int64_t cpu = 0;     // milli cores
  std::int64_t memory = 0;  // bytes
};
struct Recommendation {
  Amounts target, lower, upper;
};

// What each container has at least.
inline Amounts least_of(const RecommenderRules& rules, int containers) {
  const double share = 1.0 / containers;
  return {scaled(to_amount(rules.least_cpu * 1000.0), share), scaled(rules.least_memory, share)};
}

inline std::int64_t to_milli_amount(double cores) { return to_amount(cores * 1000.0); }

inline Recommendation recommend(const Usage& usage, const RecommenderRules& rules, int containers = 1) {
  const Amounts least = least_of(rules, containers);
  const double known = confidence(usage.lifespan(), usage.samples, rules.confidence_interval);
  const auto estimate = [&](double percentile, double factor) {
    const std::int64_t cpu = with_margin(to_milli_amount(usage.cpu.percentile(percentile)), rules.margin);
    const std::int64_t memory = with_margin(to_amount(usage.memory.percentile(percentile)), rules.margin);
    return Amounts{std::max(scaled(cpu, factor), least.cpu), std::max(scaled(memory, factor), least.memory)};
  };
  return {estimate(rules.target_percentile, 1.0), estimate(rules.lower_percentile, bound_factor(lower_bound_rule, known)),
          estimate(rules.upper_percentile, bound_factor(upper_bound_rule, known))};
}

}  // namespace headroom::vpa
