// Forecasting, line by line: what a series has been, what it goes on with, and how good such forecasts of it would have been.
#include <cmath>

#include <fmt/format.h>

#include "decisions/seam.hpp"
#include "sim/seams/back_test.hpp"

namespace headroom::decisions {
namespace {

class ForecastingDecisions {
 public:
  using Interface = Forecaster;
  struct Context {
    Duration step{std::chrono::minutes{1}};
    void describe(Fields& field) { field("step", step, "between two values", more_than(0.0)); }
  };
  struct Observation {
    std::vector<double> values;
    int horizon = 1;
    int test_from = 0;

    void describe(Fields& field) {
      field.required("values", values, "evenly spaced, oldest first");
      field("horizon", horizon, "so many values ahead", between(1, 100'000));
      field("test_from", test_from,
            "the back-test begins with so many values known, and goes on to all but the horizon; default: half of them",
            between(0, 1'000'000));
    }
    FieldProblems problems() const {
      FieldProblems found;
      if (values.empty()) found.emplace_back("values", "is empty; a forecast goes on from at least one");
      for (std::size_t i = 0; i < values.size(); ++i) {
        if (!std::isfinite(values[i])) found.emplace_back(fmt::format("values/{}", i), "is no finite number");
      }
      return found;
    }
  };

  ForecastingDecisions(const PolicyChoice& choice, const Context& context)
      : forecaster_{RegistryOf<Forecaster>::instance().make(choice, {context.step})} {}

  FieldProblems problems() const { return forecaster_->problems(); }
  FieldProblems check(const Observation&) { return {}; }

  Json decide(const Observation& seen) {
    const auto horizon = static_cast<std::size_t>(seen.horizon);
    const std::vector<double> forecast = forecaster_->forecast(seen.values, horizon);
    const std::size_t first = seen.test_from > 0 ? static_cast<std::size_t>(seen.test_from) : (seen.values.size() + 1) / 2;
    const BackTest test = back_test(*forecaster_, seen.values, first, horizon);
    Json decision{{"forecast", forecast}};
    if (test.forecasts > 0)
      decision["back_test"] = {{"forecasts", test.forecasts}, {"mean_absolute_error", test.absolute},
                               {"of_naive", test.naive},      {"relative", number_or_null(test.relative())},
                               {"smape", test.smape},         {"mase", test.mase}};
    decision["reason"] = reason(seen, forecast, test);
    return decision;
  }
  Json summary() const { return nullptr; }

 private:
  static Json number_or_null(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }
  static std::string reason(const Observation& seen, const std::vector<double>& forecast, const BackTest& test) {
    if (forecast.empty()) return fmt::format("{} values are too few to say", seen.values.size());
    if (test.forecasts == 0) return "too few values for a back-test";
    if (!std::isfinite(test.relative())) return "the naive forecast makes no errors here";
    return fmt::format("its errors are {:.3g} of the naive forecast's, over {} forecasts", test.relative(), test.forecasts);
  }

  std::unique_ptr<Forecaster> forecaster_;
};

const bool offered =
    offer_decisions<ForecastingDecisions>("a series, and how far ahead", R"({"values": [3, 5, 4, 6, 5, 7, 6, 8], "horizon": 2})");

}  // namespace
}  // namespace headroom::decisions
