// A service "api" that follows its policy at once, and whose metrics are scraped whenever it is asked.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "sim/seams/autoscaler.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {

class ScrapedService {
 public:
  using Values = std::map<std::string, double>;  // by the canonical text of the selector: "avg cpu{service=api}"

  ScrapedService(const Json& options, int replicas, Autoscaler::Context context = {})
      : autoscaler_{policy<Autoscaler>(options, of_the_api(std::move(context), replicas))}, replicas_{replicas} {}

  // What is set stays until it is set again or removed.
  void set(const std::string& metric, double value) { metrics_.values[metric] = value; }
  void remove(const std::string& metric) { metrics_.values.erase(metric); }
  // Asks once; how many replicas there are now.
  int at(double seconds) {
    metrics_.now = at_seconds(seconds);
    decision_ = autoscaler_->decide({.now = metrics_.now,
                                     .current_replicas = replicas_,
                                     .status_replicas = replicas_,
                                     .ready_replicas = replicas_,
                                     .metrics = &metrics_});
    return replicas_ = decision_.replicas;
  }
  // Asks at every period after `from` up to `to`; when the number changed, and to what.
  std::vector<std::pair<double, int>> changes(double from, double to) {
    std::vector<std::pair<double, int>> changes;
    const double period = to_seconds(autoscaler_->period());
    for (double now = from + period; now <= to; now += period) {
      const int before = replicas_;
      if (at(now) != before) changes.emplace_back(now, replicas_);
    }
    return changes;
  }
  void resize(int replicas) { replicas_ = replicas; }
  int replicas() const { return replicas_; }
  const ScalingDecision& decision() const { return decision_; }
  const std::string& reason() const { return decision_.reason; }
  const Autoscaler& autoscaler() const { return *autoscaler_; }

 private:
  struct Metrics final : MetricsView {
    Values values;
    SimTime now;
    std::optional<ScrapedValue> read(const MetricSelector& selector) const override {
      const auto found = values.find(to_text(selector));
      if (found == values.end()) return std::nullopt;
      return ScrapedValue{.value = found->second, .at = now, .window = std::chrono::seconds{15}};
    }
  };
  static Autoscaler::Context of_the_api(Autoscaler::Context context, int replicas) {
    context.service = "api";
    context.initial_replicas = replicas;
    context.replicas = {0, 100'000};
    return context;
  }

  std::unique_ptr<Autoscaler> autoscaler_;
  Metrics metrics_;
  int replicas_;
  ScalingDecision decision_;
};

using Changes = std::vector<std::pair<double, int>>;

}  // namespace headroom
