// Means of a scraped metric over steps of equal length, as a metrics service keeps them by the minute. Steps end at whole
// multiples of their length; what was scraped at the very end of a step belongs to it.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "sim/seams/metrics_view.hpp"

namespace headroom {

class StepMeans {
 public:
  StepMeans(MetricSelector selector, Duration step) : selector_{std::move(selector)}, step_{step}, end_{start_of_time + step} {}

  const MetricSelector& selector() const { return selector_; }
  // The steps that have ended since it was last asked, each with its mean; none where nothing was scraped in it.
  std::vector<std::optional<double>> read(const MetricsView* metrics, SimTime now) {
    std::vector<std::optional<double>> ended;
    while (end_ < now) ended.push_back(close());
    if (const auto scraped = metrics ? metrics->read(selector_) : std::nullopt; scraped && (!newest_ || scraped->at > *newest_)) {
      newest_ = scraped->at;
      sum_ += scraped->value;
      ++count_;
    }
    if (end_ == now) ended.push_back(close());
    return ended;
  }

 private:
  std::optional<double> close() {
    end_ += step_;
    const double sum = std::exchange(sum_, 0.0);
    const int count = std::exchange(count_, 0);
    return count > 0 ? std::optional{sum / count} : std::nullopt;
  }

  MetricSelector selector_;
  Duration step_;
  SimTime end_;
  std::optional<SimTime> newest_;
  double sum_ = 0.0;
  int count_ = 0;
};

}  // namespace headroom
