#include "cli/joined_stores.hpp"

#include <set>
#include <utility>

#include <fmt/format.h>

#include "cli/command_line.hpp"
#include "cli/study_record.hpp"

namespace headroom::cli {
namespace {

void copy_run(const ResultStore& from, const StoredRun& run, ResultStore& to) {
  EndedRun ended{run.request, run.exit_code, run.message, run.wall_seconds, nullptr, {}};
  std::optional<std::vector<std::uint8_t>> bytes = from.result_bytes(run.request);
  if (!bytes) return to.put(ended);
  if (const auto there = to.result_bytes(run.request)) {
    if (same_result(*there, *bytes)) return;
    throw UsageError{
        fmt::format("{} has another result for {}/{} than a store before it: they were made by different programs; run the study "
                    "again with one of them",
                    from.path(), from.study().variants[run.request.variant].name, run.request.replication)};
  }
  const RunResult result = *from.result(run.request);
  ended.result = &result;
  ended.bytes = std::move(*bytes);
  to.put(ended);
}

ResultStore opened(const std::string& path) { return ResultStore::open(path, ResultStore::Access::read); }

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
  std::vector<RunRequest> missing = planned_runs(store.study().variants.size(), store.study().replications);
  std::set<std::pair<std::uint64_t, std::size_t>> there;
  for (const StoredRun& run : store.runs()) there.emplace(run.request.replication, run.request.variant);
  std::erase_if(missing, [&](const RunRequest& request) { return there.contains({request.replication, request.variant}); });
  return missing;
}

ResultStore join_stores(const std::vector<std::string>& stores, const std::string& path) {
  StoredStudy whole = opened(stores.front()).study();
  whole.shard = {};
  whole.state = StudyState::running;
  whole.wall_seconds = 0.0;
  ResultStore joined = ResultStore::create(path, whole);
  double wall_seconds = 0.0;
  for (const std::string& name : stores) {
    const ResultStore store = opened(name);
    wall_seconds += store.study().wall_seconds;
    for (const StoredRun& run : store.runs()) copy_run(store, run, joined);
  }
  joined.settle(missing_runs(joined).empty() ? StudyState::complete : StudyState::interrupted, whole.replications, wall_seconds);
  return joined;
}

}  // namespace headroom::cli
