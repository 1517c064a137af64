// A trace put to many caches at once: every policy with every size, in one pass over the file.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/caches/cache_trace.hpp"
#include "reports/miss_ratios.hpp"

namespace headroom::cli {

// "5 %" of what the trace holds in distinct objects, or a size of its own.
struct CacheSize {
  std::optional<double> share;
  std::int64_t size = 0;  // bytes, or objects with unit sizes
};

struct CacheReplay {
  std::string path;
  CacheTraceFormat format = CacheTraceFormat::oracle_general;
  CacheTraceColumns columns;
  bool unit_sizes = false;
  std::vector<PolicyChoice> policies;
  std::vector<CacheSize> sizes;
  std::function<void(const std::string&)> progress;  // "reading, 40 %"; may be empty
};

// Reads the file once, or twice if a size is a share or a policy looks ahead where the trace does not tell what comes: then 8
// bytes a request are kept. Throws FileError.
MissRatios replay_caches(const CacheReplay& replay);

}  // namespace headroom::cli
