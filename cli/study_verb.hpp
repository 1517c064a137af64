// What run and compare share: simulate the chosen variants in processes of their own, judge, report, and end with the right code.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cli/command_line.hpp"
#include "cli/engine_options.hpp"
#include "scenarios/reader.hpp"
#include "sim/core/units.hpp"
#include "sim/experiment/stored_study.hpp"

namespace headroom::cli {

// How to run and where to put it; see add_study_options for what each means.
struct StudyArguments {
  std::string verb;
  std::string variant;  // the one that was asked for; empty: the base, or all
  std::vector<std::string> others;  // scenario files that stand beside the first one in a comparison
  std::string output;   // empty: out/<name of the scenario>
  // As they were given, for the commands that are suggested; empty where they were not. read_options() is what they do.
  std::vector<std::string> settings;
  std::string seed, replications;
  std::vector<std::string> policies, at;  // of a tournament
  std::string policy_options;             // of a tournament: JSON
  std::string run_time, run_memory;
  unsigned workers = 0;
  RunLimits limits;
  Shard shard;
  EngineOptions engine;
  bool resume = false;
  bool inconclusive_passes = false;
  bool keep_going = false;
  bool json = false;
  bool quiet = false;
  bool no_color = false;
};

void add_study_options(boost::program_options::options_description& options);
// How results are judged and shown; those of every verb that ends with a report.
void add_result_options(boost::program_options::options_description& options);
// --seed, --replications, --workers, --run-time and --run-memory: of every verb that simulates.
void add_run_options(boost::program_options::options_description& options);
// These throw UsageError. The limit that an option sets is above 0,
// in the base unit of `dimension`; without the option 0.
double limit_from(const CommandLine& line, const std::string& option, Dimension dimension);
// When --max-runtime from now will be over, at most some thirty years ahead; none without the option.
std::optional<std::chrono::steady_clock::time_point> stop_time_from(const CommandLine& line);
void read_run_options(const CommandLine& line, StudyArguments& arguments);
void read_result_options(const CommandLine& line, StudyArguments& arguments);
std::string output_folder(const CommandLine& line);
StudyArguments study_arguments(const std::string& verb, const CommandLine& line);

// `file` holds only the variants to simulate. Returns the exit code.
int simulate_and_report(const StudyArguments& arguments, ScenarioFile file);

}  // namespace headroom::cli
