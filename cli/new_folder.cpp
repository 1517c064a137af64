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

NewFolder::~NewFolder() {
  std::error_code ignored;
  for (std::size_t i = 0; i < made_.size(); ++i) {
    // Others may have put theirs beside it meanwhile.
    if (i == 0)
      files::remove_all(made_[i], ignored);
    else
      files::remove(made_[i], ignored);
  }
}

}  // namespace headroom::cli
