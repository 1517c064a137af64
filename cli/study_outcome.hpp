// What a study ends with: messages about runs that did not complete, the report, and the exit code.
#pragma once

#include <string>

#include "cli/study_verb.hpp"
#include "reports/study_report.hpp"

namespace headroom::cli {

// Where the report goes.
std::string report_folder_name(const StudyArguments& arguments, const ScenarioFile& file);
// Makes it if need be, and looks whether it can be written, before the first run: an hour of simulation is a high price for a
// mistyped path. Throws UsageError.
void prepare_output(const std::string& folder);
// Both.
std::string report_folder(const StudyArguments& arguments, const ScenarioFile& file);

// Says what failed, was interrupted or could not be kept, each with a command that goes on from there. `store`: its path.
void say_what_is_missing(const StudyArguments& arguments, const ScenarioFile& file, const Study& study, const std::string& store);

// Nothing to show unless every variant has at least one run.
bool can_be_reported(const Study& study);

// Judges, shows and writes. Returns the exit code; throws OutputError if the report could not be written.
int publish_study(const StudyArguments& arguments, ScenarioFile file, Study study, const std::string& folder,
                  double wall_seconds);

// Of a study that has nothing to report: neither verdict nor table.
int exit_code_of(const Study& study, const StudyArguments& arguments);

}  // namespace headroom::cli
