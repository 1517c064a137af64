// How far a store is that another process, perhaps on another machine, is writing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace headroom {

struct StoreGlance {
  std::size_t completed = 0;  // runs
  std::size_t failed = 0;     // runs that ended without a result
};

// Takes no lock and undoes nothing: on a shared file system without locks, a reader that took an unfinished write for one that
// was cut off would undo it under the writer's hands. In return what it says may be a moment old, and is nothing where the file
// cannot be read. Of runs below `replications` only.
StoreGlance glance_at_store(const std::string& path, std::uint64_t replications);

}  // namespace headroom
