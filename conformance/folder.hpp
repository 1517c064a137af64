// A folder of reference tables, run as a whole: every JSON file below it that says which table it is.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "conformance/table.hpp"

namespace headroom::conformance {

// What one file came to.
struct TableOutcome {
  std::string table;               // "hpa/replica_calc": the folder's name and the table's
  std::string file;                // relative to the folder that was asked for
  std::string problem;             // why it was not run; empty: it was
  bool checked_elsewhere = false;  // means of long simulations: no policy's arithmetic, the tests' part
  std::size_t passed = 0;
  std::size_t total = 0;
  std::vector<Difference> differences;

  bool holds() const { return checked_elsewhere || (problem.empty() && passed == total); }
};

// Runs every table below `folder`, in order of file names. A file that is not JSON, has no "table" or is one that nobody can
// check is an outcome with a problem. Throws std::filesystem::filesystem_error if the folder cannot be read.
std::vector<TableOutcome> run_folder(const std::filesystem::path& folder);

}  // namespace headroom::conformance
