// List prices: general-purpose instance types of three clouds, Linux, on demand.
//
// Source, AWS: github.com/yeo/ec2.shop (AWS publication of 2025-04-04, us-east-1); allocatable and pods per node on EKS from
// github.com/aws/karpenter-provider-aws, instance-types.md.
// Source, GCP: github.com/doitintl/gcpinstances.info, data.json (2024-09-04, us-central1); allocatable by the formula of the GKE
// documentation ("Plan GKE Standard node sizes").
// Source, Azure: github.com/Azure/karpenter-provider-azure (2026-06-18, eastus); network from the size pages of the Dsv5 and
// Dasv5 series; allocatable by the formula of the AKS documentation ("Node resource reservations", AKS 1.29 and later) at 110
// pods per node.
#include <algorithm>
#include <array>
#include <cmath>

#include "sim/core/registry.hpp"
#include "sim/seams/price_sheet.hpp"

namespace headroom {
namespace {

constexpr double gib = 1024.0;  // MiB

Bytes mebibytes(double count) { return {static_cast<std::int64_t>(std::llround(count * 1024.0 * 1024.0))}; }

InstanceType make(const char* name, double vcpu, double memory_gib, double network_gbit, double usd_per_hour) {
  InstanceType type;
  type.name = name;
  type.vcpu = vcpu;
  type.memory = mebibytes(memory_gib * gib);
  type.bandwidth = {network_gbit * 1e9 / 8.0};
  type.on_demand = {usd_per_hour / 3600.0};
  return type;
}

InstanceType aws(const char* name, double vcpu, double memory_gib, double millicores, double memory_mib, int pods,
                 double network_gbit, double usd_per_hour) {
  InstanceType type = make(name, vcpu, memory_gib, network_gbit, usd_per_hour);
  type.cloud = "aws";
  type.region = "us-east-1";
  type.cpu_allocatable = millicores / 1000.0;
  type.memory_allocatable = mebibytes(memory_mib);
  type.pods_per_node = pods;
  type.date = "2025-04-04";
  type.source = "github.com/yeo/ec2.shop, github.com/aws/karpenter-provider-aws";
  return type;
}

// How much of `amount` lies in the band from `low` to `high`.
constexpr double band(double amount, double low, double high) { return std::clamp(amount, low, high) - low; }

// GKE keeps 6 % of the first core, 1 % of the second, 0.5 % of the next two, 0.25 % of the rest; of memory 25 % of the first 4
// GiB, 20 % of the next 4, 10 % of the next 8, 6 % of the next 112, 2 % of the rest, and 100 MiB for eviction.
InstanceType gcp(const char* name, double vcpu, double memory_gib, double network_gbit, double usd_per_hour) {
  InstanceType type = make(name, vcpu, memory_gib, network_gbit, usd_per_hour);
  type.cloud = "gcp";
  type.region = "us-central1";
  const double cores = 0.06 * band(vcpu, 0, 1) + 0.01 * band(vcpu, 1, 2) + 0.005 * band(vcpu, 2, 4) + 0.0025 * band(vcpu, 4, 1e6);
  const double memory = 0.25 * band(memory_gib, 0, 4) + 0.20 * band(memory_gib, 4, 8) + 0.10 * band(memory_gib, 8, 16) +
                        0.06 * band(memory_gib, 16, 128) + 0.02 * band(memory_gib, 128, 1e6);
  type.cpu_allocatable = vcpu - cores;
  type.memory_allocatable = mebibytes((memory_gib - memory) * gib - 100.0);
  type.pods_per_node = 110;
  type.date = "2024-09-04";
  type.source = "github.com/doitintl/gcpinstances.info";
  return type;
}

// AKS keeps 60, 100, 140, 180, 260, 420 or 740 millicores of 1, 2, 4, 8, 16, 32 or 64 cores; of memory 20 MB per pod + 50 MB, at
// most a quarter, and 100 MiB for eviction.
InstanceType azure(const char* name, double vcpu, double memory_gib, double network_gbit, double usd_per_hour) {
  InstanceType type = make(name, vcpu, memory_gib, network_gbit, usd_per_hour);
  type.cloud = "azure";
  type.region = "eastus";
  type.pods_per_node = 110;
  constexpr std::array<std::array<double, 2>, 7> reserved{
      {{1, 60}, {2, 100}, {4, 140}, {8, 180}, {16, 260}, {32, 420}, {64, 740}}};
  for (const auto& [cores, millicores] : reserved) {
    if (cores <= vcpu) type.cpu_allocatable = vcpu - millicores / 1000.0;
  }
  const double mib_per_mb = 1e6 / 1024.0 / 1024.0;
  const double memory = std::min((20.0 * type.pods_per_node + 50.0) * mib_per_mb, 0.25 * memory_gib * gib);
  type.memory_allocatable = mebibytes(memory_gib * gib - memory - 100.0);
  type.date = "2026-06-18";
  type.source = "github.com/Azure/karpenter-provider-azure";
  return type;
}

std::vector<InstanceType> catalogue() {
  return {
      // name, vCPU, memory GiB, allocatable millicores and MiB, pods, network Gbit/s, USD/h
      aws("m5.large", 2, 8, 1930, 6903, 29, 0.75, 0.096),
      aws("m5.xlarge", 4, 16, 3920, 14162, 58, 1.25, 0.192),
      aws("m5.2xlarge", 8, 32, 7910, 29317, 58, 2.5, 0.384),
      aws("m5.4xlarge", 16, 64, 15890, 57691, 234, 5, 0.768),
      aws("m6i.large", 2, 8, 1930, 6903, 29, 0.781, 0.096),
      aws("m6i.xlarge", 4, 16, 3920, 14162, 58, 1.562, 0.192),
      aws("m6i.2xlarge", 8, 32, 7910, 29317, 58, 3.125, 0.384),
      aws("m6i.4xlarge", 16, 64, 15890, 57691, 234, 6.25, 0.768),
      aws("m7i.large", 2, 8, 1930, 6903, 29, 0.781, 0.1008),
      aws("m7i.xlarge", 4, 16, 3920, 14162, 58, 1.562, 0.2016),
      aws("m7i.2xlarge", 8, 32, 7910, 29317, 58, 3.125, 0.4032),
      aws("m7i.4xlarge", 16, 64, 15890, 57691, 234, 6.25, 0.8064),
      aws("c6i.large", 2, 4, 1930, 3114, 29, 0.781, 0.085),
      aws("c6i.xlarge", 4, 8, 3920, 6584, 58, 1.562, 0.17),
      aws("c6i.2xlarge", 8, 16, 7910, 14162, 58, 3.125, 0.34),
      aws("c6i.4xlarge", 16, 32, 15890, 27381, 234, 6.25, 0.68),
      aws("c7g.large", 2, 4, 1930, 3055, 29, 0.937, 0.0725),
      aws("c7g.xlarge", 4, 8, 3920, 6525, 58, 1.876, 0.145),
      aws("c7g.2xlarge", 8, 16, 7910, 14103, 58, 3.75, 0.29),
      aws("c7g.4xlarge", 16, 32, 15890, 27322, 234, 7.5, 0.58),
      aws("r6i.large", 2, 16, 1930, 14481, 29, 0.781, 0.126),
      aws("r6i.xlarge", 4, 32, 3920, 29317, 58, 1.562, 0.252),
      aws("r6i.2xlarge", 8, 64, 7910, 59627, 58, 3.125, 0.504),
      aws("r6i.4xlarge", 16, 128, 15890, 118312, 234, 6.25, 1.008),
      aws("t3.medium", 2, 4, 1930, 3246, 17, 0.256, 0.0416),
      aws("t3.large", 2, 8, 1930, 6837, 35, 0.512, 0.0832),
      aws("t3.xlarge", 4, 16, 3920, 14162, 58, 1.024, 0.1664),
      aws("t3.2xlarge", 8, 32, 7910, 29317, 58, 2.048, 0.3328),
      // name, vCPU, memory GiB, network Gbit/s, USD/h
      gcp("n2-standard-2", 2, 8, 10, 0.09712),
      gcp("n2-standard-4", 4, 16, 10, 0.19424),
      gcp("n2-standard-8", 8, 32, 16, 0.38847),
      gcp("n2-standard-16", 16, 64, 32, 0.77694),
      gcp("e2-standard-2", 2, 8, 4, 0.06701),
      gcp("e2-standard-4", 4, 16, 8, 0.13402),
      gcp("e2-standard-8", 8, 32, 16, 0.26805),
      gcp("e2-standard-16", 16, 64, 16, 0.53609),
      // name, vCPU, memory GiB, network Gbit/s, USD/h
      azure("Standard_D2s_v5", 2, 8, 12.5, 0.096),
      azure("Standard_D4s_v5", 4, 16, 12.5, 0.192),
      azure("Standard_D8s_v5", 8, 32, 12.5, 0.384),
      azure("Standard_D16s_v5", 16, 64, 12.5, 0.768),
      azure("Standard_D4as_v5", 4, 16, 12.5, 0.172),
      azure("Standard_D8as_v5", 8, 32, 12.5, 0.344),
  };
}

class ListPrice final : public PriceSheet {
 public:
  struct Options {
    void describe(Fields&) {}
  };
  ListPrice(const Options&, const Context&) : types_{catalogue()} {}

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

const bool offered =
    offer<PriceSheet, ListPrice>("list-price", "on-demand list prices of AWS us-east-1, GCP us-central1 and Azure eastus");

}  // namespace
}  // namespace headroom
