// The runs of a study: which there are, how one is made, and the way through a result store.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "cli/command_line.hpp"
#include "cli/study_verb.hpp"
#include "scenarios/reader.hpp"
#include "sim/cluster/simulation.hpp"
#include "sim/experiment/result_store.hpp"

namespace headroom::cli {

// How a run is simulated that has been built; otherwise without a trace.
using SimulateBuilt = std::function<RunResult(const Blueprint&, const RunIdentity&)>;

// Builds every variant now; the function makes one run, in the process that calls it. `file` must outlive it.
std::function<RunResult(const RunRequest&)> run_function(const ScenarioFile& file, SimulateBuilt simulate_built = {});

// By its name: "results.2-of-4.sqlite".
bool is_shard(const std::filesystem::path& path);
// DIR/results.sqlite, or DIR/results.2-of-4.sqlite of a shard.
std::string store_path(const std::string& folder, const Shard& shard);
// The store that an argument names: a file, or the results.sqlite of a folder.
std::string store_named(const std::string& argument);

// Another process is writing the store: nothing was run, and the same command may be taken later.
struct StoreTaken : UsageError {
  using UsageError::UsageError;
};

// Begins the study's store, or goes on with the one that is there if `resume` asks for that. Throws UsageError, and as StoreTaken
// if that is why.
ResultStore open_store(const std::string& path, const StoredStudy& asked, bool resume);

// Runs what is not in the folder's store yet, keeps it there, and says in it how far the study came. Throws UsageError.
Study simulate_all(const StudyArguments& arguments, const ScenarioFile& file, const std::string& folder);

// Runs that nobody could make count as failed, for `why`.
void count_as_failed(const std::vector<RunRequest>& missing, const std::string& why, Study& study);

// The study as far as the store has it. `file`: the store's scenario.
Study stored_study(const ResultStore& store);

}  // namespace headroom::cli
