// Commands to go on with after a study: they ask about the same system, so they carry what was set for it.
#pragma once

#include <string>

#include "cli/study_verb.hpp"
#include "reports/study_report.hpp"

namespace headroom::cli {

// A word as a POSIX shell reads it back, quoted if need be.
std::string shell_word(const std::string& word);

// The command that makes this study again, of everything that its results depend on: "headroom run x.json --variant hpa --seed
// 4".
std::string study_command(const StudyArguments& arguments, const std::string& path);

// The command that goes on with a study that was stopped, without the program's name.
std::string resume_command(const StudyArguments& arguments, const std::string& path);

// One part of the study as a command line: the same for every engine, which only says where it stands.
struct ShardPlace {
  std::string program;
  std::string folder;   // of the shards' stores
  std::string index;    // of the shard, from 1, as the shell of the engine's task writes it: "$SLURM_ARRAY_TASK_ID"
  std::string workers;  // likewise
};
std::string shard_command(const StudyArguments& arguments, const std::string& path, const ShardPlace& place);

// Three lines that can be pasted: the arithmetic, the other verb, and this study with twice the runs, or the rest of it.
std::string next_commands(const StudyArguments& arguments, const StudyReport& report);

}  // namespace headroom::cli
