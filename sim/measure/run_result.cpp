#include "sim/measure/run_result.hpp"

namespace headroom {

bool LedgerEntry::balanced() const {
  std::uint64_t ended = completed;
  for (const auto& [reason, count] : failed) ended += count;
  return entered == ended + in_flight;
}

}  // namespace headroom
