#include "sim/cluster/energy_meter.hpp"

namespace headroom {

EnergyMeter::EnergyMeter(const Blueprint& blueprint, Recorder& recorder) {
  for (const NodePoolBlueprint& described : blueprint.node_pools) {
    Pool& pool = pools_.emplace_back();
    if (!described.power) continue;
    pool.power = *described.power;
    pool.types = described.types();
    const std::vector<Label> labels{{"node_pool", described.name}};
    pool.energy = &recorder.counter("energy", labels);
    if (pool.power.grams_per_kilowatt_hour > 0.0) pool.carbon = &recorder.counter("carbon", labels);
  }
}

void EnergyMeter::add_node(Index index, const Node& node, SimTime now, int change) {
  Pool& pool = pools_[index];
  if (pool.energy == nullptr) return;
  const NodeType& type = pool.types[node.type()];
  pool.cores.add(now, type.cpu * change);
  pool.gpus.add(now, static_cast<double>(type.gpus) * change);
}

void EnergyMeter::accrue(Index index, SimTime now, double used_core_seconds, double requested_gpu_seconds) {
  Pool& pool = pools_[index];
  const PowerBlueprint& power = pool.power;
  const double joules = power.idle * pool.cores.integral_seconds(now) + (power.full - power.idle) * used_core_seconds +
                        power.gpu_idle * pool.gpus.integral_seconds(now) +
                        (power.gpu_full - power.gpu_idle) * requested_gpu_seconds;
  pool.energy->total = joules / 3600.0;
  if (pool.carbon != nullptr) pool.carbon->total = pool.energy->total / 1000.0 * power.pue * power.grams_per_kilowatt_hour;
}

}  // namespace headroom
