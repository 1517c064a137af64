// Where a test finds the source tree and the program: two functions instead of macros, so that only one file is compiled with the
// paths of a checkout and all others are the same, and cached, in every one.
#pragma once

#include <string>

namespace headroom {

// The root of the checkout, without a slash at its end.
std::string source_dir();

// The program as built beside the tests.
std::string headroom_binary();

}  // namespace headroom
