#include "planning/growth.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "planning/bottleneck.hpp"
#include "planning/plan_error.hpp"
#include "planning/workload_users.hpp"

namespace headroom {
namespace {

std::vector<SettingChange> at_load(double load) { return {{"/load", fmt::format("{}", load)}}; }

class GrowthSearch {
 public:
  GrowthSearch(Trials& trials, const GrowthQuestion& question);
  GrowthPlan plan();

 private:
  void compute_months();
  void find_what_runs_out();
  std::optional<double> load_at_which(std::size_t station, std::size_t month) const;
  void find_remedies();
  void find_remedy_of_missed();
  Interval added_cost(std::size_t month, const Remedy& remedy);
  void simulate_months();
  Outcome outcome_of(std::size_t rank);
  std::size_t first_rank(Outcome least_bad, std::size_t from);
  void judge_months();
  const TriedLoad* tried_at(std::size_t rank) const;
  std::size_t first_gap(std::size_t doubtful, std::size_t failing) const;

  Trials& trials_;
  const GrowthQuestion& question_;
  GrowthPlan plan_;
  std::vector<std::size_t> by_load_;  // months in order of load; a rank is a place in it
  bool cut_short_ = false;            // an outcome was asked for after the trials had been stopped
};

GrowthSearch::GrowthSearch(Trials& trials, const GrowthQuestion& question) : trials_{trials}, question_{question} {
  plan_.scenario = trials.read({});
  plan_.target = question.target;
  plan_.at_most = question.at_most;
  const Scenario& scenario = plan_.scenario.scenario;
  const std::optional<GrowthSpec>& growth = question.forecast ? question.forecast : scenario.growth;
  if (!growth)
    throw PlanError{
        "the scenario does not say how users become more; write --monthly \"20 %\" --months 24, or in the scenario "
        "\"growth\": {\"users_by_month\": [1000, 1500]}"};
  const auto is_required = [](const ObjectiveSpec& objective) { return objective.severity == "required"; };
  if (std::ranges::none_of(scenario.objectives, is_required))
    throw PlanError{
        "the scenario has no required objective that could be missed; write \"objectives\": [\"p(95) latency < 300 ms\"]"};
  const double present = users_of(trials.blueprint({"", at_load(1.0)}));
  plan_.users_are_known = present > 0.0;
  plan_.forecast = forecast_users(*growth, present, scenario.directory);
  plan_.users_at_load_1 = present > 0.0 ? present : plan_.forecast.months.front().users;
}

void GrowthSearch::compute_months() {
  for (const UserForecast::Month& month : plan_.forecast.months) {
    PlannedMonth planned{.forecast = month, .load = month.users / plan_.users_at_load_1, .used = {}, .asked = {}, .tried = {}};
    const Explanation explanation = explain(trials_.blueprint({"", at_load(planned.load)}));
    if (plan_.months.empty()) plan_.stations = explanation.stations;
    for (const StationLoad& station : plan_.stations) {
      const auto same = std::ranges::find_if(explanation.stations, [&](const StationLoad& other) {
        return other.station == station.station && other.resource == station.resource;
      });
      const bool is_there = same != explanation.stations.end();
      planned.used.push_back(is_there ? scaled_out_utilization(*same) : 0.0);
      planned.asked.push_back(is_there ? mean_utilization_at_limit(*same) : 0.0);
    }
    plan_.months.push_back(std::move(planned));
  }
  for (std::size_t m = 0; m < plan_.months.size(); ++m) by_load_.push_back(m);
  std::ranges::stable_sort(by_load_, {}, [&](std::size_t m) { return plan_.months[m].load; });
}

// Linear between the month and the one before it, as utilization all but is.
std::optional<double> GrowthSearch::load_at_which(std::size_t station, std::size_t month) const {
  const PlannedMonth& after = plan_.months[month];
  if (month == 0) return after.load * plan_.target / after.used[station];
  const PlannedMonth& before = plan_.months[month - 1];
  const double share = (plan_.target - before.used[station]) / (after.used[station] - before.used[station]);
  return before.load + share * (after.load - before.load);
}

void GrowthSearch::find_what_runs_out() {
  for (std::size_t s = 0; s < plan_.stations.size(); ++s) {
    const auto is_out = [&](const PlannedMonth& month) { return month.used[s] > plan_.target * (1.0 + 1e-9); };
    const auto first = std::ranges::find_if(plan_.months, is_out);
    if (first == plan_.months.end()) continue;
    RunningOut out{.station = s, .month = static_cast<std::size_t>(first - plan_.months.begin())};
    out.load = *load_at_which(s, out.month);
    out.users = out.load * plan_.users_at_load_1;
    const auto first_with = [&](double UserForecast::Month::*users) -> std::optional<std::size_t> {
      const auto found =
          std::ranges::find_if(plan_.months, [&](const PlannedMonth& month) { return month.forecast.*users > out.users; });
      return found == plan_.months.end() ? std::nullopt : std::optional{static_cast<std::size_t>(found - plan_.months.begin())};
    };
    out.earliest = first_with(&UserForecast::Month::high);
    out.latest = first_with(&UserForecast::Month::low);
    plan_.running_out.push_back(std::move(out));
  }
  std::ranges::stable_sort(plan_.running_out, {}, [](const RunningOut& out) { return std::pair(out.month, out.load); });
}

void GrowthSearch::find_remedies() {
  const double most = plan_.months[by_load_.back()].load;
  for (RunningOut& out : plan_.running_out) {
    const StationLoad& station = plan_.stations[out.station];
    RemedyQuestion question{station.station, station.resource, plan_.months[out.month].load, plan_.target};
    out.then = smallest_remedy(trials_, question);
    question.load = most;
    if (out.then) out.by_the_end = smallest_remedy(trials_, question);
    if (out.then) out.cost = added_cost(out.month, *out.then);
  }
}

// What runs out by then has its remedy already.
void GrowthSearch::find_remedy_of_missed() {
  if (!plan_.missed || !plan_.months[*plan_.missed].tried) return;
  if (!plan_.running_out.empty() && plan_.running_out.front().month <= *plan_.missed) return;
  const TriedLoad missed = plan_.tried[*plan_.months[*plan_.missed].tried];
  plan_.for_missed = remedy_of_missed(trials_, missed, {question_.replications, question_.at_most, question_.note});
  if (plan_.for_missed->then) plan_.cost_for_missed = added_cost(*plan_.missed, *plan_.for_missed->then);
}

// Paired by replication, in the month in which it is needed: the same bill with and without.
Interval GrowthSearch::added_cost(std::size_t month, const Remedy& remedy) {
  if (trials_.stopped() != Trials::Stop::none) return {};
  if (question_.note) question_.note("what " + remedy.what + " would cost");
  std::vector<Candidate> both{{"as it is", at_load(plan_.months[month].load)}, {"with more", at_load(plan_.months[month].load)}};
  both.back().set.insert(both.back().set.end(), remedy.set.begin(), remedy.set.end());
  const std::vector<Trial> trials = trials_.run(both, 0, question_.replications);
  const auto more = difference_of(trials[1], trials[1].costs, trials[0], trials[0].costs);
  return more ? more->difference : Interval{};
}

const TriedLoad* GrowthSearch::tried_at(std::size_t rank) const {
  const auto known = std::ranges::find(plan_.tried, plan_.months[by_load_[rank]].load, &TriedLoad::load);
  return known == plan_.tried.end() ? nullptr : &*known;
}

// Inconclusive, which ends a search soonest, where it is cut short.
Outcome GrowthSearch::outcome_of(std::size_t rank) {
  if (const TriedLoad* const known = tried_at(rank)) return known->outcome;
  cut_short_ = cut_short_ || trials_.stopped() != Trials::Stop::none;
  if (cut_short_) return Outcome::inconclusive;
  const PlannedMonth& month = plan_.months[by_load_[rank]];
  if (question_.note) question_.note(month.forecast.name);
  const Candidate candidate{month.forecast.name, at_load(month.load)};
  TriedLoad tried = tried_load(month.load, trials_.run_until_conclusive(candidate, 0, question_.replications, question_.at_most));
  if (tried.replications == 0 && tried.incomplete.empty()) {
    cut_short_ = true;
    return Outcome::inconclusive;
  }
  const Outcome outcome = tried.outcome;
  plan_.tried.insert(std::ranges::lower_bound(plan_.tried, tried.load, {}, &TriedLoad::load), std::move(tried));
  return outcome;
}

int badness(Outcome outcome) { return outcome == Outcome::pass ? 0 : outcome == Outcome::inconclusive ? 1 : 2; }

// The first rank from `from` on (whose outcome is known) that is at least so bad, by steps that double from where arithmetic
// expects it, then by halving; as many as there are: none.
std::size_t GrowthSearch::first_rank(Outcome least_bad, std::size_t from) {
  const auto is_bad = [&](std::size_t rank) { return badness(outcome_of(rank)) >= badness(least_bad); };
  const std::size_t count = by_load_.size();
  if (is_bad(from)) return from;
  const auto is_used_up = [&](std::size_t m) {
    return std::ranges::any_of(plan_.months[m].used, [](double share) { return share > 1.0; });
  };
  const auto expected =
      std::ranges::find_if(by_load_.begin() + static_cast<std::ptrdiff_t>(from) + 1, by_load_.end(), is_used_up);
  std::size_t good = from, bad = std::min(count - 1, static_cast<std::size_t>(expected - by_load_.begin()));
  for (std::size_t step = 1; good < bad && !is_bad(bad); step *= 2) {
    good = bad;
    bad = std::min(count - 1, bad + step);
  }
  if (good >= bad) return count;
  while (bad - good > 1) {
    const std::size_t middle = good + (bad - good) / 2;
    (is_bad(middle) ? bad : good) = middle;
  }
  return bad;
}

void GrowthSearch::simulate_months() {
  const std::size_t count = by_load_.size();
  std::size_t doubtful = first_rank(Outcome::inconclusive, 0);
  std::size_t failing = doubtful < count ? first_rank(Outcome::fail, doubtful) : count;
  judge_months();
  if (cut_short_) {
    const auto first_with = [&](Outcome outcome, std::size_t end) {
      std::size_t rank = 0;
      while (rank < end && (tried_at(rank) == nullptr || tried_at(rank)->outcome != outcome)) ++rank;
      return rank;
    };
    failing = first_with(Outcome::fail, count);
    doubtful = first_with(Outcome::inconclusive, failing);
  }
  const auto first_month_from = [&](std::size_t rank) {
    return *std::min_element(by_load_.begin() + static_cast<std::ptrdiff_t>(rank), by_load_.end());
  };
  if (failing < count) plan_.missed = first_month_from(failing);
  if (doubtful < failing) {
    const std::size_t month = first_month_from(doubtful);
    if (!plan_.missed || month < *plan_.missed) plan_.unclear = month;
  }
  if (const std::size_t gap = first_gap(doubtful, failing); cut_short_ && gap < count) plan_.not_reached = first_month_from(gap);
  plan_.outcome = plan_.missed ? Outcome::fail : plan_.unclear || plan_.not_reached ? Outcome::inconclusive : Outcome::pass;
}

// The first rank of which nothing is known below the first that fails: behind the last that holds, if the next that was tried is
// not the next one, or behind the last that was tried. As many as there are: none.
std::size_t GrowthSearch::first_gap(std::size_t doubtful, std::size_t failing) const {
  std::size_t holding = 0, tried = 0;  // ranks up to the last, counted from 1
  for (std::size_t rank = 0; rank < failing; ++rank) {
    if (tried_at(rank) == nullptr) continue;
    tried = rank + 1;
    if (rank < doubtful) holding = rank + 1;
  }
  if (holding < doubtful) return holding;
  return tried < failing ? tried : by_load_.size();
}

void GrowthSearch::judge_months() {
  for (PlannedMonth& month : plan_.months) {
    const auto known = std::ranges::find(plan_.tried, month.load, &TriedLoad::load);
    if (known != plan_.tried.end()) month.tried = static_cast<std::size_t>(known - plan_.tried.begin());
  }
  const auto first_failing = std::ranges::find(plan_.tried, Outcome::fail, &TriedLoad::outcome);
  for (auto one = first_failing; one != plan_.tried.end(); ++one) {
    if (one->outcome == Outcome::pass)
      plan_.surprises.push_back(fmt::format("{:.4g}x holds although {:.4g}x does not", one->load, first_failing->load));
  }
}

GrowthPlan GrowthSearch::plan() {
  compute_months();
  find_what_runs_out();
  simulate_months();
  find_remedies();
  find_remedy_of_missed();
  plan_.stopped = trials_.stopped();
  plan_.runs = trials_.runs_made();
  return std::move(plan_);
}

}  // namespace

bool PlannedMonth::is_overloaded() const {
  return std::ranges::any_of(asked, [](double share) { return share > 1.0; });
}

GrowthPlan plan_growth(Trials& trials, const GrowthQuestion& question) { return GrowthSearch{trials, question}.plan(); }

}  // namespace headroom
