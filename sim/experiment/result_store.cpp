#include "sim/experiment/result_store.hpp"

#include <filesystem>
#include <stdexcept>

#include "sim/experiment/result_rows.hpp"
#include "sim/experiment/store_file.hpp"
#include "sim/experiment/store_schema.hpp"

namespace headroom {
namespace {

void expect_store(const SqliteDatabase& database) {
  if (database.integer("PRAGMA application_id") != store_application_id) {
    throw StoreError{"cannot read " + database.path() +
                     ": it is no result store; name the results.sqlite of a study, or its folder"};
  }
  const std::int64_t version = database.integer("PRAGMA user_version");
  if (version == store_schema_version) return;
  throw StoreError{"cannot read " + database.path() + ": its schema is of version " + std::to_string(version) +
                   ", this program's of version " + std::to_string(store_schema_version) +
                   "; use the headroom that wrote it, or run the study again"};
}

void fill_new(const SqliteDatabase& database, const StoredStudy& study) {
  const std::string marks = "PRAGMA application_id = " + std::to_string(store_application_id) +
                            "; PRAGMA user_version = " + std::to_string(store_schema_version);
  database.execute(marks.c_str());
  SqliteTransaction transaction{database};
  database.execute(store_schema);
  write_study(database, study);
  transaction.commit();
}

}  // namespace

struct ResultStore::Open {
  std::optional<StoreLock> lock;  // outlives the database: closing its descriptor would release SQLite's own locks
  SqliteDatabase database;
};

ResultStore::ResultStore(std::unique_ptr<Open> open, StoredStudy study) : open_{std::move(open)}, study_{std::move(study)} {}
ResultStore::ResultStore(ResultStore&&) noexcept = default;
ResultStore& ResultStore::operator=(ResultStore&&) noexcept = default;
ResultStore::~ResultStore() = default;

ResultStore ResultStore::create(const std::string& path, const StoredStudy& study) {
  replace_store(path, [&](const SqliteDatabase& database) { fill_new(database, study); });
  return open(path, Access::write);
}

ResultStore ResultStore::open(const std::string& path, Access access) {
  if (!std::filesystem::exists(path)) {
    throw StoreError{"cannot read " + path + ": there is no such file; name the results.sqlite of a study, or its folder"};
  }
  const bool writes = access == Access::write;
  std::optional<StoreLock> lock;
  if (writes) lock.emplace(path);
  auto opened = std::make_unique<Open>(
      Open{std::move(lock), SqliteDatabase{path, writes ? SqliteDatabase::Access::write : SqliteDatabase::Access::read}});
  expect_store(opened->database);
  StoredStudy study = read_study(opened->database);
  return ResultStore{std::move(opened), std::move(study)};
}

const std::string& ResultStore::path() const { return open_->database.path(); }

void ResultStore::go_on_with(StoredStudy study) {
  study.wall_seconds = study_.wall_seconds;
  SqliteTransaction transaction{open_->database};
  replace_study(open_->database, study);
  transaction.commit();
  study_ = std::move(study);
}

void ResultStore::settle(StudyState state, std::uint64_t replications, double more_wall_seconds) {
  StoredStudy study = study_;
  study.state = state;
  study.replications = replications;
  study.wall_seconds += more_wall_seconds;
  SqliteTransaction transaction{open_->database};
  update_progress(open_->database, study);
  transaction.commit();
  study_ = std::move(study);
}

std::vector<StoredRun> ResultStore::runs() const {
  SqliteStatement row = open_->database.prepare(
      "SELECT variant, replication, seed, exit_code, message, wall_seconds, events FROM runs ORDER BY replication, variant");
  std::vector<StoredRun> runs;
  while (row.step()) {
    const RunRequest request{static_cast<std::size_t>(row.integer(0)), static_cast<std::uint64_t>(row.integer(1))};
    if (request.variant >= study_.variants.size())
      throw StoreError{"cannot read " + path() + ": a run is of no known variant; it is damaged"};
    runs.push_back({request, static_cast<std::uint64_t>(row.integer(2)), static_cast<int>(row.integer(3)), row.text(4),
                    row.real(5), static_cast<std::uint64_t>(row.integer(6))});
  }
  return runs;
}

std::optional<std::vector<std::uint8_t>> ResultStore::result_bytes(const RunRequest& request) const {
  SqliteStatement row =
      open_->database.prepare("SELECT result FROM runs WHERE variant = ? AND replication = ? AND result IS NOT NULL");
  row.bind(1, std::uint64_t{request.variant}).bind(2, request.replication);
  if (!row.step()) return std::nullopt;
  return row.bytes(0);
}

std::optional<RunResult> ResultStore::result(const RunRequest& request) const {
  const std::optional<std::vector<std::uint8_t>> bytes = result_bytes(request);
  if (!bytes) return std::nullopt;
  try {
    return run_result_from(*bytes);
  } catch (const std::invalid_argument& error) {
    throw StoreError{"cannot read " + path() + ": " + error.what() + "; begin the study again without --resume"};
  }
}

void ResultStore::put(const EndedRun& run) {
  const SqliteDatabase& database = open_->database;
  SqliteTransaction transaction{database};
  database.prepare("DELETE FROM runs WHERE variant = ? AND replication = ? AND result IS NULL")
      .bind(1, std::uint64_t{run.request.variant})
      .bind(2, run.request.replication)
      .run();
  SqliteStatement insert = database.prepare(
      "INSERT INTO runs(variant, replication, seed, exit_code, message, wall_seconds, events, users, duration_seconds, "
      "warm_up_seconds, warm_up_rule, result) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
      " ON CONFLICT DO NOTHING RETURNING id");
  insert.bind(1, std::uint64_t{run.request.variant}).bind(2, run.request.replication).bind(3, study_.seed);
  insert.bind(4, run.exit_code).bind(5, run.message).bind(6, run.wall_seconds);
  if (run.result != nullptr) {
    const RunResult& result = *run.result;
    insert.bind(7, result.events).bind(8, result.users).bind(9, result.duration_seconds);
    insert.bind(10, result.warm_up_seconds).bind(11, result.warm_up_rule).bind(12, std::span{run.bytes});
  }
  const bool is_new = insert.step();
  const std::int64_t id = is_new ? insert.integer(0) : 0;
  insert.reset();
  if (is_new && run.result != nullptr) write_result_rows(database, id, *run.result);
  transaction.commit();
}

bool same_result(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b) {
  if (a == b) return true;
  RunResult left = run_result_from(a), right = run_result_from(b);
  left.wall_seconds = right.wall_seconds = 0.0;
  return to_bytes(left) == to_bytes(right);
}

}  // namespace headroom
