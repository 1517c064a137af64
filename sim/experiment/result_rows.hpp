// The rows of one result in a store: its windows, series, histograms and books.
#pragma once

#include <cstdint>

#include "sim/measure/run_result.hpp"

namespace headroom {

class SqliteDatabase;

// `run`: runs.id. Within a transaction of the caller. Throws StoreError.
void write_result_rows(const SqliteDatabase& database, std::int64_t run, const RunResult& result);

}  // namespace headroom
