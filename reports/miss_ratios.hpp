// What a recorded trace came to in caches of several sizes under several policies, as a person or a program receives it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace headroom {

struct MissRatios {
  struct Cell {
    std::uint64_t misses = 0;
    std::int64_t missed_bytes = 0;
  };
  struct Row {
    std::string policy;
    std::vector<Cell> cells;  // one per size
  };
  std::string trace;
  bool unit_sizes = false;  // every object counts 1
  std::uint64_t requests = 0;
  std::int64_t requested_bytes = 0;
  std::optional<std::uint64_t> distinct_objects;  // where they were counted
  std::optional<std::int64_t> distinct_bytes;
  std::vector<std::int64_t> sizes;  // bytes, or objects
  std::vector<Row> rows;

  double request_ratio(const Cell& cell) const;
  double byte_ratio(const Cell& cell) const;
};

// "128 MiB", "5,000 objects".
std::string size_text(const MissRatios& ratios, std::int64_t size);

// Tables of requests and of bytes (not with unit sizes), and bars for the size in the middle.
std::string miss_ratio_text(const MissRatios& ratios, std::size_t width);
nlohmann::json miss_ratio_json(const MissRatios& ratios);
// A line per policy and size.
std::string miss_ratio_csv(const MissRatios& ratios);
// One file that opens from disk, with charts of the curves.
std::string miss_ratio_page(const MissRatios& ratios);

}  // namespace headroom
