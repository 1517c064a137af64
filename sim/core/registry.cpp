#include "sim/core/registry.hpp"

namespace headroom {

namespace {

std::map<std::string, const Registry*, std::less<>>& seams() {
  static std::map<std::string, const Registry*, std::less<>> known;
  return known;
}

}  // namespace

Registry::Registry(std::string_view seam, std::string_view discriminator, std::string_view of_several)
    : seam_{seam}, discriminator_{discriminator}, of_several_{of_several} {
  if (!seams().emplace(seam_, this).second) throw std::logic_error{"two registries for the seam \"" + seam_ + "\""};
}

std::vector<std::string> Registry::names() const {
  std::vector<std::string> names;
  names.reserve(offers_.size());
  for (const auto& [name, offer] : offers_) names.push_back(name);
  return names;
}

PolicyChoice Registry::choose(std::string_view name) const {
  PolicyChoice choice;
  choice.registry = this;
  const auto found = offers_.find(name);
  if (found == offers_.end()) return choice;
  choice.name = found->first;
  choice.options = found->second.make_options();
  return choice;
}

const std::map<std::string, const Registry*, std::less<>>& Registry::all() { return seams(); }

void Registry::add(std::string_view name, Offer offer) {
  if (!offers_.emplace(std::string{name}, std::move(offer)).second) {
    throw std::logic_error{"the " + seam_ + " name \"" + std::string{name} + "\" is offered twice"};
  }
}

}  // namespace headroom
