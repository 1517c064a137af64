// What explain needs to know of the use of databases beyond the load: where partitions lie, and how many connections clients
// open.
#pragma once

#include <string>
#include <vector>

#include "sim/cluster/blueprint.hpp"

namespace headroom {

// Share of the queries of this step that each shard gets, counted from the one that has the newest partition; over a whole
// period. Sums to 1. For databases in partitions.
std::vector<double> partition_shares(const DatabaseBlueprint& database, const QueryStep& query);

// Connections to each node that the clients would open if nothing limited them; `most`: with as many replicas as may be asked
// for.
int connections_wanted(const Blueprint& blueprint, Index database, bool most);
// Queries that one node serves at a time: as many as the pool lets through, and as the clients have connections for.
int connections_usable(const Blueprint& blueprint, Index database, bool most);

// Remarks on both.
void remark_on_databases(const Blueprint& blueprint, std::vector<std::string>& remarks);

}  // namespace headroom
