// A line about a service, for policies that scale one: its pods and metrics as a ServiceView, filled in where a line says less.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/seams/autoscaler.hpp"

namespace headroom::decisions {

struct CpuSample {
  static constexpr std::string_view type_name = "cpu_sample";
  static constexpr std::string_view shorthand = "value";
  double value = 0.0;
  std::optional<double> at;
  Duration window{std::chrono::seconds{15}};
  void describe(Fields& field);
};

struct MemorySample {
  static constexpr std::string_view type_name = "memory_sample";
  static constexpr std::string_view shorthand = "value";
  Bytes value;
  std::optional<double> at;
  Duration window{std::chrono::seconds{15}};
  void describe(Fields& field);
};

struct KillObservation {
  static constexpr std::string_view type_name = "out_of_memory_kill";
  double at = 0.0;
  Duration lived{};
  void describe(Fields& field);
};

struct PodObservation {
  static constexpr std::string_view type_name = "pod";
  int count = 1;
  std::string phase = "running";
  bool deleting = false;
  bool ready = true;
  std::optional<double> started, ready_changed;
  double cpu_request = 1.0;
  Bytes memory_request;
  std::optional<CpuSample> cpu;
  std::optional<MemorySample> memory;
  std::optional<std::int64_t> number;
  std::optional<KillObservation> killed;
  void describe(Fields& field);
};

struct MetricObservation {
  static constexpr std::string_view type_name = "metric";
  static constexpr std::string_view shorthand = "value";
  std::string name;
  double value = 0.0;
  std::optional<double> at;
  Duration window{};
  void describe(Fields& field);
};

// Instants are seconds of one clock, whichever; spans are quantities.
struct ServiceObservation {
  double time = 0.0;
  std::optional<int> replicas, existing_replicas, ready_replicas;
  std::optional<std::vector<PodObservation>> pods;
  std::vector<MetricObservation> metrics;
  void describe(Fields& field);
  FieldProblems problems() const;
};

// Values by the canonical text of their selectors.
class GivenMetrics final : public MetricsView {
 public:
  std::optional<ScrapedValue> read(const MetricSelector& selector) const override;
  void set(const MetricSelector& selector, const ScrapedValue& value);
  void clear() { values_.clear(); }
  // By the selector's canonical text.
  bool holds(const std::string& selector) const { return values_.contains(selector); }

 private:
  std::map<std::string, ScrapedValue> values_;
};

// What an observation shows; the view points into it.
class ShownService {
 public:
  // `marks_scraped`: ready pods without a sample of the cpu get one of 0, for a policy that does not look at its value, only at
  // whether the scraper has reached a pod.
  explicit ShownService(bool marks_scraped) : marks_scraped_{marks_scraped} {}
  ShownService(const ShownService&) = delete;
  ShownService& operator=(const ShownService&) = delete;

  // `replicas`: asked for before, where the line does not say.
  const ServiceView& show(const ServiceObservation& observation, int replicas);
  const GivenMetrics& metrics() const { return metrics_; }

 private:
  bool marks_scraped_;
  std::vector<PodView> pods_;
  GivenMetrics metrics_;
  ServiceView view_;
};

}  // namespace headroom::decisions
