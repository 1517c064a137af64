// Seasonal naive: as it was a season ago.
//
//   y(T+h) = y(T + h - m (k+1)),  k = floor((h-1) / m)   with m steps in a season
//
// Source:  Hyndman and Athanasopoulos, Forecasting: Principles and Practice (3rd edition), 5.2.
// Differs: a season of one step, which is the naive forecast (as it was last), has to be written as such: "season" is one step.
#include "policies/forecasting/season_length.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/forecaster.hpp"

namespace headroom {
namespace {

class SeasonalNaive final : public Forecaster {
 public:
  struct Options {
    Duration season{std::chrono::hours{24}};

    void describe(Fields& field) { field("season", season, "after which the values come again", more_than(0.0)); }
  };

  SeasonalNaive(const Options& options, const Context& context) : length_{season_length(options.season, context)} {}

  std::vector<double> forecast(std::span<const double> values, std::size_t horizon) const override {
    if (values.size() < length_) return {};
    const std::span<const double> last = values.last(length_);
    std::vector<double> ahead(horizon);
    for (std::size_t h = 0; h < horizon; ++h) ahead[h] = last[h % length_];
    return ahead;
  }

 private:
  std::size_t length_;
};

const bool offered = offer<Forecaster, SeasonalNaive>("seasonal-naive", "as it was a season ago");

}  // namespace
}  // namespace headroom
