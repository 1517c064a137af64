// The verbs of the program, one file each. A verb gets the words after its name and returns an exit code; it may throw
// UsageError, ScenarioError, StoreError, OutputError or any other exception, which main turns into the exit code that belongs to it.
#pragma once

#include <array>
#include <string_view>

#include "cli/command_line.hpp"

namespace headroom::cli {

int run_verb(const Arguments& arguments);
int compare_verb(const Arguments& arguments);
int check_verb(const Arguments& arguments);
int explain_verb(const Arguments& arguments);
int policies_verb(const Arguments& arguments);
int metrics_verb(const Arguments& arguments);
int schema_verb(const Arguments& arguments);
int report_verb(const Arguments& arguments);
int merge_verb(const Arguments& arguments);
int replay_verb(const Arguments& arguments);
int cache_verb(const Arguments& arguments);
int decide_verb(const Arguments& arguments);
int tournament_verb(const Arguments& arguments);
int plan_verb(const Arguments& arguments);
int validate_verb(const Arguments& arguments);
int export_verb(const Arguments& arguments);

struct Verb {
  std::string_view name;
  std::string_view summary;
  int (*act)(const Arguments&);
};

inline constexpr std::array verbs{
    Verb{"run", "what happens: one variant, its replications, the verdict on every objective", run_verb},
    Verb{"compare", "which variant is better, and is the difference real", compare_verb},
    Verb{"explain", "demand against capacity of everything, by arithmetic; no run", explain_verb},
    Verb{"check", "is the file right: every issue with its place; no run", check_verb},
    Verb{"policies", "what there is to choose from, and its options", policies_verb},
    Verb{"metrics", "what conditions can speak of: metrics, labels, aggregations", metrics_verb},
    Verb{"schema", "the JSON Schema of scenario files, for editors", schema_verb},
    Verb{"report", "the report of a stored study once more; no run", report_verb},
    Verb{"merge", "the shards of a study joined, and reported as one", merge_verb},
    Verb{"replay", "one stored run again, checked bit for bit", replay_verb},
    Verb{"cache", "how often a recorded trace misses, by cache policy and size", cache_verb},
    Verb{"decide", "what a policy says of observations, or of a recorded history, and why", decide_verb},
    Verb{"tournament", "policies against each other on the same demand, ranked by cost", tournament_verb},
    Verb{"plan", "how much it carries, when it runs out, what to buy: a search that simulates", plan_verb},
    Verb{"validate", "do scenarios keep their objectives: a gate for a pipeline", validate_verb},
    Verb{"export", "a stored study as CSV, Markdown, OpenMetrics or JSON; no run", export_verb},
};

}  // namespace headroom::cli
