// Artists: tenants of whom few do much and many little, in bursts if asked, some of them in a priority tier.
//
// Tenant of rank r (0 is the most active) makes requests in proportion to (r + 1)^-zipf. With cv = 1 each is a Poisson process
// and so is their sum, of which every request is a tenant's drawn by Zipf, in O(1) memory. With another cv each is a gamma
// renewal process with that coefficient of variation of its own gaps, merged by a heap of next times; a daily shape then
// stretches the time of all. Source: burstiness per tenant in ServeGen (2025): cv 1.0-1.4 in the median, 4-6 at the 90th
// percentile.
#include <algorithm>
#include <cmath>
#include <iterator>
#include <variant>

#include "models/arrivals/arrival_process.hpp"
#include "models/workloads/journeys.hpp"
#include "models/workloads/load_shape.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/workload.hpp"

namespace headroom {
namespace {

constexpr std::int64_t most_bursty_accounts = 1'000'000;  // a heap entry each: 16 MB

struct TenantRequest {
  double at = 0.0;
  std::uint64_t tenant = 0;
};

// The gamma renewal processes of all tenants merged, in units of expected requests of all.
class BurstyTenants {
 public:
  BurstyTenants(std::uint64_t tenants, double zipf, double cv, RandomStream stream);
  TenantRequest next();

 private:
  double mean_gap(std::uint64_t tenant) const { return harmonic_ * std::pow(static_cast<double>(tenant + 1), zipf_); }
  static bool later(const TenantRequest& a, const TenantRequest& b) { return a.at != b.at ? a.at > b.at : a.tenant > b.tenant; }

  double zipf_;
  double harmonic_ = 0.0;             // sum of (r + 1)^-zipf
  Distribution gap_, length_biased_;  // of mean 1
  RandomStream stream_;
  std::vector<TenantRequest> heap_;  // next request of every tenant
};

BurstyTenants::BurstyTenants(std::uint64_t tenants, double zipf, double cv, RandomStream stream)
    : zipf_{zipf}, gap_{Distribution::gamma(1.0, cv)}, stream_{stream} {
  const double shape = 1.0 / (cv * cv);
  // What is left of the gap under way at the start: a uniform share of a length-biased gap.
  length_biased_ = Distribution::gamma((shape + 1.0) / shape, 1.0 / std::sqrt(shape + 1.0));
  for (std::uint64_t t = 0; t < tenants; ++t) harmonic_ += std::pow(static_cast<double>(t + 1), -zipf);
  heap_.reserve(tenants);
  for (std::uint64_t t = 0; t < tenants; ++t) {
    const double residual = length_biased_.sample(stream_) * stream_.uniform();
    heap_.push_back({mean_gap(t) * residual, t});
  }
  std::make_heap(heap_.begin(), heap_.end(), later);
}

TenantRequest BurstyTenants::next() {
  std::pop_heap(heap_.begin(), heap_.end(), later);
  const TenantRequest request = heap_.back();
  heap_.back().at += mean_gap(request.tenant) * gap_.sample(stream_);
  std::push_heap(heap_.begin(), heap_.end(), later);
  return request;
}

// All tenants as one Poisson process, each request a tenant's drawn by activity.
class PoissonTenants {
 public:
  PoissonTenants(std::uint64_t tenants, double zipf, RandomStream times, RandomStream who)
      : unit_{UnitProcess::poisson(times)}, who_{who}, activity_{tenants, zipf} {}
  TenantRequest next() { return {unit_.next(), activity_.sample(who_)}; }

 private:
  UnitProcess unit_;
  RandomStream who_;
  Zipf activity_;
};

class Artists final : public Workload {
 public:
  struct Options {
    std::int64_t accounts = 0;
    double requests_per_day = 0.0;
    double zipf = 1.0;
    double cv = 1.0;
    std::optional<Ratio> priority_share;
    std::optional<LoadShape> shape;

    void describe(Fields& field);
    FieldProblems problems() const;
    double mean_rate() const { return static_cast<double>(accounts) * requests_per_day / 86'400.0; }
  };

  Artists(const Options& options, const Context& context);
  std::size_t next(std::span<Arrival> batch) override;
  double mean_rate() const override { return mean_rate_; }
  double peak_rate() const override { return peak_rate_; }
  double users() const override { return static_cast<double>(options_.accounts); }
  bool stationary() const override { return flat(); }

 private:
  using Tenants = std::variant<PoissonTenants, BurstyTenants>;
  static Tenants make_tenants(const Options& options, const Context& context);
  static std::unique_ptr<RateProfile> make_profile(const Options& options, const Context& context);
  bool flat() const { return !options_.shape || options_.shape->flat(); }
  std::uint8_t priority_of(std::uint64_t tenant) const;

  Options options_;
  double end_;
  std::uint64_t tier_key_;
  Tenants tenants_;
  RateClock clock_;
  JourneyChoice journeys_;
  bool over_ = false;
  double mean_rate_;
  double peak_rate_;
};

void Artists::Options::describe(Fields& field) {
  field.required("accounts", accounts, "tenants", at_least(1.0));
  field.required("requests_per_day", requests_per_day, "requests of one account per day, mean over all", more_than(0.0));
  field("zipf", zipf, "exponent of the activity of tenants by rank; 0: all alike", between(0.0, 5.0));
  field("cv", cv, "burstiness: standard deviation over mean of the gaps of one tenant (gamma); 1 is Poisson",
        between(0.01, 100.0));
  field("priority_share", priority_share,
        "share of tenants, whatever their activity, whose requests have priority 0; the others have 1. Without it all have 0",
        between(0.0, 1.0));
  field("shape", shape, "how the requests are spread over time; without it evenly");
}

FieldProblems Artists::Options::problems() const {
  FieldProblems problems;
  if (cv != 1.0 && accounts > most_bursty_accounts) {
    problems.emplace_back(
        "accounts", "is more than 1,000,000, the most for which each tenant has bursts of its own; leave cv out or set it to 1");
  }
  if (shape) std::ranges::copy(shape->problems(), std::back_inserter(problems));
  return problems;
}

Artists::Tenants Artists::make_tenants(const Options& options, const Context& context) {
  const auto tenants = static_cast<std::uint64_t>(options.accounts);
  const std::string name = "workloads/" + context.name + "/";
  RandomStream times = context.streams->named(name + "interarrival");
  RandomStream who = context.streams->named(name + "subject");
  if (options.cv == 1.0) return PoissonTenants{tenants, options.zipf, times, who};
  return BurstyTenants{tenants, options.zipf, options.cv, times};
}

Artists::Artists(const Options& options, const Context& context)
    : options_{options},
      end_{to_seconds(context.end)},
      tier_key_{hash_text("workloads/" + context.name + "/tier")},  // the same tenants in every run
      tenants_{make_tenants(options, context)},
      clock_{make_profile(options, context)},
      journeys_{context.journeys, context.streams->named("workloads/" + context.name + "/journey")},
      mean_rate_{options.mean_rate()},
      peak_rate_{mean_rate_} {
  if (!options.shape || end_ <= 0.0) return;
  if (!flat()) {
    const RateSummary summary = summarize(*options.shape->profile(mean_rate_), end_);
    mean_rate_ = summary.expected / end_;
    peak_rate_ = summary.peak;
  }
  peak_rate_ *= options.shape->burst_peak();
}

std::unique_ptr<RateProfile> Artists::make_profile(const Options& options, const Context& context) {
  const LoadShape shape = options.shape.value_or(LoadShape{});
  if (!shape.bursts) return shape.profile(options.mean_rate());
  const RandomStream bursts = context.streams->named("workloads/" + context.name + "/bursts");
  return shape.profile(options.mean_rate(), &bursts);
}

std::uint8_t Artists::priority_of(std::uint64_t tenant) const {
  if (!options_.priority_share) return 0;
  return to_unit(mix(tier_key_, tenant)) < options_.priority_share->value ? 0 : 1;
}

std::size_t Artists::next(std::span<Arrival> batch) {
  std::size_t filled = 0;
  while (filled < batch.size() && !over_) {
    const TenantRequest request = std::visit([](auto& tenants) { return tenants.next(); }, tenants_);
    const double time = clock_.time_of(request.at);
    if (!(time < end_)) {
      over_ = true;
      break;
    }
    batch[filled++] = {
        .at = at_seconds(time), .journey = journeys_.next(), .priority = priority_of(request.tenant), .subject = request.tenant};
  }
  return filled;
}

const bool offered = offer<Workload, Artists>("artists", "tenants with skewed, bursty activity and a priority tier");

}  // namespace
}  // namespace headroom
