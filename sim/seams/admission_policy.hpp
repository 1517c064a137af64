// AdmissionPolicy: whether a replica takes a request in, and whether it still serves it when its turn has come.
//
// One per replica: it sees what a limiter in that process sees, its own requests and its own clock, and never another replica or
// how long a request is going to take. Life of a request: admits() when it arrives (not asked where the line has no room for it);
// longest_wait() if it has to wait; serves() when a slot is free for it; answered() when it has its answer. None of them may
// allocate after warm-up.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sim/core/time.hpp"

namespace headroom {

// The request that is asked about is counted in neither.
struct AdmissionView {
  SimTime now{};
  std::uint32_t in_flight = 0;  // taken in and not answered yet
  std::uint32_t waiting = 0;    // of these, in line for a slot
};

// An answer, as the process measures it.
struct AdmissionSample {
  SimTime now{};
  Duration round_trip{};        // from its arrival at the replica
  std::uint32_t in_flight = 0;  // when it was taken in, itself among them
  bool dropped = false;         // refused by a station behind, or not served in time here or there
};

class AdmissionPolicy {
 public:
  static constexpr std::string_view seam = "admission";
  static constexpr std::string_view discriminator = "policy";
  struct Context {
    int slots = 1;  // requests that the replica works on at a time
  };

  virtual ~AdmissionPolicy() = default;
  // 0 is the most urgent priority.
  virtual bool admits(const AdmissionView&, std::uint8_t) { return true; }
  // How long a request that has to wait may do so; it fails then. None: any time.
  virtual std::optional<Duration> longest_wait(const AdmissionView&) { return std::nullopt; }
  // Asked of everybody who is about to get a slot, also of who has not waited at all; who is not served fails.
  virtual bool serves(const AdmissionView&, Duration) { return true; }
  virtual void answered(const AdmissionSample&) {}

  // Whether it ever takes from the line who came last, and whether it would now.
  virtual bool reorders() const { return false; }
  virtual bool newest_first(SimTime) const { return false; }

  // Requests in flight that it lets in now, and that it never goes beyond; none where it does not count them.
  virtual std::optional<double> limit() const { return std::nullopt; }
  virtual std::optional<double> most() const { return std::nullopt; }
};

}  // namespace headroom
