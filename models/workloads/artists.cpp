// Artists: tenants of whom few do much and many little, in bursts if asked, some of them in a priority tier.
//
// Tenant of rank r (0 is the most active) makes requests in proportion to (r + 1)^-zipf. With cv = 1 each is a Poisson process
// and so is their sum, of which every request is a tenant's drawn by Zipf, in O(1) memory. With another cv each is a gamma
// renewal process with that coefficient of variation of its own gaps, merged by a heap of next times; a daily shape then
// stretches the time of all. Tenants that are inactive ask nothing: their requests fall away. Where the number of tenants grows,
// the mean per tenant stays, and ranks are those among the tenants of the time. Source: burstiness per tenant in ServeGen (2025):
// cv 1.0-1.4 in the median, 4-6 at the 90th percentile.
#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>
#include <variant>

#include "models/arrivals/arrival_process.hpp"
#include "models/workloads/growth.hpp"
#include "models/workloads/inactivity.hpp"
#include "models/workloads/journeys.hpp"
#include "models/workloads/load_shape.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/workload.hpp"

namespace headroom {
namespace {

constexpr std::int64_t most_bursty_accounts = 1'000'000;  // a heap entry each: 16 MB

// A cv that is drawn per tenant ends here.
constexpr double least_cv = 0.01, most_cv = 100.0;

bool is_constant(const Distribution& value) { return value.scv() == 0.0; }

struct TierOptions {
  static constexpr std::string_view type_name = "tier";
  std::string name;
  Ratio share;
  int priority = 0;

  void describe(Fields& field) {
    field.required("name", name, "name of the tier");
    field.required("share", share, "of the tenants, whatever their activity; the shares of all tiers make 100 %",
                   between(0.0, 1.0));
    field.required("priority", priority, "of the requests of its tenants; 0 is the most urgent", between(0, 255));
  }
};

struct TenantRequest {
  double at = 0.0;
  std::uint64_t tenant = 0;
};

// The gamma renewal processes of all tenants merged, in units of expected requests of all.
class BurstyTenants {
 public:
  // The cv of each tenant is drawn by `key`, always the same; or is the same for all.
  BurstyTenants(std::uint64_t tenants, double zipf, const Distribution& cv, std::uint64_t key, RandomStream stream);
  double next();
  std::uint64_t who(std::uint64_t) const { return last_; }  // of the request that was next

 private:
  double mean_gap(std::uint64_t tenant) const { return harmonic_ * std::pow(static_cast<double>(tenant + 1), zipf_); }
  static bool later(const TenantRequest& a, const TenantRequest& b) { return a.at != b.at ? a.at > b.at : a.tenant > b.tenant; }

  // Of mean 1: gaps, and what a gap under way at the start is drawn from.
  struct Gaps {
    explicit Gaps(double cv);
    Distribution gap, length_biased;
  };
  Gaps gaps_of(std::uint64_t tenant) const {
    return common_ ? *common_ : Gaps{std::clamp(cv_.sample_of(key_, tenant), least_cv, most_cv)};
  }

  double zipf_;
  double harmonic_ = 0.0;  // sum of (r + 1)^-zipf
  Distribution cv_;
  std::uint64_t key_;
  std::optional<Gaps> common_;
  RandomStream stream_;
  std::vector<TenantRequest> heap_;  // next request of every tenant
  std::uint64_t last_ = 0;
};

// What is left of the gap under way at the start: a uniform share of a length-biased gap.
BurstyTenants::Gaps::Gaps(double cv) : gap{Distribution::gamma(1.0, cv)} {
  const double shape = 1.0 / (cv * cv);
  length_biased = Distribution::gamma((shape + 1.0) / shape, 1.0 / std::sqrt(shape + 1.0));
}

BurstyTenants::BurstyTenants(std::uint64_t tenants, double zipf, const Distribution& cv, std::uint64_t key, RandomStream stream)
    : zipf_{zipf}, cv_{cv}, key_{key}, stream_{stream} {
  if (is_constant(cv)) common_.emplace(cv.mean());
  for (std::uint64_t t = 0; t < tenants; ++t) harmonic_ += std::pow(static_cast<double>(t + 1), -zipf);
  heap_.reserve(tenants);
  for (std::uint64_t t = 0; t < tenants; ++t) {
    const double residual = gaps_of(t).length_biased.sample(stream_) * stream_.uniform();
    heap_.push_back({mean_gap(t) * residual, t});
  }
  std::make_heap(heap_.begin(), heap_.end(), later);
}

double BurstyTenants::next() {
  std::pop_heap(heap_.begin(), heap_.end(), later);
  const TenantRequest request = heap_.back();
  heap_.back().at += mean_gap(request.tenant) * gaps_of(request.tenant).gap.sample(stream_);
  std::push_heap(heap_.begin(), heap_.end(), later);
  last_ = request.tenant;
  return request.at;
}

// All tenants as one Poisson process, each request a tenant's drawn by activity.
class PoissonTenants {
 public:
  PoissonTenants(std::uint64_t tenants, double zipf, RandomStream times, RandomStream who)
      : unit_{UnitProcess::poisson(times)}, who_{who}, activity_{tenants, zipf} {}
  double next() { return unit_.next(); }
  // Of the request that was next, when there are so many tenants. Their number may change with every request, and a Zipf takes
  // as long to make as a hundred draws from it: it is made for some more tenants, and who is not there yet is drawn again.
  std::uint64_t who(std::uint64_t tenants) {
    if (tenants > activity_.items() || tenants < activity_.items() / 2)
      activity_ = Zipf{tenants + tenants / 4, activity_.exponent()};
    for (;;) {
      if (const std::uint64_t rank = activity_.sample(who_); rank < tenants) return rank;
    }
  }

 private:
  UnitProcess unit_;
  RandomStream who_;
  Zipf activity_;
};

class Artists final : public Workload {
 public:
  struct Options {
    std::optional<std::int64_t> accounts;
    double requests_per_day = 0.0;
    double zipf = 1.0;
    DistributionField cv{Distribution::constant(1.0), Dimension::count};
    std::optional<Ratio> priority_share;
    std::vector<TierOptions> tiers;
    std::optional<Duration> deadline;
    std::optional<LoadShape> shape;
    std::optional<std::vector<GrowthPhase>> growth;
    std::optional<InactivityOptions> inactivity;

    void describe(Fields& field);
    FieldProblems problems() const;
    Options at_load(double load) const {
      Options scaled = *this;
      if (accounts) scaled.accounts = count_at_load(*accounts, load);
      if (growth) scaled.growth = headroom::at_load(*growth, load);
      return scaled;
    }
    bool is_poisson() const { return is_constant(cv.value) && cv.value.mean() == 1.0; }
    // Of active tenants; with growth of one of them.
    double mean_rate() const { return static_cast<double>(growth ? 1 : accounts.value_or(0)) * requests_per_day / 86'400.0; }
    double accounts_at(double seconds) const {
      return growth ? headroom::accounts_at(*growth, seconds) : static_cast<double>(accounts.value_or(0));
    }
  };

  Artists(const Options& options, const Context& context);
  std::size_t next(std::span<Arrival> batch) override;
  double mean_rate() const override { return mean_rate_; }
  double peak_rate() const override { return peak_rate_; }
  double users() const override;
  bool users_change() const override { return options_.growth.has_value(); }
  double users_at(SimTime time) const override { return options_.accounts_at(to_seconds(time)); }
  std::vector<Phase> phases() const override;
  FieldProblems problems() const override;
  bool has_deadlines() const override { return options_.deadline.has_value(); }
  Duration deadline_of(std::uint64_t) const override { return options_.deadline.value_or(Duration{}); }
  bool stationary() const override { return flat(); }  // whoever is active

 private:
  using Tenants = std::variant<PoissonTenants, BurstyTenants>;
  static Tenants make_tenants(const Options& options, const Context& context);
  static std::unique_ptr<RateProfile> make_profile(const Options& options, const RandomStream* bursts);
  static RateClock make_clock(const Options& options, const Context& context);
  bool flat() const {
    return (!options_.shape || options_.shape->flat()) && !options_.growth && (!activity_ || activity_->steady());
  }
  void measure_rates();
  std::uint8_t priority_of(std::uint64_t tenant) const;

  Options options_;
  double end_;
  std::uint64_t tier_key_;
  Tenants tenants_;
  std::optional<TenantActivity> activity_;
  RateClock clock_;
  JourneyChoice journeys_;
  bool over_ = false;
  double mean_rate_ = 0.0;
  double peak_rate_ = 0.0;
};

void Artists::Options::describe(Fields& field) {
  field("accounts", accounts, "tenants", at_least(1.0));
  field.required("requests_per_day", requests_per_day, "requests of one active account per day, mean over all", more_than(0.0));
  field("zipf", zipf, "exponent of the activity of tenants by rank; 0: all alike", between(0.0, 5.0));
  field(
      "cv", cv,
      "burstiness: standard deviation over mean of the gaps of one tenant (gamma); 1 is Poisson; a distribution: drawn once per "
      "tenant",
      between(least_cv, most_cv));
  field("priority_share", priority_share,
        "share of tenants, whatever their activity, whose requests have priority 0; the others have 1. Without it all have 0",
        between(0.0, 1.0));
  field("tiers", tiers, "several tiers instead: each tenant is in one of them, always the same");
  field("deadline", deadline, "within which a request should be done (metric `late`); jobs of the night have one",
        more_than(0.0));
  field("shape", shape, "how the requests are spread over time; without it evenly");
  field("growth", growth, "accounts that change over the run, in phases, instead of one number; requests_per_day of each stays");
  field("inactivity", inactivity, "accounts that make no requests for a time, or never again; without it all are active");
}

FieldProblems Artists::Options::problems() const {
  FieldProblems problems;
  if (accounts.has_value() == growth.has_value())
    problems.emplace_back("accounts", "give exactly one of accounts and growth: how many tenants there are");
  if (growth && growth->empty()) problems.emplace_back("growth", "is empty; it has at least one phase");
  if (growth && !is_poisson())
    problems.emplace_back("growth", "is for tenants without bursts of their own; leave cv out or set it to 1");
  if (inactivity) std::ranges::copy(inactivity->problems(), std::back_inserter(problems));
  if (!is_poisson() && accounts > most_bursty_accounts) {
    problems.emplace_back(
        "accounts", "is more than 1,000,000, the most for which each tenant has bursts of its own; leave cv out or set it to 1");
  }
  double total = 0.0;
  for (const TierOptions& tier : tiers) total += tier.share.value;
  if (!tiers.empty() && std::abs(total - 1.0) > 1e-9)
    problems.emplace_back("tiers", "have shares that make " + to_text(std::round(total * 1e9) / 1e9, Dimension::ratio) +
                                       " together; they must make 100 %");
  if (!tiers.empty() && priority_share) problems.emplace_back("priority_share", "is a tier of its own; write it among the tiers");
  if (shape) std::ranges::copy(shape->problems(), std::back_inserter(problems));
  return problems;
}

Artists::Tenants Artists::make_tenants(const Options& options, const Context& context) {
  const auto tenants = static_cast<std::uint64_t>(options.accounts_at(0.0));
  const std::string name = "workloads/" + context.name + "/";
  RandomStream times = context.streams->named(name + "interarrival");
  RandomStream who = context.streams->named(name + "subject");
  if (options.is_poisson()) return PoissonTenants{tenants, options.zipf, times, who};
  const std::uint64_t bursty = std::min<std::uint64_t>(tenants, most_bursty_accounts);  // more are a problem of the run
  return BurstyTenants{bursty, options.zipf, options.cv.value, context.streams->key_of(name + "cv"), times};
}

Artists::Artists(const Options& options, const Context& context)
    : options_{options.at_load(context.load)},
      end_{to_seconds(context.end)},
      tier_key_{hash_text("workloads/" + context.name + "/tier")},  // the same tenants in every run
      tenants_{make_tenants(options_, context)},
      clock_{make_clock(options_, context)},
      journeys_{context.journeys, context.streams->named("workloads/" + context.name + "/journey")} {
  if (options.inactivity)
    activity_.emplace(*options.inactivity, context.streams->key_of("workloads/" + context.name + "/activity"));
  measure_rates();
}

RateClock Artists::make_clock(const Options& options, const Context& context) {
  if (!options.shape || !options.shape->bursts) return RateClock{make_profile(options, nullptr)};
  const RandomStream bursts = context.streams->named("workloads/" + context.name + "/bursts");
  return RateClock{make_profile(options, &bursts)};
}

std::unique_ptr<RateProfile> product(std::unique_ptr<RateProfile> rate, std::unique_ptr<RateProfile> factor) {
  std::vector<std::unique_ptr<RateProfile>> factors;
  factors.push_back(std::move(rate));
  factors.push_back(std::move(factor));
  return std::make_unique<ProductRate>(std::move(factors));
}

// As if all were active.
std::unique_ptr<RateProfile> Artists::make_profile(const Options& options, const RandomStream* bursts) {
  auto rate = options.shape.value_or(LoadShape{}).profile(options.mean_rate(), bursts);
  if (!options.growth) return rate;
  return product(std::move(rate), factor_curve(account_curve(*options.growth)));
}

void Artists::measure_rates() {
  mean_rate_ = peak_rate_ = options_.mean_rate() * (activity_ ? activity_->share_at(0.0) : 1.0);
  if (end_ > 0.0 && !flat()) {
    auto rate = make_profile(options_, nullptr);
    if (activity_) rate = product(std::move(rate), factor_curve(activity_->share_curve()));
    const RateSummary summary = summarize(*rate, end_);
    mean_rate_ = summary.expected / end_;
    peak_rate_ = summary.peak;
  }
  if (options_.shape) peak_rate_ *= options_.shape->burst_peak();
}

double Artists::users() const {
  if (options_.growth) return end_ > 0.0 ? mean_accounts(*options_.growth, end_) : 0.0;
  return options_.accounts_at(0.0);
}

std::vector<Phase> Artists::phases() const { return options_.growth ? phases_of(*options_.growth, end_) : std::vector<Phase>{}; }

FieldProblems Artists::problems() const {
  if (!options_.is_poisson() && options_.accounts > most_bursty_accounts)
    return {{"accounts", "times the load of the scenario is more than 1,000,000, the most for which each tenant has bursts of its own"}};
  if (!options_.growth) return {};
  constexpr double for_ever = 1e9;  // seconds
  return unreached("growth", phases_of(*options_.growth, for_ever), at_seconds(end_));
}

std::uint8_t Artists::priority_of(std::uint64_t tenant) const {
  const double place = to_unit(mix(tier_key_, tenant));
  if (!options_.tiers.empty()) {
    double end = 0.0;
    for (const TierOptions& tier : options_.tiers) {
      if (place < (end += tier.share.value)) return static_cast<std::uint8_t>(tier.priority);
    }
    return static_cast<std::uint8_t>(options_.tiers.back().priority);
  }
  if (!options_.priority_share) return 0;
  return place < options_.priority_share->value ? 0 : 1;
}

std::size_t Artists::next(std::span<Arrival> batch) {
  std::size_t filled = 0;
  while (filled < batch.size() && !over_) {
    const double time = clock_.time_of(std::visit([](auto& tenants) { return tenants.next(); }, tenants_));
    if (!(time < end_)) {
      over_ = true;
      break;
    }
    const auto accounts = static_cast<std::uint64_t>(options_.accounts_at(time));
    const std::uint64_t tenant = std::visit([&](auto& tenants) { return tenants.who(accounts); }, tenants_);
    if (activity_ && !activity_->active(tenant, time)) continue;
    batch[filled++] = {.at = at_seconds(time), .journey = journeys_.next(), .priority = priority_of(tenant), .subject = tenant};
  }
  return filled;
}

const bool offered = offer<Workload, Artists>("artists", "tenants with skewed, bursty activity and a priority tier");

}  // namespace
}  // namespace headroom
