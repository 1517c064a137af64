#include "sim/core/random.hpp"

#include <Random123/philox.h>

#include <stdexcept>

namespace headroom {

namespace {

using Philox = r123::Philox2x64_R<10>;

Philox::ctr_type block_of(std::uint64_t key, std::uint64_t counter_high, std::uint64_t counter_low) {
  const Philox::ctr_type counter{{counter_low, counter_high}};
  const Philox::key_type philox_key{{key}};
  return Philox{}(counter, philox_key);
}

}  // namespace

std::uint64_t hash_text(std::string_view text, std::uint64_t seed) {
  constexpr std::uint64_t offset_basis = 0xcbf29ce484222325ULL;
  constexpr std::uint64_t prime = 0x00000100000001b3ULL;
  std::uint64_t hash = seed == 0 ? offset_basis : offset_basis ^ mix(seed);
  for (const char letter : text) {
    hash ^= static_cast<unsigned char>(letter);
    hash *= prime;
  }
  return mix(hash);
}

std::array<std::uint64_t, 2> philox(std::uint64_t key, std::uint64_t counter_high, std::uint64_t counter_low) {
  const Philox::ctr_type block = block_of(key, counter_high, counter_low);
  return {block[0], block[1]};
}

void RandomStream::refill() {
  for (std::size_t i = 0; i < block_size; i += 2) {
    const Philox::ctr_type block = block_of(key_, 0, counter_++);
    block_[i] = block[0];
    block_[i + 1] = block[1];
  }
  used_ = 0;
}

std::uint64_t RandomStreams::key_of(std::string_view path) {
  if (!names_.emplace(path).second) {
    throw std::logic_error{"the random stream \"" + std::string{path} + "\" is taken: two things would share its numbers"};
  }
  return mix(hash_text(path, seed_), replication_);
}

}  // namespace headroom
