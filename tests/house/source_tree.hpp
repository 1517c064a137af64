// The project's own files as text, for tests that read them.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/places.hpp"

namespace headroom::house {

namespace files = std::filesystem;

struct SourceFile {
  std::string path;  // relative to the root: "sim/core/time.hpp"
  std::vector<std::string> lines;
  std::string folder() const { return files::path{path}.parent_path().string(); }
};

inline files::path root() { return source_dir(); }

inline std::vector<std::string> lines_of(const files::path& path) {
  std::ifstream stream{path};
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// All .cpp and .hpp below the given folders, by path.
inline std::vector<SourceFile> sources(const std::vector<std::string>& folders) {
  std::vector<SourceFile> found;
  for (const std::string& folder : folders) {
    if (!files::exists(root() / folder)) continue;
    for (const auto& entry : files::recursive_directory_iterator{root() / folder}) {
      const std::string extension = entry.path().extension().string();
      if (!entry.is_regular_file() || (extension != ".cpp" && extension != ".hpp")) continue;
      found.push_back({files::relative(entry.path(), root()).string(), lines_of(entry.path())});
    }
  }
  std::sort(found.begin(), found.end(), [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return found;
}

// The rooms of the house: everything that is linked into the program.
inline std::vector<SourceFile> program_sources() { return sources({"cli", "conformance", "decisions", "planning", "reports", "scenarios", "sim", "models", "policies"}); }

// What an #include line names, with its brackets or quotes; empty for other lines.
inline std::string included(const std::string& line) {
  if (!line.starts_with("#include")) return {};
  const std::size_t begin = line.find_first_of("<\"");
  const std::size_t end = line.find_last_of(">\"");
  return begin == std::string::npos || end <= begin ? std::string{} : line.substr(begin, end - begin + 1);
}

inline bool below(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

}  // namespace headroom::house
