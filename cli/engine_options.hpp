// Where the runs of a study are made: here, in an array job of Slurm, or in an Indexed Job of Kubernetes.
#pragma once

#include <string>
#include <vector>

#include "cli/command_line.hpp"

namespace headroom::cli {

enum class Engine { local, slurm, kubernetes };

struct EngineOptions {
  Engine where = Engine::local;
  unsigned shards = 1;
  std::string slurm_options;  // as they were given
  std::string image;
  std::string volume_claim;
  std::string scenario_in_pod;  // empty: the manifest brings the files
};

void add_engine_options(boost::program_options::options_description& options);
// Throws UsageError for an option that is missing or belongs to another engine.
EngineOptions engine_options(const CommandLine& line);

// The words of --slurm-options, as a shell would read them. Throws UsageError for those that are not the user's to give.
std::vector<std::string> slurm_words(const std::string& options);

}  // namespace headroom::cli
