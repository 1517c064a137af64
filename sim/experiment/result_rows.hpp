// The rows of one result in a store: its series, histograms, books and critical paths.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/experiment/sqlite_database.hpp"
#include "sim/measure/run_result.hpp"

namespace headroom {

// Numbers as a JSON array that gives their bits back; one that is not a number as null.
std::string json_array(const std::vector<double>& numbers);

// Its statements are prepared once. `database` must outlive it.
class ResultRows {
 public:
  explicit ResultRows(const SqliteDatabase& database) : database_{&database} {}
  // `run`: runs.id. Within a transaction of the caller. Throws StoreError.
  void write(std::int64_t run, const RunResult& result);

 private:
  void write_metric(std::int64_t run, const Series& series, std::size_t windows);
  void write_books(std::int64_t run, const RunResult& result);
  void write_paths(std::int64_t run, const RunResult& result);

  const SqliteDatabase* database_;
  std::string windows_, slices_;  // keep their memory
  SqliteStatement metric_ = database_->prepare(
      "INSERT INTO metrics(run, metric, labels, kind, window_values, slice_buckets) VALUES (?, ?, ?, ?, ?, ?)");
  SqliteStatement phase_ = database_->prepare("INSERT INTO phases VALUES (?, ?, ?, ?, ?)");
  SqliteStatement entry_ = database_->prepare("INSERT INTO ledger VALUES (?, ?, ?, ?, ?)");
  SqliteStatement failure_ = database_->prepare("INSERT INTO ledger_failures VALUES (?, ?, ?, ?)");
  SqliteStatement path_ = database_->prepare("INSERT INTO critical_paths VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  SqliteStatement note_ = database_->prepare("INSERT INTO notes VALUES (?, ?, ?, ?)");
};

}  // namespace headroom
