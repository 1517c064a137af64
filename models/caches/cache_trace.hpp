// Recorded cache requests, read one by one from a file of any length; memory is one buffer.
//
// oracleGeneral, as libCacheSim writes it: records of 24 bytes, little endian: u32 time in seconds, u64 object, u32 bytes, i64
// number of the object's next request (-1: none). CSV: the first line names the columns; a key is a whole number or any text.
// Either plain, gzip or xz.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "models/caches/compressed_file.hpp"
#include "models/caches/replayed_cache.hpp"

namespace headroom {

enum class CacheTraceFormat : std::uint8_t { oracle_general, csv };

// Columns of a CSV file. Without a size column every object is one byte.
struct CacheTraceColumns {
  std::string key = "key";
  std::string size = "size";
};

class CacheTrace {
 public:
  virtual ~CacheTrace() = default;
  // The next request; false at the end. Throws FileError, with the place ("record 7: …", "line 3: …"). `next` of the request is
  // set if knows_next().
  virtual bool next(CacheRequest& request) = 0;
  virtual bool knows_next() const = 0;
  virtual bool has_sizes() const = 0;
  // How much of the file has been read, 0 to 1.
  virtual double fraction_read() const = 0;
};

// Throws FileError if the file cannot be read or is not of this format.
std::unique_ptr<CacheTrace> open_cache_trace(const std::string& path, CacheTraceFormat format,
                                             const CacheTraceColumns& columns = {});

}  // namespace headroom
