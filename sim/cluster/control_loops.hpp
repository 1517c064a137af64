// Control loops: one actor each, whose body reads like the controller it models: sleep, observe, decide, apply.
#pragma once

#include <memory>
#include <vector>

#include "sim/cluster/infrastructure.hpp"
#include "sim/cluster/request_plane.hpp"
#include "sim/cluster/simulation_engine.hpp"
#include "sim/measure/recorder.hpp"
#include "sim/seams/autoscaler.hpp"
#include "sim/seams/metrics_view.hpp"
#include "sim/seams/node_autoscaler.hpp"
#include "sim/seams/vertical_autoscaler.hpp"

namespace headroom {

// What policies see of the recorder: its last scrape.
class ScrapedMetrics final : public MetricsView {
 public:
  explicit ScrapedMetrics(const Recorder& recorder) : recorder_{recorder} {}
  std::optional<ScrapedValue> read(const MetricSelector& selector) const override;

 private:
  const Recorder& recorder_;
};

// The policies of a blueprint, by service and by pool; empty where none was chosen.
std::vector<std::unique_ptr<Autoscaler>> make_autoscalers(const Blueprint& blueprint);
std::vector<std::unique_ptr<VerticalAutoscaler>> make_vertical_autoscalers(const Blueprint& blueprint);
std::vector<std::unique_ptr<NodeAutoscaler>> make_node_autoscalers(const Blueprint& blueprint);

// What a loop is connected to. All of it outlives the run.
struct ControlPlane {
  const Blueprint& blueprint;
  SimulationEngine& engine;
  Infrastructure& infrastructure;
  RequestPlane& plane;
  Recorder& recorder;
  const MetricsView& metrics;
};

// Each starts one background actor. A loop that ticks at the very end of the run does so no more.
void start_scraping(const ControlPlane& control);
void start_watching_memory(const ControlPlane& control);
void start_autoscaling(const ControlPlane& control, Index service, Autoscaler& policy);
void start_vertical_autoscaling(const ControlPlane& control, Index service, VerticalAutoscaler& policy);
void start_node_autoscaling(const ControlPlane& control, Index pool, NodeAutoscaler& policy);
// Ends record windows at the given instants, the last of which ends the run.
void start_recording(const ControlPlane& control, std::vector<SimTime> window_ends);

}  // namespace headroom
