// The metrics as a reference to read: what each means, by which labels it goes, and a condition for every way to aggregate it.
#pragma once

#include <string>
#include <vector>

namespace headroom {

struct MetricReference {
  std::string name;                // "latency"
  std::string kind, kind_meaning;  // "durations", "a histogram of spans of time"
  std::string meaning;
  std::string output_name;                // as in exports: "latency_seconds"
  std::vector<std::string> labels;        // that a selector may name
  std::vector<std::string> aggregations;  // "p(N)", "avg", "time_to Nx"; "last" alone where it need not be written
  std::vector<std::string> examples;      // a condition for each: "p(95) latency < 300 ms"
  std::string labelled_example;           // the first with a label: "p(95) latency{workload=NAME} < 300 ms"; empty without labels
};

// In the order of the catalogue.
std::vector<MetricReference> metric_reference();

}  // namespace headroom
