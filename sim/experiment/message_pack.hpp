// MessagePack, as far as results need it: written and read in one pass, without a document in between, because the parent of a
// study reads every run while its workers wait for nothing else.
//
// Source: https://github.com/msgpack/msgpack/blob/master/spec.md. Numbers take the shortest form that gives the same bits back.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headroom {

class MessagePackWriter {
 public:
  // `size` entries follow: a key and a value each, or a value each.
  void map(std::size_t size) { head(0x80, 16, 0, 0xde, size); }
  void array(std::size_t size) { head(0x90, 16, 0, 0xdc, size); }
  void text(std::string_view text);
  void whole(std::uint64_t value);
  void real(double value);
  void reals(const std::vector<double>& values);
  std::vector<std::uint8_t> take() { return std::move(bytes_); }

 private:
  // A size below `limit` lies in the first byte; `code8` (0: there is none) announces one byte of it, `code16` two, the next code
  // four.
  void head(std::uint8_t fixed, std::size_t limit, std::uint8_t code8, std::uint8_t code16, std::size_t size);
  template <class Number>
  void put(std::uint8_t code, Number value);

  std::vector<std::uint8_t> bytes_;
};

// Every function throws std::invalid_argument if something else comes next, or the end.
class MessagePackReader {
 public:
  // `bytes` must outlive it.
  explicit MessagePackReader(std::span<const std::uint8_t> bytes) : bytes_{bytes} {}

  // Sizes are never more than the bytes that are left. What is damaged may ask for a part a byte: larger ones are made one by
  // one.
  std::size_t map() { return size(0x80, 16, 0, 0xde); }
  std::size_t array() { return size(0x90, 16, 0, 0xdc); }
  void map_of(std::size_t entries);
  void array_of(std::size_t entries);
  std::string text();
  void key(std::string_view name);
  std::uint64_t whole();
  double real();
  std::vector<double> reals();
  void end() const;

 private:
  std::size_t size(std::uint8_t fixed, std::size_t limit, std::uint8_t code8, std::uint8_t code16);
  std::uint8_t byte();
  template <class Number>
  Number get();
  std::string_view characters();

  std::span<const std::uint8_t> bytes_;
};

}  // namespace headroom
