#include "sim/measure/recorder.hpp"

#include <algorithm>
#include <deque>
#include <stdexcept>

#include "sim/measure/selection.hpp"

namespace headroom {
namespace {

// One of the two readers of an instrument: where its window began, and what its last complete window held.
struct Tick {
  double part_before = 0.0, whole_before = 0.0;
  double largest = 0.0;    // of a gauge, since the window began
  Histogram durations;     // since the window began
  WindowSum window;        // the last complete one
};

struct Instrument {
  std::string metric;
  std::vector<Label> labels;
  MetricKind kind = MetricKind::counter;
  Counter counter;
  Gauge gauge;
  Share share;
  bool levels = false;     // a share of levels
  LevelShare level_share;
  DurationInstrument durations;
  Tick scrape, record;
  // What becomes the Series.
  std::vector<std::vector<double>> columns;
  std::vector<Histogram> slices;
  Histogram slice;         // the present one
};

void take_pending(Instrument& instrument) {
  if (instrument.kind == MetricKind::durations && instrument.durations.pending.count() > 0) {
    instrument.scrape.durations.merge(instrument.durations.pending);
    instrument.record.durations.merge(instrument.durations.pending);
    instrument.durations.pending.clear();
  }
  if (instrument.kind == MetricKind::gauge) {
    const double largest = instrument.gauge.take_largest();
    instrument.scrape.largest = std::max(instrument.scrape.largest, largest);
    instrument.record.largest = std::max(instrument.record.largest, largest);
  }
}

// Ends the window of one reader.
void close_window(Instrument& instrument, Tick& tick, SimTime now) {
  take_pending(instrument);
  double part = 0.0, whole = 0.0;
  WindowSum& window = tick.window;
  window.any = true;
  switch (instrument.kind) {
    case MetricKind::counter: part = instrument.counter.total; break;
    case MetricKind::gauge:
      part = instrument.gauge.integral_seconds(now);
      window.largest = tick.largest;
      window.last = instrument.gauge.level();
      tick.largest = instrument.gauge.level();
      break;
    case MetricKind::share:
      part = instrument.levels ? instrument.level_share.part.integral_seconds(now) : instrument.share.part;
      whole = instrument.levels ? instrument.level_share.whole.integral_seconds(now) : instrument.share.whole;
      break;
    case MetricKind::durations:
      std::swap(window.histogram, tick.durations);
      tick.durations.clear();
      break;
  }
  window.part = part - tick.part_before;
  window.whole = whole - tick.whole_before;
  tick.part_before = part;
  tick.whole_before = whole;
}

// The last complete record window becomes a value in each column.
void append_window(Instrument& instrument, double seconds, const std::vector<double>& extra_percentiles) {
  const WindowSum& window = instrument.record.window;
  std::vector<std::vector<double>>& columns = instrument.columns;
  switch (instrument.kind) {
    case MetricKind::counter: columns[0].push_back(window.part); break;
    case MetricKind::gauge:
      columns[0].push_back(window.part / seconds);
      columns[1].push_back(window.largest);
      columns[2].push_back(window.last);
      break;
    case MetricKind::share:
      columns[0].push_back(window.part);
      columns[1].push_back(window.whole);
      break;
    case MetricKind::durations: {
      const Histogram& durations = window.histogram;
      columns[0].push_back(static_cast<double>(durations.count()));
      columns[1].push_back(durations.sum_seconds());
      std::size_t column = 2;
      for (const double percentile : {50.0, 95.0, 99.0}) columns[column++].push_back(durations.quantile_seconds(percentile / 100.0));
      for (const double percentile : extra_percentiles) columns[column++].push_back(durations.quantile_seconds(percentile / 100.0));
      break;
    }
  }
}

void append_slice(Instrument& instrument, bool ends_slice) {
  instrument.slice.merge(instrument.record.window.histogram);
  if (!ends_slice) return;
  instrument.slices.push_back(instrument.slice);
  instrument.slice.clear();
}

}  // namespace

struct Recorder::State {
  std::vector<double> slice_ends;
  std::vector<double> extra_percentiles;
  std::deque<Instrument> instruments;
  std::vector<double> window_ends;
  SimTime scraped_at{}, scrape_began{}, record_began{};
  bool scraped = false;
  std::size_t slice = 0;

  Instrument& add(std::string metric, std::vector<Label> labels, MetricKind kind) {
    const MetricInfo* info = find_metric(metric);
    if (info == nullptr || info->kind != kind) throw std::logic_error{"metric " + metric + " is not in the catalogue with this kind"};
    std::sort(labels.begin(), labels.end());
    Instrument& instrument = instruments.emplace_back();
    instrument.metric = std::move(metric);
    instrument.labels = std::move(labels);
    instrument.kind = kind;
    const std::size_t columns[]{1, 3, 2, 5 + extra_percentiles.size()};
    // One that comes late saw nothing in the windows and slices before.
    instrument.columns.assign(columns[static_cast<std::size_t>(kind)], std::vector<double>(window_ends.size(), 0.0));
    if (kind == MetricKind::durations) instrument.slices.resize(slice);
    return instrument;
  }
};

Recorder::Recorder(std::vector<double> slice_ends, std::vector<double> extra_percentiles) : state_{std::make_unique<State>()} {
  state_->slice_ends = std::move(slice_ends);
  state_->extra_percentiles = std::move(extra_percentiles);
}
Recorder::~Recorder() = default;

Counter& Recorder::counter(std::string metric, std::vector<Label> labels) {
  return state_->add(std::move(metric), std::move(labels), MetricKind::counter).counter;
}
Gauge& Recorder::gauge(std::string metric, std::vector<Label> labels) {
  return state_->add(std::move(metric), std::move(labels), MetricKind::gauge).gauge;
}
Share& Recorder::share(std::string metric, std::vector<Label> labels) {
  return state_->add(std::move(metric), std::move(labels), MetricKind::share).share;
}
LevelShare& Recorder::level_share(std::string metric, std::vector<Label> labels) {
  Instrument& instrument = state_->add(std::move(metric), std::move(labels), MetricKind::share);
  instrument.levels = true;
  return instrument.level_share;
}
DurationInstrument& Recorder::durations(std::string metric, std::vector<Label> labels) {
  return state_->add(std::move(metric), std::move(labels), MetricKind::durations).durations;
}

void Recorder::scrape(SimTime now) {
  for (Instrument& instrument : state_->instruments) close_window(instrument, instrument.scrape, now);
  state_->scrape_began = state_->scraped_at;
  state_->scraped_at = now;
  state_->scraped = true;
}

std::optional<Recorder::Scraped> Recorder::scraped(const MetricSelector& selector) const {
  if (!state_->scraped) return std::nullopt;
  const MetricInfo* info = find_metric(selector.metric);
  if (info == nullptr) return std::nullopt;
  WindowSum sum;
  for (const Instrument& instrument : state_->instruments) {
    if (!selects(selector, instrument.metric, instrument.labels)) continue;
    const WindowSum& window = instrument.scrape.window;
    sum.any = true;
    sum.part += window.part;
    sum.whole += window.whole;
    sum.largest += window.largest;
    sum.last += window.last;
    sum.histogram.merge(window.histogram);
  }
  const Duration window = state_->scraped_at - state_->scrape_began;
  const auto value = value_of(selector, info->kind, sum, to_seconds(window));
  if (!value) return std::nullopt;
  const bool instant = info->kind == MetricKind::gauge && selector.aggregation == Aggregation::last;
  return Scraped{*value, state_->scraped_at, instant ? Duration::zero() : window};
}

void Recorder::record(SimTime now) {
  if (now <= state_->record_began) throw std::logic_error{"a record window must end after it began"};
  const double seconds = to_seconds(now - state_->record_began);
  const auto& slice_ends = state_->slice_ends;
  const bool ends_slice = state_->slice < slice_ends.size() && to_seconds(now) >= slice_ends[state_->slice] - 1e-9;
  for (Instrument& instrument : state_->instruments) {
    close_window(instrument, instrument.record, now);
    append_window(instrument, seconds, state_->extra_percentiles);
    if (instrument.kind == MetricKind::durations) append_slice(instrument, ends_slice);
  }
  if (ends_slice) ++state_->slice;
  state_->window_ends.push_back(to_seconds(now));
  state_->record_began = now;
}

void Recorder::finish(RunResult& result) {
  result.window_ends = std::move(state_->window_ends);
  result.slice_ends = state_->slice_ends;
  result.extra_percentiles = state_->extra_percentiles;
  for (Instrument& instrument : state_->instruments) {
    if (instrument.kind == MetricKind::durations && instrument.slices.size() < state_->slice_ends.size()) {
      instrument.slices.push_back(instrument.slice);  // a run that was ended early
      instrument.slices.resize(state_->slice_ends.size());
    }
    result.series.push_back({std::move(instrument.metric), std::move(instrument.labels), instrument.kind, std::move(instrument.columns),
                             std::move(instrument.slices)});
  }
  state_->instruments.clear();
}

}  // namespace headroom
