#include "scenarios/growth_spec.hpp"

#include <charconv>

#include <fmt/core.h>

namespace headroom {

void GrowthSpec::describe(Fields& field) {
  field("users_by_month", users_by_month, "users in each month, the first one first");
  field("from", from, "users in the first month, with `monthly`; without it those of the workloads at load 1", more_than(0.0));
  field("monthly", monthly, "so much more every month: \"20 %\"", between(-0.99, 5.0));
  field("file", file, "CSV of a history, a line per month, relative to the scenario's folder; its first line names the columns");
  field("column", column, "of the file: how many users there were");
  field("forecaster", forecaster,
        "what goes on with the history: {\"model\": \"holt-winters\"}, which is also the one without it");
  field("months", months, "how many months to look ahead, with `monthly` or a file; 24 without it",
        between(1.0, static_cast<double>(most_months)));
  field("start", start, "the first month that is looked at, as 2026-03; without it months are numbered");
}

std::optional<std::int64_t> calendar_month(const std::string& text) {
  constexpr std::size_t year_digits = 4;
  if (text.size() != 7 || text[year_digits] != '-') return std::nullopt;
  std::int64_t year = 0, month = 0;
  const char* const dash = text.data() + year_digits;
  const auto year_read = std::from_chars(text.data(), dash, year);
  const auto month_read = std::from_chars(dash + 1, text.data() + text.size(), month);
  const bool all_read = year_read.ec == std::errc{} && year_read.ptr == dash && month_read.ec == std::errc{} &&
                        month_read.ptr == text.data() + text.size();
  if (!all_read || year < 0 || month < 1 || month > 12) return std::nullopt;
  return 12 * year + month - 1;
}

std::string calendar_month_text(std::int64_t month) { return fmt::format("{:04}-{:02}", month / 12, month % 12 + 1); }

}  // namespace headroom
