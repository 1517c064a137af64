// Hash functions that clients and proxies place keys with: xxHash64, MurmurHash2 and MD5, of bytes.
//
// Those of sim/core decide what a simulation draws; these are here because ketama, Envoy and others are defined by them, so that
// a key stands in a model where it stands in the system. For placing keys, never for secrets.
//
// Source: xxHash (Collet), specification of XXH64; MurmurHash64A (Appleby) as libstdc++ and Envoy have it; RFC 1321.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace headroom::hashing {

static_assert(std::endian::native == std::endian::little, "the words of these hashes are little-endian");

template <class Word>
Word word_at(const char* bytes) {
  Word word;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

// ---- xxHash64 ----------------------------------------------------------------------------------------------------------------

namespace xx {

inline constexpr std::uint64_t prime_1 = 0x9E3779B185EBCA87ULL, prime_2 = 0xC2B2AE3D27D4EB4FULL, prime_3 = 0x165667B19E3779F9ULL,
                               prime_4 = 0x85EBCA77C2B2AE63ULL, prime_5 = 0x27D4EB2F165667C5ULL;

constexpr std::uint64_t round(std::uint64_t lane, std::uint64_t word) { return std::rotl(lane + word * prime_2, 31) * prime_1; }

// Takes all whole blocks of 32 bytes from the front of `text`.
inline std::uint64_t take_blocks(std::string_view& text, std::uint64_t seed) {
  std::array<std::uint64_t, 4> lanes{seed + prime_1 + prime_2, seed + prime_2, seed, seed - prime_1};
  for (; text.size() >= 32; text.remove_prefix(32)) {
    for (std::size_t i = 0; i < 4; ++i) lanes[i] = round(lanes[i], word_at<std::uint64_t>(text.data() + 8 * i));
  }
  std::uint64_t hash = std::rotl(lanes[0], 1) + std::rotl(lanes[1], 7) + std::rotl(lanes[2], 12) + std::rotl(lanes[3], 18);
  for (const std::uint64_t lane : lanes) hash = (hash ^ round(0, lane)) * prime_1 + prime_4;
  return hash;
}

constexpr std::uint64_t avalanche(std::uint64_t hash) {
  hash = (hash ^ (hash >> 33)) * prime_2;
  hash = (hash ^ (hash >> 29)) * prime_3;
  return hash ^ (hash >> 32);
}

}  // namespace xx

inline std::uint64_t xxhash64(std::string_view text, std::uint64_t seed = 0) {
  using namespace xx;
  const std::uint64_t length = text.size();
  std::uint64_t hash = length >= 32 ? take_blocks(text, seed) : seed + prime_5;
  hash += length;
  for (; text.size() >= 8; text.remove_prefix(8))
    hash = std::rotl(hash ^ round(0, word_at<std::uint64_t>(text.data())), 27) * prime_1 + prime_4;
  if (text.size() >= 4) {
    hash = std::rotl(hash ^ word_at<std::uint32_t>(text.data()) * prime_1, 23) * prime_2 + prime_3;
    text.remove_prefix(4);
  }
  for (const char byte : text) hash = std::rotl(hash ^ static_cast<unsigned char>(byte) * prime_5, 11) * prime_1;
  return avalanche(hash);
}

// ---- MurmurHash2, 64 bits ----------------------------------------------------------------------------------------------------

// The seed is that of std::hash in libstdc++, which Envoy's MURMUR_HASH_2 is compatible with.
inline std::uint64_t murmur2(std::string_view text, std::uint64_t seed = 0xC70F6907ULL) {
  constexpr std::uint64_t multiplier = 0xC6A4A7935BD1E995ULL;
  const auto shifted = [](std::uint64_t word) { return word ^ (word >> 47); };
  std::uint64_t hash = seed ^ (text.size() * multiplier);
  for (; text.size() >= 8; text.remove_prefix(8))
    hash = (hash ^ shifted(word_at<std::uint64_t>(text.data()) * multiplier) * multiplier) * multiplier;
  if (!text.empty()) {
    std::uint64_t rest = 0;
    std::memcpy(&rest, text.data(), text.size());
    hash = (hash ^ rest) * multiplier;
  }
  return shifted(shifted(hash) * multiplier);
}

// ---- MD5 ---------------------------------------------------------------------------------------------------------------------

using Md5 = std::array<std::uint32_t, 4>;  // the digest as four little-endian words

namespace md5_steps {

inline const std::array<std::uint32_t, 64>& sines() {
  static const std::array<std::uint32_t, 64> table = [] {
    std::array<std::uint32_t, 64> values{};
    for (std::size_t i = 0; i < 64; ++i)
      values[i] = static_cast<std::uint32_t>(std::floor(std::abs(std::sin(static_cast<double>(i + 1))) * 0x1p32));
    return values;
  }();
  return table;
}

inline void digest_block(Md5& state, const char* block) {
  static constexpr std::array<std::array<int, 4>, 4> turns{{{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}}};
  auto [a, b, c, d] = state;
  for (std::size_t i = 0; i < 64; ++i) {
    const std::size_t quarter = i / 16;
    const std::uint32_t mixed = quarter == 0   ? (b & c) | (~b & d)
                                : quarter == 1 ? (d & b) | (~d & c)
                                : quarter == 2 ? b ^ c ^ d
                                               : c ^ (b | ~d);
    static constexpr std::array<std::size_t, 4> factor{1, 5, 3, 7}, offset{0, 1, 5, 0};
    const std::size_t word = (factor[quarter] * i + offset[quarter]) % 16;
    const std::uint32_t sum = a + mixed + sines()[i] + word_at<std::uint32_t>(block + 4 * word);
    a = d;
    d = c;
    c = b;
    b += std::rotl(sum, turns[quarter][i % 4]);
  }
  state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d};
}

}  // namespace md5_steps

inline Md5 md5(std::string_view text) {
  Md5 state{0x67452301U, 0xEFCDAB89U, 0x98BADCFEU, 0x10325476U};
  const std::uint64_t bits = std::uint64_t{text.size()} * 8;
  for (; text.size() >= 64; text.remove_prefix(64)) md5_steps::digest_block(state, text.data());
  std::array<char, 128> last{};
  std::copy(text.begin(), text.end(), last.begin());
  last[text.size()] = static_cast<char>(0x80);
  const std::size_t end = text.size() < 56 ? 64 : 128;
  std::memcpy(last.data() + end - 8, &bits, sizeof bits);
  for (std::size_t at = 0; at < end; at += 64) md5_steps::digest_block(state, last.data() + at);
  return state;
}

// ---- keys --------------------------------------------------------------------------------------------------------------------

// A numbered key as a client spells it, in decimal; without allocation.
class KeyText {
 public:
  explicit KeyText(std::uint64_t key) : end_{std::to_chars(text_.data(), text_.data() + text_.size(), key).ptr} {}
  KeyText(const KeyText&) = delete;
  KeyText& operator=(const KeyText&) = delete;
  operator std::string_view() const { return {text_.data(), static_cast<std::size_t>(end_ - text_.data())}; }

 private:
  std::array<char, 20> text_;
  const char* end_;
};

}  // namespace headroom::hashing
