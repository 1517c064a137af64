#include "cli/shard_stores.hpp"

#include <algorithm>
#include <deque>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "cli/command_line.hpp"
#include "cli/study_runs.hpp"
#include "sim/experiment/store_glance.hpp"

namespace headroom::cli {
namespace {

namespace files = std::filesystem;

// "4" of "results.1-of-4.sqlite" and of "shard.1-of-4.log"; empty of any other file.
std::string count_in(const files::path& path) {
  const std::string name = path.filename().string(), ending = path.extension().string();
  const bool is_ours = (name.starts_with("results.") && ending == ".sqlite") || (name.starts_with("shard.") && ending == ".log");
  const std::size_t of = name.find("-of-");
  return !is_ours || of == std::string::npos ? "" : name.substr(of + 4, name.size() - of - 4 - ending.size());
}

std::vector<files::path> parts_in(const std::string& folder) {
  std::vector<files::path> parts;
  std::error_code none;
  for (const auto& entry : files::directory_iterator{folder, none}) {
    if (!count_in(entry.path()).empty()) parts.push_back(entry.path());
  }
  return parts;
}

}  // namespace

ShardStores::ShardStores(std::string folder, StoredStudy study, unsigned count)
    : folder_{std::move(folder)}, study_{std::move(study)}, count_{count} {}

std::string ShardStores::path(unsigned shard) const { return store_path(folder_, {shard, count_}); }
std::string ShardStores::log(const std::string& shard) const {
  return (files::path{folder_} / fmt::format("shard.{}-of-{}.log", shard, count_)).string();
}

std::size_t ShardStores::runs_of(unsigned shard) const {
  return runs_of_shard(study_.variants.size(), study_.replications, {shard, count_}).size();
}

void ShardStores::expect_same_count() const {
  for (const files::path& part : parts_in(folder_)) {
    const std::string count = count_in(part);
    if (part.extension() != ".sqlite" || count == std::to_string(count_)) continue;
    throw UsageError{
        fmt::format("{} is of a study in {} shards; nothing was run. Go on with --shards {}, or leave out --resume to "
                    "begin anew",
                    part.string(), count, count)};
  }
}

void ShardStores::make_folder() const {
  std::error_code error;
  files::create_directories(folder_, error);
  if (error) throw UsageError{fmt::format("cannot make the folder {}: {}; nothing was run", folder_, error.message())};
}

void ShardStores::begin(bool resume) const {
  for (unsigned shard = 1; shard <= count_; ++shard) {
    StoredStudy part = study_;
    part.shard = {shard, count_};
    open_store(path(shard), part, resume);
  }
  if (resume) return;
  std::error_code error;
  for (const files::path& part : parts_in(folder_)) {
    if (part.extension() == ".log" || count_in(part) != std::to_string(count_)) files::remove(part, error);
  }
}

std::size_t ShardStores::glance(unsigned shard, files::file_time_type& seen) const {
  std::error_code error;
  const files::file_time_type time = files::last_write_time(path(shard), error);
  if (error || time == seen) return 0;
  seen = time;
  const StoreGlance glance = glance_at_store(path(shard), study_.replications);
  return glance.completed + glance.failed;
}

ShardEnd ShardStores::end(unsigned shard, bool keep_going) const {
  const ResultStore store = ResultStore::open(path(shard), ResultStore::Access::read);
  constexpr int killed = 128;
  ShardEnd end;
  for (const StoredRun& run : store.runs()) {
    if (run.request.replication >= study_.replications) continue;
    ++end.ended;
    if (run.exit_code == 0)
      ++end.completed;
    else if (run.exit_code < killed)
      end.run_failed = true;
  }
  const bool stands = keep_going && store.study().state == StudyState::complete;
  end.complete = end.completed == runs_of(shard) || (stands && end.ended == runs_of(shard));
  return end;
}

std::optional<ResultStore> ShardStores::join(const std::vector<unsigned>& shards, const std::string& path,
                                             const UnreadableStore& unreadable) const {
  std::vector<std::string> stores;
  for (const unsigned shard : shards) {
    try {
      stores.push_back(ResultStore::open(this->path(shard), ResultStore::Access::read).path());
    } catch (const StoreError& error) {
      unreadable(error.what());
    }
  }
  if (stores.empty()) return std::nullopt;
  expect_one_study(stores);
  return join_stores(stores, path, unreadable);
}

std::string tail_of(const std::string& log) {
  constexpr std::size_t most = 8;
  std::ifstream stream{log};
  std::deque<std::string> lines;
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(line);
    if (lines.size() > most) lines.pop_front();
  }
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "    " : "\n    ") + line;
  return text;
}

}  // namespace headroom::cli
