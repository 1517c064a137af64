#include "decisions/seam.hpp"

#include <map>
#include <stdexcept>

namespace headroom::decisions {
namespace {

std::map<std::string, Seam, std::less<>>& seams() {
  static std::map<std::string, Seam, std::less<>> all;
  return all;
}

}  // namespace

bool add_seam(const Seam& seam) {
  const std::string name{seam.registry->seam()};
  if (!seams().emplace(name, seam).second) throw std::logic_error{"decisions of the seam " + name + " are offered twice"};
  return true;
}

const Seam* find_seam(std::string_view name) {
  const auto found = seams().find(name);
  return found == seams().end() ? nullptr : &found->second;
}

std::vector<std::string> seam_names() {
  std::vector<std::string> names;
  for (const auto& [name, seam] : seams()) names.push_back(name);
  return names;
}

}  // namespace headroom::decisions
