#include <map>
#include <sstream>

#include "sim/seams/price_sheet.hpp"
#include "tests/models/conformance.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

std::unique_ptr<PriceSheet> list_price() { return policy<PriceSheet>({{"sheet", "list-price"}}); }

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream stream{line};
  for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(cell);
  return cells;
}

// The row of the catalogue for a type, by column.
std::map<std::string, std::map<std::string, std::string>> catalogue() {
  std::map<std::string, std::map<std::string, std::string>> rows;
  std::ifstream file{shared_file("catalog/instances.csv")};
  std::string line;
  std::getline(file, line);
  const auto names = cells_of(line);
  while (std::getline(file, line)) {
    const auto cells = cells_of(line);
    std::map<std::string, std::string> row;
    for (std::size_t i = 0; i < cells.size(); ++i) row[names[i]] = cells[i];
    rows[row["cloud"] + " " + row["region"] + " " + row["instance_type"]] = row;
  }
  return rows;
}

InterruptionBand band_of(const std::string& told) {
  static const std::map<std::string, InterruptionBand> bands{
      {"<5%", InterruptionBand::under_5},    {"5-10%", InterruptionBand::from_5}, {"10-15%", InterruptionBand::from_10},
      {"15-20%", InterruptionBand::from_15}, {">20%", InterruptionBand::over_20}, {"", InterruptionBand::unknown}};
  return bands.at(told);
}

TEST(ListPrice, AgreesWithTheCatalogue) {
  const auto rows = catalogue();
  if (rows.empty()) GTEST_SKIP() << "no price catalogue beside the repository";
  const auto sheet = list_price();
  for (const std::string& name : sheet->names()) {
    const InstanceType& type = *sheet->find(name);
    const auto found = rows.find(type.cloud + " " + type.region + " " + name);
    ASSERT_NE(found, rows.end()) << name;
    const auto& row = found->second;
    EXPECT_EQ(type.vcpu, std::stod(row.at("vcpu"))) << name;
    EXPECT_EQ(static_cast<double>(type.memory.count), std::stod(row.at("memory_gib")) * 1073741824.0) << name;
    EXPECT_NEAR(type.on_demand.value * 3600.0, std::stod(row.at("on_demand_usd_h")), 1e-12) << name;
    EXPECT_EQ(type.date, row.at("on_demand_date")) << name;
    const auto expect_price = [&, &name = name](const std::optional<DollarsPerSecond>& price, const char* column) {
      ASSERT_EQ(price.has_value(), !row.at(column).empty()) << name << " " << column;
      if (price) EXPECT_NEAR(price->value * 3600.0, std::stod(row.at(column)), 1e-12) << name << " " << column;
    };
    expect_price(type.spot, "spot_usd_h");
    expect_price(type.reserved_1_year, "reserved_1yr_usd_h");
    expect_price(type.reserved_3_years, "reserved_3yr_usd_h");
    EXPECT_EQ(band_of(row.at("interruption_range")), type.interruptions) << name;
    EXPECT_EQ(type.gpus, row.at("gpu_count").empty() ? 0 : std::stoi(row.at("gpu_count"))) << name;
    EXPECT_EQ(type.gpu, row.at("gpu_type").substr(0, row.at("gpu_type").find('-'))) << name;
    if (!row.at("gpu_mem_gib_each").empty()) {
      EXPECT_EQ(static_cast<double>(type.gpu_memory.count), std::stod(row.at("gpu_mem_gib_each")) * 1073741824.0) << name;
    }
    if (!row.at("network_gbps").empty()) {
      EXPECT_NEAR(type.bandwidth.value * 8e-9, std::stod(row.at("network_gbps")), 1e-12) << name;
    }
    if (row.at("alloc_cpu_m").empty()) continue;
    EXPECT_NEAR(type.cpu_allocatable * 1000.0, std::stod(row.at("alloc_cpu_m")), 1e-9) << name;
    EXPECT_EQ(static_cast<double>(type.memory_allocatable.count), std::stod(row.at("alloc_mem_mib")) * 1048576.0) << name;
    EXPECT_EQ(type.pods_per_node, std::stoi(row.at("max_pods"))) << name;
  }
}

TEST(ListPrice, KnowsTheUsualTypesOfThreeClouds) {
  const auto sheet = list_price();
  EXPECT_GE(sheet->names().size(), 40U);
  for (const char* name : {"m5.large", "m6i.2xlarge", "m7i.4xlarge", "c7g.xlarge", "t3.2xlarge", "n2-standard-8", "e2-standard-4",
                           "Standard_D4s_v5", "p4d.24xlarge", "g2-standard-4", "Standard_NC24ads_A100_v4"}) {
    ASSERT_NE(sheet->find(name), nullptr) << name;
    EXPECT_EQ(sheet->find(name)->name, name);
  }
  EXPECT_EQ(sheet->find("m6i.3xlarge"), nullptr);
}

TEST(ListPrice, ReservesWhatGkeAndAksReserve) {
  const auto sheet = list_price();
  // GKE, 4 vCPU and 16 GiB: 0.06 + 0.01 + 2 × 0.005 = 0.08 cores; 1 + 0.8 + 0.8 = 2.6 GiB and 100 MiB.
  const InstanceType& gke = *sheet->find("n2-standard-4");
  EXPECT_NEAR(gke.cpu_allocatable, 3.92, 1e-12);
  EXPECT_NEAR(static_cast<double>(gke.memory_allocatable.count) / 1048576.0, 13.4 * 1024.0 - 100.0, 1e-3);
  // AKS, 4 vCPU and 16 GiB at 110 pods: 140 millicores; 20 MB × 110 + 50 MB = 2,250 MB = 2,145.77 MiB and 100 MiB.
  const InstanceType& aks = *sheet->find("Standard_D4s_v5");
  EXPECT_NEAR(aks.cpu_allocatable, 3.86, 1e-12);
  EXPECT_NEAR(static_cast<double>(aks.memory_allocatable.count) / 1048576.0, 16384.0 - 2145.767 - 100.0, 1e-2);
  // 8 GiB: a quarter is less.
  EXPECT_NEAR(static_cast<double>(sheet->find("Standard_D2s_v5")->memory_allocatable.count) / 1048576.0, 6144.0 - 100.0, 1e-3);
}

}  // namespace
}  // namespace headroom
