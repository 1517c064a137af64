#include "planning/plan_head.hpp"

#include <nlohmann/json.hpp>

namespace headroom {

nlohmann::json to_json(const PlanHead& head, const NamedScenario& scenario) {
  return {{"kind", head.kind},
          {"scenario", scenario.scenario.name},
          {"variant", scenario.name},
          {"seed", scenario.scenario.seed},
          {"answer", head.answer},
          {"outcome", to_text(head.outcome)},
          {"stopped", to_text(head.stopped)},
          {"runs", head.runs},
          {"remarks", head.remarks}};
}

std::string_view to_text(Trials::Stop stop) {
  return stop == Trials::Stop::interrupted ? "interrupted" : stop == Trials::Stop::out_of_time ? "out of time" : "no";
}

std::string_view stop_words(Trials::Stop stop) {
  return stop == Trials::Stop::interrupted ? "interrupted" : stop == Trials::Stop::out_of_time ? "the time was over" : "";
}

}  // namespace headroom
