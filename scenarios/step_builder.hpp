// Steps as a scenario spells them, with names, to the steps of a Blueprint, with indices.
#pragma once

#include <map>
#include <string>

#include "scenarios/scenario.hpp"
#include "sim/cluster/blueprint.hpp"

namespace headroom {

// Indices by name; names are those of a checked scenario.
class IndexByName {
 public:
  void add(const std::string& name) { indices_.emplace(name, static_cast<Index>(indices_.size())); }
  bool has(const std::string& name) const { return indices_.contains(name); }
  Index at(const std::string& name) const { return indices_.at(name); }

 private:
  std::map<std::string, Index> indices_;
};

struct StepIndices {
  IndexByName endpoints;  // "service.endpoint"
  IndexByName routes;     // "route.endpoint"
  IndexByName locks, caches, databases, queues, keys, language_models, limits, stores, links, clients;
  std::map<std::string, IndexByName> operations;  // by database
};

Steps build_steps(const std::vector<StepSpec>& steps, const StepIndices& indices);

}  // namespace headroom
