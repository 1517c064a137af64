// How many users there will be, month by month, as a file spells it: part of a Scenario. Runs do not look at it; `headroom plan
// growth` does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/forecaster.hpp"

namespace headroom {

// One of three: given numbers, so much more every month, or a history that a forecaster goes on with.
struct GrowthSpec {
  static constexpr std::string_view type_name = "growth_forecast";
  std::vector<double> users_by_month;
  std::optional<double> from;
  std::optional<Ratio> monthly;
  std::optional<std::string> file;
  std::string column = "users";
  PolicyChoice forecaster = choice_of<Forecaster>();
  std::optional<std::int64_t> months;
  std::string start;
  void describe(Fields& field);

  static constexpr std::int64_t usual_months = 24, most_months = 240;
};

// The month of "2026-03" as months since the year 0; none if it is none.
std::optional<std::int64_t> calendar_month(const std::string& text);
// "2026-03", so many months later.
std::string calendar_month_text(std::int64_t month);

}  // namespace headroom
