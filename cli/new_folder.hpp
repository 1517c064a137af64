// A folder for results is there when there are results: one that was made in vain goes again.
#pragma once

#include <filesystem>
#include <vector>

namespace headroom::cli {

class NewFolder {
 public:
  // Before the folder is made. One that is there already stays, whatever happens.
  explicit NewFolder(const std::filesystem::path& folder);
  // Removes the folder with all that is in it, and those above it that were made for it, unless it is to be kept.
  ~NewFolder();
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;
  void keep() { made_.clear(); }

 private:
  std::vector<std::filesystem::path> made_;  // that are not there yet, the innermost first
};

}  // namespace headroom::cli
