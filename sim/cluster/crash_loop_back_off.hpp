// How long a container that was killed waits before it is started again.
//
// Source: Kubernetes, kubelet (pkg/kubelet/kuberuntime, doBackOff) over client-go util/flowcontrol/backoff.go: the first restart is
// at once; then 10 s, 20 s, 40 s … up to 5 min; forgotten when a container lived longer than 10 min after the last restart.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

#include "sim/core/time.hpp"

namespace headroom {

class CrashLoopBackOff {
 public:
  static constexpr Duration first{std::chrono::seconds{10}};
  static constexpr Duration largest{std::chrono::minutes{5}};

  // The container ended at `ended`; returns when it starts again.
  SimTime restart_at(SimTime ended) {
    const bool forgotten = !last_restart_ || ended - *last_restart_ > 2 * largest;
    const SimTime restart = forgotten ? ended : ended + next_;
    next_ = forgotten ? first : std::min(2 * next_, largest);
    last_restart_ = restart;
    return restart;
  }

 private:
  Duration next_ = first;
  std::optional<SimTime> last_restart_;
};

}  // namespace headroom
