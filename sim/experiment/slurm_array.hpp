// Array jobs of Slurm through its commands sbatch, squeue, scontrol and scancel, which behave alike in every version since 20.02
// and need no accounting.
//
// Source: man pages of Slurm 22.05 (sbatch, squeue: JOB STATE CODES, scancel).
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/experiment/command_output.hpp"

namespace headroom {

// Slurm does not take a job, or is not there. The message says what it said and what to do.
struct SlurmError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct SlurmArray {
  std::string name;
  std::vector<unsigned> tasks;        // their numbers; the command finds its own in SLURM_ARRAY_TASK_ID
  std::string command;                // for /bin/sh; runs in the present working folder
  std::string log;                    // a path, with %a for the number of the task and %% for a %; appended to
  std::vector<std::string> defaults;  // options of sbatch that `options` may override
  std::vector<std::string> options;   // as the user gave them
  bool held = false;                  // nothing starts before release()
};

// The number of the job. Throws SlurmError.
std::uint64_t submit(const SlurmArray& array);
void release(std::uint64_t job);

enum class SlurmTaskState { waiting, running, ended };

struct SlurmTask {
  std::uint64_t job = 0;
  unsigned number = 0;  // within its array
  SlurmTaskState state = SlurmTaskState::waiting;
  std::string word;    // Slurm's: "CANCELLED"
  std::string reason;  // Slurm's, of one that waits: "Resources"
  int exit_code = 0;   // of one that ended by itself; 128 + signal if it was killed
};

// The tasks of these jobs as Slurm knows them; it forgets some minutes after they ended (MinJobAge). None if Slurm does not
// answer, or cannot be asked, which passes.
std::optional<std::vector<SlurmTask>> tasks_of(const std::vector<std::uint64_t>& jobs, const CommandPatience& patience = {});

// Ends what is left of them. What stands against it, if anything.
std::string cancel(const std::vector<std::uint64_t>& jobs, const CommandPatience& patience = {});

}  // namespace headroom
