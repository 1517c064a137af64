// Faults at set times as a file spells them: part of a Scenario.
#pragma once

#include <optional>
#include <string_view>

#include "scenarios/step_spec.hpp"
#include "sim/core/fields.hpp"

namespace headroom {

// {"at": "10 min", "fail_primary": "orders"}. Exactly one kind; the other fields belong to a kind.
struct FaultSpec {
  static constexpr std::string_view type_name = "fault";
  Duration at{};
  std::optional<ToDatabase> fail_primary;
  int shard = 0;  // fail_primary
  std::optional<ToCache> flush, restart;
  std::optional<Duration> down;  // restart
  void describe(Fields& field);
};

}  // namespace headroom
