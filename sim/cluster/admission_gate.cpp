#include "sim/cluster/admission_gate.hpp"

namespace headroom {
namespace {

// What tells a limiter of overload: a time-out, or somebody who had no room. Other failures say nothing of it, and are no sample.
// Source: the interceptors of Netflix concurrency-limits, onDropped for DEADLINE_EXCEEDED and UNAVAILABLE, onIgnore for the rest.
bool is_drop(TaskOutcome outcome) {
  return outcome == TaskOutcome::timeout || outcome == TaskOutcome::rejected || outcome == TaskOutcome::wait_limit ||
         outcome == TaskOutcome::unavailable;
}

}  // namespace

const char* to_text(Refusal refusal) {
  switch (refusal) {
    case Refusal::limit: return "limit";
    case Refusal::line: return "line";
    case Refusal::dropped: return "dropped";
    case Refusal::waited: return "waited";
  }
  return "";
}

Admission::Admission(const PolicyChoice& choice, int slots, const std::string& service, Recorder& recorder)
    : policy{choice}, context{slots} {
  for (std::size_t i = 0; i < refusal_count; ++i) {
    refused[i] = &recorder.counter("refused", {{"reason", to_text(static_cast<Refusal>(i))}, {"service", service}});
  }
  if (new_policy()->limit()) limit = &recorder.gauge("admission_limit", {{"service", service}});
}

AdmissionGate::AdmissionGate(const Admission& admission, SimTime now)
    : policy_{admission.new_policy()}, limit_gauge_{admission.limit} {
  if (limit_gauge_ != nullptr) show_limit(*policy_->limit(), now);
}

void AdmissionGate::leave(std::uint32_t entered_as, Duration round_trip, TaskOutcome outcome, SimTime now) {
  --in_flight_;
  const bool dropped = is_drop(outcome);
  if (!dropped && outcome != TaskOutcome::completed) return;
  policy_->answered({now, round_trip, entered_as, dropped});
  if (limit_gauge_ != nullptr) show_limit(*policy_->limit(), now);
}

void AdmissionGate::show_limit(double limit, SimTime now) {
  if (limit_gauge_ == nullptr || limit == shown_limit_) return;
  limit_gauge_->add(now, limit - shown_limit_);
  shown_limit_ = limit;
}

}  // namespace headroom
