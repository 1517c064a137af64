// Measured values in a file, for an empirical distribution: one number per line, or a column of a CSV file with a header.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/core/fields.hpp"

namespace headroom {

struct SamplesFile {
  static constexpr std::string_view type_name = "samples_file";
  std::string file;
  std::string column;
  std::string unit;
  void describe(Fields& field);
};

struct SamplesProblem {
  std::string field;  // of SamplesFile; empty message: no problem
  std::string message;
  std::string suggestion;
};

// Values in the base unit of the dimension. `directory`: what a relative file name is relative to.
std::vector<double> read_samples(const SamplesFile& source, const std::string& directory, Dimension dimension, SamplesProblem& problem);

}  // namespace headroom
