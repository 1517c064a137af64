#include "cli/perfetto_file.hpp"

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace headroom::cli {
namespace {

std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string microseconds(std::int64_t nanoseconds) { return fmt::format("{}.{:03}", nanoseconds / 1000, nanoseconds % 1000); }
std::string instant(SimTime at) { return microseconds(at.time_since_epoch().count()); }

// Process and thread; both count from 1, what belongs to nobody is 0.
std::string place(Index track, Index lane) { return fmt::format(R"("pid":{},"tid":{})", track + 1, lane + 1); }

const char* category(TraceSpan::Kind kind) {
  switch (kind) {
    case TraceSpan::Kind::request: return "request";
    case TraceSpan::Kind::queue: return "queue";
    case TraceSpan::Kind::service: return "service";
    case TraceSpan::Kind::step: return "step";
    case TraceSpan::Kind::moment: return "moment";
  }
  return "";
}

}  // namespace

PerfettoFile::PerfettoFile(std::string path) : path_{std::move(path)}, file_{std::fopen(path_.c_str(), "we")} {
  if (file_ == nullptr) throw std::runtime_error{fmt::format("cannot write {}: {}", path_, std::strerror(errno))};
  write("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n");
}

PerfettoFile::~PerfettoFile() {
  if (file_ != nullptr) std::fclose(file_);
}

void PerfettoFile::write(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), file_) != text.size())
    throw std::runtime_error{
        fmt::format("cannot write {}: {}; free some space, or trace fewer requests", path_, std::strerror(errno))};
}

void PerfettoFile::event(const std::string& text) {
  write((any_ ? ",\n{" : "{") + text + "}");
  any_ = true;
}

void PerfettoFile::name_tracks(const std::vector<std::string>& names) {
  event(R"("name":"process_name","ph":"M","pid":0,"args":{"name":"what happened"})");
  for (Index track = 0; track < names.size(); ++track)
    event(fmt::format(R"("name":"process_name","ph":"M","pid":{},"args":{{"name":{}}})", track + 1, quoted(names[track])));
}

void PerfettoFile::add(const TraceSpan& span) {
  const std::string head = fmt::format(R"("name":{},"cat":"{}","ts":{},{})", quoted(span.name), category(span.kind),
                                       instant(span.begin), place(span.track, span.lane));
  const std::string arguments = fmt::format(R"("request":{},"id":{},"caller":{})", span.request, span.id, span.caller);
  if (span.kind == TraceSpan::Kind::moment) return event(fmt::format(R"({},"ph":"i","s":"t","args":{{{}}})", head, arguments));
  const std::string outcome = span.outcome.empty() ? "" : ",\"outcome\":" + quoted(span.outcome);
  event(fmt::format(R"({},"ph":"X","dur":{},"args":{{{}{}}})", head, microseconds((span.end - span.begin).count()), arguments,
                    outcome));
  if (span.kind != TraceSpan::Kind::request || span.caller == 0) return;
  const std::string flow = fmt::format(R"("name":"call","cat":"call","id":{},"ts":{})", span.id, instant(span.begin));
  event(fmt::format(R"({},"ph":"s",{})", flow, place(span.caller_track, span.caller_lane)));
  event(fmt::format(R"({},"ph":"f","bp":"e",{})", flow, place(span.track, span.lane)));
}

void PerfettoFile::add(const Note& note) {
  event(fmt::format(R"("name":{},"cat":"note","ph":"i","s":"g","ts":{:.3f},"pid":0,"tid":0)",
                    quoted(note.subject + ": " + note.text), note.at_seconds * 1e6));
}

void PerfettoFile::finish() {
  write("\n]}\n");
  std::FILE* const file = std::exchange(file_, nullptr);
  if (std::fclose(file) != 0) throw std::runtime_error{fmt::format("cannot write {}: {}", path_, std::strerror(errno))};
}

}  // namespace headroom::cli
