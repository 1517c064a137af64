// List prices of instance_catalogue.cpp, which names their sources.
#include <algorithm>

#include "models/prices/instance_catalogue.hpp"
#include "sim/core/registry.hpp"

namespace headroom {
namespace {

class ListPrice final : public PriceSheet {
 public:
  struct Options {
    void describe(Fields&) {}
  };
  ListPrice(const Options&, const Context&) : types_{instance_catalogue()} {}

  const InstanceType* find(std::string_view name) const override {
    const auto found = std::find_if(types_.begin(), types_.end(), [&](const InstanceType& type) { return type.name == name; });
    return found == types_.end() ? nullptr : &*found;
  }
  std::vector<std::string> names() const override {
    std::vector<std::string> names;
    for (const InstanceType& type : types_) names.push_back(type.name);
    return names;
  }

 private:
  std::vector<InstanceType> types_;
};

const bool offered = offer<PriceSheet, ListPrice>("list-price", "list prices of AWS us-east-1, GCP us-central1 and Azure eastus");

}  // namespace
}  // namespace headroom
