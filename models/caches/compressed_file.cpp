#include "models/caches/compressed_file.hpp"

#include <lzma.h>
#include <zlib.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace headroom {
namespace {

constexpr std::size_t chunk = 1 << 16;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

File opened(const std::string& path) {
  File file{std::fopen(path.c_str(), "rb")};
  if (!file) throw FileError{std::string{"cannot be opened: "} + std::strerror(errno)};
  return file;
}

}  // namespace

struct CompressedFile::Decoder {
  explicit Decoder(File opened_file) : file{std::move(opened_file)} {}
  virtual ~Decoder() = default;
  virtual std::size_t read(char* buffer, std::size_t size) = 0;

  std::size_t fill(unsigned char* buffer, std::size_t size) {
    const std::size_t got = std::fread(buffer, 1, size, file.get());
    if (got < size && std::ferror(file.get()) != 0) throw FileError{std::string{"cannot be read: "} + std::strerror(errno)};
    read_so_far += got;
    return got;
  }
  File file;
  std::uint64_t read_so_far = 0;
};

struct CompressedFile::Plain final : Decoder {
  using Decoder::Decoder;
  std::size_t read(char* buffer, std::size_t size) override { return fill(reinterpret_cast<unsigned char*>(buffer), size); }
};

struct CompressedFile::Gzip final : Decoder {
  explicit Gzip(File opened_file) : Decoder{std::move(opened_file)} {
    constexpr int gzip_header = 16;
    if (inflateInit2(&stream, MAX_WBITS + gzip_header) != Z_OK) throw FileError{"cannot be unpacked: no memory"};
  }
  ~Gzip() override { inflateEnd(&stream); }
  std::size_t read(char* buffer, std::size_t size) override {
    stream.next_out = reinterpret_cast<unsigned char*>(buffer);
    stream.avail_out = static_cast<unsigned>(size);
    while (stream.avail_out > 0) {
      if (stream.avail_in == 0) {
        stream.next_in = input.data();
        stream.avail_in = static_cast<unsigned>(fill(input.data(), input.size()));
      }
      if (stream.avail_in == 0) {
        if (!between_members) throw FileError{"its gzip data ends too early; is the file complete?"};
        break;
      }
      // Files may be several gzip members, one behind the other.
      if (between_members && inflateReset(&stream) != Z_OK) throw FileError{"cannot be unpacked"};
      const int code = inflate(&stream, Z_NO_FLUSH);
      if (code != Z_OK && code != Z_STREAM_END) throw FileError{"its gzip data is damaged; fetch the file again"};
      between_members = code == Z_STREAM_END;
    }
    return size - stream.avail_out;
  }
  z_stream stream{};
  std::array<unsigned char, chunk> input{};
  bool between_members = false;
};

struct CompressedFile::Xz final : Decoder {
  explicit Xz(File opened_file) : Decoder{std::move(opened_file)} {
    if (lzma_stream_decoder(&stream, UINT64_MAX, LZMA_CONCATENATED) != LZMA_OK) throw FileError{"cannot be unpacked: no memory"};
  }
  ~Xz() override { lzma_end(&stream); }
  std::size_t read(char* buffer, std::size_t size) override {
    stream.next_out = reinterpret_cast<unsigned char*>(buffer);
    stream.avail_out = size;
    while (stream.avail_out > 0 && !over) {
      if (stream.avail_in == 0 && !at_end) {
        stream.next_in = input.data();
        stream.avail_in = fill(input.data(), input.size());
        at_end = stream.avail_in == 0;
      }
      const lzma_ret code = lzma_code(&stream, at_end ? LZMA_FINISH : LZMA_RUN);
      over = code == LZMA_STREAM_END;
      if (code == LZMA_BUF_ERROR) throw FileError{"its xz data ends too early; is the file complete?"};
      if (code != LZMA_OK && !over) throw FileError{"its xz data is damaged; fetch the file again"};
    }
    return size - stream.avail_out;
  }
  lzma_stream stream = LZMA_STREAM_INIT;
  std::array<unsigned char, chunk> input{};
  bool at_end = false;
  bool over = false;
};

CompressedFile::CompressedFile(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) throw FileError{"does not exist"};
  if (!std::filesystem::is_regular_file(status)) throw FileError{"is not a file"};
  bytes_on_disk_ = std::filesystem::file_size(path, error);
  File file = opened(path);
  std::array<unsigned char, 6> head{};
  const std::size_t got = std::fread(head.data(), 1, head.size(), file.get());
  std::rewind(file.get());
  constexpr std::array<unsigned char, 6> xz_magic{0xFD, '7', 'z', 'X', 'Z', 0};
  constexpr std::array<unsigned char, 4> zstd_magic{0x28, 0xB5, 0x2F, 0xFD};
  if (got >= 4 && std::memcmp(head.data(), zstd_magic.data(), zstd_magic.size()) == 0)
    throw FileError{"is packed by zstd; unpack it first (zstd -d), or pack it as .gz or .xz"};
  if (got >= 2 && head[0] == 0x1F && head[1] == 0x8B)
    decoder_ = std::make_unique<Gzip>(std::move(file));
  else if (got == head.size() && head == xz_magic)
    decoder_ = std::make_unique<Xz>(std::move(file));
  else
    decoder_ = std::make_unique<Plain>(std::move(file));
}

CompressedFile::~CompressedFile() = default;

std::size_t CompressedFile::read(char* buffer, std::size_t size) { return decoder_->read(buffer, size); }

double CompressedFile::fraction_read() const {
  return bytes_on_disk_ == 0 ? 1.0 : static_cast<double>(decoder_->read_so_far) / static_cast<double>(bytes_on_disk_);
}

}  // namespace headroom
