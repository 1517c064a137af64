// The texts behind a scenario: the file, what it extends, its variants; merged, but not read yet.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/places.hpp"

namespace headroom {

struct VariantText {
  std::string name;
  Value scenario;  // the base with the variant's patch merged in
};

struct Document {
  std::string base_name = "base";
  Value base;                         // without extends, base_name, variants
  std::vector<VariantText> variants;  // in file order
  std::vector<std::string> files;     // that were read, the file itself first
};

// Nothing if a file cannot be read or is not an object: then the reasons are issues.
std::optional<Document> read_document(const std::string& path, Issues& issues);

}  // namespace headroom
