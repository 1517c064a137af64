// The Recorder owns the instruments of a run and reads them at two independent ticks:
// scrape() makes what policies see (MetricsView), record() makes the series of the result.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/condition.hpp"
#include "sim/measure/instruments.hpp"
#include "sim/measure/run_result.hpp"

namespace headroom {

class Recorder {
 public:
  // `slice_ends`: strictly increasing ends of slices in seconds, the last is the end of the run.
  // `extra_percentiles` (0-100): asked for by conditions and policies beyond 50, 95, 99.
  Recorder(std::vector<double> slice_ends, std::vector<double> extra_percentiles);
  ~Recorder();

  // Labels need not be sorted. The metric must be in the catalogue with the kind asked for. Addresses stay valid.
  Counter& counter(std::string metric, std::vector<Label> labels);
  Gauge& gauge(std::string metric, std::vector<Label> labels);
  Share& share(std::string metric, std::vector<Label> labels);
  LevelShare& level_share(std::string metric, std::vector<Label> labels);
  DurationInstrument& durations(std::string metric, std::vector<Label> labels);

  // Ends a scrape window at now.
  void scrape(SimTime now);
  // Newest scraped value for a selector: instruments whose labels contain the selector's are merged (counters, levels and
  // parts of shares add up; durations merge). Without labels: of latency, requests, errors, availability and in_flight those of
  // the workloads (what users met); of any other metric all. Aggregations over one window: p(N), avg, max, min of
  // durations; rate of a counter per second, of a share its ratio; count; avg, max and last of gauges (avg: over the window).
  struct Scraped {
    double value;
    SimTime at;
    Duration window;
  };
  std::optional<Scraped> scraped(const MetricSelector& selector) const;

  // Ends a record window at now (strictly after the one before).
  void record(SimTime now);
  // Moves the windows and slices into the result (series, window_ends, slice_ends, extra_percentiles). Ends the recorder's life.
  void finish(RunResult& result);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace headroom
