// What mean demand alone says of how much load a scenario carries, for a page and for a line of text.
#pragma once

#include <optional>
#include <string>

#include "reports/load_headroom.hpp"

namespace headroom {

// "services/api (cpu), scaled out, is used up at 1.8x this load": its reader adds "by mean demand alone". Empty for none.
std::string demand_bound_text(const std::optional<LoadHeadroom>& headroom);

// Finds by simulation what arithmetic only bounds. `scenario`: its path; empty: a word in its place.
std::string limit_command(const std::string& scenario);

}  // namespace headroom
