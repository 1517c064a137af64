// A file as a stream of bytes: plain, gzip or xz, told by its first bytes. One buffer in memory, whatever the length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

namespace headroom {

// The file cannot be read, or its compressed data is damaged or cut off: a sentence without the path.
struct FileError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class CompressedFile {
 public:
  explicit CompressedFile(const std::string& path);
  ~CompressedFile();
  CompressedFile(const CompressedFile&) = delete;
  CompressedFile& operator=(const CompressedFile&) = delete;

  // Fills the buffer as far as the file goes; fewer bytes than asked for: the end.
  std::size_t read(char* buffer, std::size_t size);
  // How much of the file on disk has been read, 0 to 1: for a progress line.
  double fraction_read() const;

 private:
  struct Decoder;
  struct Plain;
  struct Gzip;
  struct Xz;
  std::unique_ptr<Decoder> decoder_;
  std::uint64_t bytes_on_disk_ = 0;
};

}  // namespace headroom
