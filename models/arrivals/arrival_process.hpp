// Arrival processes: instants in order, each process in O(1) memory.
#pragma once

#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "models/arrivals/rate_profile.hpp"
#include "models/arrivals/sorted_uniforms.hpp"
#include "models/arrivals/unit_process.hpp"

namespace headroom {

inline constexpr double never = std::numeric_limits<double>::infinity();

class ArrivalProcess {
 public:
  virtual ~ArrivalProcess() = default;
  // Seconds since the start of the run, not decreasing; `never` when there are no more.
  virtual double next() = 0;
  // The same for as many as there is room for; fewer, and then no more, when they have ended.
  virtual std::size_t next(std::span<double> instants);
};

// The clock of an integrated rate: from a number of expected events to the time at which it is reached, exactly (random time
// change; Çinlar, "Introduction to Stochastic Processes", 1975). Asked with non-decreasing numbers only.
class RateClock {
 public:
  explicit RateClock(std::unique_ptr<RateProfile> profile) : profile_{std::move(profile)} {}
  double time_of(double expected_events) {
    while (!over_ && expected_events > collected_ + area_) advance();
    return over_ ? never : piece_.time_of(expected_events - collected_);
  }

 private:
  void advance();

  std::unique_ptr<RateProfile> profile_;
  RatePiece piece_;
  double collected_ = 0.0;  // before the piece
  double area_ = 0.0;       // of the piece
  bool over_ = false;
};

// A unit process on the clock of a rate: Poisson gives the inhomogeneous Poisson process of that rate.
class RateArrivals final : public ArrivalProcess {
 public:
  RateArrivals(std::unique_ptr<RateProfile> profile, UnitProcess unit) : clock_{std::move(profile)}, unit_{std::move(unit)} {}
  double next() override { return clock_.time_of(unit_.next()); }
  std::size_t next(std::span<double> instants) override;

 private:
  RateClock clock_;
  UnitProcess unit_;
};

// Exactly `count` arrivals from begin to end (seconds): independent uniform instants (a Poisson process that is known to bring so
// many), or even ones.
class CountedArrivals final : public ArrivalProcess {
 public:
  CountedArrivals(double begin, double end, std::uint64_t count, bool even, const RandomStream& stream)
      : begin_{begin}, span_{end - begin}, count_{count}, even_{even}, uniforms_{count, stream} {}
  using ArrivalProcess::next;
  double next() override;

 private:
  double begin_, span_;
  std::uint64_t count_;
  std::uint64_t used_ = 0;
  bool even_;
  SortedUniforms uniforms_;
};

// One process after the other has ended.
class ArrivalSequence final : public ArrivalProcess {
 public:
  explicit ArrivalSequence(std::vector<std::unique_ptr<ArrivalProcess>> parts) : parts_{std::move(parts)} {}
  double next() override;
  std::size_t next(std::span<double> instants) override;

 private:
  std::vector<std::unique_ptr<ArrivalProcess>> parts_;
  std::size_t current_ = 0;
};

}  // namespace headroom
