// How a mean rate is spread over the day: {"diurnal": {"peak_to_mean": 1.8, "peak_at": "20 h"}}.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "models/arrivals/rate_profile.hpp"
#include "sim/core/fields.hpp"

namespace headroom {

struct DiurnalOptions {
  static constexpr std::string_view type_name = "diurnal";
  double peak_to_mean = 1.8;
  Duration peak_at{std::chrono::hours{20}};
  void describe(Fields& field) {
    field("peak_to_mean", peak_to_mean, "largest rate of the day over its mean; 1 is flat (real services: 1.5 to 1.9)",
          between(1.0, 20.0));
    field("peak_at", peak_at, "time of the day of the largest rate; the run starts at midnight", between(0.0, 86'400.0));
  }
};

struct LoadShape {
  static constexpr std::string_view type_name = "load_shape";
  std::optional<DiurnalOptions> diurnal;
  void describe(Fields& field) {
    field("diurnal", diurnal, "one wave per day, von Mises: mean × exp(k cos(…)) / I0(k), always positive");
  }
  bool flat() const { return !diurnal || diurnal->peak_to_mean <= 1.0; }
  // mean: per second.
  std::unique_ptr<RateProfile> profile(double mean) const {
    if (flat()) return constant_rate(mean);
    return std::make_unique<DiurnalRate>(mean, diurnal->peak_to_mean, to_seconds(diurnal->peak_at));
  }
};

}  // namespace headroom
