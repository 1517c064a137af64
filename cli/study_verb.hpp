// What run and compare share: simulate the chosen variants in processes of their own, judge, report, and end with the right code.
#pragma once

#include <string>

#include "cli/command_line.hpp"
#include "scenarios/reader.hpp"

namespace headroom::cli {

void add_study_options(boost::program_options::options_description& options);

// `file` holds only the variants to simulate. Returns the exit code.
int simulate_and_report(const std::string& verb, const CommandLine& line, ScenarioFile file);

}  // namespace headroom::cli
