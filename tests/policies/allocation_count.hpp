// How often this program has asked for memory through operator new (replaced in allocation_count.cpp).
#pragma once

#include <cstddef>

namespace headroom {
std::size_t allocation_count();
}
