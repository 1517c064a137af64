// What machines three clouds offer: general-purpose and GPU instance types, Linux, as facts.
//
// Source, AWS: github.com/yeo/ec2.shop (AWS publication of 2025-04-04, us-east-1; reserved: no upfront); spot prices and bands of
// interruption from github.com/alexei-led/spotinfo (AWS spot advisor of 2025-07-28; on demand less the savings it tells);
// allocatable and pods per node on EKS from github.com/aws/karpenter-provider-aws, instance-types.md. Source, GCP:
// github.com/doitintl/gcpinstances.info, data.json (2024-09-04, us-central1; spot: list price of preemptible machines; reserved:
// committed use); allocatable by the formula of the GKE documentation ("Plan GKE Standard node sizes"). Source, Azure:
// github.com/Azure/karpenter-provider-azure (2026-06-18, eastus; it tells neither spot nor reserved prices); network from the
// size pages of the series; allocatable by the formula of the AKS documentation ("Node resource reservations", AKS 1.29 and
// later) at 110 pods per node.
#include "models/prices/instance_catalogue.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace headroom {
namespace {

constexpr double gib = 1024.0;  // MiB

// Columns of the tables below.
struct Size {
  double vcpu, memory_gib, network_gbit;
};
struct Allocatable {
  double millicores, memory_mib;
  int pods;
};
struct UsdPerHour {  // 0: not told
  double on_demand, spot, reserved_1_year, reserved_3_years;
};
struct Gpus {
  const char* type = "";
  int count = 0;
  double memory_gib = 0.0;  // of each
};

Bytes mebibytes(double count) { return {static_cast<std::int64_t>(std::llround(count * 1024.0 * 1024.0))}; }

std::optional<DollarsPerSecond> told(double usd_per_hour) {
  if (usd_per_hour == 0.0) return std::nullopt;
  return DollarsPerSecond{usd_per_hour / 3600.0};
}

InstanceType make(const char* name, Size size, UsdPerHour price, Gpus gpus) {
  InstanceType type;
  type.name = name;
  type.vcpu = size.vcpu;
  type.memory = mebibytes(size.memory_gib * gib);
  type.bandwidth = {size.network_gbit * 1e9 / 8.0};
  type.on_demand = {price.on_demand / 3600.0};
  type.spot = told(price.spot);
  type.reserved_1_year = told(price.reserved_1_year);
  type.reserved_3_years = told(price.reserved_3_years);
  type.gpu = gpus.type;
  type.gpus = gpus.count;
  type.gpu_memory = mebibytes(gpus.memory_gib * gib);
  return type;
}

InstanceType aws(const char* name, Size size, Allocatable allocatable, UsdPerHour price, InterruptionBand band, Gpus gpus = {}) {
  InstanceType type = make(name, size, price, gpus);
  type.cloud = "aws";
  type.region = "us-east-1";
  type.cpu_allocatable = allocatable.millicores / 1000.0;
  type.memory_allocatable = mebibytes(allocatable.memory_mib);
  type.pods_per_node = allocatable.pods;
  type.interruptions = band;
  type.date = "2025-04-04";
  type.source = "github.com/yeo/ec2.shop, github.com/alexei-led/spotinfo, github.com/aws/karpenter-provider-aws";
  return type;
}

// How much of `amount` lies in the band from `low` to `high`.
constexpr double band(double amount, double low, double high) { return std::clamp(amount, low, high) - low; }

// GKE keeps 6 % of the first core, 1 % of the second, 0.5 % of the next two, 0.25 % of the rest; of memory 25 % of the first 4
// GiB, 20 % of the next 4, 10 % of the next 8, 6 % of the next 112, 2 % of the rest, and 100 MiB for eviction.
InstanceType gcp(const char* name, Size size, UsdPerHour price, Gpus gpus = {}) {
  InstanceType type = make(name, size, price, gpus);
  const double vcpu = size.vcpu, memory_gib = size.memory_gib;
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
InstanceType azure(const char* name, Size size, double usd_per_hour, Gpus gpus = {}) {
  InstanceType type = make(name, size, {usd_per_hour, 0, 0, 0}, gpus);
  type.cloud = "azure";
  type.region = "eastus";
  type.pods_per_node = 110;
  constexpr std::array<std::array<double, 2>, 7> reserved{
      {{1, 60}, {2, 100}, {4, 140}, {8, 180}, {16, 260}, {32, 420}, {64, 740}}};
  for (const auto& [cores, millicores] : reserved) {
    if (cores <= size.vcpu) type.cpu_allocatable = size.vcpu - millicores / 1000.0;
  }
  const double mib_per_mb = 1e6 / 1024.0 / 1024.0;
  const double memory = std::min((20.0 * type.pods_per_node + 50.0) * mib_per_mb, 0.25 * size.memory_gib * gib);
  type.memory_allocatable = mebibytes(size.memory_gib * gib - memory - 100.0);
  type.date = "2026-06-18";
  type.source = "github.com/Azure/karpenter-provider-azure";
  return type;
}

}  // namespace

std::vector<InstanceType> instance_catalogue() {
  return {
      // AWS: name, {vCPU, memory GiB, network Gbit/s}, allocatable {millicores, MiB, pods}, USD/h {on demand, spot, reserved for
      // 1
      // year, for 3}, band of interruptions, {GPU, how many, GiB of each}
      aws("m5.large", {2, 8, 0.75}, {1930, 6903, 29}, {0.096, 0.0326, 0.06, 0.041}, InterruptionBand::from_15),
      aws("m5.xlarge", {4, 16, 1.25}, {3920, 14162, 58}, {0.192, 0.0653, 0.121, 0.083}, InterruptionBand::over_20),
      aws("m5.2xlarge", {8, 32, 2.5}, {7910, 29317, 58}, {0.384, 0.1766, 0.242, 0.166}, InterruptionBand::from_10),
      aws("m5.4xlarge", {16, 64, 5}, {15890, 57691, 234}, {0.768, 0.3226, 0.484, 0.332}, InterruptionBand::from_15),
      aws("m6i.large", {2, 8, 0.781}, {1930, 6903, 29}, {0.096, 0.0355, 0.0635, 0.0435}, InterruptionBand::from_10),
      aws("m6i.xlarge", {4, 16, 1.562}, {3920, 14162, 58}, {0.192, 0.0864, 0.127, 0.0871}, InterruptionBand::from_5),
      aws("m6i.2xlarge", {8, 32, 3.125}, {7910, 29317, 58}, {0.384, 0.1613, 0.254, 0.1742}, InterruptionBand::over_20),
      aws("m6i.4xlarge", {16, 64, 6.25}, {15890, 57691, 234}, {0.768, 0.2611, 0.508, 0.3484}, InterruptionBand::over_20),
      aws("m7i.large", {2, 8, 0.781}, {1930, 6903, 29}, {0.1008, 0.0323, 0.0667, 0.0457}, InterruptionBand::from_15),
      aws("m7i.xlarge", {4, 16, 1.562}, {3920, 14162, 58}, {0.2016, 0.0948, 0.1334, 0.0915}, InterruptionBand::from_15),
      aws("m7i.2xlarge", {8, 32, 3.125}, {7910, 29317, 58}, {0.4032, 0.1532, 0.2667, 0.1829}, InterruptionBand::over_20),
      aws("m7i.4xlarge", {16, 64, 6.25}, {15890, 57691, 234}, {0.8064, 0.3871, 0.5334, 0.3658}, InterruptionBand::from_5),
      aws("c6i.large", {2, 4, 0.781}, {1930, 3114, 29}, {0.085, 0.0314, 0.0562, 0.0374}, InterruptionBand::from_5),
      aws("c6i.xlarge", {4, 8, 1.562}, {3920, 6584, 58}, {0.17, 0.068, 0.1125, 0.0748}, InterruptionBand::from_15),
      aws("c6i.2xlarge", {8, 16, 3.125}, {7910, 14162, 58}, {0.34, 0.1666, 0.2249, 0.1497}, InterruptionBand::from_5),
      aws("c6i.4xlarge", {16, 32, 6.25}, {15890, 27381, 234}, {0.68, 0.2924, 0.4498, 0.2994}, InterruptionBand::from_15),
      aws("c7g.large", {2, 4, 0.937}, {1930, 3055, 29}, {0.0725, 0.037, 0.0478, 0.0319}, InterruptionBand::under_5),
      aws("c7g.xlarge", {4, 8, 1.876}, {3920, 6525, 58}, {0.145, 0.0551, 0.0955, 0.0637}, InterruptionBand::under_5),
      aws("c7g.2xlarge", {8, 16, 3.75}, {7910, 14103, 58}, {0.29, 0.0899, 0.1911, 0.1274}, InterruptionBand::under_5),
      aws("c7g.4xlarge", {16, 32, 7.5}, {15890, 27322, 234}, {0.58, 0.1682, 0.3822, 0.2549}, InterruptionBand::under_5),
      aws("r6i.large", {2, 16, 0.781}, {1930, 14481, 29}, {0.126, 0.0403, 0.0833, 0.0571}, InterruptionBand::over_20),
      aws("r6i.xlarge", {4, 32, 1.562}, {3920, 29317, 58}, {0.252, 0.1058, 0.1667, 0.1143}, InterruptionBand::over_20),
      aws("r6i.2xlarge", {8, 64, 3.125}, {7910, 59627, 58}, {0.504, 0.2268, 0.3334, 0.2286}, InterruptionBand::over_20),
      aws("r6i.4xlarge", {16, 128, 6.25}, {15890, 118312, 234}, {1.008, 0.4234, 0.6668, 0.4572}, InterruptionBand::over_20),
      aws("t3.medium", {2, 4, 0.256}, {1930, 3246, 17}, {0.0416, 0.0183, 0.0261, 0.018}, InterruptionBand::under_5),
      aws("t3.large", {2, 8, 0.512}, {1930, 6837, 35}, {0.0832, 0.0316, 0.0522, 0.0359}, InterruptionBand::from_5),
      aws("t3.xlarge", {4, 16, 1.024}, {3920, 14162, 58}, {0.1664, 0.0666, 0.1043, 0.0719}, InterruptionBand::from_10),
      aws("t3.2xlarge", {8, 32, 2.048}, {7910, 29317, 58}, {0.3328, 0.1165, 0.2086, 0.1438}, InterruptionBand::from_10),
      aws("g4dn.xlarge", {4, 16, 5}, {3920, 14481, 29}, {0.526, 0.1894, 0.331, 0.227}, InterruptionBand::from_15, {"t4", 1, 16}),
      aws("g4dn.2xlarge", {8, 32, 10}, {7910, 29636, 29}, {0.752, 0.2933, 0.474, 0.325}, InterruptionBand::over_20,
          {"t4", 1, 16}),
      aws("g5.xlarge", {4, 16, 2.5}, {3920, 14162, 58}, {1.006, 0.4125, 0.6338, 0.4346}, InterruptionBand::over_20,
          {"a10g", 1, 22}),
      aws("g5.2xlarge", {8, 32, 5}, {7910, 29317, 58}, {1.212, 0.509, 0.7636, 0.5236}, InterruptionBand::from_15,
          {"a10g", 1, 22}),
      aws("g5.12xlarge", {48, 192, 40}, {47810, 173400, 737}, {5.672, 2.3822, 3.5734, 2.4503}, InterruptionBand::over_20,
          {"a10g", 4, 22}),
      aws("g6.xlarge", {4, 16, 2.5}, {3920, 14162, 58}, {0.8048, 0.4104, 0.5239, 0.3694}, InterruptionBand::over_20,
          {"l4", 1, 22}),
      aws("g6.2xlarge", {8, 32, 5}, {7910, 29317, 58}, {0.9776, 0.4106, 0.6364, 0.4487}, InterruptionBand::over_20,
          {"l4", 1, 22}),
      aws("g6.12xlarge", {48, 192, 40}, {47810, 178933, 234}, {4.6016, 1.8867, 2.9956, 2.1121}, InterruptionBand::over_20,
          {"l4", 4, 22}),
      aws("p4d.24xlarge", {96, 1152, 400}, {95690, 1082712, 737}, {32.7726, 10.815, 20.1755, 12.499}, InterruptionBand::from_10,
          {"a100", 8, 40}),
      aws("p5.48xlarge", {192, 2048, 3200}, {191450, 1938410, 100}, {98.32, 47.1936, 0, 43.157}, InterruptionBand::over_20,
          {"h100", 8, 80}),
      // GCP: name, {vCPU, memory GiB, network Gbit/s}, {USD/h …}, {GPU …}
      gcp("n2-standard-2", {2, 8, 10}, {0.09712, 0.02512, 0.06118, 0.04371}),
      gcp("n2-standard-4", {4, 16, 10}, {0.19424, 0.05024, 0.12236, 0.08741}),
      gcp("n2-standard-8", {8, 32, 16}, {0.38847, 0.10048, 0.24473, 0.17482}),
      gcp("n2-standard-16", {16, 64, 32}, {0.77694, 0.20096, 0.48946, 0.34965}),
      gcp("e2-standard-2", {2, 8, 4}, {0.06701, 0.0201, 0.04222, 0.03016}),
      gcp("e2-standard-4", {4, 16, 8}, {0.13402, 0.04021, 0.08443, 0.06031}),
      gcp("e2-standard-8", {8, 32, 16}, {0.26805, 0.08041, 0.16887, 0.12062}),
      gcp("e2-standard-16", {16, 64, 16}, {0.53609, 0.16083, 0.33774, 0.24124}),
      gcp("g2-standard-4", {4, 16, 10}, {0.70683, 0.2238, 0.4453, 0.31807}, {"l4", 1, 24}),
      gcp("g2-standard-8", {8, 32, 16}, {0.85362, 0.2796, 0.53778, 0.38413}, {"l4", 1, 24}),
      gcp("g2-standard-24", {24, 96, 32}, {2.00083, 0.67078, 1.26052, 0.90037}, {"l4", 2, 24}),
      gcp("a2-highgpu-1g", {12, 85, 24}, {3.67339, 1.46935, 2.31421, 1.28571}, {"a100", 1, 40}),
      gcp("a2-highgpu-8g", {96, 680, 100}, {29.3871, 11.7548, 18.5137, 10.2857}, {"a100", 8, 40}),
      // Azure: name, {vCPU, memory GiB, network Gbit/s}, USD/h, {GPU …}
      azure("Standard_D2s_v5", {2, 8, 12.5}, 0.096),
      azure("Standard_D4s_v5", {4, 16, 12.5}, 0.192),
      azure("Standard_D8s_v5", {8, 32, 12.5}, 0.384),
      azure("Standard_D16s_v5", {16, 64, 12.5}, 0.768),
      azure("Standard_D4as_v5", {4, 16, 12.5}, 0.172),
      azure("Standard_D8as_v5", {8, 32, 12.5}, 0.344),
      azure("Standard_NC4as_T4_v3", {4, 28, 8}, 0.526, {"t4", 1, 16}),
      azure("Standard_NC24ads_A100_v4", {24, 220, 20}, 3.673, {"a100", 1, 80}),
      azure("Standard_NC96ads_A100_v4", {96, 880, 80}, 14.692, {"a100", 4, 80}),
      azure("Standard_NC40ads_H100_v5", {40, 320, 40}, 6.98, {"h100", 1, 80}),
  };
}

}  // namespace headroom
