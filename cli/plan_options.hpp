// What every kind of plan takes, and how each ends.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "cli/command_line.hpp"
#include "cli/progress.hpp"
#include "planning/trials.hpp"

namespace headroom::cli {

struct PlanArguments {
  TrialSource source;
  StudyOptions study;
  std::uint64_t replications = 0;  // of a trial: the option's, else the scenario's
  std::uint64_t at_most = 40;
  std::optional<std::chrono::steady_clock::time_point> stop_at;
  std::string output;  // empty: nothing is written
  bool json = false;
  bool quiet = false;
  bool no_color = false;
  std::string carried;  // options as they were given, for a suggested command: " --variant hpa --seed 4"
};

// --variant, --set, --seed, --replications, --at-most, --workers, --run-time, --run-memory, --max-runtime, -o, --json, --quiet,
// --no-color.
void add_plan_options(boost::program_options::options_description& options);
// Reads the scenario for it: what is wrong with that, or a variant that is not there, is said now, and so is a folder that cannot
// be written. Throws UsageError or ScenarioError.
PlanArguments plan_arguments(const CommandLine& line);

// The trials of a plan, with a line on a terminal that says what is tried and how far it is.
class PlanTrials {
 public:
  explicit PlanTrials(const PlanArguments& arguments);
  PlanTrials(const PlanTrials&) = delete;
  PlanTrials& operator=(const PlanTrials&) = delete;

  Trials& trials() { return *trials_; }
  // What is tried now, for the line.
  std::function<void(const std::string&)> note();
  void clear() { progress_.clear(); }

 private:
  ProgressLine progress_;
  std::string now_;
  std::unique_ptr<Trials> trials_;
};

// The forms of a plan's result.
struct PlanForms {
  std::string text;                   // for a terminal; the answer last
  nlohmann::json json;                // plan.json
  std::function<std::string()> page;  // report.html
  std::string next;                   // a command to go on with, without the program's name; may be empty
};
// Writes the folder, if one was named, and shows the result. Throws OutputError when the folder could not be written.
void publish_plan(const PlanArguments& arguments, const PlanForms& forms);

// What a search gave, and how it ends.
struct PlanEnd {
  PlanForms forms;
  Outcome outcome = Outcome::inconclusive;
  Trials::Stop stopped = Trials::Stop::none;
  bool incomplete = false;  // a run that the answer rests on did not complete
};
using PlanNote = std::function<void(const std::string&)>;
// Runs a search with the trials that were asked for, shows what it gave and returns the exit code. A PlanError becomes a
// UsageError.
int act_on_search(const PlanArguments& arguments, const std::function<PlanEnd(Trials&, const PlanNote&)>& search);
// Of a search that says something whatever comes out: it is done when it was not stopped.
Outcome outcome_of_done(Trials::Stop stopped);
// The option's number in base units; none if it is not given. Throws UsageError.
std::optional<double> quantity_option(const CommandLine& line, const std::string& option, Dimension dimension);

// How every kind of plan ends: 130 if it was interrupted, else 4 if a run that its answer rests on did not complete, else by the
// outcome.
int exit_code_of(Outcome outcome, Trials::Stop stopped, bool incomplete);

}  // namespace headroom::cli
