#include "sim/experiment/result_store.hpp"

#include <chrono>
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

// The statements that put a run.
struct RunRows {
  explicit RunRows(const SqliteDatabase& database)
      : forget{database.prepare("DELETE FROM runs WHERE variant = ? AND replication = ? AND result IS NULL")},
        insert{database.prepare(
            "INSERT INTO runs(variant, replication, seed, exit_code, message, wall_seconds, events, users, duration_seconds, "
            "warm_up_seconds, warm_up_rule, result, peak_memory_bytes, window_ends, slice_ends, extra_percentiles) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id")},
        results{database} {}
  SqliteStatement forget, insert;
  ResultRows results;
};

}  // namespace

struct ResultStore::Open {
  Open(std::optional<StoreLock> held, const std::string& path, SqliteDatabase::Access access)
      : lock{std::move(held)}, database{path, access} {}

  // A commit is on the disk when it is done; see put().
  void commit_to_disk(bool asked) {
    if (asked == is_on_disk) return;
    database.execute(asked ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = OFF");
    is_on_disk = asked;
  }

  std::optional<StoreLock> lock;  // outlives the database: closing its descriptor would release SQLite's own locks
  SqliteDatabase database;
  std::optional<RunRows> rows;  // once a run is put
  bool is_on_disk = true;       // SQLite begins with it
  std::optional<std::chrono::steady_clock::time_point> created;
};

ResultStore::ResultStore(std::unique_ptr<Open> open, StoredStudy study) : open_{std::move(open)}, study_{std::move(study)} {}
ResultStore::ResultStore(ResultStore&&) noexcept = default;
ResultStore& ResultStore::operator=(ResultStore&&) noexcept = default;
ResultStore::~ResultStore() = default;

ResultStore ResultStore::create(const std::string& path, const StoredStudy& study) {
  replace_store(path, [&](const SqliteDatabase& database) { fill_new(database, study); });
  ResultStore store = open(path, Access::write);
  store.open_->created = std::chrono::steady_clock::now();
  return store;
}

ResultStore ResultStore::open(const std::string& path, Access access) {
  if (!std::filesystem::exists(path)) {
    throw StoreError{"cannot read " + path + ": there is no such file; name the results.sqlite of a study, or its folder"};
  }
  const bool writes = access == Access::write;
  std::optional<StoreLock> lock;
  if (writes) lock.emplace(path);
  auto opened =
      std::make_unique<Open>(std::move(lock), path, writes ? SqliteDatabase::Access::write : SqliteDatabase::Access::read);
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
  choose_how_to_commit();
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

// A process that dies takes nothing with it that was committed: the system has it. Only a power failure does, and against that a
// commit waits for the disk, which takes longer than a short run. So a study waits once there is more than this to be lost.
void ResultStore::choose_how_to_commit() {
  constexpr std::chrono::seconds not_worth_waiting_for{1};
  const bool is_new = open_->created && std::chrono::steady_clock::now() - *open_->created < not_worth_waiting_for;
  open_->commit_to_disk(!is_new);
}

void ResultStore::put(const EndedRun& run) {
  choose_how_to_commit();
  if (!open_->rows) open_->rows.emplace(open_->database);
  RunRows& rows = *open_->rows;
  SqliteTransaction transaction{open_->database};
  rows.forget.bind(1, std::uint64_t{run.request.variant}).bind(2, run.request.replication).run();
  SqliteStatement& insert = rows.insert;
  insert.clear();
  insert.bind(1, std::uint64_t{run.request.variant}).bind(2, run.request.replication).bind(3, study_.seed);
  insert.bind(4, run.exit_code).bind(5, run.message).bind(6, run.wall_seconds);
  std::string window_ends, slice_ends, percentiles;  // live until the row is in
  if (run.result != nullptr) {
    const RunResult& result = *run.result;
    window_ends = json_array(result.window_ends);
    slice_ends = json_array(result.slice_ends);
    percentiles = json_array(result.extra_percentiles);
    insert.bind(7, result.events).bind(8, result.users).bind(9, result.duration_seconds);
    insert.bind(10, result.warm_up_seconds).bind(11, result.warm_up_rule).bind(12, std::span{run.bytes});
    insert.bind(13, result.peak_memory_bytes).bind(14, window_ends).bind(15, slice_ends).bind(16, percentiles);
  }
  const bool is_new = insert.step();
  const std::int64_t id = is_new ? insert.integer(0) : 0;
  insert.reset();
  if (is_new && run.result != nullptr) rows.results.write(id, *run.result);
  transaction.commit();
}

bool same_result(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b) {
  if (a == b) return true;
  RunResult left = run_result_from(a), right = run_result_from(b);
  left.wall_seconds = right.wall_seconds = 0.0;
  left.peak_memory_bytes = right.peak_memory_bytes = 0;
  return to_bytes(left) == to_bytes(right);
}

}  // namespace headroom
