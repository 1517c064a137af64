// A station whose visitors hold one of several slots while they compute on shared cores and wait for others in turn.
//
// Source: Lazowska, Zahorjan, Graham, Sevcik, "Quantitative System Performance", chapter 9 (memory constraints): the inside,
// closed with n visitors, is a product-form network (cores shared equally, delays) of throughput X(n); seen from outside it is
// one server of rate X(min(n, slots)). Exact where slots do not bind or nobody computes (M/M/slots); Poisson arrivals.
#pragma once

namespace headroom {

struct SlotsAndCores {
  double mean_wait = 0.0;  // for a slot
  double mean_held = 0.0;  // of a slot: computing, sharing the cores, and waiting for others
  double most = 0.0;       // visits per second at which the wait grows without end
  bool stable = true;      // arrival_rate < most; both means are infinite otherwise
};

// arrival_rate >= 0; core_seconds >= 0: of one visit, alone on a core; other_seconds >= 0: on no core, their sum > 0; slots >= 1;
// cores > 0: computations that run at full speed side by side.
SlotsAndCores slots_and_cores(double arrival_rate, double core_seconds, double other_seconds, int slots, double cores);

}  // namespace headroom
