#include "sim/experiment/sqlite_database.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <cstring>

namespace headroom {
namespace {

// How long to wait for another program (a notebook that reads) to let go.
constexpr int patience_milliseconds = 10'000;

bool is_space(int system_error) { return system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG; }
bool is_permission(int system_error) { return system_error == EACCES || system_error == EPERM || system_error == EROFS; }

std::string reason(int code, int system_error, const char* said) {
  // The operating system's number says something of these only.
  const int primary = code & 0xFF;
  if (system_error != 0 && (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN || primary == SQLITE_FULL))
    return std::strerror(system_error);
  return primary == SQLITE_FULL ? std::strerror(ENOSPC) : said;
}

std::string remedy(int code, int system_error, bool writing) {
  const int primary = code & 0xFF;
  if (primary == SQLITE_FULL || (primary == SQLITE_IOERR && is_space(system_error)))
    return "free some space; what is finished is kept, and --resume goes on with it";
  if (code == SQLITE_READONLY_ROLLBACK || code == SQLITE_READONLY_RECOVERY)
    return "a write that was cut off has to be undone first: make the folder writable once";
  if (primary == SQLITE_READONLY || ((primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN) && is_permission(system_error)))
    return writing ? "make the file and its folder writable, or choose another folder with --output" : "make it readable";
  if (primary == SQLITE_NOTADB || primary == SQLITE_CORRUPT)
    return "it is no result store, or damaged; begin a new study in another folder, or without --resume";
  if (primary == SQLITE_BUSY || primary == SQLITE_LOCKED) return "wait until the other program has finished";
  return writing ? "choose another folder with --output" : "name the results.sqlite of a study, or its folder";
}

}  // namespace

void SqliteStatement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
void SqliteDatabase::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

SqliteStatement::SqliteStatement(const SqliteDatabase& database, std::string_view sql) : database_{&database} {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v2(database.handle_.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  statement_.reset(statement);
  if (code != SQLITE_OK) database.fail(code);
}

void SqliteStatement::expect_done(int code) const {
  if (code != SQLITE_OK) database_->fail(code);
}

SqliteStatement& SqliteStatement::bind(int parameter, std::int64_t value) {
  expect_done(sqlite3_bind_int64(statement_.get(), parameter, value));
  return *this;
}

SqliteStatement& SqliteStatement::bind(int parameter, double value) {
  expect_done(sqlite3_bind_double(statement_.get(), parameter, value));
  return *this;
}

SqliteStatement& SqliteStatement::bind(int parameter, std::string_view text) {
  // A null pointer would be NULL, not an empty text.
  const char* begin = text.data() == nullptr ? "" : text.data();
  expect_done(sqlite3_bind_text64(statement_.get(), parameter, begin, text.size(), SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

SqliteStatement& SqliteStatement::bind(int parameter, std::span<const std::uint8_t> bytes) {
  const void* begin = bytes.data() == nullptr ? "" : static_cast<const void*>(bytes.data());
  expect_done(sqlite3_bind_blob64(statement_.get(), parameter, begin, bytes.size(), SQLITE_STATIC));
  return *this;
}

SqliteStatement& SqliteStatement::bind_null(int parameter) {
  expect_done(sqlite3_bind_null(statement_.get(), parameter));
  return *this;
}

bool SqliteStatement::step() {
  errno = 0;
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  try {
    database_->fail(code);
  } catch (...) {
    reset();  // it may be used again
    throw;
  }
}

void SqliteStatement::reset() { sqlite3_reset(statement_.get()); }
void SqliteStatement::clear() { sqlite3_clear_bindings(statement_.get()); }

bool SqliteStatement::is_null(int column) const { return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL; }
std::int64_t SqliteStatement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
double SqliteStatement::real(int column) const { return sqlite3_column_double(statement_.get(), column); }

std::string SqliteStatement::text(int column) const {
  const auto* begin = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  if (begin == nullptr) return {};
  return {begin, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

std::vector<std::uint8_t> SqliteStatement::bytes(int column) const {
  const auto* begin = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_.get(), column));
  if (begin == nullptr) return {};
  return {begin, begin + sqlite3_column_bytes(statement_.get(), column)};
}

SqliteDatabase::SqliteDatabase(const std::string& path, Access access) : path_{path}, access_{access} {
  sqlite3* handle = nullptr;
  errno = 0;
  const int code = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  handle_.reset(handle);
  if (handle == nullptr) throw StoreError{"cannot open " + path + ": out of memory; free some memory"};
  if (code != SQLITE_OK) fail(code);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, patience_milliseconds);
  if (access != Access::read && sqlite3_db_readonly(handle, "main") == 1) fail(SQLITE_READONLY);
}

void SqliteDatabase::execute(const char* sql) const {
  errno = 0;
  const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code);
}

std::int64_t SqliteDatabase::integer(std::string_view sql) const {
  SqliteStatement statement = prepare(sql);
  if (!statement.step())
    throw StoreError{"cannot read " + path_ + ": it is not complete; begin the study again without --resume"};
  return statement.integer(0);
}

void SqliteDatabase::fail(int code) const {
  // SQLite asks for the number itself in some calls only; here nothing has come between.
  const int own_number = errno;
  const int asked_number = sqlite3_system_errno(handle_.get());
  const int system_error = asked_number != 0 ? asked_number : own_number;
  const bool writing = access_ != Access::read;
  const char* said = code == SQLITE_READONLY ? "it may not be written" : sqlite3_errmsg(handle_.get());
  throw StoreError{std::string{"cannot "} + (writing ? "write " : "read ") + path_ + ": " + reason(code, system_error, said) +
                   "; " + remedy(code, system_error, writing)};
}

SqliteTransaction::SqliteTransaction(const SqliteDatabase& database) : database_{database} {
  database.execute("BEGIN IMMEDIATE");
}

SqliteTransaction::~SqliteTransaction() {
  if (!open_) return;
  try {
    database_.execute("ROLLBACK");
  } catch (const StoreError&) {
    // SQLite has rolled back by itself after the error that led here.
  }
}

void SqliteTransaction::commit() {
  database_.execute("COMMIT");
  open_ = false;
}

}  // namespace headroom
