// Several scenario files at once, and beside each other in one study: what compare and validate read.
#pragma once

#include <string>
#include <vector>

#include "scenarios/reader.hpp"

namespace headroom {

// Throws ScenarioError with the issues of all files.
std::vector<ScenarioFile> read_scenarios(const std::vector<std::string>& paths, const ReadOptions& options);
// The names of all variants of all files, each once.
std::vector<std::string> variant_names(const std::vector<ScenarioFile>& files);
// The file's variant of that name, or else its base.
const NamedScenario& variant_or_base(const ScenarioFile& file, const std::string& variant);

// One variant for each of `files` (two at least): the file's base, or the variant of that name where it has one. Each is called
// by its scenario's name; where that does not tell them apart, by the file's. `settings` of each is what it sets otherwise than
// the first.
//
// They get as many replications as the one that asks for the most. Of different seeds they are still one study, but its runs do
// not belong together two by two. Throws ScenarioError if they last differently, or stop adding replications at different
// precisions: then what they measure has nothing in common to be compared.
ScenarioFile side_by_side(const std::vector<ScenarioFile>& files, const std::string& variant);

}  // namespace headroom
