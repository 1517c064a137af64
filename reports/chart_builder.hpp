// Makes charts out of the series of a study: common time axis, means and bands over replications, one unit per chart.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "reports/charts.hpp"
#include "reports/display.hpp"

namespace headroom {

// One thing that a metric is charted for.
struct ChartSubject {
  std::string name;                       // "api", "p95": its line's label among others
  std::string title;                      // "CPU of api", "p95 latency": its chart's title when it has one of its own
  MetricSelector selector;
  std::optional<MetricSelector> wanted;   // a dashed companion
};

class ChartBuilder {
 public:
  // Lines that never change: shown, unless they are zero; or omitted as well, where a constant is a setting and no measurement.
  enum class Flat { show, omit };

  // Keeps a reference to the report.
  explicit ChartBuilder(const StudyReport& report);

  // Label sets that a metric was recorded with in any run, in order of first appearance; `label`: only those that name it.
  std::vector<std::vector<Label>> labels_of(const std::string& metric, const std::string& label = {}) const;
  std::vector<std::string> label_values(const std::string& metric, const std::string& label) const;

  // `title`: of the chart that several subjects share.
  void add(ChartGroup& group, const std::string& title, const std::vector<ChartSubject>& subjects, Flat flat = Flat::show) const;
  // Replicas of a service, asked for and there, beside as many as its CPU work would have kept busy.
  void add_against_demand(ChartGroup& group, const std::vector<Label>& service) const;
  // The sum of a subject's rate over time.
  void add_cumulated(ChartGroup& group, const ChartSubject& subject) const;
  // Share of requests of workloads answered within a latency, after warm-up.
  void add_distribution(ChartGroup& group) const;

 private:
  std::size_t variants() const { return report_.file.variants.size(); }
  ChartLine line_of(std::size_t variant, const MetricSelector& selector) const;
  // Means and extremes of what `values_of` says of each run.
  ChartLine line_of(std::size_t variant, const std::function<std::vector<std::optional<double>>(const RunResult&)>& values_of) const;
  // One line per variant, or two where something was wanted.
  std::vector<ChartLine> lines_of(const ChartSubject& subject) const;
  void add_chart(ChartGroup& group, const std::string& title, std::vector<ChartLine> lines, const std::vector<ChartSubject>& subjects) const;
  std::vector<ChartLimit> limits_for(const std::vector<ChartSubject>& subjects) const;

  const StudyReport& report_;
  std::vector<double> time_;  // ends of the windows of all variants
};

}  // namespace headroom
