#include "sim/experiment/result_rows.hpp"

#include <array>

#include <nlohmann/json.hpp>

#include "sim/experiment/sqlite_database.hpp"

namespace headroom {
namespace {

// Columns of the table series by kind: the first parameter and how many. Percentiles beyond them have a table of their own.
struct SeriesColumns {
  const char* kind;
  int first;
  std::size_t count;
};
constexpr std::array<SeriesColumns, 4> columns_of_kind{
    {{"counter", 3, 1}, {"gauge", 4, 3}, {"share", 7, 2}, {"durations", 9, 5}}};
constexpr int first_value = 3, last_value = 13;

std::string labels_json(const std::vector<Label>& labels) {
  nlohmann::json object = nlohmann::json::object();
  for (const Label& label : labels) object[label.name] = label.value;
  return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

class ResultRows {
 public:
  ResultRows(const SqliteDatabase& database, std::int64_t run, const RunResult& result)
      : database_{database}, run_{run}, result_{result} {}

  void write() {
    write_ends("INSERT INTO windows(run, window, end_seconds) VALUES (?, ?, ?)", result_.window_ends);
    write_ends("INSERT INTO slices(run, slice, end_seconds) VALUES (?, ?, ?)", result_.slice_ends);
    std::int64_t metric = database_.integer("SELECT coalesce(max(id), 0) FROM metrics");
    for (const Series& series : result_.series) write_metric(++metric, series);
    write_books();
  }

 private:
  void write_ends(const char* sql, const std::vector<double>& ends) {
    SqliteStatement insert = database_.prepare(sql);
    for (std::size_t i = 0; i < ends.size(); ++i) insert.bind(1, run_).bind(2, std::uint64_t{i}).bind(3, ends[i]).run();
  }

  void write_metric(std::int64_t metric, const Series& series) {
    const SeriesColumns& columns = columns_of_kind[static_cast<std::size_t>(series.kind)];
    const std::string labels = labels_json(series.labels);
    metric_.bind(1, metric).bind(2, run_).bind(3, series.metric).bind(4, labels).bind(5, columns.kind).run();
    write_windows(metric, series, columns);
    for (std::size_t i = columns.count; i < series.columns.size(); ++i) write_percentile(metric, series, i, i - columns.count);
    for (std::size_t slice = 0; slice < series.slices.size(); ++slice) write_histogram(metric, slice, series.slices[slice]);
  }

  void write_windows(std::int64_t metric, const Series& series, const SeriesColumns& columns) {
    for (int i = first_value; i <= last_value; ++i) series_.bind_null(i);
    series_.bind(1, metric);
    for (std::size_t window = 0; window < result_.window_ends.size(); ++window) {
      series_.bind(2, std::uint64_t{window});
      for (std::size_t i = 0; i < columns.count && i < series.columns.size(); ++i) {
        const std::vector<double>& values = series.columns[i];
        const int parameter = columns.first + static_cast<int>(i);
        if (window < values.size())
          series_.bind(parameter, values[window]);
        else
          series_.bind_null(parameter);
      }
      series_.run();
    }
  }

  void write_percentile(std::int64_t metric, const Series& series, std::size_t column, std::size_t extra) {
    if (extra >= result_.extra_percentiles.size()) return;
    const std::vector<double>& values = series.columns[column];
    for (std::size_t window = 0; window < values.size(); ++window) {
      percentile_.bind(1, metric).bind(2, std::uint64_t{window}).bind(3, result_.extra_percentiles[extra]);
      percentile_.bind(4, values[window]).run();
    }
  }

  void write_histogram(std::int64_t metric, std::size_t slice, const Histogram& histogram) {
    histogram_.bind(1, metric).bind(2, std::uint64_t{slice});
    for (const Histogram::Bucket& bucket : histogram.buckets()) {
      write_bucket(bucket.index);
      histogram_.bind(3, std::uint64_t{bucket.index}).bind(4, bucket.count).run();
    }
  }

  // Once per run: most buckets occur in many slices.
  void write_bucket(std::uint32_t index) {
    if (index >= written_buckets_.size()) written_buckets_.resize(index + 1);
    if (written_buckets_[index]) return;
    written_buckets_[index] = true;
    bucket_.bind(1, std::uint64_t{index}).bind(2, Histogram::lower_bound_seconds(index));
    bucket_.bind(3, Histogram::upper_bound_seconds(index)).run();
  }

  void write_books() {
    SqliteStatement phase = database_.prepare("INSERT INTO phases VALUES (?, ?, ?, ?, ?)");
    for (const PhaseResult& one : result_.phases) {
      phase.bind(1, run_).bind(2, one.workload).bind(3, one.name).bind(4, one.begin_seconds).bind(5, one.end_seconds).run();
    }
    SqliteStatement entry = database_.prepare("INSERT INTO ledger VALUES (?, ?, ?, ?, ?)");
    SqliteStatement failure = database_.prepare("INSERT INTO ledger_failures VALUES (?, ?, ?, ?)");
    for (const LedgerEntry& one : result_.ledger) {
      entry.bind(1, run_).bind(2, one.name).bind(3, one.entered).bind(4, one.completed).bind(5, one.in_flight).run();
      for (const auto& [reason, count] : one.failed) failure.bind(1, run_).bind(2, one.name).bind(3, reason).bind(4, count).run();
    }
    SqliteStatement note = database_.prepare("INSERT INTO notes VALUES (?, ?, ?, ?)");
    for (const Note& one : result_.notes) note.bind(1, run_).bind(2, one.at_seconds).bind(3, one.subject).bind(4, one.text).run();
  }

  const SqliteDatabase& database_;
  const std::int64_t run_;
  const RunResult& result_;
  std::vector<bool> written_buckets_;
  SqliteStatement metric_ = database_.prepare("INSERT INTO metrics(id, run, metric, labels, kind) VALUES (?, ?, ?, ?, ?)");
  SqliteStatement series_ = database_.prepare(
      "INSERT INTO series(metric, window, amount, mean, largest, last, part, whole, count, sum_seconds, p50, p95, p99) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  SqliteStatement percentile_ =
      database_.prepare("INSERT OR REPLACE INTO percentiles(metric, window, percentile, seconds) VALUES (?, ?, ?, ?)");
  SqliteStatement bucket_ =
      database_.prepare("INSERT OR IGNORE INTO buckets(bucket, low_seconds, high_seconds) VALUES (?, ?, ?)");
  SqliteStatement histogram_ = database_.prepare("INSERT INTO histograms(metric, slice, bucket, count) VALUES (?, ?, ?, ?)");
};

}  // namespace

void write_result_rows(const SqliteDatabase& database, std::int64_t run, const RunResult& result) {
  ResultRows{database, run, result}.write();
}

}  // namespace headroom
