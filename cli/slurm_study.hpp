// A study whose shards are the tasks of an array job of Slurm: submitted, watched, submitted again when they are lost, merged.
//
// DIR/shards has the stores and logs of the shards. What a shard has done is what its store says; Slurm is only asked whether
// somebody is still at work on it.
#pragma once

#include <string>

#include "cli/study_verb.hpp"

namespace headroom::cli {

// DIR/shards
std::string shards_folder(const std::string& folder);

struct SlurmOutcome {
  Study study;
  bool all_ended = true;  // false: DIR/shards may still be written
};

// Ends when every shard has, or on an interruption, which cancels the job. What there is of the runs is in the folder's
// results.sqlite then, but for shards whose store cannot be read or may still be written; if that are all, a former one is left
// as it is. Throws UsageError if nothing could be submitted, which leaves former results as they are; OutputError if the shards
// cannot be joined.
SlurmOutcome simulate_on_slurm(const StudyArguments& arguments, const ScenarioFile& file, const std::string& folder);

}  // namespace headroom::cli
