// The shards of a study as tasks of array jobs: which of them Slurm has, and how they are handed over to it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/shard_stores.hpp"
#include "cli/study_verb.hpp"

namespace headroom::cli {

struct SlurmShard {
  unsigned number = 0;
  std::size_t ended = 0;                // runs
  std::size_t ended_at_submission = 0;  // likewise
  unsigned losses_in_vain = 0;          // in a row
  std::uint64_t job = 0;                // 0: not with Slurm
  bool runs_now = false;
  bool to_submit = false;
  std::filesystem::file_time_type store_time;  // when its store was looked at last
};

class SlurmShards {
 public:
  SlurmShards(const StudyArguments& arguments, const ScenarioFile& file, const std::string& folder);

  // Stores are made, or gone on with, and what is not complete is submitted: nothing of a former study is touched if that is
  // refused. Returns the job's number, 0 if nothing is left to do. Throws UsageError.
  std::uint64_t begin();
  // Those that are marked, as one job; 0 if none is. Throws SlurmError.
  std::uint64_t submit_marked() { return submit(false); }

  std::vector<SlurmShard>& all() { return all_; }
  const ShardStores& stores() const { return stores_; }
  const std::string& folder() const { return folder_; }
  std::vector<std::uint64_t> jobs() const;  // that have a shard
  std::size_t runs() const;                 // of the whole study
  std::size_t variants() const { return study_.variants.size(); }

 private:
  std::uint64_t submit(bool held);
  std::uint64_t submit_first();

  const StudyArguments& arguments_;
  const std::string path_, folder_;
  const StoredStudy study_;
  const ShardStores stores_;
  std::vector<SlurmShard> all_;
};

}  // namespace headroom::cli
