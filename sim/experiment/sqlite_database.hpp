// An SQLite database and its statements, as far as the result store needs them: every failure is a StoreError that says what to
// do.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace headroom {

// A store cannot be read or written. The message names the file, the reason and what to do.
struct StoreError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Prepared once, used often: bind all parameters, step until it is false, reset.
class SqliteStatement {
 public:
  // Parameters count from 1. What is bound must live until the next reset().
  SqliteStatement& bind(int parameter, std::int64_t value);
  SqliteStatement& bind(int parameter, std::uint64_t value) { return bind(parameter, static_cast<std::int64_t>(value)); }
  SqliteStatement& bind(int parameter, int value) { return bind(parameter, static_cast<std::int64_t>(value)); }
  SqliteStatement& bind(int parameter, double value);  // one that is not a number becomes NULL
  SqliteStatement& bind(int parameter, std::string_view text);
  SqliteStatement& bind(int parameter, const char* text) { return bind(parameter, std::string_view{text}); }
  SqliteStatement& bind(int parameter, std::span<const std::uint8_t> bytes);
  SqliteStatement& bind_null(int parameter);

  // True while there is a row.
  bool step();
  void reset();
  // All parameters become NULL again.
  void clear();
  // For a statement that gives no rows.
  void run() {
    step();
    reset();
  }

  // Columns count from 0.
  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;
  std::vector<std::uint8_t> bytes(int column) const;

 private:
  friend class SqliteDatabase;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  SqliteStatement(const class SqliteDatabase& database, std::string_view sql);
  void expect_done(int code) const;

  const SqliteDatabase* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class SqliteDatabase {
 public:
  enum class Access { read, write };
  // Of a file that is there; an empty one is an empty database. `read` is content with one that may not be written. Throws
  // StoreError.
  SqliteDatabase(const std::string& path, Access access);

  void execute(const char* sql) const;
  SqliteStatement prepare(std::string_view sql) const { return SqliteStatement{*this, sql}; }
  // The first column of the only row.
  std::int64_t integer(std::string_view sql) const;
  const std::string& path() const { return path_; }
  // Why the last call failed and what to do about it.
  [[noreturn]] void fail(int code) const;

 private:
  friend class SqliteStatement;
  struct Close {
    void operator()(sqlite3* handle) const;
  };

  std::string path_;
  Access access_;
  std::unique_ptr<sqlite3, Close> handle_;
};

// All or nothing: what was done since is undone unless commit() was reached.
class SqliteTransaction {
 public:
  explicit SqliteTransaction(const SqliteDatabase& database);
  ~SqliteTransaction();
  SqliteTransaction(const SqliteTransaction&) = delete;
  SqliteTransaction& operator=(const SqliteTransaction&) = delete;
  void commit();

 private:
  const SqliteDatabase& database_;
  bool open_ = true;
};

}  // namespace headroom
