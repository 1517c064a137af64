// The way back from a result store to the scenario of its study.
#pragma once

#include <filesystem>
#include <string>

#include "cli/study_verb.hpp"
#include "scenarios/reader.hpp"
#include "sim/experiment/stored_study.hpp"

namespace headroom::cli {

// The scenario of a stored study, read again from the files that the store kept. They lie in a temporary folder while this lives.
class RestoredScenario {
 public:
  // `store`: its path, for messages. Throws StoreError if a file that the store did not keep is not what it was, ScenarioError if
  // this program cannot read the scenario.
  RestoredScenario(const StoredStudy& study, const std::string& store);
  ~RestoredScenario();
  RestoredScenario(const RestoredScenario&) = delete;
  RestoredScenario& operator=(const RestoredScenario&) = delete;

  const ScenarioFile& file() const { return file_; }
  // How it was asked for: verb, variant, settings, seed, replications. The rest is as by default.
  const StudyArguments& arguments() const { return arguments_; }

 private:
  void unpack(const StoredStudy& study) const;
  std::vector<std::string> unpacked_paths(const StoredStudy& study) const;
  void read(const StoredStudy& study, const std::string& store);

  std::filesystem::path folder_;
  ScenarioFile file_;
  StudyArguments arguments_;
};

}  // namespace headroom::cli
