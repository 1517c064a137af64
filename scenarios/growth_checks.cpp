// The forecast of users: one way of giving it, and what belongs to that way.
#include <algorithm>

#include "scenarios/checks.hpp"

namespace headroom {

void check_growth(const Scenario& scenario, Reading& reading) {
  if (!scenario.growth) return;
  const GrowthSpec& growth = *scenario.growth;
  const auto given = [&](const char* field) { return reading.is_given(&growth, field); };
  const int ways = given("users_by_month") + given("monthly") + given("file");
  if (ways != 1) {
    reading.issue(&growth,
                  ways == 0          ? ""
                  : given("monthly") ? "monthly"
                                     : "file",
                  "needs exactly one of users_by_month, monthly and file: how users become more",
                  "for example {\"from\": 1000, \"monthly\": \"20 %\", \"months\": 24}");
    return;
  }
  const auto belongs = [&](const char* field, const char* way) {
    if (given(field) && !given(way)) reading.issue(&growth, field, std::string{"belongs to "} + way, "remove it");
  };
  belongs("from", "monthly");
  belongs("column", "file");
  belongs("forecaster", "file");
  if (given("months") && given("users_by_month"))
    reading.issue(&growth, "months", "is as many as users_by_month has", "remove it");
  const auto is_wrong = [](double users) { return !(users > 0.0); };
  if (given("users_by_month") && (growth.users_by_month.empty() || std::ranges::any_of(growth.users_by_month, is_wrong)))
    reading.issue(&growth, "users_by_month", "needs numbers of users above 0, one for each month",
                  "for example [1000, 1500, 2200]");
  if (growth.users_by_month.size() > static_cast<std::size_t>(GrowthSpec::most_months))
    reading.issue(&growth, "users_by_month", "has more than the 240 months that are looked at");
  if (given("start") && !calendar_month(growth.start))
    reading.issue(&growth, "start", "is \"" + growth.start + "\"; a month is expected", "write it as \"2026-03\"");
}

}  // namespace headroom
