// Objects in JSON into anything described, each fault with its place: lines of observations, and texts from the command line.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/places.hpp"
#include "scenarios/scenario_error.hpp"
#include "sim/core/fields.hpp"

namespace headroom::decisions {

class LineReader {
 public:
  // `source` names where the lines are from: a file, or an option of the command line.
  explicit LineReader(std::string source) : source_{std::move(source)} {}

  // Fills `target` from line `number` (1-based). False, and issues, if something is wrong with it.
  bool read(const std::string& line, std::size_t number, AnyOptions& target);
  // What is wrong with the line that was read last, beyond its own fields.
  void complain(const FieldProblems& problems, std::size_t number);
  // The same of a line that cannot be read at all.
  void complain(std::string sentence, std::size_t number);
  // Options of the implementation `name` of the choice's seam. False, and issues, if something is wrong with them.
  bool read_choice(const std::string& options, const std::string& name, PolicyChoice& choice);

  bool has_issues() const { return !issues_.empty(); }
  // Enough for anyone: the rest need not be read.
  bool is_full() const { return issues_.size() >= most_issues; }
  // Throws ScenarioError if there is an issue.
  void throw_if_any() const;

 private:
  static constexpr std::size_t most_issues = 500;
  void take(std::vector<Issue> found, std::size_t number);

  std::string source_;
  std::vector<Issue> issues_;
};

// Options, with their places, into the implementation `name` of the choice's seam; what is wrong becomes issues.
void read_options(Value options, const std::string& name, PolicyChoice& choice, Issues& issues);

}  // namespace headroom::decisions
