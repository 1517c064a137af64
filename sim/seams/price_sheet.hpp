// PriceSheet: what machines there are, what they hold and what they cost, as facts with source and date.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/fields.hpp"
#include "sim/core/units.hpp"

namespace headroom {

// How often spot machines of a type are taken back, as the AWS spot advisor tells it: share of machines per month.
enum class InterruptionBand { unknown, under_5, from_5, from_10, from_15, over_20 };
// The middle of the band; 25 % for the open one and, to be careful, for the unknown.
constexpr double interruptions_per_month(InterruptionBand band) {
  switch (band) {
    case InterruptionBand::under_5: return 0.025;
    case InterruptionBand::from_5: return 0.075;
    case InterruptionBand::from_10: return 0.125;
    case InterruptionBand::from_15: return 0.175;
    case InterruptionBand::over_20:
    case InterruptionBand::unknown: break;
  }
  return 0.25;
}

struct InstanceType {
  std::string name;  // "m6i.2xlarge"
  std::string cloud, region;
  double vcpu = 0.0;
  Bytes memory;                  // nominal
  double cpu_allocatable = 0.0;  // cores a Kubernetes node leaves to pods
  Bytes memory_allocatable;
  int pods_per_node = 110;
  BytesPerSecond bandwidth;
  DollarsPerSecond on_demand;
  std::optional<DollarsPerSecond> spot, reserved_1_year, reserved_3_years;  // reserved: nothing paid up front
  InterruptionBand interruptions = InterruptionBand::unknown;
  std::string gpu;  // "a100"; none: empty
  int gpus = 0;
  Bytes gpu_memory;  // of each
  std::string date;  // of the price
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
