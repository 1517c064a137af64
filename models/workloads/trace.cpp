// Trace: traffic as it was recorded. Either rates (requests per interval, replayed as a Poisson process of that rate or evenly),
// or one line per request (replayed at its time, with its key and its subject).
//
// `begin` and `length` choose a window, counted from the time of the first row; `speed` makes its time run faster (an hour in six
// minutes at 10), which multiplies the rate. A row of rates holds from its time to that of the next row; the last one as long as
// the one before.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <stdexcept>

#include "models/arrivals/arrival_process.hpp"
#include "models/workloads/journeys.hpp"
#include "models/workloads/trace_file.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/workload.hpp"

namespace headroom {
namespace {

constexpr double most_copies = 1e6;  // of a line

struct TraceOptions {
  std::string file;
  std::string kind = "rates";
  std::string time_column = "t_s";
  std::string count_column = "requests";
  std::optional<std::string> key_column;
  std::optional<std::string> subject_column;
  Duration begin{};
  std::optional<Duration> length;
  double scale = 1.0;
  double speed = 1.0;
  bool repeat = false;
  std::string arrivals = "poisson";

  void describe(Fields& field);
  FieldProblems problems(const std::string& directory) const;
  std::vector<std::string> input_files() const { return {file}; }

  TraceOptions at_load(double load) const {
    TraceOptions scaled = *this;
    scaled.scale *= load;
    return scaled;
  }
  bool rates() const { return kind == "rates"; }
  double begin_seconds() const { return to_seconds(begin); }
  double length_seconds() const { return length ? to_seconds(*length) : never; }
  std::string path(const std::string& directory) const { return (std::filesystem::path{directory} / file).string(); }
  TraceColumns columns() const {
    if (rates()) return {time_column, count_column, {}, {}};
    return {time_column, {}, key_column.value_or(""), subject_column.value_or("")};
  }
};

void TraceOptions::describe(Fields& field) {
  field.required("file", file, "CSV, or CSV.gz, relative to the scenario's folder; its first line names the columns");
  field.choice("kind", kind, "\"rates\": a count per interval; \"requests\": one line per request", {"rates", "requests"});
  field("time_column", time_column, "the column of times, in seconds");
  field("count_column", count_column, "of rates: the column of requests in the interval that begins at the time");
  field("key_column", key_column, "of requests: the column of what is asked for (a whole number, or any text)");
  field("subject_column", subject_column, "of requests: the column of who asks (a whole number, or any text)");
  field("begin", begin, "where to begin in the trace, from the time of its first row", at_least(0.0));
  field("length", length, "how much of the trace to take, in its own time; default to its end", more_than(0.0));
  field("scale", scale,
        "multiplies the rate; of requests: how often a line counts on average; copies come at random times before the next line",
        between(1e-9, most_copies));
  field("speed", speed, "how many times faster than recorded", more_than(0.0));
  field("repeat", repeat, "begin again when the window is over");
  field.choice("arrivals", arrivals, "of rates: \"poisson\", or \"even\" within each interval", {"poisson", "even"});
}

FieldProblems TraceOptions::problems(const std::string& directory) const {
  FieldProblems problems;
  const auto say = [&](const char* field, const std::string& what) { problems.emplace_back(field, what); };
  if (rates() && key_column) say("key_column", "belongs to \"kind\": \"requests\"");
  if (rates() && subject_column) say("subject_column", "belongs to \"kind\": \"requests\"");
  if (!rates() && arrivals == "even") say("arrivals", "belongs to \"kind\": \"rates\"; requests come when they were recorded");
  if (!rates() && repeat && !length) say("length", "is needed to repeat requests: how long one round takes");
  if (file.empty()) say("file", "is empty; name a CSV file");
  if (time_column.empty()) say("time_column", "is empty; name the column of times");
  if (rates() && count_column.empty()) say("count_column", "is empty; name the column of counts");
  if (file.empty() || time_column.empty() || (rates() && count_column.empty())) return problems;
  const std::string place = path(directory);
  const TraceSummary summary = summarize_trace(place, columns());
  for (const std::string& issue : summary.issues) say("file", fmt::format("\"{}\" {}", place, issue));
  if (summary.issues.empty() && summary.first_time + begin_seconds() > summary.last_time) {
    say("begin",
        "is after the end of the trace, which covers " + to_text(summary.last_time - summary.first_time, Dimension::time));
  }
  return problems;
}

void expect_good(const TraceFile& file, const std::string& path) {
  if (!file.issues().empty()) throw std::runtime_error{"trace \"" + path + "\": " + file.issues().front()};
}

// The counts of the window as a rate over simulated time, read as it goes.
class TraceRates final : public RateProfile {
 public:
  TraceRates(const TraceOptions& options, std::string path) : options_{options}, path_{std::move(path)} { rewind(); }
  bool next(RatePiece& piece) override;

 private:
  void rewind();
  bool next_interval(TraceRow& interval, double& span);
  bool next_in_window(RatePiece& piece);

  TraceOptions options_;
  std::string path_;
  std::unique_ptr<TraceFile> file_;
  TraceRow ahead_;
  bool has_ahead_ = false;
  double window_begin_ = 0.0;
  double last_span_ = 0.0;
  double shift_ = 0.0;      // simulated time at which this round began
  double round_end_ = 0.0;  // simulated end of what has been handed out
};

void TraceRates::rewind() {
  file_ = std::make_unique<TraceFile>(path_, options_.columns());
  has_ahead_ = file_->next(ahead_);
  expect_good(*file_, path_);
  window_begin_ = ahead_.time + options_.begin_seconds();
}

bool TraceRates::next_interval(TraceRow& interval, double& span) {
  if (!has_ahead_) return false;
  interval = ahead_;
  has_ahead_ = file_->next(ahead_);
  expect_good(*file_, path_);
  if (has_ahead_) last_span_ = ahead_.time - interval.time;
  span = last_span_;
  return true;
}

bool TraceRates::next_in_window(RatePiece& piece) {
  TraceRow interval;
  double span = 0.0;
  const double window_end = window_begin_ + options_.length_seconds();
  while (next_interval(interval, span) && interval.time < window_end) {
    const double from = std::max(interval.time, window_begin_);
    const double to = std::min(interval.time + span, window_end);
    if (to <= from) continue;
    const double rate = interval.count / span * options_.scale * options_.speed;
    piece = {shift_ + (from - window_begin_) / options_.speed, shift_ + (to - window_begin_) / options_.speed, rate, rate};
    round_end_ = piece.end;
    return true;
  }
  return false;
}

bool TraceRates::next(RatePiece& piece) {
  if (next_in_window(piece)) return true;
  if (!options_.repeat || round_end_ <= shift_) return false;
  shift_ = round_end_;
  rewind();
  return next_in_window(piece);
}

// The requests of the window at their simulated times, read as they come.
class TraceRequests {
 public:
  TraceRequests(const TraceOptions& options, std::string path, RandomStream thinning)
      : options_{options}, path_{std::move(path)}, thinning_{thinning} {
    rewind();
  }
  // row.time is simulated time. False: no more.
  bool next(TraceRow& row);

 private:
  void rewind();
  bool next_in_window(TraceRow& row);
  bool next_line(TraceRow& row);
  std::int64_t times();
  void fill_copies(const TraceRow& line, double until);

  TraceOptions options_;
  std::string path_;
  RandomStream thinning_;
  std::unique_ptr<TraceFile> file_;
  TraceRow first_;
  bool has_first_ = false;
  double window_begin_ = 0.0;
  double shift_ = 0.0;
  bool round_gave_ = false;
  TraceRow line_;  // the next one, if there is one
  bool has_line_ = false;
  TraceRow present_;
  std::vector<double> copies_;  // times of the present line and its copies, sorted
  std::size_t given_ = 0;       // of them
};

void TraceRequests::rewind() {
  file_ = std::make_unique<TraceFile>(path_, options_.columns());
  has_first_ = file_->next(first_);
  expect_good(*file_, path_);
  window_begin_ = first_.time + options_.begin_seconds();
  round_gave_ = false;
}

bool TraceRequests::next_in_window(TraceRow& row) {
  for (;;) {
    if (has_first_)
      row = first_;
    else if (!file_->next(row))
      return expect_good(*file_, path_), false;
    has_first_ = false;
    if (row.time >= window_begin_ + options_.length_seconds()) return false;
    if (row.time < window_begin_) continue;
    round_gave_ = true;  // even if thinning leaves nothing of this round, the next may keep something
    row.time = shift_ + (row.time - window_begin_) / options_.speed;
    return true;
  }
}

// How often a line counts: `scale` on average, the whole part always.
std::int64_t TraceRequests::times() {
  const double whole = std::floor(options_.scale);
  const double rest = options_.scale - whole;
  return static_cast<std::int64_t>(whole) + (rest > 0.0 && thinning_.uniform() < rest ? 1 : 0);
}

// One line and its copies: the first when it was recorded, the others at random times until the line after it, so that a trace
// scaled up has its shape and no batches that were not there.
bool TraceRequests::next(TraceRow& row) {
  while (given_ == copies_.size()) {
    if (!has_line_ && !next_line(line_)) return false;
    const TraceRow present = line_;
    has_line_ = next_line(line_);
    fill_copies(present, has_line_ ? line_.time : present.time);
  }
  row = present_;
  row.time = copies_[given_++];
  return true;
}

void TraceRequests::fill_copies(const TraceRow& line, double until) {
  present_ = line;
  given_ = 0;
  copies_.clear();
  const std::int64_t count = times();
  for (std::int64_t i = 0; i < count; ++i)
    copies_.push_back(i == 0 ? line.time : line.time + (until - line.time) * thinning_.uniform());
  std::sort(copies_.begin(), copies_.end());
}

bool TraceRequests::next_line(TraceRow& row) {
  while (!next_in_window(row)) {
    if (!options_.repeat || !round_gave_) return false;
    shift_ += options_.length_seconds() / options_.speed;
    rewind();
  }
  return true;
}

// Mean over the run, and the busiest minute.
RateSummary summarize_requests(const TraceOptions& options, const std::string& path, double end) {
  constexpr double bucket = 60.0;
  TraceOptions all = options;
  all.scale = 1.0;
  TraceRequests requests{all, path, RandomStream{}};
  RateSummary summary;
  TraceRow row;
  double minute = -1.0;
  double in_minute = 0.0;
  while (requests.next(row) && row.time < end) {
    if (const double now = std::floor(row.time / bucket); now != minute) minute = now, in_minute = 0.0;
    in_minute += options.scale;
    summary.expected += options.scale;
    summary.peak = std::max(summary.peak, in_minute / std::min(bucket, end));
  }
  return summary;
}

class Trace final : public Workload {
 public:
  using Options = TraceOptions;

  Trace(const Options& options, const Context& context);
  std::size_t next(std::span<Arrival> batch) override;
  double mean_rate() const override { return end_ > 0.0 ? summary().expected / end_ : 0.0; }
  double peak_rate() const override { return summary().peak; }
  bool stationary() const override { return false; }
  FieldProblems problems() const override {
    if (options_.scale <= most_copies) return {};
    return {{"scale", "times the load of the scenario is more than 1,000,000"}};
  }

 private:
  bool next(Arrival& arrival);
  const RateSummary& summary() const;

  Options options_;
  std::string path_;
  double end_;
  std::unique_ptr<ArrivalProcess> rates_;    // kind rates …
  std::unique_ptr<TraceRequests> requests_;  // … or requests
  JourneyChoice journeys_;
  std::uint64_t arrivals_ = 0;
  bool over_ = false;
  mutable std::optional<RateSummary> summary_;  // reads the file through, so only when asked
};

Trace::Trace(const Options& options, const Context& context)
    : options_{options.at_load(context.load)},
      path_{options.path(context.directory)},
      end_{to_seconds(context.end)},
      journeys_{context.journeys, context.streams->named("workloads/" + context.name + "/journey")} {
  RandomStream stream = context.streams->named("workloads/" + context.name + "/interarrival");
  if (!options.rates()) {
    requests_ = std::make_unique<TraceRequests>(options_, path_, stream);
    return;
  }
  rates_ = std::make_unique<RateArrivals>(std::make_unique<TraceRates>(options_, path_),
                                          options.arrivals == "even" ? UnitProcess::even() : UnitProcess::poisson(stream));
}

const RateSummary& Trace::summary() const {
  if (!summary_) {
    if (options_.rates()) {
      TraceRates rates{options_, path_};
      summary_ = summarize(rates, end_);
    } else {
      summary_ = summarize_requests(options_, path_, end_);
    }
  }
  return *summary_;
}

bool Trace::next(Arrival& arrival) {
  TraceRow row;
  if (rates_) {
    row.time = rates_->next();
    row.subject = arrivals_++;
  } else if (!requests_->next(row)) {
    return false;
  } else if (!options_.subject_column) {
    row.subject = arrivals_++;
  }
  if (!(row.time < end_)) return false;
  arrival = {.at = at_seconds(row.time), .journey = journeys_.next(), .subject = row.subject, .key = row.key};
  return true;
}

std::size_t Trace::next(std::span<Arrival> batch) {
  std::size_t filled = 0;
  while (filled < batch.size() && !over_) {
    over_ = !next(batch[filled]);
    if (!over_) ++filled;
  }
  return filled;
}

const bool offered =
    offer<Workload, Trace>("trace", "recorded traffic: rates per interval, or one line per request, from CSV or CSV.gz");

}  // namespace
}  // namespace headroom
