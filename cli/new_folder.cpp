#include "cli/new_folder.hpp"

#include <system_error>

namespace headroom::cli {

namespace files = std::filesystem;

NewFolder::NewFolder(const files::path& folder) {
  std::error_code error;
  files::path place = files::absolute(folder, error).lexically_normal();
  if (error) return;
  if (!place.has_filename()) place = place.parent_path();  // "out/"
  for (; !files::exists(place, error) && place.has_relative_path(); place = place.parent_path()) made_.push_back(place);
}

void NewFolder::remove(const std::vector<files::path>& ours) const {
  if (made_.empty()) return;
  std::error_code ignored;
  for (const files::path& one : ours) files::remove_all(one, ignored);
  for (const files::path& folder : made_) files::remove(folder, ignored);  // none that has something in it
}

}  // namespace headroom::cli
