#include "models/caches/cache_trace_csv.hpp"

#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "models/caches/csv_file.hpp"
#include "sim/core/random.hpp"

namespace headroom {
namespace {

class CsvCacheTrace final : public CacheTrace {
 public:
  CsvCacheTrace(const std::string& path, const CacheTraceColumns& columns) : file_{path}, columns_{columns} {
    key_ = file_.column(columns_.key);
    size_ = file_.column(columns_.size);
    if (key_ < 0) throw FileError{file_.missing_column(columns_.key)};
    if (size_ < 0 && columns_.size != CacheTraceColumns{}.size) throw FileError{file_.missing_column(columns_.size)};
  }

  bool next(CacheRequest& request) override {
    if (!file_.next()) return false;
    const std::vector<std::string_view>& cells = file_.cells();
    if (cells.size() < file_.names().size())
      complain(fmt::format("has {} cells; the first line names {}", cells.size(), file_.names().size()));
    const std::string_view key = cells[static_cast<std::size_t>(key_)];
    if (key.empty()) complain(fmt::format("has nothing in column {}; write the object's key", quoted_cell(columns_.key)));
    if (!number_in(key, request.key)) request.key = hash_of(key);
    request.bytes = size_ < 0 ? 1 : size_in(cells[static_cast<std::size_t>(size_)]);
    request.next = OfflineCachePolicy::never;
    return true;
  }
  bool knows_next() const override { return false; }
  bool has_sizes() const override { return size_ >= 0; }
  double fraction_read() const override { return file_.fraction_read(); }

 private:
  [[noreturn]] void complain(const std::string& what) const {
    throw FileError{fmt::format("line {}: {}", file_.line_number(), what)};
  }
  static std::uint64_t hash_of(std::string_view text) {
    std::uint64_t hash = text.size();
    for (const char letter : text) hash = mix(hash, static_cast<unsigned char>(letter));
    return hash;
  }
  std::int64_t size_in(std::string_view cell) const {
    std::int64_t bytes = 0;
    if (!number_in(cell, bytes))
      complain(fmt::format("{} in column {} is not a whole number of bytes", quoted_cell(cell), quoted_cell(columns_.size)));
    if (bytes < 0) complain(fmt::format("the size {} is negative; write bytes, 0 or more", bytes));
    return bytes;
  }

  CsvFile file_;
  CacheTraceColumns columns_;
  int key_ = -1, size_ = -1;
};

}  // namespace

std::unique_ptr<CacheTrace> open_csv_cache_trace(const std::string& path, const CacheTraceColumns& columns) {
  return std::make_unique<CsvCacheTrace>(path, columns);
}

}  // namespace headroom
