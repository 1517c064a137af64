#include "sim/experiment/message_pack.hpp"

#include <bit>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <utility>

namespace headroom {
namespace {

// First bytes of the formats.
constexpr std::uint8_t float32 = 0xca, float64 = 0xcb, uint8 = 0xcc, uint16 = 0xcd, uint32 = 0xce, uint64 = 0xcf;
constexpr std::uint8_t fixed_text = 0xa0, text8 = 0xd9, text16 = 0xda;
constexpr std::size_t fixed_text_limit = 32;

// Numbers travel with the most significant byte first.
template <class Number>
Number big_endian(Number value) {
  if constexpr (std::endian::native == std::endian::little && sizeof value > 1) {
    auto* const begin = reinterpret_cast<unsigned char*>(&value);
    for (std::size_t i = 0; i < sizeof value / 2; ++i) std::swap(begin[i], begin[sizeof value - 1 - i]);
  }
  return value;
}

[[noreturn]] void refuse(const char* what) { throw std::invalid_argument{what}; }

}  // namespace

template <class Number>
void MessagePackWriter::put(std::uint8_t code, Number value) {
  const Number ordered = big_endian(value);
  const std::size_t at = bytes_.size();
  bytes_.resize(at + 1 + sizeof ordered);
  bytes_[at] = code;
  std::memcpy(&bytes_[at + 1], &ordered, sizeof ordered);
}

void MessagePackWriter::head(std::uint8_t fixed, std::size_t limit, std::uint8_t code8, std::uint8_t code16, std::size_t size) {
  if (size < limit) {
    bytes_.push_back(static_cast<std::uint8_t>(fixed | size));
  } else if (code8 != 0 && size <= 0xff) {
    put(code8, static_cast<std::uint8_t>(size));
  } else if (size <= 0xffff) {
    put(code16, static_cast<std::uint16_t>(size));
  } else if (size <= 0xffff'ffff) {
    put(static_cast<std::uint8_t>(code16 + 1), static_cast<std::uint32_t>(size));
  } else {
    refuse("a result is too large to be written");
  }
}

void MessagePackWriter::text(std::string_view text) {
  head(fixed_text, fixed_text_limit, text8, text16, text.size());
  bytes_.insert(bytes_.end(), text.begin(), text.end());
}

void MessagePackWriter::whole(std::uint64_t value) {
  if (value < 0x80)
    bytes_.push_back(static_cast<std::uint8_t>(value));
  else if (value <= 0xff)
    put(uint8, static_cast<std::uint8_t>(value));
  else if (value <= 0xffff)
    put(uint16, static_cast<std::uint16_t>(value));
  else if (value <= 0xffff'ffff)
    put(uint32, static_cast<std::uint32_t>(value));
  else
    put(uint64, value);
}

void MessagePackWriter::real(double value) {
  constexpr double largest = std::numeric_limits<float>::max();
  if (value >= -largest && value <= largest && static_cast<double>(static_cast<float>(value)) == value)
    put(float32, static_cast<float>(value));
  else
    put(float64, value);
}

void MessagePackWriter::reals(const std::vector<double>& values) {
  array(values.size());
  for (const double value : values) real(value);
}

std::uint8_t MessagePackReader::byte() {
  if (bytes_.empty()) refuse("they end too early");
  const std::uint8_t first = bytes_.front();
  bytes_ = bytes_.subspan(1);
  return first;
}

template <class Number>
Number MessagePackReader::get() {
  if (bytes_.size() < sizeof(Number)) refuse("they end too early");
  Number value;
  std::memcpy(&value, bytes_.data(), sizeof value);
  bytes_ = bytes_.subspan(sizeof value);
  return big_endian(value);
}

std::size_t MessagePackReader::size(std::uint8_t fixed, std::size_t limit, std::uint8_t code8, std::uint8_t code16) {
  const std::uint8_t first = byte();
  std::size_t size = 0;
  if (first >= fixed && first < fixed + limit)
    size = first - fixed;
  else if (code8 != 0 && first == code8)
    size = get<std::uint8_t>();
  else if (first == code16)
    size = get<std::uint16_t>();
  else if (first == code16 + 1)
    size = get<std::uint32_t>();
  else
    refuse("something of another kind was expected");
  if (size > bytes_.size()) refuse("they end too early");
  return size;
}

void MessagePackReader::map_of(std::size_t entries) {
  if (map() != entries) refuse("a part has too few or too many fields");
}

void MessagePackReader::array_of(std::size_t entries) {
  if (array() != entries) refuse("a part has too few or too many fields");
}

std::string_view MessagePackReader::characters() {
  const std::size_t length = size(fixed_text, fixed_text_limit, text8, text16);
  const std::string_view view{reinterpret_cast<const char*>(bytes_.data()), length};
  bytes_ = bytes_.subspan(length);
  return view;
}

std::string MessagePackReader::text() { return std::string{characters()}; }

void MessagePackReader::key(std::string_view name) {
  if (characters() != name) refuse("a field has another name");
}

std::uint64_t MessagePackReader::whole() {
  const std::uint8_t first = byte();
  if (first < 0x80) return first;
  switch (first) {
    case uint8: return get<std::uint8_t>();
    case uint16: return get<std::uint16_t>();
    case uint32: return get<std::uint32_t>();
    case uint64: return get<std::uint64_t>();
    default: refuse("a whole number was expected");
  }
}

double MessagePackReader::real() {
  const std::uint8_t first = byte();
  if (first == float32) return static_cast<double>(get<float>());
  if (first == float64) return get<double>();
  refuse("a number with a fraction was expected");
}

std::vector<double> MessagePackReader::reals() {
  std::vector<double> values(array());
  for (double& value : values) value = real();
  return values;
}

void MessagePackReader::end() const {
  if (!bytes_.empty()) refuse("something follows the end");
}

}  // namespace headroom
