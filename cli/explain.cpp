// headroom explain: demand against capacity of every station, by arithmetic.
#include "scenarios/explain.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/exit_code.hpp"
#include "cli/output.hpp"
#include "cli/scenario_arguments.hpp"
#include "cli/text_table.hpp"
#include "cli/verb.hpp"
#include "reports/display.hpp"
#include "reports/text_layout.hpp"
#include "scenarios/builder.hpp"

namespace headroom::cli {
namespace {

std::string rate(double per_second) { return display(per_second, Dimension::rate); }
std::string share(double ratio) { return display(ratio, Dimension::ratio); }

std::string wait_of(const StationLoad& load) {
  constexpr double nothing = 1e-9;  // less than a nanosecond is no wait
  if (load.mean_wait_seconds) return display(*load.mean_wait_seconds < nothing ? 0.0 : *load.mean_wait_seconds, Dimension::time);
  return load.utilization >= 1.0 ? "grows" : "-";
}

bool any_grows(const Explanation& explanation) {
  const auto grows = [](const StationLoad& load) { return load.capacity_at_limit > load.capacity; };
  return std::any_of(explanation.stations.begin(), explanation.stations.end(), grows);
}

bool any_peaks(const Explanation& explanation) {
  const auto peaks = [](const StationLoad& load) { return load.peak_demand > load.demand * (1.0 + 1e-9); };
  return std::any_of(explanation.stations.begin(), explanation.stations.end(), peaks);
}

// Columns that would repeat others are left out: a terminal has 80.
std::string table_of(const Explanation& explanation) {
  const bool with_peak = any_peaks(explanation), with_limit = any_grows(explanation);
  std::vector<std::vector<std::string>> rows{{"station", "resource", "demand", "capacity", "used"}};
  if (with_peak) rows.front().insert(rows.front().end(), {"at peak"});
  if (with_limit) rows.front().insert(rows.front().end(), {"scaled out", "then used"});
  rows.front().insert(rows.front().end(), {"per visit", "mean wait"});
  for (const StationLoad& load : explanation.stations) {
    std::vector<std::string> row{load.station, load.resource, rate(load.demand), rate(load.capacity), share(load.utilization)};
    if (with_peak) row.push_back(share(load.peak_utilization));
    if (with_limit) {
      row.push_back(rate(load.capacity_at_limit));
      row.push_back(share(load.peak_utilization * load.capacity / load.capacity_at_limit));
    }
    row.push_back(display(load.service_seconds, Dimension::time));
    row.push_back(wait_of(load));
    rows.push_back(std::move(row));
  }
  return text_table(rows, {2, 3, 4, 5, 6, 7, 8, 9});
}

// How much of the demand the capacity covers when it is short, how much of the capacity is used when it is not.
std::string sentence_of(const StationLoad& load) {
  const std::string scaled = load.capacity_at_limit > load.capacity
                                 ? fmt::format("; scaled out to its limit it carries {}", rate(load.capacity_at_limit))
                                 : "";
  const std::string facts =
      fmt::format("{} ({}): demand {}, capacity {}, ", load.station, load.resource, rate(load.demand), rate(load.capacity));
  if (load.utilization > 1.0)
    return fmt::format("first bottleneck: {}{} of the demand{}", facts, share(1.0 / load.utilization), scaled);
  if (load.peak_utilization > 1.0) {
    return fmt::format("first bottleneck: {}{} used, but the peak asks for {}, of which it can serve {}{}", facts,
                       share(load.utilization), rate(load.peak_demand), share(1.0 / load.peak_utilization), scaled);
  }
  return fmt::format("first bottleneck: {}{} used; it is reached at {}x this load", facts, share(load.utilization),
                     number_text(1.0 / std::max(load.utilization, load.peak_utilization)));
}

std::string bottleneck(const Explanation& explanation) {
  if (explanation.stations.empty()) return "nothing in this scenario has a capacity that could be reached";
  return sentence_of(explanation.stations.front());
}

std::string text_of(const NamedScenario& variant, const Explanation& explanation) {
  std::string text = fmt::format("{} ({})  {} journeys, {} at the peak\n\n", variant.scenario.name, variant.name,
                                 rate(explanation.arrivals_per_second), rate(explanation.peak_arrivals_per_second));
  text += table_of(explanation) + "\n";
  for (const std::string& remark : explanation.remarks) text += wrapped("- " + remark, results_width(), 2) + "\n";
  return text + (explanation.remarks.empty() ? "" : "\n") + bottleneck(explanation) + "\n";
}

nlohmann::json json_of(const NamedScenario& variant, const Explanation& explanation) {
  nlohmann::json stations = nlohmann::json::array();
  for (const StationLoad& load : explanation.stations) {
    stations.push_back(
        {{"station", load.station},
         {"resource", load.resource},
         {"demand_per_second", load.demand},
         {"peak_demand_per_second", load.peak_demand},
         {"capacity_per_second", load.capacity},
         {"capacity_scaled_out_per_second", load.capacity_at_limit},
         {"utilization_ratio", load.utilization},
         {"peak_utilization_ratio", load.peak_utilization},
         {"service_seconds", load.service_seconds},
         {"mean_wait_seconds", load.mean_wait_seconds ? nlohmann::json(*load.mean_wait_seconds) : nlohmann::json(nullptr)}});
  }
  return {{"name", variant.scenario.name},
          {"variant", variant.name},
          {"journeys_per_second", explanation.arrivals_per_second},
          {"peak_journeys_per_second", explanation.peak_arrivals_per_second},
          {"stations", std::move(stations)},
          {"remarks", explanation.remarks},
          {"first_bottleneck", bottleneck(explanation)}};
}

int explain_one(const CommandLine& line) {
  const ScenarioFile file = read_scenario(line.only_argument("scenario file"), read_options(line));
  const NamedScenario& variant = file.variants[chosen_variant(line, file)];
  const Explanation explanation = explain(build_blueprint(variant.scenario));
  write_results(line.has("json") ? json_of(variant, explanation).dump(2) + "\n" : text_of(variant, explanation));
  return exit_success;
}

}  // namespace

int explain_verb(const Arguments& arguments) {
  constexpr Usage usage{
      .verb = "explain",
      .arguments = "SCENARIO [options]",
      .purpose =
          "Sets the demand on every station against its capacity, from the traffic equations: mean over the run and\n"
          "peak, most loaded first, the first bottleneck last. Arithmetic only; nothing runs.",
      .examples = "  headroom explain scenarios/monitoring/fleet.json\n"};
  boost::program_options::options_description options = reading_options();
  add_variant_option(options);
  return act_on_command_line(usage, options, arguments, explain_one);
}

}  // namespace headroom::cli
