// Tenants that become inactive and come back: who is active when, without memory of anybody.
//
// Each tenant is active for an exponential time, then inactive for an exponential time, and so on (a Markov chain of two states).
// Source: uniformisation (Jensen, Skandinavisk Aktuarietidskrift 36, 1953): the chain is one whose state is drawn anew, active
// with the long-run share, at the points of a Poisson process of the sum of both rates. The state at any time is what the last
// point before it drew; the points of a tenant are keyed draws in blocks, so that they need not be kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "models/arrivals/rate_factors.hpp"
#include "sim/core/fields.hpp"

namespace headroom {

struct InactivityOptions {
  static constexpr std::string_view type_name = "inactivity";
  std::optional<Duration> active;
  std::optional<Duration> inactive;
  std::optional<Ratio> dormant_at_start;

  void describe(Fields& field);
  // For the field "inactivity" of a workload.
  FieldProblems problems() const;
};

class TenantActivity {
 public:
  // options without problems. Other keys make other tenants inactive.
  TenantActivity(const InactivityOptions& options, std::uint64_t key);

  bool active(std::uint64_t tenant, double seconds) const;
  // Expected share of the tenants that are active.
  double share_at(double seconds) const;
  // That share is the same all the time.
  bool steady() const { return rate_ == 0.0 || start_share_ == long_run_share_; }
  // It over time, to multiply an expected rate with.
  std::vector<FactorPoint> share_curve() const;

 private:
  std::uint64_t key_;
  double rate_ = 0.0;  // of points, per second; 0: everybody stays as he is
  double long_run_share_ = 1.0;
  double start_share_ = 1.0;
};

}  // namespace headroom
