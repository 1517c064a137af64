#include "sim/cluster/node_cores.hpp"

namespace headroom {

// Round by round: whoever wants no more than its part has it, which leaves more for the others; in the last round nobody does.
void divide_cores(double cores, std::span<CoreShare> shares) {
  constexpr double open = -1.0;  // granted later
  for (CoreShare& share : shares) share.granted = open;
  for (;;) {
    double left = cores, weights = 0.0;
    for (const CoreShare& share : shares)
      (share.granted == open ? weights : left) += share.granted == open ? share.weight : -share.granted;
    if (!(weights > 0.0)) return;
    const double part = left / weights;
    bool some_settled = false;
    for (CoreShare& share : shares) {
      if (share.granted != open || share.wanted > part * share.weight) continue;
      share.granted = share.wanted;
      some_settled = true;
    }
    if (some_settled) continue;
    for (CoreShare& share : shares) {
      if (share.granted == open) share.granted = part * share.weight;
    }
    return;
  }
}

}  // namespace headroom
