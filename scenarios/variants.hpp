// Variants of a document: each a patch, merged over the base.
#pragma once

#include <cstdint>

#include "scenarios/document.hpp"

namespace headroom {

// `list`: what stands under "variants". Adds to document.variants; document.base and base_name are there. `layer` is of the
// patches.
//
// A patch that adds a thing which nothing in the variant names, and whose name is nearly that of a thing of the base, is taken
// for a slip: an issue, and the variant goes on without it. Workers and workloads, which nobody names, count only where they do
// not say themselves what they do.
void read_variants(const Value& list, std::uint16_t layer, Document& document, Issues& issues);

}  // namespace headroom
