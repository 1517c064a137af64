// A RequestTrace as a file for Perfetto (https://ui.perfetto.dev) or chrome://tracing: one process per service, database and
// queue, a thread per request at a time in it.
//
// Source: "Trace Event Format", JSON object form: complete events (ph X) for spans, instants (i), flows (s, f) from a call to
// what it called, metadata (M). Times in microseconds with three decimals: whole nanoseconds.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include "sim/cluster/request_trace.hpp"
#include "sim/experiment/study.hpp"

namespace headroom::cli {

class PerfettoFile {
 public:
  // Truncates what is there. Throws std::runtime_error if it cannot be written, like every function here.
  explicit PerfettoFile(std::string path);
  ~PerfettoFile();
  PerfettoFile(const PerfettoFile&) = delete;
  PerfettoFile& operator=(const PerfettoFile&) = delete;

  void name_tracks(const std::vector<std::string>& names);
  void add(const TraceSpan& span);
  void add(const Note& note);
  // Ends the JSON; nothing may be added any more.
  void finish();

 private:
  void event(const std::string& text);
  void write(const std::string& text);

  std::string path_;
  std::FILE* file_;
  bool any_ = false;
};

}  // namespace headroom::cli
