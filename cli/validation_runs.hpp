// The studies of a validation, one after the other: each as run or compare would make it, with a store and a report of its own.
#pragma once

#include <string>
#include <vector>

#include "cli/study_verb.hpp"
#include "reports/validation.hpp"

namespace headroom::cli {

// One scenario with the variants to simulate, and where its report goes.
struct StudyToValidate {
  StudyArguments arguments;
  ScenarioFile file;
  std::string folder;
};

// Reads and checks all files before anything is run; a file that is named twice counts once, which is said. `variant`: this one
// where a scenario has it (else its base); `all_variants`: every one. Throws ScenarioError with the issues of all files,
// UsageError.
std::vector<StudyToValidate> studies_to_validate(const std::vector<std::string>& paths, const StudyArguments& shared,
                                                 bool all_variants, const std::string& output);

// Takes away what an earlier validation left below `output`, by its validation.json, of scenarios that are not among `studies`:
// stale results beside fresh ones. What others put there stays. Throws UsageError, with nothing removed, if that file is not a
// validation's.
void remove_former_results(const std::vector<StudyToValidate>& studies, const std::string& output);

// Makes their runs. What could not be run, for whatever reason, is among the results with the reason. `shared.limits.until`: what
// has not been run then is not completed. After an interruption nothing more is begun.
std::vector<ValidatedScenario> run_validation(const std::vector<StudyToValidate>& studies, bool quiet);

}  // namespace headroom::cli
