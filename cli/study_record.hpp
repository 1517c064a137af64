// From a scenario that was read to what a result store says of its study: the description with its hash; and why two differ.
#pragma once

#include <string>
#include <string_view>

#include "cli/study_verb.hpp"
#include "scenarios/reader.hpp"
#include "sim/experiment/stored_study.hpp"

namespace headroom::cli {

// How many runs there are to be: settings that may differ between studies whose runs are interchangeable, so that one may be
// continued with more.
inline bool is_of_the_plan(std::string_view pointer) { return pointer.starts_with("/replications"); }

// `file` holds the variants that are simulated. Throws OutputError if a file has changed since it was read.
StoredStudy describe_study(const StudyArguments& arguments, const ScenarioFile& file);

// What differs, a line each, indented; for studies of different hashes. Never empty.
std::string differences_between(const StoredStudy& stored, const StoredStudy& asked);

}  // namespace headroom::cli
