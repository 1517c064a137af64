#include "sim/core/random.hpp"

#include <stdexcept>

namespace headroom {

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

void RandomStream::refill() {
  for (std::size_t i = 0; i < block_size; i += 2) {
    const auto [first, second] = philox(key_, 0, counter_++);
    block_[i] = first;
    block_[i + 1] = second;
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
