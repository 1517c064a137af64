#include "models/workloads/load_shape.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "models/arrivals/rate_factors.hpp"

namespace headroom {
namespace {

constexpr std::array<const char*, 7> weekdays{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

constexpr double day = 86'400.0;

// Seconds since midnight of any day.
double day_time(double seconds) { return seconds - day * std::floor(seconds / day); }

std::vector<double> days_of(const WeeklyOptions& weekly) {
  const auto first = std::find(weekdays.begin(), weekdays.end(), weekly.begins) - weekdays.begin();
  std::vector<double> days;
  for (int i = 0; i < 7; ++i) days.push_back((first + i) % 7 >= 5 ? weekly.weekend : 1.0);
  return days;
}

std::vector<FactorPoint> points_of(const RampOptions& ramp) {
  const double begin = to_seconds(ramp.begin);
  return {{begin, ramp.from}, {begin + to_seconds(ramp.over), ramp.to}};
}

std::vector<FactorPoint> points_of(const std::vector<StepOptions>& steps) {
  std::vector<FactorPoint> points{{0.0, 1.0}};
  for (const StepOptions& step : steps) {
    points.push_back({to_seconds(step.at), points.back().factor});
    points.push_back({to_seconds(step.at), step.factor});
  }
  return points;
}

std::vector<FactorPoint> points_of(const FlashCrowdOptions& crowd) {
  const double begin = to_seconds(crowd.at), top = begin + to_seconds(crowd.rise), end = top + to_seconds(crowd.hold);
  return {{begin, 1.0}, {top, crowd.factor}, {end, crowd.factor}, {end + to_seconds(crowd.fall), 1.0}};
}

// A day of local time, seen from the run's start: repeating pieces of in and out.
std::vector<FactorPoint> points_of(const HoursOptions& hours, double time_zone) {
  const double from = day_time(to_seconds(hours.from) - time_zone), to = day_time(to_seconds(hours.to) - time_zone);
  const double open = day / day_time(to - from);
  if (from < to) return {{0.0, 0.0}, {from, 0.0}, {from, open}, {to, open}, {to, 0.0}};
  return {{0.0, open}, {to, open}, {to, 0.0}, {from, 0.0}, {from, open}};
}

}  // namespace

void DiurnalOptions::describe(Fields& field) {
  field("peak_to_mean", peak_to_mean, "largest rate of the day over its mean; 1 is flat (real services: 1.5 to 1.9)",
        between(1.0, 20.0));
  field("peak_at", peak_at, "local time of the day of the largest rate; the run starts at midnight, where there is no time_zone",
        between(0.0, 86'400.0));
}

void WeeklyOptions::describe(Fields& field) {
  field("weekend", weekend, "rate of saturday and sunday over that of the other days; the mean over a week stays",
        between(0.0, 100.0));
  field.choice("begins", begins, "day on which the run begins",
               {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"});
}

void RampOptions::describe(Fields& field) {
  field("from", from, "factor until the ramp begins", at_least(0.0));
  field.required("to", to, "factor when it has ended, and from then on", at_least(0.0));
  field("begin", begin, "when it begins", at_least(0.0));
  field.required("over", over, "how long it takes; in between the factor is linear", more_than(0.0));
}

void StepOptions::describe(Fields& field) {
  field.required("at", at, "when it begins", at_least(0.0));
  field.required("factor", factor, "of the rate from then on, until the next step; before the first it is 1", at_least(0.0));
}

void FlashCrowdOptions::describe(Fields& field) {
  field.required("at", at, "when it begins to rise", at_least(0.0));
  field("factor", factor, "rate at its height over the rate without it", more_than(1.0));
  field("rise", rise, "until its height; 0: at once", at_least(0.0));
  field("hold", hold, "how long it stays there", at_least(0.0));
  field("fall", fall, "until it is over; 0: at once", at_least(0.0));
}

void BurstOptions::describe(Fields& field) {
  field("factor", factor, "rate within a burst over the rate in quiet times", more_than(1.0));
  field("quiet", quiet, "mean length of a quiet time (exponential)", more_than(0.0));
  field("burst", burst, "mean length of a burst (exponential)", more_than(0.0));
}

void HoursOptions::describe(Fields& field) {
  field.required("from", from, "local time of the day at which it begins", between(0.0, day));
  field.required("to", to, "local time of the day at which it ends; earlier than \"from\": on the next day", between(0.0, day));
}

void LoadShape::describe(Fields& field) {
  field("diurnal", diurnal, "one wave per day, von Mises: mean × exp(k cos(…)) / I0(k), always positive");
  field("weekly", weekly, "days of the week that differ");
  field("ramp", ramp, "a factor that grows or falls over a time and stays");
  field("steps", steps, "factors from given times on");
  field("flash_crowds", flash_crowds, "crowds that come at given times and go again");
  field("bursts", bursts, "bursts at random times (a Markov-modulated Poisson process of two states); the mean stays");
  field("hours", hours, "only these hours of every day, at the same rate; the mean over a day stays");
  field("time_zone", time_zone,
        "what the clocks of these users are ahead of the run's (\"9 h\", \"-5 h\"): for diurnal, weekly and hours",
        between(-12.0 * 3600.0, 14.0 * 3600.0));
}

FieldProblems LoadShape::problems() const {
  FieldProblems problems;
  const bool empty = !diurnal && !weekly && !ramp && steps.empty() && flash_crowds.empty() && !bursts && !hours;
  if (empty) problems.emplace_back("shape", "is empty; for example {\"diurnal\": {\"peak_to_mean\": 1.8}}");
  const auto later = [](const StepOptions& a, const StepOptions& b) { return a.at >= b.at; };
  if (std::adjacent_find(steps.begin(), steps.end(), later) != steps.end())
    problems.emplace_back("shape", "has steps that are not in order of time");
  if (hours && day_time(to_seconds(hours->from)) == day_time(to_seconds(hours->to)))
    problems.emplace_back("shape", "has hours that begin when they end");
  if (time_zone != Duration{} && !diurnal && !weekly && !hours && !empty)
    problems.emplace_back("shape", "has a time_zone and nothing that goes by the clock: diurnal, weekly or hours");
  return problems;
}

bool LoadShape::flat() const {
  return (!diurnal || diurnal->peak_to_mean <= 1.0) && (!weekly || weekly->weekend == 1.0) &&
         (!ramp || (ramp->from == 1.0 && ramp->to == 1.0)) && steps.empty() && flash_crowds.empty() && !hours;
}

std::unique_ptr<RateProfile> LoadShape::profile(double mean, const RandomStream* stream) const {
  const double ahead = to_seconds(time_zone);
  std::vector<std::unique_ptr<RateProfile>> factors;
  if (diurnal && diurnal->peak_to_mean > 1.0)
    factors.push_back(std::make_unique<DiurnalRate>(mean, diurnal->peak_to_mean, day_time(to_seconds(diurnal->peak_at) - ahead)));
  else
    factors.push_back(constant_rate(mean));
  if (weekly) factors.push_back(weekly_factor(days_of(*weekly), ahead));
  if (hours) factors.push_back(daily_factor(points_of(*hours, ahead)));
  if (ramp) factors.push_back(factor_curve(points_of(*ramp)));
  if (!steps.empty()) factors.push_back(factor_curve(points_of(steps)));
  for (const FlashCrowdOptions& crowd : flash_crowds) factors.push_back(factor_curve(points_of(crowd)));
  if (bursts && stream != nullptr)
    factors.push_back(burst_factor(bursts->factor, to_seconds(bursts->quiet), to_seconds(bursts->burst), *stream));
  if (factors.size() == 1) return std::move(factors.front());
  return std::make_unique<ProductRate>(std::move(factors));
}

double LoadShape::burst_peak() const {
  return bursts ? factor_in_burst(bursts->factor, to_seconds(bursts->quiet), to_seconds(bursts->burst)) : 1.0;
}

}  // namespace headroom
