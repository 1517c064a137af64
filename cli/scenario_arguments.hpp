// What every verb that reads one scenario takes: --set, --seed, --replications, --variant.
#pragma once

#include "cli/command_line.hpp"
#include "scenarios/reader.hpp"

namespace headroom::cli {

void add_setting_options(boost::program_options::options_description& options);
// What the verbs take that read scenarios and run nothing: --set and --json.
boost::program_options::options_description reading_options();
void add_variant_option(boost::program_options::options_description& options);

// From --set, --seed and --replications, as far as they were given. Throws UsageError.
ReadOptions read_options(const CommandLine& line);
// The same from the texts of the options.
ReadOptions read_options(const std::vector<std::string>& settings, const std::optional<std::string>& seed,
                         const std::optional<std::string>& replications);

// From --policies SEAM=NAME,NAME (one or more), --at and --options (JSON text). Throws UsageError.
TournamentSpec tournament_from(const std::vector<std::string>& policies, const std::vector<std::string>& at, const std::string& options);

// The index of the variant that --variant names, 0 (the base) without it. Throws UsageError.
std::size_t chosen_variant(const CommandLine& line, const ScenarioFile& file);
// That at least one of several files has a variant of that name (empty: nothing is asked). Throws UsageError.
void expect_variant(const std::string& name, const std::vector<ScenarioFile>& files);

}  // namespace headroom::cli
