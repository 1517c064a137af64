// Users: sessions that begin as a load test says, at a rate, or over the day; or a closed population that asks again after every
// answer.
//
// Source: phases as in Artillery (arrivalRate, rampTo, arrivalCount, pause); Schroeder, Wierman, Harchol-Balter, "Open versus
// closed", NSDI'06. Differs: sessions are a Poisson process by default, where Artillery spaces them evenly (`arrivals`: "even").
#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <utility>

#include "models/arrivals/arrival_process.hpp"
#include "models/workloads/growth.hpp"
#include "models/workloads/journeys.hpp"
#include "models/workloads/load_shape.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/workload.hpp"

namespace headroom {
namespace {

struct LoadPhase {
  static constexpr std::string_view type_name = "load_phase";
  std::optional<std::string> name;
  std::optional<Duration> duration;
  std::optional<PerSecond> arrival_rate;
  std::optional<PerSecond> ramp_to;
  std::optional<std::int64_t> arrival_count;
  std::optional<Duration> pause;

  void describe(Fields& field) {
    field("name", name, "for conditions `during NAME`; otherwise \"phase 1\", \"phase 2\", …");
    field("duration", duration, "how long the phase lasts", more_than(0.0));
    field("arrival_rate", arrival_rate, "sessions per second at its start", at_least(0.0));
    field("ramp_to", ramp_to, "sessions per second at its end, if it changes; in between the rate is linear", at_least(0.0));
    field("arrival_count", arrival_count, "exactly so many sessions over the phase, instead of a rate", at_least(0.0));
    field("pause", pause, "a phase without sessions, instead of a rate", more_than(0.0));
  }
  double seconds() const { return to_seconds(pause.value_or(duration.value_or(Duration{}))); }
  // Not for a counted phase.
  RatePiece piece(double begin) const {
    const double first = arrival_rate.value_or(PerSecond{}).value;
    return {begin, begin + seconds(), first, ramp_to.value_or(PerSecond{first}).value};
  }
  void scale(double load) {
    if (arrival_rate) arrival_rate->value *= load;
    if (ramp_to) ramp_to->value *= load;
    if (arrival_count && *arrival_count > 0) arrival_count = count_at_load(*arrival_count, load);
  }
  double expected() const { return arrival_count ? static_cast<double>(*arrival_count) : piece(0.0).area(); }
  // The rate, or the mean rate of a counted phase.
  RatePiece mean_piece(double begin) const {
    RatePiece rates = piece(begin);
    if (arrival_count) rates.rate_begin = rates.rate_end = expected() / seconds();
    return rates;
  }
};

class Users final : public Workload {
 public:
  struct Options {
    std::optional<std::vector<LoadPhase>> phases;
    std::optional<PerSecond> rate;
    std::optional<std::int64_t> accounts;
    std::optional<std::vector<GrowthPhase>> growth;
    std::optional<double> sessions_per_day;
    std::optional<std::int64_t> population;
    std::optional<LoadShape> shape;
    Duration ramp_up{};
    double cv = 1.0;
    std::string arrivals = "poisson";

    void describe(Fields& field);
    FieldProblems problems() const;
    Options at_load(double load) const;
    bool even() const { return arrivals == "even"; }
    // With growth of one account.
    double mean_session_rate() const {
      if (rate) return rate->value;
      return static_cast<double>(growth ? 1 : accounts.value_or(0)) * sessions_per_day.value_or(0.0) / 86'400.0;
    }
  };

  Users(const Options& options, const Context& context);
  std::size_t next(std::span<Arrival> batch) override;
  double mean_rate() const override { return mean_rate_; }
  double peak_rate() const override { return peak_rate_; }
  double users() const override;
  bool users_change() const override { return options_.growth.has_value(); }
  double users_at(SimTime time) const override {
    return options_.growth ? accounts_at(*options_.growth, to_seconds(time)) : users();
  }
  double population() const override { return static_cast<double>(options_.population.value_or(0)); }
  bool repeats() const override { return options_.population.has_value(); }
  bool stationary() const override;
  std::vector<Phase> phases() const override;
  FieldProblems problems() const override;

 private:
  std::unique_ptr<ArrivalProcess> make_process(const Context& context) const;
  std::unique_ptr<ArrivalProcess> make_phases(const Context& context) const;
  UnitProcess unit_process(const Context& context, const std::string& name) const;
  void measure_rates();
  std::uint64_t subject(std::uint64_t session, double time);
  std::unique_ptr<RateProfile> rate_profile(const RandomStream* bursts) const;
  std::vector<Phase> all_phases() const;

  Options options_;
  double end_;
  std::unique_ptr<ArrivalProcess> process_;
  JourneyChoice journeys_;
  RandomStream subjects_;
  std::uint64_t sessions_ = 0;
  bool over_ = false;
  double mean_rate_ = 0.0;
  double peak_rate_ = 0.0;
};

void Users::Options::describe(Fields& field) {
  field("phases", phases, "a load test: phases one after the other; no sessions after the last");
  field("rate", rate, "sessions begun per second", more_than(0.0));
  field("accounts", accounts,
        "users; each session belongs to one of them, drawn evenly (without accounts every session is a new user)", at_least(1.0));
  field("growth", growth, "accounts that change over the run, in phases, instead of one number; with sessions_per_day");
  field("sessions_per_day", sessions_per_day, "sessions of one account per day", more_than(0.0));
  field("population", population, "closed: so many users, each begins its journey again when it has ended", at_least(1.0));
  field("shape", shape, "how the sessions are spread over time; without it evenly");
  field("ramp_up", ramp_up, "of a population: the first journeys begin evenly over this span", at_least(0.0));
  field("cv", cv, "standard deviation over mean of the gaps between sessions (gamma); 1 is Poisson", between(0.01, 100.0));
  field.choice("arrivals", arrivals, "\"poisson\": independent users; \"even\": like clockwork", {"poisson", "even"});
}

void check_phase(const LoadPhase& phase, std::size_t index, FieldProblems& problems) {
  const std::string which = phase.name ? "phase \"" + *phase.name + "\" " : "phase " + std::to_string(index + 1) + " ";
  const auto say = [&](const std::string& what) { problems.emplace_back("phases", which + what); };
  const bool rated = phase.arrival_rate || phase.ramp_to;
  if (rated + phase.arrival_count.has_value() + phase.pause.has_value() != 1) {
    say("must have exactly one of arrival_rate (and ramp_to), arrival_count and pause");
  }
  if (phase.pause && phase.duration) say("has a pause and a duration; the pause is its duration");
  if (!phase.pause && !phase.duration) say("has no duration; for example \"duration\": \"2 min\"");
}

FieldProblems Users::Options::problems() const {
  FieldProblems problems;
  const auto say = [&](const char* field, const char* what) { problems.emplace_back(field, what); };
  const bool by_account = (accounts || growth) && !phases && !rate && !population;
  if (phases.has_value() + rate.has_value() + population.has_value() + by_account != 1) {
    say(phases       ? "phases"
        : rate       ? "rate"
        : population ? "population"
                     : "accounts",
        "give exactly one of phases, rate, accounts or growth (with sessions_per_day) and population");
  }
  if (by_account && !sessions_per_day)
    say("sessions_per_day", "is needed with accounts and with growth: sessions of one account per day");
  if (growth && accounts) say("accounts", "growth has accounts of its own; leave accounts out");
  if (growth && !by_account) say("growth", "belongs to sessions_per_day, without phases, rate or population");
  if (growth && growth->empty()) say("growth", "is empty; it has at least one phase");
  if (sessions_per_day && !by_account) say("sessions_per_day", "belongs to accounts without phases, rate or population");
  if (accounts && population) say("accounts", "a population is its own accounts; leave accounts out");
  if (shape && (phases || population)) say("shape", "belongs to accounts or rate; phases and a population have their own course");
  if (shape) std::ranges::copy(shape->problems(), std::back_inserter(problems));
  if (ramp_up > Duration{} && !population) say("ramp_up", "belongs to a population; for phases use ramp_to");
  if (cv != 1.0 && population) say("cv", "belongs to open sessions; a population asks when it has been answered");
  if (cv != 1.0 && even()) say("cv", "even arrivals have no variation; leave cv or \"even\" out");
  if (even() && population) say("arrivals", "belongs to open sessions; a population asks when it has been answered");
  if (phases && phases->empty()) say("phases", "is empty; a load test has at least one phase");
  if (phases) {
    for (std::size_t i = 0; i < phases->size(); ++i) check_phase((*phases)[i], i, problems);
  }
  return problems;
}

Users::Options Users::Options::at_load(double load) const {
  Options scaled = *this;
  if (scaled.rate) scaled.rate->value *= load;
  if (accounts) scaled.accounts = count_at_load(*accounts, load);
  if (population) scaled.population = count_at_load(*population, load);
  if (growth) scaled.growth = headroom::at_load(*growth, load);
  if (phases) {
    for (LoadPhase& phase : *scaled.phases) phase.scale(load);
  }
  return scaled;
}

std::string stream_name(const Workload::Context& context, std::string_view what) {
  return "workloads/" + context.name + "/" + std::string{what};
}

Users::Users(const Options& options, const Context& context)
    : options_{options.at_load(context.load)},
      end_{to_seconds(context.end)},
      process_{make_process(context)},
      journeys_{context.journeys, context.streams->named(stream_name(context, "journey"))},
      subjects_{context.streams->named(stream_name(context, "subject"))} {
  measure_rates();
}

UnitProcess Users::unit_process(const Context& context, const std::string& name) const {
  if (options_.even()) return UnitProcess::even();
  return UnitProcess::gamma(options_.cv, context.streams->named(stream_name(context, name)));
}

std::unique_ptr<ArrivalProcess> Users::make_process(const Context& context) const {
  if (options_.phases) return make_phases(context);
  if (options_.population) {
    // The first member begins at once, the last one gap before the end of the ramp.
    const auto members = static_cast<std::uint64_t>(*options_.population);
    const double gap = to_seconds(options_.ramp_up) / static_cast<double>(members);
    return std::make_unique<CountedArrivals>(-gap / 2.0, to_seconds(options_.ramp_up) - gap / 2.0, members, true, RandomStream{});
  }
  std::optional<RandomStream> bursts;
  if (options_.shape && options_.shape->bursts) bursts = context.streams->named(stream_name(context, "bursts"));
  return std::make_unique<RateArrivals>(rate_profile(bursts ? &*bursts : nullptr), unit_process(context, "interarrival"));
}

std::unique_ptr<RateProfile> Users::rate_profile(const RandomStream* bursts) const {
  auto rate = options_.shape.value_or(LoadShape{}).profile(options_.mean_session_rate(), bursts);
  if (!options_.growth) return rate;
  std::vector<std::unique_ptr<RateProfile>> factors;
  factors.push_back(std::move(rate));
  factors.push_back(factor_curve(account_curve(*options_.growth)));
  return std::make_unique<ProductRate>(std::move(factors));
}

double Users::users() const {
  if (options_.growth) return end_ > 0.0 ? mean_accounts(*options_.growth, end_) : 0.0;
  return static_cast<double>(options_.population.value_or(options_.accounts.value_or(0)));
}

std::unique_ptr<ArrivalProcess> Users::make_phases(const Context& context) const {
  std::vector<std::unique_ptr<ArrivalProcess>> parts;
  double begin = 0.0;
  for (std::size_t i = 0; i < options_.phases->size(); ++i) {
    const LoadPhase& phase = (*options_.phases)[i];
    const std::string name = "interarrival/" + std::to_string(i + 1);
    const double end = begin + phase.seconds();
    if (phase.arrival_count) {
      parts.push_back(std::make_unique<CountedArrivals>(begin, end, static_cast<std::uint64_t>(*phase.arrival_count),
                                                        options_.even(), context.streams->named(stream_name(context, name))));
    } else {
      parts.push_back(std::make_unique<RateArrivals>(std::make_unique<PieceList>(std::vector{phase.piece(begin)}),
                                                     unit_process(context, name)));
    }
    begin = end;
  }
  return std::make_unique<ArrivalSequence>(std::move(parts));
}

void Users::measure_rates() {
  if (options_.population) return;
  if (!options_.phases) {
    const RateSummary summary = summarize(*rate_profile(nullptr), end_);
    // A flat rate is told exactly, not as a quotient of the run's length.
    const bool flat = !options_.growth && (!options_.shape || options_.shape->flat());
    mean_rate_ = flat || end_ <= 0.0 ? options_.mean_session_rate() : summary.expected / end_;
    peak_rate_ = (flat ? mean_rate_ : summary.peak) * options_.shape.value_or(LoadShape{}).burst_peak();
    return;
  }
  double expected = 0.0;
  double begin = 0.0;
  for (const LoadPhase& phase : *options_.phases) {
    PieceList list{{phase.mean_piece(begin)}};
    const RateSummary summary = summarize(list, end_);
    expected += summary.expected;
    peak_rate_ = std::max(peak_rate_, summary.peak);
    begin += phase.seconds();
  }
  mean_rate_ = end_ > 0.0 ? expected / end_ : 0.0;
}

// Phases: only one constant rate over the whole run. A population: when its ramp-up is over within the first tenth of the run.
bool Users::stationary() const {
  if (options_.population) return to_seconds(options_.ramp_up) <= end_ / 10.0;
  if (!options_.phases) return !options_.growth && (!options_.shape || options_.shape->flat());
  const RatePiece first = options_.phases->front().piece(0.0);
  return !options_.phases->front().pause && !options_.phases->front().arrival_count && first.rate_begin == first.rate_end &&
         first.end >= end_;
}

std::vector<Phase> Users::all_phases() const {
  constexpr double for_ever = 1e9;  // seconds
  if (options_.growth) return phases_of(*options_.growth, for_ever);
  std::vector<Phase> spans;
  double begin = 0.0, rate_before = 0.0;
  for (std::size_t i = 0; options_.phases && i < options_.phases->size(); ++i) {
    const LoadPhase& phase = (*options_.phases)[i];
    const double end = begin + phase.seconds();
    const RatePiece rates = phase.mean_piece(begin);
    const bool more = std::max(rates.rate_begin, rates.rate_end) > rate_before;
    spans.push_back({phase.name.value_or("phase " + std::to_string(i + 1)), at_seconds(begin), at_seconds(end), more});
    rate_before = rates.rate_end;
    begin = end;
  }
  return spans;
}

std::vector<Phase> Users::phases() const {
  std::vector<Phase> spans = all_phases();
  const SimTime end = at_seconds(end_);
  std::erase_if(spans, [&](const Phase& phase) { return phase.begin >= end; });
  if (!spans.empty()) spans.back().end = std::min(spans.back().end, end);
  return spans;
}

FieldProblems Users::problems() const { return unreached(options_.growth ? "growth" : "phases", all_phases(), at_seconds(end_)); }

std::uint64_t Users::subject(std::uint64_t session, double time) {
  if (options_.growth) return subjects_.below(static_cast<std::uint64_t>(accounts_at(*options_.growth, time)));
  if (options_.population || !options_.accounts) return session;
  return subjects_.below(static_cast<std::uint64_t>(*options_.accounts));
}

std::size_t Users::next(std::span<Arrival> batch) {
  std::size_t filled = 0;
  std::array<double, 64> instants;
  while (filled < batch.size() && !over_) {
    const auto room = std::span{instants}.first(std::min(instants.size(), batch.size() - filled));
    const std::size_t drawn = process_->next(room);
    const auto end =
        std::find_if(room.begin(), room.begin() + static_cast<std::ptrdiff_t>(drawn), [&](double t) { return t >= end_; });
    over_ = end != room.end();
    std::for_each(room.begin(), end, [&](double time) {
      batch[filled++] = {
          .at = at_seconds(std::max(0.0, time)), .journey = journeys_.next(), .subject = subject(sessions_++, time)};
    });
  }
  return filled;
}

const bool offered =
    offer<Workload, Users>("users", "sessions of users: load-test phases, a rate, over the day, or a closed population");

}  // namespace
}  // namespace headroom
