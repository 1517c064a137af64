// The scenarios in the folders below scenarios/.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/places.hpp"

namespace headroom::cli_test {

inline std::string shipped(const std::string& name) { return source_dir() + "/scenarios/" + name; }

// As "folder/file".
inline std::vector<std::string> shipped_scenarios() {
  const std::filesystem::path root = shipped("");
  std::vector<std::string> names;
  for (const auto& folder : std::filesystem::directory_iterator{root}) {
    if (!folder.is_directory()) continue;
    for (const auto& entry : std::filesystem::directory_iterator{folder.path()}) {
      const std::string extension = entry.path().extension().string();
      if (extension == ".json" || extension == ".yaml") names.push_back(std::filesystem::relative(entry.path(), root).string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

// The World Cup scenario needs a trace that is not part of this source tree.
inline bool has_its_trace(const std::string& name) {
  return !name.ends_with("world-cup.json") ||
         std::filesystem::exists(source_dir() + "/../shared/traces/web_rates/worldcup98_per_minute.csv.gz");
}

}  // namespace headroom::cli_test
