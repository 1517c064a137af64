// Reading recorded traffic: CSV with a header line, plain or gzip, one line at a time, every complaint with its place.
//
// A file is of any length; memory is one buffer. The first line names the columns. Cells may be in double quotes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// Which columns are wanted; an empty name: none.
struct TraceColumns {
  std::string time;                                  // seconds, not decreasing
  std::string count;                                 // requests in the interval that begins at the time; >= 0
  std::string key;                                   // a whole number, or any text (hashed)
  std::string subject;                               // the same
  bool intervals() const { return !count.empty(); }  // then times must increase: an interval has a length
};

struct TraceRow {
  double time = 0.0;
  double count = 0.0;
  std::uint64_t key = 0;
  std::uint64_t subject = 0;
};

class TraceFile {
 public:
  // Opens and reads the header. Never throws for what the file holds: see issues().
  TraceFile(const std::string& path, const TraceColumns& columns);
  ~TraceFile();
  TraceFile(const TraceFile&) = delete;
  TraceFile& operator=(const TraceFile&) = delete;

  // The next good row; bad ones are skipped and recorded. False: the end, or too many issues to go on.
  bool next(TraceRow& row);
  // Sentences, at most `most_issues`: "line 7: \"abc\" in column \"requests\" is not a number".
  const std::vector<std::string>& issues() const { return issues_; }
  static constexpr std::size_t most_issues = 20;

 private:
  struct Source;  // the open file
  void open(const std::string& path);
  bool read_line();
  void split_line();
  void find_columns();
  int column(const std::string& name);
  bool read_row(TraceRow& row);
  bool check_order(const TraceRow& row);
  const std::string* cell(int index, const std::string& name);
  bool number(int index, const std::string& name, double& value);
  bool identity(int index, const std::string& name, std::uint64_t& value);
  void complain(const std::string& sentence);
  void complain_here(const std::string& sentence);

  TraceColumns columns_;
  std::unique_ptr<Source> source_;
  std::vector<std::string> issues_;
  std::string line_;
  std::vector<std::string> cells_;  // the first used_cells_ of them
  std::size_t used_cells_ = 0;
  std::uint64_t line_number_ = 0;
  int time_ = -1, count_ = -1, key_ = -1, subject_ = -1;
  double last_time_ = 0.0;
  bool seen_row_ = false;
};

// The whole file read once: every issue (at most TraceFile::most_issues), the span of its times, and how much it holds.
struct TraceSummary {
  std::vector<std::string> issues;
  std::uint64_t rows = 0;
  double first_time = 0.0;
  double last_time = 0.0;
};
TraceSummary summarize_trace(const std::string& path, const TraceColumns& columns);

}  // namespace headroom
