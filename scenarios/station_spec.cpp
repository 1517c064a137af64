#include "scenarios/station_spec.hpp"

namespace headroom {

namespace {

constexpr Duration nothing{};

}  // namespace

void EndpointSpec::describe(Fields& field) {
  field.required("name", name, "name of the endpoint; others call it service.endpoint");
  field("steps", steps, "what a request does");
  field("request_size", request_size, "bytes of a request for it, counted by where they go; they take no time of their own");
  field("response_size", response_size, "bytes of an answer, the same");
}

void ConsumesSpec::describe(Fields& field) {
  field.required("queue", queue, "queue to take messages from");
  field.required("endpoint", endpoint, "endpoint of the same service that each message runs");
  field("batch", batch, "messages taken at a time", between(1, 1e6));
}

void LivenessSpec::describe(Fields& field) {
  field("period", period, "a probe every so often", more_than(0));
  field("timeout", timeout, "a probe that waits so long in the replica's line fails; no more than the period", more_than(0));
  field("failures", failures, "in a row, until the container is killed", between(1, 1000));
  field("initial_delay", initial_delay, "of the first probe, after the start of the container", at_least(nothing));
}

void ReadinessSpec::describe(Fields& field) {
  field("period", period, "a probe every so often", more_than(0));
  field("timeout", timeout, "a probe that waits so long in the replica's line fails; no more than the period", more_than(0));
  field("failures", failures, "in a row, until the replica is off the balancer", between(1, 1'000'000));
  field("successes", successes, "in a row, until it is on it", between(1, 1000));
}

void FairWeightSpec::describe(Fields& field) {
  field.required("workload", workload, "whose tenants they are");
  field("weight", weight, "requests of one of them in a turn; a tenant of weight 3 is served three times as often as one of weight 1 while both wait",
        between(1, 1000));
}

void ServiceSpec::describe(Fields& field) {
  field.required("name", name, "name of the service");
  field("region", region, "where it runs; may be left out with a node pool, or when there is only one region");
  field("node_pool", node_pool, "nodes that carry its replicas; without it replicas need no node");
  field("replicas", replicas, "replicas at the start, ready at time 0", between(0, 1e6));
  field("concurrency", concurrency, "requests that one replica works on at a time", between(1, 1e6));
  field("backlog", backlog, "requests that may wait per replica; any number without it", between(0, 1e9));
  field.choice("discipline", discipline,
               "who of those that wait for a slot is next: fifo, who came first; lifo, who came last; priority, the lowest "
               "priority number; "
               "fair, one of each tenant (subject) in turn",
               {"fifo", "lifo", "priority", "fair"});
  field("wait_limit", wait_limit,
        "a request that has waited this long for a slot (of a serverless service, for its instance to start) fails; drawn per "
        "request");
  field("cpu", cpu, "cores per replica, also what it requests of its node; may be a fraction", between(0.001, 1024));
  field("cpu_request", cpu_request,
        "cores that a replica requests of its node, which its utilization is measured against; what \"cpu\" says without it",
        between(0.001, 1024));
  field("cpu_limit", cpu_limit,
        "cores that a replica may use when its node has them; on a full node replicas share in proportion to their requests; what "
        "\"cpu\" says without it",
        between(0.001, 1024));
  field("gpus", gpus, "GPUs that a replica has to itself, requested of its node", between(0, 64));
  field("memory", memory, "memory limit and request of a replica; 0: memory is not modelled", at_least(0));
  field("memory_base", memory_base, "memory in use by an idle replica", at_least(0));
  field("memory_per_task", memory_per_task, "memory in use by each request in work", at_least(0));
  field("image", image, "size of the container image that a node pulls for a new replica", at_least(0));
  field("start_up", start_up, "from start of the container until it is ready to be probed");
  field("readiness", readiness,
        "probe of each replica: a new one is registered when it passes, and is off the balancer while it fails; without it a "
        "replica is registered after its start-up, for good");
  field("liveness", liveness, "probe of each replica: when it fails the container is killed, with its work, and started again");
  field("drain_limit", drain_limit, "grace period of a leaving replica; work still in it is lost when it ends",
        at_least(nothing));
  field("balancer", balancer, "policy that chooses the replica of a request; round-robin without it");
  field("autoscaler", autoscaler, "policy that sets the number of replicas, or a list of them, of which the one that wants the most counts; without it the number stays");
  field("replica_limits", replica_limits,
        "fewest and most replicas an autoscaler may ask for; else what its own \"replicas\" says, else 1 to 10000",
        between(0, 1e6));
  field("price", price, "per replica, for a service without a node pool", at_least(0));
  field("consumes", consumes, "makes it a worker: it takes messages from a queue instead of requests");
  field("language_model", language_model, "model whose engine each replica runs, for the generate steps of its own endpoints");
  field("load_balancer", load_balancer, "load balancer that its requests come through");
  field("endpoints", endpoints, "what it can be asked for");
  field("serverless", serverless,
        "the platform starts an instance for a request that finds no free slot, and takes it away when it is idle; \"concurrency\", "
        "\"cpu\" and \"memory\" are those of an instance");
  field("vertical_autoscaler", vertical_autoscaler,
        "policy that sets how much cpu and memory each replica requests, its limits in proportion; without it both stay");
  field("admission", admission,
        "policy by which each replica lets a request in or refuses it, and serves it or drops it when its turn comes; without it "
        "a replica takes what its \"backlog\" has room for");
  field("fair_weights", fair_weights,
        "of the discipline fair: how many requests of one tenant are next in a row, by the workload it comes with; 1 for workloads that "
        "are not listed");
  field("registration", registration,
        "from a new replica's readiness until the balancer sends it requests and it counts as ready, as with a readiness gate",
        at_least(nothing));
}

void QueueSpec::describe(Fields& field) {
  field.required("name", name, "name of the queue");
  field("priorities", priorities, "classes of messages; 0 is served first, higher numbers than there are classes join the last",
        between(1, 256));
  field("limit", limit, "messages that wait in it at most; any number without it", between(1, 1e12));
  field.choice("on_full", on_full, "a publish to a full queue fails, or its publisher waits for room, first come first served",
               {"fail", "wait"});
  field("delay", delay, "from publication until the message may be taken; drawn per message");
  field("visibility", visibility,
        "a message that is not finished so long after it was taken may be taken again, and so may one whose work failed or was "
        "lost; "
        "without it every message is delivered once",
        more_than(0));
  field("deliveries", deliveries,
        "most deliveries of a message; not finished by the end of the last it is a dead letter; any number without it",
        between(1, 100));
  field("dead_letters", dead_letters, "queue that dead letters go to; without it they are only counted");
}

void LockSpec::describe(Fields& field) {
  field.required("name", name, "name of the lock");
  field("latency", latency, "of an operation: to take a key, to ask again, to give it back");
  field("price", price, "of the store that keeps it", at_least(0));
}

void CacheSpec::describe(Fields& field) {
  field.required("name", name, "name of the cache");
  field.choice("scope", scope, "shared: one tier for all; replica: one in each replica; region: one per region (edge)",
               {"shared", "replica", "region"});
  field.required("capacity", capacity, "size of the tier, of each replica's, or of each region's", more_than(0));
  field("policy", policy, "which resident goes when it is full; lru without it");
  field("time_to_live", time_to_live, "how long a value may be used after it was filled; for ever without it", more_than(0));
  field("latency", latency, "of a look-up, hit or miss");
  field("price", price, "per node of an instance, for the scopes shared and region", at_least(0));
  field("soft_time_to_live", soft_time_to_live,
        "past it a hit is served as it is, and one refresh, the steps of \"on_miss\", runs in the background", more_than(0));
  field("coalesce", coalesce, "who misses a key that is being loaded waits for that load instead of loading it too");
  field("coalesce_limit", coalesce_limit, "how long it waits at most; then it loads for itself", more_than(0));
  field("nodes", nodes, "of the tier, or of each region's: keys are spread over them by hash, and the capacity is split",
        between(1, 10000));
  field("operations", operations, "that one node can do, first come first served; any number without it", more_than(0));
  field("persistent", persistent, "what it holds outlives its restart, or that of its replica's container (not its replica), on whose disk it is, not in its memory");
  field("connections", connections,
        "that a node has; replicas that find none left work without the cache; any number without it", between(1, 1e9));
  field("connections_per_client", connections_per_client,
        "that each replica whose endpoints use the cache opens to each node", between(1, 1e6));
}

void LinkSpec::describe(Fields& field) {
  field.required("name", name, "name of the link");
  field.required("bandwidth", bandwidth, "shared by the transfers on it: each gets the same, none more than its own bit_rate",
                 more_than(0));
  field.choice("per", per, "all: one link; region: one in each region", {"all", "region"});
  field("price", price, "of 10^9 bytes (a gigabyte) sent", at_least(0));
}

void KeySpec::describe(Fields& field) {
  field.required("name", name, "name of the key");
  field("items", items, "how many different values it has", between(1, 9e15));
  field("zipf", zipf, "exponent of its popularity: the item of rank r is asked for in proportion to r^-exponent; 0: all alike",
        between(0.0, 10.0));
  field.choice("per", per,
               "one draw per request, per task (each body of a for_each), or per subject (user, tenant, monitor), who without "
               "zipf has an item of its own; or what the arrival brings (trace). Subjects of the same number are the same, "
               "whatever their workload",
               {"request", "subject", "task", "arrival"});
  field("size", size, "size of the object under a key; the same key always has the same size");
}

}  // namespace headroom
