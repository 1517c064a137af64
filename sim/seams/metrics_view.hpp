// What a controller can see of the metrics: scraped values with their age, never the truth of this instant and never the future.
#pragma once

#include <optional>

#include "sim/core/condition.hpp"
#include "sim/core/time.hpp"

namespace headroom {

struct ScrapedValue {
  double value = 0.0;
  SimTime at;       // when it was scraped
  Duration window;  // what it covers: the span between two scrapes (rates, averages, percentiles), zero for a gauge's last value
};

class MetricsView {
 public:
  virtual ~MetricsView() = default;
  // The newest scraped value; none before the first scrape, or where the window saw nothing (a percentile of no requests).
  // The metric and labels exist (checked when the scenario was read).
  virtual std::optional<ScrapedValue> read(const MetricSelector& selector) const = 0;
};

}  // namespace headroom
