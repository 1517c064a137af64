#include "scenarios/database_spec.hpp"

#include <algorithm>

namespace headroom {

void ShardsSpec::describe(Fields& field) {
  field("count", count, "number of shards", between(1, 100000));
  field("policy", policy, "how keys are spread over shards; modulo without it");
}

void OperationSpec::describe(Fields& field) {
  field("cpu", cpu, "CPU demand of one operation, in time of one core");
  field("wait", wait, "time without CPU (disk) while it holds the connection");
}

void NamedOperationSpec::describe(Fields& field) {
  field.required("name", name, "name of the operation; a query step says it as \"operation\"");
  field.choice("kind", kind, "whether it goes where reads go or where writes go", {"read", "write"});
  field("cpu", cpu, "CPU demand, in time of one core");
  field("wait", wait, "time without CPU (disk) while it holds the connection");
}

void FailoverSpec::describe(Fields& field) {
  field("detection", detection, "from the failure of a primary until it is noticed", at_least(Duration{}));
  field("promotion", promotion, "from then until a replica takes the writes; until then they fail (unavailable)",
        at_least(Duration{}));
  field("recovery", recovery, "from then until the failed node is back, as a replica; never without it", at_least(Duration{}));
}

void DataReplicationSpec::describe(Fields& field) {
  field.required(
      "lag", lag,
      "from the commit of a write until a replica has applied it, in the order of commits; drawn per write and replica");
  field.choice("mode", mode,
               "asynchronous: a write is answered at its commit; semi-synchronous: when the first replica has applied it; "
               "synchronous: when all have",
               {"asynchronous", "semi-synchronous", "synchronous"});
}

// Supabase's compute sizes have 60 to 480 direct connections, and 200 to 3,000 to the pooler beside them.
void ConnectionsSpec::describe(Fields& field) {
  field.required("limit", limit, "that a shard node allows; with a pooler, that the pooler in front of it does", between(1, 1e6));
  field("per_client", per_client,
        "that each replica of a service which queries the database opens to every node when it starts; it keeps them until it is "
        "gone, and further queries wait in its line. Who finds none left is refused (rejected) until others go",
        between(1, 1e6));
  field("memory", memory, "that one takes of the \"memory\" of the node: it allows no more than fit", at_least(0));
  field("pooler", pooler,
        "a pooler (PgBouncer) in front of each node, which lets \"pool\" queries through at a time; without one each connection "
        "is served as it asks, and \"pool\" has no meaning");
  field(
      "wait_limit", wait_limit,
      "a query that has waited this long in its client's line fails; without it the \"wait_limit\" of the database counts there "
      "too. A pooler's line has a time of its own, from when the query gets there: it may wait as long again");
}

void PartitionsSpec::describe(Fields& field) {
  field("period", period, "time that one partition covers; partitions lie on the shards in turn, whatever the keys",
        more_than(0));
}

void ReshardingSpec::describe(Fields& field) {
  field.required("at", at, "when the new shards are there, and the copy begins", at_least(Duration{}));
  field.required("shards", shards, "how many there will be, more or fewer; the \"policy\" says which keys move", between(1, 4096));
  field.required("bandwidth", bandwidth,
                 "that the node of each shard has for the copy, each way, over a link of its own: what it sends to several shards at "
                 "a time shares that, and what it gets from several. The nodes of a database are in no node pool",
                 more_than(0));
}

int DatabaseSpec::connection_limit() const {
  if (connections->pooler || connections->memory.count <= 0 || memory.count <= 0) return connections->limit;
  return static_cast<int>(std::clamp<std::int64_t>(memory.count / connections->memory.count, 1, connections->limit));
}

void DatabaseSpec::describe(Fields& field) {
  field.required("name", name, "name of the database");
  field("region", region, "where it runs; may be left out when there is only one");
  field("shards", shards, "number of shards and how keys are spread over them: {\"policy\": \"consistent-hash\", \"count\": 8}");
  field("replicas", replicas, "replicas per shard; writes go to the first, reads are spread over all", between(1, 1000));
  field("pool", pool, "connections per shard replica: operations at a time", between(1, 1e6));
  field("backlog", backlog, "operations that may wait per shard replica; any number without it", between(0, 1e9));
  field("wait_limit", wait_limit,
        "an operation that has waited this long for a connection fails; of each line that it waits in, where there are two");
  field("cpu", cpu, "cores per shard replica", between(0.001, 1024));
  field("read", read, "what a read takes");
  field("write", write, "what a write takes");
  field("operations", operations, "kinds of queries that take other times");
  // Uber Engineering, "Why Uber Engineering Switched from Postgres to MySQL" (2016): a write goes to every index of its table
  // too.
  field("indexes", indexes, "indexes that every write keeps up, beside the row itself", between(0, 1000));
  field("write_amplification", write_amplification,
        "what one index adds to the \"cpu\" and \"wait\" of every write, as a multiple of them: with n indexes a write takes "
        "1 + n x this times as long",
        between(0.0, 100.0));
  field("price", price, "per shard replica", at_least(0));
  field("failover", failover,
        "what happens when a primary fails and there are replicas; until one is promoted writes and reads with \"consistency\": "
        "\"primary\" fail, while other reads find their way to the nodes that are left at once");
  field("repair", repair, "without \"failover\": from the failure of a primary until it is back, with all that was committed",
        more_than(0));
  field("replication", replication, "how the replicas of a shard learn of writes; without it they have them at once");
  field("connections", connections, "connections that clients hold open; without it they have as many as they want");
  field("memory", memory, "of a shard node, for connections", at_least(0));
  field("partitions", partitions,
        "tables in partitions by time: a query asks the partition of now, or of so long ago as its \"age\" says");
  field("data", data, "that all shards have together, for the copy of a \"resharding\" and for \"price_per_gb_month\"", at_least(0));
  field("resharding", resharding,
        "another number of shards while queries go on: writes of keys that move go to both of their shards, reads to the new one "
        "and, where it has not got the key yet, on to the former one; queries without a key stay with the former shards. When all "
        "is copied the former ones are asked no more, and those that are too many go");
  field("price_per_1000_reads", price_per_1000_reads, "of a thousand queries that read, where the provider bills them", at_least(0));
  field("price_per_1000_writes", price_per_1000_writes, "of a thousand queries that write", at_least(0));
  field("price_per_gb_month", price_per_gb_month, "of 10^9 bytes of \"data\" that lie there for 30 days", at_least(0));
}

}  // namespace headroom
