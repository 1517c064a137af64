// ResultStore: results.sqlite, the runs of one study, each kept as soon as it has ended.
//
// A run is one transaction: a process that is killed, or a disk that is full, loses what was being written and nothing before it;
// a power failure at most the first second of a new study.
// The result itself is kept as MessagePack and comes back bit for bit; beside it stand tables of its series and histograms for
// notebooks and other tools (README.md has the schema). A store has one writer at a time and any number of readers.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/experiment/sqlite_database.hpp"
#include "sim/experiment/stored_study.hpp"

namespace headroom {

// A run as a store lists it.
struct StoredRun {
  RunRequest request;
  std::uint64_t seed = 0;
  int exit_code = 0;  // 0: it completed and there is a result
  std::string message;
  double wall_seconds = 0.0;
  std::uint64_t events = 0;
};

class ResultStore {
 public:
  enum class Access { read, write };

  // Begins a study of no runs. The file appears whole, in the place of any store that was there. Throws StoreError, also if
  // another process is writing that one.
  static ResultStore create(const std::string& path, const StoredStudy& study);
  // Throws StoreError if it cannot be opened, is no store, is of a schema of another version, or (to write) has a writer already.
  static ResultStore open(const std::string& path, Access access);

  ResultStore(ResultStore&&) noexcept;
  ResultStore& operator=(ResultStore&&) noexcept;
  ~ResultStore();

  const std::string& path() const;
  const StoredStudy& study() const { return study_; }
  // Goes on with a study whose runs are interchangeable with those that are there: keeps this description of it, and the time
  // spent.
  void go_on_with(StoredStudy study);
  // How far it is. `replications`: as of StoredStudy.
  void settle(StudyState state, std::uint64_t replications, double more_wall_seconds);

  // By replication, then variant.
  std::vector<StoredRun> runs() const;
  // As it was kept; nothing unless it completed.
  std::optional<std::vector<std::uint8_t>> result_bytes(const RunRequest& request) const;
  std::optional<RunResult> result(const RunRequest& request) const;
  // One transaction. Takes the place of a run that failed; one that completed stays.
  void put(const EndedRun& run);

 private:
  struct Open;
  ResultStore(std::unique_ptr<Open> open, StoredStudy study);
  void choose_how_to_commit();

  std::unique_ptr<Open> open_;
  StoredStudy study_;
};

// Same result but for the time and memory it took.
bool same_result(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b);

}  // namespace headroom
