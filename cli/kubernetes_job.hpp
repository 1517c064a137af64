// The shards of a study as the pods of an Indexed Job of Kubernetes: only the manifest; nothing is run.
//
// Source: Kubernetes documentation, "Indexed Job for Parallel Processing", "Backoff limit per index" and "Pod failure policy"
// (batch/v1 of 1.29). Its shape is tested, on a cluster it was not run.
#pragma once

#include <string>

#include "cli/study_verb.hpp"

namespace headroom::cli {

// A ConfigMap with the scenario's files and the Job. Throws UsageError if the files cannot be in one.
std::string kubernetes_manifest(const StudyArguments& arguments, const ScenarioFile& file);

// The manifest to stdout, and to stderr how to go on. Returns the exit code; throws UsageError.
int write_kubernetes_job(const StudyArguments& arguments, const ScenarioFile& file);

}  // namespace headroom::cli
