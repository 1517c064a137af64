// Clients of services as a file spells them: part of a Scenario.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/cluster/client_blueprint.hpp"
#include "sim/core/fields.hpp"

namespace headroom {

struct RetryBudgetSpec {
  static constexpr std::string_view type_name = "retry_budget";
  Ratio share{0.2};
  PerSecond at_least{10.0};
  Duration window{std::chrono::seconds{10}};
  void describe(Fields& field);
};

struct CircuitBreakerSpec {
  static constexpr std::string_view type_name = "circuit_breaker";
  std::optional<int> consecutive_failures;
  std::optional<Ratio> failure_rate, slow_rate;
  std::optional<Duration> slow;
  std::optional<int> calls, seconds, minimum_calls;
  Duration open{std::chrono::seconds{60}};
  int half_open_calls = 10;
  void describe(Fields& field);
};

struct BulkheadSpec {
  static constexpr std::string_view type_name = "bulkhead";
  int calls = 25;
  Duration longest_wait{};
  void describe(Fields& field);
};

struct HedgeSpec {
  static constexpr std::string_view type_name = "hedge";
  std::optional<Duration> after;
  std::optional<double> percentile;
  std::optional<int> calls, minimum_calls;
  std::optional<RetryBudgetSpec> budget;
  void describe(Fields& field);
};

struct ClientSpec {
  static constexpr std::string_view type_name = "client";
  std::string name;
  std::optional<RetryBudgetSpec> retry_budget;
  std::optional<CircuitBreakerSpec> circuit_breaker;
  std::optional<BulkheadSpec> bulkhead;
  std::optional<HedgeSpec> hedge;
  void describe(Fields& field);
};

ClientBlueprint build_client(const ClientSpec& spec);

}  // namespace headroom
