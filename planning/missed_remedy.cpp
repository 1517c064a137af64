#include "planning/missed_remedy.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "planning/bottleneck.hpp"
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

  void search() {
    int low = 0, high = 1;
    while (!is_enough(high)) {
      if (high >= most_more || trials_.stopped() != Trials::Stop::none) return;
      low = high;
      high *= 2;
    }
    while (high - low > 1) {
      const int middle = low + (high - low) / 2;
      (is_enough(middle) ? high : low) = middle;
    }
    found_.then = remedy_with(trials_, station_, high);
  }

  bool is_enough(int more) {
    const std::optional<Remedy> remedy = remedy_with(trials_, station_, more);
    if (!remedy || trials_.stopped() != Trials::Stop::none) return false;
    if (question_.note) question_.note(remedy->what);
    Candidate candidate{remedy->what, {at_load()}};
    candidate.set.insert(candidate.set.end(), remedy->set.begin(), remedy->set.end());
    found_.most_tried = std::max(found_.most_tried, more);
    try {
      const Trial trial = trials_.run_until_conclusive(candidate, 0, question_.replications, question_.at_most);
      return trial.replications > 1 && trial.failed.empty() && trial.verdicts[objective_].outcome == Outcome::pass;
    } catch (const ScenarioError&) {
      return false;  // so many are not allowed
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
