// A folder for results is there when there are results: one that was made in vain goes again.
#pragma once

#include <filesystem>
#include <vector>

namespace headroom::cli {

class NewFolder {
 public:
  // Before the folder is made. One that is there already stays as it is left, whatever happens.
  explicit NewFolder(const std::filesystem::path& folder);
  // Unless it is to be kept: removes what is to be in it of ours, then the folder and those above it that were made for it, as far
  // as nothing of others is in them. Other shards may be at work in the same folder.
  ~NewFolder();
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;

  // A file, or a folder with all that is in it.
  void will_have(const std::filesystem::path& ours) { ours_.push_back(ours); }
  void keep() { made_.clear(); }

 private:
  std::vector<std::filesystem::path> made_;  // that were not there, the innermost first
  std::vector<std::filesystem::path> ours_;
};

}  // namespace headroom::cli
