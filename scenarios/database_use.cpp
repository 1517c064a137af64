#include "scenarios/database_use.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "scenarios/resources.hpp"
#include "sim/cluster/steps.hpp"

namespace headroom {

// At a moment drawn from the whole period the rows of an age of x periods lie floor(x) or floor(x) + 1 partitions back, the
// latter with the probability x - floor(x).
std::vector<double> partition_shares(const DatabaseBlueprint& database, const QueryStep& query) {
  const auto shards = static_cast<std::size_t>(database.shards);
  std::vector<double> shares(shards, 0.0);
  constexpr int points = 1000;
  for (int i = 0; i < points; ++i) {
    const double age = query.age ? query.age->quantile((i + 0.5) / points) : 0.0;
    const double back = age / to_seconds(*database.partition_period), whole = std::floor(back);
    const auto shard = static_cast<std::size_t>(std::fmod(whole, static_cast<double>(shards)));
    shares[shard] += (1.0 - (back - whole)) / points;
    shares[(shard + 1) % shards] += (back - whole) / points;
  }
  return shares;
}

int connections_wanted(const Blueprint& blueprint, Index database, bool most) {
  const DatabaseBlueprint& asked = blueprint.databases[database];
  int clients = 0;
  for (Index service = 0; service < blueprint.services.size(); ++service) {
    if (!queries(blueprint, service, database)) continue;
    const ServiceBlueprint& client = blueprint.services[service];
    clients += replicas_with_room(blueprint, service, most ? most_replicas(client) : client.replicas);
  }
  return clients * asked.connections->per_client;
}

int connections_usable(const Blueprint& blueprint, Index database, bool most) {
  const DatabaseBlueprint& asked = blueprint.databases[database];
  if (!asked.connections) return asked.pool;
  return std::max(1, std::min({asked.pool, asked.connections->limit, connections_wanted(blueprint, database, most)}));
}

void remark_on_databases(const Blueprint& blueprint, std::vector<std::string>& remarks) {
  for (Index i = 0; i < blueprint.databases.size(); ++i) {
    const DatabaseBlueprint& database = blueprint.databases[i];
    if (database.partition_period && database.shards > 1) {
      remarks.push_back(fmt::format("databases/{}: everything new goes to the newest partition, on one of {} shards at a time",
                                    database.name, database.shards));
    }
    if (!database.connections) continue;
    const int limit = database.connections->limit;
    for (const bool most : {false, true}) {
      const int wanted = connections_wanted(blueprint, i, most);
      if (wanted <= limit) continue;
      remarks.push_back(
          fmt::format("databases/{}: its clients want {} connections to each node {}, which allows {}: the last of them "
                      "have too few or none, and are refused",
                      database.name, wanted, most ? "with as many replicas as may be asked for" : "from the start", limit));
      break;
    }
  }
}

}  // namespace headroom
