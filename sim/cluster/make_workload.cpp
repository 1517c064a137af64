#include "sim/cluster/make_workload.hpp"

namespace headroom {

std::unique_ptr<Workload> make_workload(const WorkloadBlueprint& workload, const WorkloadSurroundings& surroundings,
                                        RandomStreams& streams) {
  Workload::Context context{.name = workload.name,
                            .end = SimTime{surroundings.duration},
                            .journeys = {},
                            .streams = &streams,
                            .directory = surroundings.directory,
                            .load = surroundings.load};
  for (const JourneyBlueprint& journey : workload.journeys) context.journeys.push_back({journey.name, journey.weight, false});
  return RegistryOf<Workload>::instance().make(workload.model, context);
}

}  // namespace headroom
