// Requests for replays, with the number of each object's next one.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "models/caches/replayed_cache.hpp"
#include "sim/core/registry.hpp"

namespace headroom {

inline void tell_next(std::vector<CacheRequest>& requests) {
  std::unordered_map<std::uint64_t, std::int64_t> next;
  for (std::size_t i = requests.size(); i-- > 0;) {
    const auto found = next.find(requests[i].key);
    requests[i].next = found == next.end() ? OfflineCachePolicy::never : found->second;
    next[requests[i].key] = static_cast<std::int64_t>(i);
  }
}

// One for each letter, of one byte.
inline std::vector<CacheRequest> requests_of(const std::string& letters) {
  std::vector<CacheRequest> requests;
  for (const char letter : letters) requests.push_back({static_cast<unsigned char>(letter), 1, OfflineCachePolicy::never});
  tell_next(requests);
  return requests;
}

// 'H' or 'M' for each.
inline std::string replayed(ReplayedCache cache, const std::vector<CacheRequest>& requests) {
  std::string result;
  for (const CacheRequest& request : requests) result += cache.request(request) ? 'H' : 'M';
  return result;
}

}  // namespace headroom
