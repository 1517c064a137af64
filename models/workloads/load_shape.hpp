// How a mean rate is spread over time: {"diurnal": {"peak_to_mean": 1.8}, "flash_crowds": [{"at": "3 h", "factor": 10}]}. Parts
// multiply.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/arrivals/rate_profile.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/random.hpp"

namespace headroom {

struct DiurnalOptions {
  static constexpr std::string_view type_name = "diurnal";
  double peak_to_mean = 1.8;
  Duration peak_at{std::chrono::hours{20}};
  void describe(Fields& field);
};

struct WeeklyOptions {
  static constexpr std::string_view type_name = "weekly";
  double weekend = 0.7;
  std::string begins = "monday";
  void describe(Fields& field);
};

struct RampOptions {
  static constexpr std::string_view type_name = "ramp";
  double from = 1.0;
  double to = 1.0;
  Duration begin{};
  Duration over{};
  void describe(Fields& field);
};

struct StepOptions {
  static constexpr std::string_view type_name = "load_step";
  Duration at{};
  double factor = 1.0;
  void describe(Fields& field);
};

struct FlashCrowdOptions {
  static constexpr std::string_view type_name = "flash_crowd";
  Duration at{};
  double factor = 10.0;
  Duration rise{std::chrono::minutes{1}};
  Duration hold{std::chrono::minutes{10}};
  Duration fall{std::chrono::minutes{10}};
  void describe(Fields& field);
};

struct BurstOptions {
  static constexpr std::string_view type_name = "bursts";
  double factor = 5.0;
  Duration quiet{std::chrono::minutes{10}};
  Duration burst{std::chrono::minutes{1}};
  void describe(Fields& field);
};

// A part of every day, and nothing besides: jobs that are released at night.
struct HoursOptions {
  static constexpr std::string_view type_name = "hours";
  Duration from{};
  Duration to{};
  void describe(Fields& field);
};

struct LoadShape {
  static constexpr std::string_view type_name = "load_shape";
  std::optional<DiurnalOptions> diurnal;
  std::optional<WeeklyOptions> weekly;
  std::optional<RampOptions> ramp;
  std::vector<StepOptions> steps;
  std::vector<FlashCrowdOptions> flash_crowds;
  std::optional<BurstOptions> bursts;
  std::optional<HoursOptions> hours;
  Duration time_zone{};  // what local clocks are ahead of the run's, which starts at midnight

  void describe(Fields& field);
  // What is wrong with it, for the field "shape" of a workload.
  FieldProblems problems() const;
  // The expected rate is the same all the time.
  bool flat() const;
  // mean: per second. `bursts`: the stream of their lengths; without it the expected rate, as if there were none.
  std::unique_ptr<RateProfile> profile(double mean, const RandomStream* bursts = nullptr) const;
  // How much higher than the expected rate the rate is within a burst; 1 without bursts.
  double burst_peak() const;
};

}  // namespace headroom
