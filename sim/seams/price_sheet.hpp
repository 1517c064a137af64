// PriceSheet: what machines there are, what they hold and what they cost, as facts with source and date.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/core/fields.hpp"
#include "sim/core/units.hpp"

namespace headroom {

struct InstanceType {
  std::string name;             // "m6i.2xlarge"
  std::string cloud, region;
  double vcpu = 0.0;
  Bytes memory;                 // nominal
  double cpu_allocatable = 0.0; // cores a Kubernetes node leaves to pods
  Bytes memory_allocatable;
  int pods_per_node = 110;
  BytesPerSecond bandwidth;
  DollarsPerSecond on_demand;
  std::string date;             // of the price
  std::string source;
};

class PriceSheet {
 public:
  static constexpr std::string_view seam = "prices";
  static constexpr std::string_view discriminator = "sheet";
  struct Context {};

  virtual ~PriceSheet() = default;
  virtual const InstanceType* find(std::string_view name) const = 0;  // nullptr: not in the catalogue
  virtual std::vector<std::string> names() const = 0;
};

}  // namespace headroom
