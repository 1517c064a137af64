#include "cli/joined_stores.hpp"

#include <set>
#include <utility>

#include <fmt/format.h>

#include "cli/command_line.hpp"
#include "cli/study_record.hpp"

namespace headroom::cli {
namespace {

// The store that is read, not the one that is written.
struct ReadFailure : StoreError {
  using StoreError::StoreError;
};

template <class Read>
auto reading(Read read) {
  try {
    return read();
  } catch (const StoreError& error) {
    throw ReadFailure{error.what()};
  }
}

void copy_run(const ResultStore& from, const StoredRun& run, ResultStore& to) {
  EndedRun ended{run.request, run.exit_code, run.message, run.wall_seconds, nullptr, {}};
  std::optional<std::vector<std::uint8_t>> bytes = reading([&] { return from.result_bytes(run.request); });
  if (!bytes) return to.put(ended);
  const RunResult result = *reading([&] { return from.result(run.request); });
  if (const auto there = to.result_bytes(run.request)) {
    if (same_result(*there, *bytes)) return;
    throw UsageError{
        fmt::format("{} has another result for {}/{} than a store before it: they were made by different programs; run the study "
                    "again with one of them",
                    from.path(), from.study().variants[run.request.variant].name, run.request.replication)};
  }
  ended.result = &result;
  ended.bytes = std::move(*bytes);
  to.put(ended);
}

ResultStore opened(const std::string& path) {
  return reading([&] { return ResultStore::open(path, ResultStore::Access::read); });
}

// Returns the time that was spent on it.
double copy_runs(const std::string& path, ResultStore& to) {
  const ResultStore store = opened(path);
  for (const StoredRun& run : reading([&] { return store.runs(); })) copy_run(store, run, to);
  return store.study().wall_seconds;
}

std::vector<RunRequest> without(std::vector<RunRequest> planned, const std::set<std::pair<std::uint64_t, std::size_t>>& there) {
  std::erase_if(planned, [&](const RunRequest& request) { return there.contains({request.replication, request.variant}); });
  return planned;
}

}  // namespace

void expect_one_study(const std::vector<std::string>& stores) {
  const StoredStudy first = opened(stores.front()).study();
  for (const std::string& store : stores) {
    const StoredStudy study = opened(store).study();
    if (study.input_hash != first.input_hash) {
      throw UsageError{
          fmt::format("{} and {} are of different studies; nothing was written. What differs:\n{}Join the shards of one study",
                      stores.front(), store, differences_between(first, study))};
    }
    if (study.sequential || first.sequential) {
      throw UsageError{
          fmt::format("{} is of a study that adds replications until a value is precise enough: it has no shards", store)};
    }
    if (study.replications != first.replications) {
      throw UsageError{
          fmt::format("{} is a part of {} replications, {} of {}; run one of them again with --resume --replications N",
                      stores.front(), first.replications, store, study.replications)};
    }
  }
}

std::vector<RunRequest> missing_runs(const ResultStore& store) {
  std::set<std::pair<std::uint64_t, std::size_t>> there;
  for (const StoredRun& run : store.runs()) there.emplace(run.request.replication, run.request.variant);
  return without(planned_runs(store.study().variants.size(), store.study().replications), there);
}

std::vector<RunRequest> missing_runs(const Study& study, std::uint64_t replications) {
  std::set<std::pair<std::uint64_t, std::size_t>> there;
  for (std::size_t variant = 0; variant < study.runs.size(); ++variant) {
    for (const RunResult& run : study.runs[variant]) there.emplace(run.replication, variant);
  }
  for (const FailedRun& run : study.failed) there.emplace(run.request.replication, run.request.variant);
  return without(planned_runs(study.runs.size(), replications), there);
}

ResultStore join_stores(const std::vector<std::string>& stores, const std::string& path, const UnreadableStore& unreadable) {
  StoredStudy whole = opened(stores.front()).study();
  whole.shard = {};
  whole.state = StudyState::running;
  whole.wall_seconds = 0.0;
  ResultStore joined = ResultStore::create(path, whole);
  double wall_seconds = 0.0;
  for (const std::string& name : stores) {
    try {
      wall_seconds += copy_runs(name, joined);
    } catch (const ReadFailure& error) {
      if (!unreadable) throw;
      unreadable(error.what());
    }
  }
  joined.settle(missing_runs(joined).empty() ? StudyState::complete : StudyState::interrupted, whole.replications, wall_seconds);
  return joined;
}

}  // namespace headroom::cli
