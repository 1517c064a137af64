#include "sim/experiment/store_glance.hpp"

#include <sqlite3.h>

#include <memory>

namespace headroom {
namespace {

struct Close {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

// https://www.sqlite.org/uri.html: these three would mean something else in a path.
std::string unchanging(const std::string& path) {
  std::string uri = "file:";
  for (const char c : path) {
    if (c == '%')
      uri += "%25";
    else if (c == '?')
      uri += "%3f";
    else if (c == '#')
      uri += "%23";
    else
      uri += c;
  }
  return uri + "?immutable=1";
}

}  // namespace

StoreGlance glance_at_store(const std::string& path, std::uint64_t replications) {
  StoreGlance glance;
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(unchanging(path).c_str(), &opened, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, nullptr);
  const std::unique_ptr<sqlite3, Close> database{opened};
  if (code != SQLITE_OK) return glance;
  sqlite3_stmt* prepared = nullptr;
  sqlite3_prepare_v2(opened, "SELECT exit_code = 0, count(*) FROM runs WHERE replication < ? GROUP BY 1", -1, &prepared, nullptr);
  const std::unique_ptr<sqlite3_stmt, Close> statement{prepared};
  if (prepared == nullptr) return glance;
  sqlite3_bind_int64(prepared, 1, static_cast<sqlite3_int64>(replications));
  while (sqlite3_step(prepared) == SQLITE_ROW) {
    const auto count = static_cast<std::size_t>(sqlite3_column_int64(prepared, 1));
    (sqlite3_column_int64(prepared, 0) != 0 ? glance.completed : glance.failed) = count;
  }
  return glance;
}

}  // namespace headroom
