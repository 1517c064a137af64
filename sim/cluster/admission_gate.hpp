// What stands before the slots of a service with an admission policy: the policy of each replica, and what became of whom it
// turned away.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "sim/cluster/task.hpp"
#include "sim/core/registry.hpp"
#include "sim/measure/recorder.hpp"
#include "sim/seams/admission_policy.hpp"

namespace headroom {

// Why a request to a service with an admission policy was refused: the values of the label "reason" of the metric "refused".
enum class Refusal : std::uint8_t {
  limit,    // the policy did not let it in
  line,     // its line was full
  dropped,  // the policy did not serve it when its turn had come
  waited,   // it waited longer than the policy or the service allows
};
inline constexpr std::size_t refusal_count = 4;
const char* to_text(Refusal refusal);

// Of a service.
struct Admission {
  Admission(const PolicyChoice& choice, int slots, const std::string& service, Recorder& recorder);
  std::unique_ptr<AdmissionPolicy> new_policy() const { return RegistryOf<AdmissionPolicy>::instance().make(policy, context); }

  PolicyChoice policy;
  AdmissionPolicy::Context context;
  std::array<Counter*, refusal_count> refused{};
  Gauge* limit = nullptr;  // of all replicas together, where the policy has one
};

// Of a replica.
class AdmissionGate {
 public:
  AdmissionGate(const Admission& admission, SimTime now);
  // The replica is gone.
  void close(SimTime now) { show_limit(0.0, now); }

  AdmissionPolicy& policy() { return *policy_; }
  const AdmissionPolicy& policy() const { return *policy_; }
  std::uint32_t in_flight() const { return in_flight_; }
  // How many are in flight with it.
  std::uint32_t enter() { return ++in_flight_; }
  // `entered_as`: what enter() said of it. Nobody measures answers of a replica that is gone.
  void leave(std::uint32_t entered_as, Duration round_trip, TaskOutcome outcome, SimTime now);
  void gone() { --in_flight_; }

 private:
  void show_limit(double limit, SimTime now);

  std::unique_ptr<AdmissionPolicy> policy_;
  Gauge* limit_gauge_;
  double shown_limit_ = 0.0;
  std::uint32_t in_flight_ = 0;
};

}  // namespace headroom
