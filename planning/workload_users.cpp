#include "planning/workload_users.hpp"

#include "sim/cluster/make_workload.hpp"

namespace headroom {

double users_of(const Blueprint& blueprint) {
  RandomStreams streams{0, 0};  // the number of users is not drawn
  double users = 0.0;
  for (const WorkloadBlueprint& workload : blueprint.workloads)
    users += make_workload(workload, surroundings_of(blueprint), streams)->users();
  return users;
}

}  // namespace headroom
