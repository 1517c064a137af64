// The stores of a study's shards in one folder, as those who run the shards see them: begun, looked at, joined.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/joined_stores.hpp"
#include "sim/experiment/result_store.hpp"

namespace headroom::cli {

struct ShardEnd {
  bool complete = false;                 // every run of it has a result, or, if failed runs are no reason to stop, has ended
  bool run_failed = false;               // a run failed for a reason of its own; it would again
  std::size_t completed = 0, ended = 0;  // runs
};

class ShardStores {
 public:
  ShardStores(std::string folder, StoredStudy study, unsigned count);

  unsigned count() const { return count_; }
  std::string path(unsigned shard) const;
  // `shard`: its number, or what stands for it.
  std::string log(const std::string& shard) const;
  std::size_t runs_of(unsigned shard) const;

  // Throws UsageError if the folder has parts of this study by another count.
  void expect_same_count() const;
  // Throws UsageError.
  void make_folder() const;
  // Each begun anew, so that a shard which reads another input is refused; or, with `resume`, gone on with. What is of another
  // count, and old logs, are removed if they are begun anew. Throws UsageError.
  void begin(bool resume) const;

  // Runs that have ended, while it is being written, as StoreGlance; 0 if the file is as old as `seen`, which becomes its time.
  std::size_t glance(unsigned shard, std::filesystem::file_time_type& seen) const;
  // Once nobody writes it any more.
  ShardEnd end(unsigned shard, bool keep_going) const;
  // Those of `shards`, each once nobody writes it any more; `unreadable` hears of what cannot be read of them. None if that is
  // all. Throws StoreError, UsageError.
  std::optional<ResultStore> join(const std::vector<unsigned>& shards, const std::string& path,
                                  const UnreadableStore& unreadable) const;

 private:
  std::string folder_;
  StoredStudy study_;
  unsigned count_;
};

// The last lines of a log, indented; empty if there is none.
std::string tail_of(const std::string& log);

}  // namespace headroom::cli
