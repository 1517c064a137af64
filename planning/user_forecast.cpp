#include "planning/user_forecast.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include <fmt/format.h>

#include "models/caches/csv_file.hpp"
#include "planning/plan_error.hpp"
#include "reports/display.hpp"
#include "scenarios/scenario_error.hpp"

namespace headroom {
namespace {

constexpr double z = 1.959964;  // 97.5 % quantile of the normal distribution
constexpr Duration month = std::chrono::hours{24 * 30};

std::vector<double> read_history(const GrowthSpec& growth, const std::string& directory) {
  const std::string path = (std::filesystem::path{directory} / *growth.file).string();
  const auto refuse = [&](std::uint64_t line, const std::string& what) {
    throw ScenarioError{{Issue{path, static_cast<int>(line), line == 0 ? 0 : 1, {}, what, {}}}};
  };
  std::vector<double> history;
  try {
    CsvFile file{path};
    const int place = file.column(growth.column);
    if (place < 0) refuse(1, file.missing_column(growth.column));
    while (file.next()) {
      double users = 0.0;
      const bool is_there = static_cast<std::size_t>(place) < file.cells().size();
      if (!is_there || !number_in(file.cells()[static_cast<std::size_t>(place)], users) || !(users > 0.0))
        refuse(file.line_number(), "has no number of users above 0 in column " + growth.column);
      history.push_back(users);
    }
  } catch (const FileError& error) {
    refuse(0, error.what());
  }
  return history;
}

// Root mean square errors by distance, from 1 month ahead; empty: too few values to test.
std::vector<double> errors_of(const Forecaster& forecaster, const std::vector<double>& history, std::size_t horizon) {
  constexpr std::size_t fewest_origins = 3;
  std::vector<double> squares(horizon, 0.0);
  std::vector<std::size_t> counts(horizon, 0);
  for (std::size_t origin = (history.size() + 1) / 2; origin < history.size(); ++origin) {
    const std::vector<double> ahead =
        forecaster.forecast(std::span{history}.first(origin), std::min(horizon, history.size() - origin));
    for (std::size_t h = 0; h < ahead.size(); ++h) {
      squares[h] += std::pow(history[origin + h] - ahead[h], 2.0);
      ++counts[h];
    }
  }
  std::vector<double> errors;
  for (std::size_t h = 0; h < horizon && counts[h] >= fewest_origins; ++h) {
    const double error = std::sqrt(squares[h] / static_cast<double>(counts[h]));
    errors.push_back(errors.empty() ? error : std::max(error, errors.back()));
  }
  const std::size_t tested = errors.size();
  for (std::size_t h = tested; tested > 0 && h < horizon; ++h)
    errors.push_back(errors[tested - 1] * std::sqrt(static_cast<double>(h + 1) / static_cast<double>(tested)));
  return errors;
}

UserForecast by_history(const GrowthSpec& growth, const std::string& directory, std::size_t months) {
  const std::vector<double> history = read_history(growth, directory);
  const PolicyChoice choice = growth.forecaster.chosen() ? growth.forecaster : choice_of<Forecaster>("holt-winters");
  const auto forecaster = RegistryOf<Forecaster>::instance().make(choice, {month});
  if (const FieldProblems problems = forecaster->problems(); !problems.empty())
    throw PlanError{fmt::format("growth/forecaster/{} {}", problems.front().first, problems.front().second)};
  const std::vector<double> ahead = forecaster->forecast(history, months);
  if (ahead.empty())
    throw PlanError{fmt::format("growth/file has {} months, too few for {} to go on with", history.size(), choice.name)};
  const std::vector<double> errors = errors_of(*forecaster, history, months);
  UserForecast forecast;
  forecast.source = fmt::format("{} on {} of {}, {} months", choice.name, growth.column, *growth.file, history.size());
  forecast.has_interval = !errors.empty();
  for (std::size_t m = 0; m < months; ++m) {
    const double users = std::max(1.0, ahead[m]), width = errors.empty() ? 0.0 : z * errors[m];
    forecast.months.push_back({{}, users, std::max(1.0, users - width), users + width});
  }
  return forecast;
}

}  // namespace

UserForecast forecast_users(const GrowthSpec& growth, double users_now, const std::string& directory) {
  const auto months = static_cast<std::size_t>(growth.months.value_or(GrowthSpec::usual_months));
  UserForecast forecast;
  if (growth.file) {
    forecast = by_history(growth, directory, months);
  } else if (growth.monthly) {
    forecast.source = display(std::fabs(growth.monthly->value), Dimension::ratio) +
                      (growth.monthly->value < 0.0 ? " less every month" : " more every month");
    forecast.counts_users = growth.from || users_now > 0.0;
    double users = growth.from.value_or(users_now > 0.0 ? users_now : 1.0);
    for (std::size_t m = 0; m < months; ++m, users *= 1.0 + growth.monthly->value)
      forecast.months.push_back({{}, users, users, users});
  } else {
    forecast.source = "users as they were given by month";
    for (const double users : growth.users_by_month) forecast.months.push_back({{}, users, users, users});
  }
  const std::optional<std::int64_t> start = calendar_month(growth.start);
  for (std::size_t m = 0; m < forecast.months.size(); ++m)
    forecast.months[m].name = start ? calendar_month_text(*start + static_cast<std::int64_t>(m)) : fmt::format("month {}", m + 1);
  return forecast;
}

}  // namespace headroom
