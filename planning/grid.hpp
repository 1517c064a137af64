// All combinations of the values of a scenario's axes, as candidates.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "planning/trials.hpp"
#include "scenarios/axis_spec.hpp"

namespace headroom {

// A value of an axis as words: {"spot": "100 %"} is "100 % spot"; what is no object stays as it is.
std::string words_of(const std::string& value);

class Grid {
 public:
  // The first axis changes slowest.
  explicit Grid(std::vector<AxisSpec> axes);

  const std::vector<AxisSpec>& axes() const { return axes_; }
  // Of combinations; at most SIZE_MAX.
  std::size_t size() const { return size_; }
  // Index of the value by axis.
  std::vector<std::size_t> place(std::size_t point) const;
  // "replicas of api 4, instance m6i.large".
  Candidate candidate(std::size_t point) const;
  // Value by axis, as written.
  std::vector<std::string> values(std::size_t point) const;
  // How far it is along the axes of which more is better, all steps together.
  std::size_t steps_to_better(std::size_t point) const;
  // Whether what `failed` missed is missed by `point` too: the same but on axes of which more is better, and there no more.
  bool is_no_better(std::size_t point, std::size_t failed) const;

 private:
  std::vector<AxisSpec> axes_;
  std::vector<std::vector<std::string>> values_;
  std::size_t size_ = 1;
};

}  // namespace headroom
