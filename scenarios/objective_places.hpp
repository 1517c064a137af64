// Where a scenario's objectives stand in its files, for whoever marks them there.
#pragma once

#include <string>
#include <vector>

#include "scenarios/reader.hpp"

namespace headroom {

struct TextPlace {
  std::string file;
  int line = 0;  // 1-based; 0: the file as a whole
  int column = 0;
};

// For each variant of `file`, in the order of its objectives. What --set gave has no line. The files are read again; those that
// are gone have no lines either.
std::vector<std::vector<TextPlace>> objective_places(const ScenarioFile& file);

}  // namespace headroom
