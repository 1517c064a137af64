// Where the replications of verifications begin: beyond all that a search makes, so that an answer is not confirmed by the runs that
// suggested it.
#pragma once

#include <cstdint>

namespace headroom {

inline constexpr std::uint64_t first_fresh_replication = 1'000'000;

}  // namespace headroom
