// RunResult as MessagePack: what travels from a child process to its parent, and what can be stored.
//
// Numbers come back with the same bits, fields have an order, empty histogram buckets are left out: equal results have equal
// bytes.
#include <algorithm>
#include <stdexcept>
#include <utility>

#include "sim/experiment/message_pack.hpp"
#include "sim/experiment/study.hpp"

namespace headroom {
namespace {

constexpr std::uint64_t format_version = 5;
constexpr std::size_t field_count = 20;

void write(MessagePackWriter& writer, const Histogram& histogram) {
  const std::vector<Histogram::Bucket> buckets = histogram.buckets();
  writer.array(4);
  writer.array(2 * buckets.size());
  for (const Histogram::Bucket& bucket : buckets) {
    writer.whole(bucket.index);
    writer.whole(bucket.count);
  }
  writer.whole(histogram.sum_ns_high());
  writer.whole(histogram.sum_ns_low());
  writer.whole(histogram.largest_ns());
}

// One by one: a size that is damaged must not ask for more memory than there are parts.
template <class Part>
std::vector<Part> read_parts(MessagePackReader& reader, Part (*read)(MessagePackReader&)) {
  std::vector<Part> parts;
  for (std::size_t left = reader.array(); left > 0; --left) parts.push_back(read(reader));
  return parts;
}

Histogram read_histogram(MessagePackReader& reader) {
  // More than the largest index that 64-bit nanoseconds have: a damaged one must not ask for gigabytes.
  constexpr std::uint64_t index_limit = 1U << 13;
  reader.array_of(4);
  std::vector<Histogram::Bucket> buckets(reader.array() / 2);
  for (Histogram::Bucket& bucket : buckets) {
    const std::uint64_t index = reader.whole();
    if (index >= index_limit) throw std::invalid_argument{"a histogram bucket is out of range"};
    bucket = {static_cast<std::uint32_t>(index), reader.whole()};
  }
  const std::uint64_t high = reader.whole(), low = reader.whole();
  return Histogram::restore(buckets, high, low, reader.whole());
}

void write(MessagePackWriter& writer, const Series& series) {
  writer.map(5);
  writer.text("columns");
  writer.array(series.columns.size());
  for (const std::vector<double>& column : series.columns) writer.reals(column);
  writer.text("kind");
  writer.whole(static_cast<std::uint64_t>(series.kind));
  writer.text("labels");
  writer.array(series.labels.size());
  for (const Label& label : series.labels) {
    writer.array(2);
    writer.text(label.name);
    writer.text(label.value);
  }
  writer.text("metric");
  writer.text(series.metric);
  writer.text("slices");
  writer.array(series.slices.size());
  for (const Histogram& slice : series.slices) write(writer, slice);
}

Label read_label(MessagePackReader& reader) {
  reader.array_of(2);
  std::string name = reader.text();
  return {std::move(name), reader.text()};
}

Series read_series(MessagePackReader& reader) {
  Series series;
  reader.map_of(5);
  reader.key("columns");
  for (std::size_t left = reader.array(); left > 0; --left) series.columns.push_back(reader.reals());
  reader.key("kind");
  const std::uint64_t kind = reader.whole();
  if (kind > static_cast<std::uint64_t>(MetricKind::durations)) throw std::invalid_argument{"a series is of no known kind"};
  series.kind = static_cast<MetricKind>(kind);
  reader.key("labels");
  series.labels = read_parts(reader, read_label);
  reader.key("metric");
  series.metric = reader.text();
  reader.key("slices");
  series.slices = read_parts(reader, read_histogram);
  return series;
}

void write(MessagePackWriter& writer, const LedgerEntry& entry) {
  writer.array(5);
  writer.text(entry.name);
  writer.whole(entry.entered);
  writer.whole(entry.completed);
  writer.map(entry.failed.size());
  for (const auto& [reason, count] : entry.failed) {
    writer.text(reason);
    writer.whole(count);
  }
  writer.whole(entry.in_flight);
}

LedgerEntry read_ledger_entry(MessagePackReader& reader) {
  LedgerEntry entry;
  reader.array_of(5);
  entry.name = reader.text();
  entry.entered = reader.whole();
  entry.completed = reader.whole();
  for (std::size_t left = reader.map(); left > 0; --left) {
    std::string reason = reader.text();
    entry.failed[std::move(reason)] = reader.whole();
  }
  entry.in_flight = reader.whole();
  return entry;
}

void write(MessagePackWriter& writer, const PhaseResult& phase) {
  writer.array(4);
  writer.text(phase.workload);
  writer.text(phase.name);
  writer.real(phase.begin_seconds);
  writer.real(phase.end_seconds);
}

PhaseResult read_phase(MessagePackReader& reader) {
  PhaseResult phase;
  reader.array_of(4);
  phase.workload = reader.text();
  phase.name = reader.text();
  phase.begin_seconds = reader.real();
  phase.end_seconds = reader.real();
  return phase;
}

void write(MessagePackWriter& writer, const Note& note) {
  writer.array(3);
  writer.real(note.at_seconds);
  writer.text(note.subject);
  writer.text(note.text);
}

Note read_note(MessagePackReader& reader) {
  Note note;
  reader.array_of(3);
  note.at_seconds = reader.real();
  note.subject = reader.text();
  note.text = reader.text();
  return note;
}

void write(MessagePackWriter& writer, const ScaleOut& scale_out) {
  writer.array(6);
  writer.text(scale_out.service);
  writer.real(scale_out.decided_seconds);
  writer.whole(static_cast<std::uint64_t>(scale_out.from));
  writer.whole(static_cast<std::uint64_t>(scale_out.to));
  writer.whole(scale_out.complete ? 1 : 0);
  writer.reals({scale_out.seconds.begin(), scale_out.seconds.end()});
}

ScaleOut read_scale_out(MessagePackReader& reader) {
  ScaleOut scale_out;
  reader.array_of(6);
  scale_out.service = reader.text();
  scale_out.decided_seconds = reader.real();
  scale_out.from = static_cast<int>(reader.whole());
  scale_out.to = static_cast<int>(reader.whole());
  scale_out.complete = reader.whole() != 0;
  const std::vector<double> seconds = reader.reals();
  if (seconds.size() != scale_out.seconds.size()) throw std::invalid_argument{"a scale-out has other parts"};
  std::copy(seconds.begin(), seconds.end(), scale_out.seconds.begin());
  return scale_out;
}

void write(MessagePackWriter& writer, const PathPart& part) {
  writer.array(3);
  writer.whole(static_cast<std::uint64_t>(part.cause));
  writer.text(part.component);
  writer.real(part.mean_seconds);
}

PathPart read_path_part(MessagePackReader& reader) {
  reader.array_of(3);
  const std::uint64_t cause = reader.whole();
  if (cause >= path_causes.size()) throw std::invalid_argument{"a part of a critical path has no known cause"};
  std::string component = reader.text();
  return {static_cast<PathCause>(cause), std::move(component), reader.real()};
}

void write(MessagePackWriter& writer, const PathFailure& failure) {
  writer.array(3);
  writer.text(failure.reason);
  writer.text(failure.component);
  writer.whole(failure.count);
}

PathFailure read_path_failure(MessagePackReader& reader) {
  reader.array_of(3);
  std::string reason = reader.text();
  std::string component = reader.text();
  return {std::move(reason), std::move(component), reader.whole()};
}

void write(MessagePackWriter& writer, const CriticalPath& path) {
  writer.array(8);
  writer.text(path.workload);
  writer.text(path.request);
  writer.text(path.band);
  writer.whole(path.count);
  writer.real(path.weight);
  writer.real(path.mean_seconds);
  writer.array(path.parts.size());
  for (const PathPart& part : path.parts) write(writer, part);
  writer.array(path.failures.size());
  for (const PathFailure& failure : path.failures) write(writer, failure);
}

CriticalPath read_critical_path(MessagePackReader& reader) {
  CriticalPath path;
  reader.array_of(8);
  path.workload = reader.text();
  path.request = reader.text();
  path.band = reader.text();
  path.count = reader.whole();
  path.weight = reader.real();
  path.mean_seconds = reader.real();
  path.parts = read_parts(reader, read_path_part);
  path.failures = read_parts(reader, read_path_failure);
  return path;
}

template <class Part>
void write_list(MessagePackWriter& writer, std::string_view key, const std::vector<Part>& parts) {
  writer.text(key);
  writer.array(parts.size());
  for (const Part& part : parts) write(writer, part);
}

template <class Part>
void read_list(MessagePackReader& reader, std::string_view key, std::vector<Part>& parts, Part (*read)(MessagePackReader&)) {
  reader.key(key);
  parts = read_parts(reader, read);
}

}  // namespace

// The format, by which a reader knows the rest; then fields in order of their names.
std::vector<std::uint8_t> to_bytes(const RunResult& result) {
  MessagePackWriter writer;
  writer.map(field_count);
  writer.text("format");
  writer.whole(format_version);
  write_list(writer, "critical_paths", result.critical_paths);
  writer.text("duration");
  writer.real(result.duration_seconds);
  writer.text("events");
  writer.whole(result.events);
  writer.text("extra_percentiles");
  writer.reals(result.extra_percentiles);
  write_list(writer, "ledger", result.ledger);
  write_list(writer, "notes", result.notes);
  writer.text("peak_memory");
  writer.whole(result.peak_memory_bytes);
  write_list(writer, "phases", result.phases);
  writer.text("replication");
  writer.whole(result.replication);
  write_list(writer, "scale_outs", result.scale_outs);
  writer.text("seed");
  writer.whole(result.seed);
  write_list(writer, "series", result.series);
  writer.text("slice_ends");
  writer.reals(result.slice_ends);
  writer.text("users");
  writer.real(result.users);
  writer.text("variant");
  writer.text(result.variant);
  writer.text("wall");
  writer.real(result.wall_seconds);
  writer.text("warm_up");
  writer.real(result.warm_up_seconds);
  writer.text("warm_up_rule");
  writer.text(result.warm_up_rule);
  writer.text("window_ends");
  writer.reals(result.window_ends);
  return writer.take();
}

namespace {

RunResult result_from(MessagePackReader reader) {
  RunResult result;
  const std::size_t fields = reader.map();
  if (reader.text() != "format" || reader.whole() != format_version)
    throw std::invalid_argument{"it is written in another format"};
  if (fields != field_count) throw std::invalid_argument{"it has too few or too many fields"};
  read_list(reader, "critical_paths", result.critical_paths, read_critical_path);
  reader.key("duration");
  result.duration_seconds = reader.real();
  reader.key("events");
  result.events = reader.whole();
  reader.key("extra_percentiles");
  result.extra_percentiles = reader.reals();
  read_list(reader, "ledger", result.ledger, read_ledger_entry);
  read_list(reader, "notes", result.notes, read_note);
  reader.key("peak_memory");
  result.peak_memory_bytes = reader.whole();
  read_list(reader, "phases", result.phases, read_phase);
  reader.key("replication");
  result.replication = reader.whole();
  read_list(reader, "scale_outs", result.scale_outs, read_scale_out);
  reader.key("seed");
  result.seed = reader.whole();
  read_list(reader, "series", result.series, read_series);
  reader.key("slice_ends");
  result.slice_ends = reader.reals();
  reader.key("users");
  result.users = reader.real();
  reader.key("variant");
  result.variant = reader.text();
  reader.key("wall");
  result.wall_seconds = reader.real();
  reader.key("warm_up");
  result.warm_up_seconds = reader.real();
  reader.key("warm_up_rule");
  result.warm_up_rule = reader.text();
  reader.key("window_ends");
  result.window_ends = reader.reals();
  reader.end();
  return result;
}

}  // namespace

RunResult run_result_from(const std::vector<std::uint8_t>& bytes) {
  try {
    return result_from(MessagePackReader{bytes});
  } catch (const std::exception& error) {
    throw std::invalid_argument{std::string{"these bytes are not the result of a run: "} + error.what()};
  }
}

}  // namespace headroom
