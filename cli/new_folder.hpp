// A folder for results is there when there are results: one that was made in vain goes again.
#pragma once

#include <filesystem>
#include <vector>

namespace headroom::cli {

class NewFolder {
 public:
  // Before the folder is made.
  explicit NewFolder(const std::filesystem::path& folder);

  // To be called when nothing was run. Of a folder that was not there before: removes `ours` in it (files, or folders with all
  // that is in them), then the folder itself and those above it that were made for it, as far as nothing of others is in them:
  // other shards may be at work in the same folder.
  void remove(const std::vector<std::filesystem::path>& ours) const;

 private:
  std::vector<std::filesystem::path> made_;  // that were not there, the innermost first
};

}  // namespace headroom::cli
