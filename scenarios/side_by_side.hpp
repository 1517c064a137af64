// Scenario files beside each other in one study: what compare of several files reads.
#pragma once

#include <string>
#include <vector>

#include "scenarios/reader.hpp"

namespace headroom {

// One variant for each of `paths` (two at least): the file's base, or the variant of that name where it has one. Each is called
// by its scenario's name; where that does not tell them apart, by the file's. `settings` of each is what it sets otherwise than
// the first.
//
// They get as many replications as the one that asks for the most. Of different seeds they are still one study, but its runs do
// not belong together two by two. Throws ScenarioError with the issues of all files; also if they last differently, or stop
// adding replications at different precisions: then what they measure has nothing in common to be compared.
ScenarioFile read_side_by_side(const std::vector<std::string>& paths, const std::string& variant, const ReadOptions& options);

}  // namespace headroom
