#include "tests/support/places.hpp"

namespace headroom {

std::string source_dir() { return HEADROOM_SOURCE_DIR; }
std::string headroom_binary() { return HEADROOM_BINARY; }

}  // namespace headroom
