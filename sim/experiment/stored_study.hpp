// What a result store says of the study its runs belong to: enough to know whether a run still belongs to it, to run one again,
// and to report on it where the scenario's files are not.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/experiment/study.hpp"

namespace headroom {

class SqliteDatabase;

// Raised whenever the same scenario and seed give other results; the reason stands in the CHANGELOG under *Changed results*.
inline constexpr int result_version = 1;

struct StoredInput {
  std::string path;                    // as named in the scenario
  std::string place;                   // absolute, where it was read
  std::string sha256;                  // hexadecimal
  std::optional<std::string> content;  // left out of large files
};

struct StoredVariant {
  std::string name;
  std::string scenario;                                       // everything that was set, merged, as JSON
  std::vector<std::pair<std::string, std::string>> settings;  // pointer, value: everything in force, defaults included
};

// Part `index` of `count`, from 1. Runs of one variant take about equally long, those of two perhaps not: each part has about
// equally many of every variant.
struct Shard {
  unsigned index = 1;
  unsigned count = 1;
  bool operator==(const Shard&) const = default;
};

enum class StudyState {
  running,      // or ended without a word
  interrupted,  // or stopped because a result could not be kept
  failed,       // stopped by a run that failed
  complete,     // nothing is left to be run; some runs may have failed
};

struct StoredStudy {
  std::string name;
  std::string command;         // that makes it again
  std::string engine_version;  // "0.1.0"
  int result_version = headroom::result_version;
  std::string input_hash;  // equal for studies whose runs are interchangeable
  std::uint64_t seed = 0;
  std::uint64_t replications = 0;  // asked of every variant; `sequential`: at least, and once complete those that were made
  bool sequential = false;         // until a value is precise enough
  Shard shard;
  StudyState state = StudyState::running;
  double wall_seconds = 0.0;  // of all that worked on it, added up
  std::string reading;        // how the scenario's files were read, in the words of the program that read them
  std::vector<StoredInput> inputs;
  std::vector<StoredVariant> variants;
};

// Into an empty database, and back. Throw StoreError.
void write_study(const SqliteDatabase& database, const StoredStudy& study);
StoredStudy read_study(const SqliteDatabase& database);
// How far it is: replications, state and time spent.
void update_progress(const SqliteDatabase& database, const StoredStudy& study);
// All of it, its runs excepted.
void replace_study(const SqliteDatabase& database, const StoredStudy& study);

// The runs of a study that is not sequential: replication by replication, so that an interrupted one has seen every variant
// about equally often.
std::vector<RunRequest> planned_runs(std::size_t variants, std::uint64_t replications);
// Those of one part, in the same order.
std::vector<RunRequest> runs_of_shard(std::size_t variants, std::uint64_t replications, const Shard& shard);

}  // namespace headroom
