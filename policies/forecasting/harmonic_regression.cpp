// Harmonic regression: a line and a few waves of each season, by least squares.
//
//   y(t) = a + b t + sum over seasons, k = 1 … K:  c cos(2 pi k t / m) + s sin(2 pi k t / m)
//
// Source:  Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 7.4 (Fourier series) and 12.1 (several seasons).
// Differs: errors are taken as independent (no ARIMA errors); the trend is left out unless it is asked for.
#include <Eigen/Dense>
#include <numbers>

#include <fmt/format.h>

#include "policies/forecasting/season_length.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/forecaster.hpp"

namespace headroom {
namespace {

struct SeasonOption {
  static constexpr std::string_view type_name = "forecast_season";
  Duration period{std::chrono::hours{24}};
  int harmonics = 3;

  void describe(Fields& field) {
    field.required("period", period, "after which the values come again", more_than(0.0));
    field("harmonics", harmonics, "waves that make up the season: 1 is a sine, more follow sharper edges", between(1, 100));
  }
};

class HarmonicRegression final : public Forecaster {
 public:
  struct Options {
    std::vector<SeasonOption> seasons{SeasonOption{}};
    bool trend = false;

    void describe(Fields& field) {
      field("seasons", seasons, "each with its period; a day unless said")("trend", trend, "a straight line under the seasons");
    }
    FieldProblems problems() const {
      if (seasons.empty() && !trend) return {{"seasons", "has no season; give one, as {\"period\": \"24 h\", \"harmonics\": 3}"}};
      return {};
    }
  };

  HarmonicRegression(const Options& options, const Context& context);

  std::vector<double> forecast(std::span<const double> values, std::size_t horizon) const override;
  FieldProblems problems() const override;

 private:
  struct Wave {
    double per_step = 0.0;  // of a period
    bool has_sine = true;
  };

  Eigen::Index columns() const;
  Eigen::RowVectorXd row(double step) const;

  Options options_;
  Context context_;
  std::vector<Wave> waves_;
  double longest_ = 0.0;  // steps
};

// Two seasons may share a wave (a week's seventh is the day's first), which is taken once. A wave of two steps has no sine.
HarmonicRegression::HarmonicRegression(const Options& options, const Context& context) : options_{options}, context_{context} {
  for (const SeasonOption& season : options.seasons) {
    const double length = context.steps_in(season.period);
    longest_ = std::max(longest_, length);
    for (int k = 1; k <= season.harmonics; ++k) {
      const double per_step = k / length;
      const auto is_same = [per_step](const Wave& wave) { return std::abs(wave.per_step - per_step) < 1e-12; };
      if (per_step > 0.5 + 1e-12 || std::ranges::any_of(waves_, is_same)) continue;
      waves_.push_back({per_step, per_step < 0.5 - 1e-12});
    }
  }
}

Eigen::Index HarmonicRegression::columns() const {
  Eigen::Index count = options_.trend ? 2 : 1;
  for (const Wave& wave : waves_) count += wave.has_sine ? 2 : 1;
  return count;
}

Eigen::RowVectorXd HarmonicRegression::row(double step) const {
  Eigen::RowVectorXd row{columns()};
  Eigen::Index column = 0;
  row[column++] = 1.0;
  if (options_.trend) row[column++] = step;
  for (const Wave& wave : waves_) {
    const double angle = 2.0 * std::numbers::pi * wave.per_step * step;
    row[column++] = std::cos(angle);
    if (wave.has_sine) row[column++] = std::sin(angle);
  }
  return row;
}

std::vector<double> HarmonicRegression::forecast(std::span<const double> values, std::size_t horizon) const {
  const auto count = static_cast<Eigen::Index>(values.size());
  if (count <= columns() || static_cast<double>(count) < longest_) return {};
  Eigen::MatrixXd design{count, columns()};
  for (Eigen::Index t = 0; t < count; ++t) design.row(t) = row(static_cast<double>(t));
  const Eigen::Map<const Eigen::VectorXd> known{values.data(), count};
  const Eigen::VectorXd weights = design.colPivHouseholderQr().solve(known);
  std::vector<double> ahead(horizon);
  for (std::size_t h = 0; h < horizon; ++h) ahead[h] = row(static_cast<double>(values.size() + h)).dot(weights);
  return ahead;
}

FieldProblems HarmonicRegression::problems() const {
  FieldProblems problems;
  for (std::size_t i = 0; i < options_.seasons.size(); ++i) {
    for (auto& problem : season_problems(fmt::format("seasons/{}/period", i), options_.seasons[i].period, context_))
      problems.push_back(std::move(problem));
  }
  return problems;
}

const bool offered = offer<Forecaster, HarmonicRegression>("harmonic-regression", "a few waves of each season, by least squares");

}  // namespace
}  // namespace headroom
