// Texts as files of a folder, each whole or not there at all.
#pragma once

#include <string>
#include <vector>

namespace headroom {

struct NamedText {
  std::string name;
  std::string text;
};

// Makes the folder if need be. Throws std::runtime_error naming the path and what to do.
void write_files(const std::vector<NamedText>& files, const std::string& folder);

}  // namespace headroom
