// The tables of known values beside the repository: ../shared/conformance/queueing.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/places.hpp"

namespace headroom {

inline std::filesystem::path shared_file(const std::string& path) {
  return std::filesystem::path{source_dir()} / ".." / "shared" / path;
}

// The rows of a table; null where the table is not there.
inline nlohmann::json conformance_rows(const std::string& table) {
  std::ifstream file{shared_file("conformance/queueing/" + table + ".json")};
  return file ? nlohmann::json::parse(file)["rows"] : nlohmann::json{};
}

// Relative where it can be; the tables hold correctly rounded doubles.
inline void expect_equal(double value, double expected, const std::string& what, double tolerance = 1e-9) {
  EXPECT_LE(std::abs(value - expected), tolerance * std::max(1e-12, std::abs(expected)))
      << what << ": " << value << " for " << expected;
}

// "p5" is the median, "p9" the 90th percentile: the digits after the point.
inline double probability_of(const std::string& name) { return std::stod("0." + name.substr(1)); }

}  // namespace headroom
