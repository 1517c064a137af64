// Contestants of a tournament: the base of a scenario, once with every combination of the policies that were named.
//
// A contestant has its policy's options from, in this order: what is given for the tournament, over the base if that has chosen
// this policy, or over the first variant that has; else the base with another name: options that the new policy has too stay, the
// others go. Nothing else of a variant is taken.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "scenarios/document.hpp"
#include "scenarios/reader.hpp"

namespace headroom {

// `read`: the base and the variants, which were read from `base` and `variants` without an issue. Named by their policies, in the
// order of the seams: "hpa", "hpa + random".
std::vector<VariantText> make_contestants(const TournamentSpec& tournament, const ScenarioFile& read, const Value& base,
                                          const std::vector<VariantText>& variants, std::uint16_t layer, Issues& issues);

}  // namespace headroom
