// The line on a terminal that says how far a study is, and how long it will take.
#pragma once

#include <string>

#include "sim/experiment/study.hpp"

namespace headroom::cli {

class ProgressLine {
 public:
  // Silent unless `shown`.
  explicit ProgressLine(bool shown) : shown_{shown} {}
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // `note`: stands at its end.
  void show(const StudyProgress& progress, const std::string& note = {});
  // Leaves no trace of it.
  void clear();

 private:
  bool shown_;
  bool drawn_ = false;
};

}  // namespace headroom::cli
