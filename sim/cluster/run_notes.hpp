// The notes of a run: what happened that a person wants to see beside the charts. The first 2,000 are kept.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sim/core/time.hpp"
#include "sim/measure/run_result.hpp"

namespace headroom {

class RunNotes {
 public:
  static constexpr std::size_t limit = 2000;

  // `subject`: "services/api", "node_pools/general".
  void add(SimTime now, std::string subject, std::string text) {
    if (notes_.size() < limit)
      notes_.push_back({to_seconds(now), std::move(subject), std::move(text)});
    else
      ++left_out_;
  }
  std::vector<Note> take(SimTime end) {
    if (left_out_ > 0) notes_.push_back({to_seconds(end), "notes", std::to_string(left_out_) + " more notes were left out"});
    return std::move(notes_);
  }

 private:
  std::vector<Note> notes_;
  std::size_t left_out_ = 0;
};

}  // namespace headroom
