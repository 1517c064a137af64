#include "models/caches/cache_trace.hpp"

#include <array>
#include <cstring>

#include <fmt/format.h>

#include "models/caches/cache_trace_csv.hpp"

namespace headroom {
namespace {

class OracleGeneralTrace final : public CacheTrace {
 public:
  explicit OracleGeneralTrace(const std::string& path) : file_{path} { refill(); }

  bool next(CacheRequest& request) override {
    if (begin_ == end_) refill();
    if (begin_ == end_) {
      if (number_ == 0) throw FileError{"is empty; it must hold records of 24 bytes (oracleGeneral)"};
      return false;
    }
    const char* const record = buffer_.data() + begin_;
    begin_ += record_size;
    ++number_;
    std::uint32_t bytes = 0;
    std::int64_t next = 0;
    std::memcpy(&request.key, record + key_at, sizeof request.key);
    std::memcpy(&bytes, record + bytes_at, sizeof bytes);
    std::memcpy(&next, record + next_at, sizeof next);
    request.bytes = bytes;
    request.next = next == -1 ? OfflineCachePolicy::never : next;
    if (request.next < static_cast<std::int64_t>(number_)) complain_of_next(next);
    return true;
  }
  bool knows_next() const override { return true; }
  bool has_sizes() const override { return true; }
  double fraction_read() const override { return file_.fraction_read(); }

 private:
  static constexpr std::size_t record_size = 24, key_at = 4, bytes_at = 12, next_at = 16;

  void refill() {
    begin_ = 0;
    end_ = file_.read(buffer_.data(), buffer_.size());
    if (const std::size_t rest = end_ % record_size; rest != 0) {
      throw FileError{fmt::format("record {}: ends after {} of its 24 bytes; is the file complete, and is it oracleGeneral?",
                                  number_ + end_ / record_size + 1, rest)};
    }
  }
  // Records are numbered from 1 here and from 0 there.
  [[noreturn]] void complain_of_next(std::int64_t next) const {
    throw FileError{
        fmt::format("record {}: its object's next request is number {}, which is not after this one ({}); -1 would be none. Is "
                    "the file oracleGeneral?",
                    number_, next, number_ - 1)};
  }

  CompressedFile file_;
  std::array<char, 4096 * record_size> buffer_;
  std::size_t begin_ = 0, end_ = 0;
  std::uint64_t number_ = 0;  // records read
};

}  // namespace

std::unique_ptr<CacheTrace> open_cache_trace(const std::string& path, CacheTraceFormat format, const CacheTraceColumns& columns) {
  if (format == CacheTraceFormat::csv) return open_csv_cache_trace(path, columns);
  return std::make_unique<OracleGeneralTrace>(path);
}

}  // namespace headroom
