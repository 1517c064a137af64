// Where a scenario has, or could have, a policy of a seam: /services/api/autoscaler of "autoscaling", /caches/front of "caching".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/scenario.hpp"

namespace headroom {

// JSON Pointer, named things by their names.
std::string pointer_of(const std::vector<std::string>& tokens);

struct PolicyPlace {
  std::vector<std::string> tokens;  // to the object in which the policy's name stands, with its options beside it
  std::string discriminator;        // that the name stands under: "policy"
  std::string chosen;               // its name; empty: none is chosen here
  std::string pointer() const { return pointer_of(tokens); }
};

// In the order of the scenario; all that are described, chosen or not.
std::vector<PolicyPlace> policy_places(const Scenario& scenario, std::string_view seam);
// Of a registered implementation.
std::vector<std::string> option_names(const PolicyChoice& choice);

}  // namespace headroom
