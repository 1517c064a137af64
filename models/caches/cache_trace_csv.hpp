// Cache requests as lines of text: the CSV side of cache_trace.hpp.
#pragma once

#include "models/caches/cache_trace.hpp"

namespace headroom {

// Throws FileError.
std::unique_ptr<CacheTrace> open_csv_cache_trace(const std::string& path, const CacheTraceColumns& columns);

}  // namespace headroom
