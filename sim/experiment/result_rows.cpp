#include "sim/experiment/result_rows.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

constexpr std::array<const char*, 4> kind_names{"counter", "gauge", "share", "durations"};

std::string text_of(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string labels_json(const std::vector<Label>& labels) {
  nlohmann::json object = nlohmann::json::object();
  for (const Label& label : labels) object[label.name] = label.value;
  return text_of(object);
}

template <class Number>
void append_digits(std::string& text, Number number) {
  std::array<char, 32> digits;
  const auto [end, failure] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  text.append(digits.data(), end);
}

void append_number(std::string& text, double number) {
  if (std::isnan(number))
    text += "null";
  else if (std::isinf(number))
    text += number > 0.0 ? "9e999" : "-9e999";  // as SQLite writes it
  else if (std::fabs(number) < 1e15 && number == std::trunc(number))
    append_digits(text, static_cast<std::int64_t>(number));  // most are, and this is five times as fast
  else
    append_digits(text, number);
}

// A comma between the values of an array.
void begin_value(std::string& text) {
  if (text.back() != '[') text += ',';
}

// [[first column, second column, …] of the first window, …]
void append_windows(std::string& text, const Series& series, std::size_t windows) {
  text = "[";
  for (std::size_t window = 0; window < windows; ++window) {
    begin_value(text);
    text += '[';
    for (const std::vector<double>& column : series.columns) {
      begin_value(text);
      append_number(text, window < column.size() ? column[window] : std::nan(""));
    }
    text += ']';
  }
  text += ']';
}

// [[[bucket, count], …] of the first slice, …]
void append_slices(std::string& text, const Series& series) {
  text = "[";
  for (const Histogram& slice : series.slices) {
    begin_value(text);
    text += '[';
    for (const Histogram::Bucket& bucket : slice.buckets()) {
      begin_value(text);
      text += '[';
      append_digits(text, bucket.index);
      text += ',';
      append_digits(text, bucket.count);
      text += ']';
    }
    text += ']';
  }
  text += ']';
}

}  // namespace

std::string json_array(const std::vector<double>& numbers) {
  std::string text = "[";
  for (const double number : numbers) {
    begin_value(text);
    append_number(text, number);
  }
  return text + "]";
}

void ResultRows::write(std::int64_t run, const RunResult& result) {
  for (const Series& series : result.series) write_metric(run, series, result.window_ends.size());
  write_books(run, result);
  write_paths(run, result);
}

void ResultRows::write_metric(std::int64_t run, const Series& series, std::size_t windows) {
  const std::string labels = labels_json(series.labels);
  append_windows(windows_, series, windows);
  append_slices(slices_, series);
  metric_.bind(1, run).bind(2, series.metric).bind(3, labels).bind(4, kind_names[static_cast<std::size_t>(series.kind)]);
  metric_.bind(5, windows_).bind(6, slices_).run();
}

void ResultRows::write_paths(std::int64_t run, const RunResult& result) {
  for (const CriticalPath& path : result.critical_paths) {
    nlohmann::json parts = nlohmann::json::array(), failures = nlohmann::json::array();
    for (const PathPart& part : path.parts) parts.push_back({to_text(part.cause), part.component, part.mean_seconds});
    for (const PathFailure& failure : path.failures) failures.push_back({failure.reason, failure.component, failure.count});
    path_.bind(1, run).bind(2, path.workload).bind(3, path.request).bind(4, path.band).bind(5, path.count);
    path_.bind(6, path.weight).bind(7, path.mean_seconds).bind(8, text_of(parts)).bind(9, text_of(failures)).run();
  }
}

void ResultRows::write_books(std::int64_t run, const RunResult& result) {
  for (const PhaseResult& one : result.phases) {
    phase_.bind(1, run).bind(2, one.workload).bind(3, one.name).bind(4, one.begin_seconds).bind(5, one.end_seconds).run();
  }
  for (const LedgerEntry& one : result.ledger) {
    entry_.bind(1, run).bind(2, one.name).bind(3, one.entered).bind(4, one.completed).bind(5, one.in_flight).run();
    for (const auto& [reason, count] : one.failed) failure_.bind(1, run).bind(2, one.name).bind(3, reason).bind(4, count).run();
  }
  for (const Note& one : result.notes) note_.bind(1, run).bind(2, one.at_seconds).bind(3, one.subject).bind(4, one.text).run();
}

}  // namespace headroom
