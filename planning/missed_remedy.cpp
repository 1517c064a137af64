#include "planning/missed_remedy.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "planning/bottleneck.hpp"
#include "planning/fresh_replications.hpp"
#include "scenarios/explain.hpp"
#include "scenarios/scenario_error.hpp"

namespace headroom {
namespace {

constexpr int most_more = 64;

class MissedSearch {
 public:
  MissedSearch(Trials& trials, const TriedLoad& missed, const MissedQuestion& question)
      : trials_{trials}, missed_{missed}, question_{question} {}

  MissedRemedy find() {
    const Verdict* const decides = deciding(missed_);
    if (decides == nullptr || !decides->binding) return {};
    objective_ = static_cast<std::size_t>(decides - missed_.verdicts.data());
    found_.objective = decides->objective.that.text;
    found_.component = at_work_on(decides->binding->parts.front().component);
    if (!find_station()) return std::move(found_);
    found_.has_number = remedy_with(trials_, station_, 1).has_value();
    if (found_.has_number) search();
    return std::move(found_);
  }

 private:
  // Of a queue the service that takes from it: a line has no count.
  std::string at_work_on(const std::string& component) const {
    constexpr std::string_view queues = "queues/";
    if (!component.starts_with(queues)) return component;
    const NamedScenario present = trials_.read({});
    for (const ServiceSpec& service : present.scenario.services) {
      if (service.consumes && service.consumes->queue.name == component.substr(queues.size())) return "services/" + service.name;
    }
    return component;
  }
  // Of the component's resources the one that is used most.
  bool find_station() {
    const Explanation explanation = explain(trials_.blueprint({"", {at_load()}}));
    const StationLoad* most = nullptr;
    for (const StationLoad& one : explanation.stations) {
      if (one.station != found_.component) continue;
      if (most == nullptr || scaled_out_utilization(one) > scaled_out_utilization(*most)) most = &one;
    }
    if (most != nullptr) station_ = {most->station, most->resource, missed_.load, 1.0};
    return most != nullptr;
  }

  enum class Answer { enough, not_enough, unclear, refused, cut_short };

  void search() {
    int least = 1;
    while (const std::optional<int> count = least_from(least)) {
      const Answer fresh = ask(*count, first_fresh_replication);
      if (fresh == Answer::enough || fresh == Answer::cut_short) {
        found_.then = remedy_with(trials_, station_, *count);
        return;
      }
      least = *count + 1;
    }
  }

  // Upward by steps that double, then halved; none: none is enough, or it is not known.
  std::optional<int> least_from(int least) {
    int low = least - 1, high = least, most = most_more;
    for (int step = 1; high <= most; step *= 2) {
      const Answer answer = ask(high, 0);
      if (answer == Answer::enough) return halved(low, high);
      if (answer == Answer::cut_short) return std::nullopt;
      if (answer == Answer::refused) {
        most = high - 1;
        high = low + (most - low + 1) / 2;
        if (high == low) return std::nullopt;
      } else {
        low = high;
        if (high == most) return std::nullopt;
        high = std::min(most, high + step);
      }
    }
    return std::nullopt;
  }

  int halved(int low, int high) {
    while (high - low > 1) {
      const int middle = low + (high - low) / 2;
      const Answer answer = ask(middle, 0);
      if (answer == Answer::cut_short) return high;
      (answer == Answer::enough ? high : low) = middle;
    }
    found_.is_least = found_.unclear != low || low == 0;
    return high;
  }

  Answer ask(int more, std::uint64_t first) {
    const std::optional<Remedy> remedy = remedy_with(trials_, station_, more);
    if (!remedy || trials_.stopped() != Trials::Stop::none) return Answer::cut_short;
    if (question_.note) question_.note(remedy->what + (first > 0 ? " once more" : ""));
    Candidate candidate{remedy->what, {at_load()}};
    candidate.set.insert(candidate.set.end(), remedy->set.begin(), remedy->set.end());
    try {
      const Trial trial = simulated(candidate, first);
      const Answer answer = answer_of(trial);
      if (answer == Answer::enough && first > 0) found_.verified_by = trial.replications;
      if (answer == Answer::enough) note_others(trial);
      if (answer == Answer::not_enough) found_.not_enough = std::max(found_.not_enough, more);
      if (answer == Answer::unclear) found_.unclear = std::max(found_.unclear, more);
      return answer;
    } catch (const ScenarioError&) {
      found_.refused = found_.refused == 0 ? more : std::min(found_.refused, more);
      return Answer::refused;
    }
  }

  // Until the one objective is clear, whatever the others are.
  Trial simulated(const Candidate& candidate, std::uint64_t first) {
    Trial trial = trials_.run_until_conclusive(candidate, first, question_.replications, question_.at_most);
    while (outcome_of(trial) == Outcome::inconclusive && trial.failed.empty() && trial.replications < question_.at_most &&
           trials_.stopped() == Trials::Stop::none) {
      const std::uint64_t made = trial.replications + std::max<std::uint64_t>(1, (trial.replications + 3) / 4);
      trial = trials_.run(candidate, first, std::min(made, question_.at_most));
    }
    return trial;
  }

  // Of the objective. One run has no interval.
  Outcome outcome_of(const Trial& trial) const {
    return trial.replications < 2 || !trial.failed.empty() ? Outcome::inconclusive : trial.verdicts[objective_].outcome;
  }

  Answer answer_of(const Trial& trial) const {
    switch (outcome_of(trial)) {
      case Outcome::pass: return Answer::enough;
      case Outcome::fail: return Answer::not_enough;
      case Outcome::inconclusive: break;
    }
    const bool is_cut_short = trial.failed.empty() && trials_.stopped() != Trials::Stop::none;
    return is_cut_short ? Answer::cut_short : Answer::unclear;
  }

  void note_others(const Trial& trial) {
    found_.other.clear();
    for (const Verdict& verdict : trial.verdicts) {
      if (verdict.objective.severity == "required" && verdict.outcome == Outcome::fail)
        found_.other.push_back(verdict.objective.that.text);
    }
  }

  SettingChange at_load() const { return {"/load", fmt::format("{}", missed_.load)}; }

  Trials& trials_;
  const TriedLoad& missed_;
  const MissedQuestion& question_;
  std::size_t objective_ = 0;
  RemedyQuestion station_;
  MissedRemedy found_;
};

}  // namespace

MissedRemedy remedy_of_missed(Trials& trials, const TriedLoad& missed, const MissedQuestion& question) {
  return MissedSearch{trials, missed, question}.find();
}

}  // namespace headroom
