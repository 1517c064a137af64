// What a result store looks like inside; README.md says what each table and column means.
#pragma once

#include <cstdint>

namespace headroom {

inline constexpr std::int64_t store_application_id = 0x48445253;  // "HDRS"; `file results.sqlite` shows it
inline constexpr std::int64_t store_schema_version = 3;  // raised when a table or column is new, changes its meaning or goes away

extern const char* const store_schema;

}  // namespace headroom
