// How many times this program has asked for memory, for the claim that a warm path does not.
#pragma once

#include <cstdint>

namespace headroom {

std::uint64_t allocations_so_far();

}  // namespace headroom
