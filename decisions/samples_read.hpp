// Whether an autoscaler looks at what its pods use, which nothing but its decisions shows.
#pragma once

#include "sim/core/fields.hpp"
#include "sim/seams/autoscaler.hpp"

namespace headroom::decisions {

enum class PodResource { cpu, memory };

// Asks two of its kind about pods that use nothing, and more than any machine has: do they say the same?
bool reads_samples(const PolicyChoice& choice, const Autoscaler::Context& context, PodResource resource);

}  // namespace headroom::decisions
