// How long the nodes of engines load the weights of their language models.
#pragma once

#include <string>
#include <vector>

#include "sim/cluster/blueprint.hpp"

namespace headroom {

// A sentence per service on nodes whose engine has weights: the time of one load alone, and of several at once.
void add_weights(const Blueprint& blueprint, std::vector<std::string>& remarks);

}  // namespace headroom
