// From a file (JSON with comments, or YAML) to scenarios: the base and every variant, all read and checked.
//
// "extends" names a file that this one is merged over; a variant's "merge" is merged over the base (scenarios/merge.hpp says how). A patch
// that names another policy keeps the options that the new policy has too and drops those that only the old one had. --set comes last, in
// the base and in every variant. Files that a scenario names are relative to the file that is read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/scenario.hpp"
#include "scenarios/scenario_error.hpp"

namespace headroom {

// A tournament of policies: every combination of those named, each as a variant (scenarios/contestants.hpp).
struct SeamContest {
  std::string seam;                   // "autoscaling"
  std::vector<std::string> policies;  // that take each other's place
};
struct TournamentSpec {
  std::vector<SeamContest> seams;
  std::vector<std::string> at;  // JSON Pointers of where they may go; empty: anywhere
  std::string options;          // JSON, options by policy; may be empty
};

struct ReadOptions {
  std::vector<std::pair<std::string, std::string>> set;  // --set POINTER=VALUE: JSON Pointer (names work as list indices), JSON or text
  std::optional<std::int64_t> seed;
  std::optional<int> replications;
  std::optional<TournamentSpec> tournament;  // its contestants instead of the base and the variants
  bool try_axes = true;  // reads the base once more with each value of "vary"; not where one of them has been set already
};

struct InputHash {
  std::string path;    // as named in the scenario
  std::string sha256;  // hexadecimal
  std::string place;   // where it was read: relative to the working folder, or absolute
  bool is_data = false;  // a trace or samples, not text that the scenario is made of
};

struct NamedScenario {
  std::string name;    // "base" or the variant's
  Scenario scenario;
  // What it sets otherwise than the base, as (pointer with names, value) pairs: "/services/api/balancer/policy" = "random".
  std::vector<std::pair<std::string, std::string>> settings;
  std::string text;    // all that was set, as compact JSON: extends, merge and --set applied, values of assumptions in their places
};

struct ScenarioFile {
  std::string path;
  std::vector<NamedScenario> variants;  // the base first (its name: the file's "base_name", default "base"), then the variants in file order
  std::vector<InputHash> inputs;        // the file, what it extends, the traces it reads
};

// Throws ScenarioError with every issue. Limits: 16 MiB of text, 100 levels of nesting.
ScenarioFile read_scenario(const std::string& path, const ReadOptions& options = {});

}  // namespace headroom
