#include "scenarios/scenario.hpp"

#include "sim/core/event_list.hpp"

namespace headroom {

namespace {

constexpr Duration nothing{};
// The event list counts 2^56 ns, 833.99 days.
constexpr Duration longest_run = std::chrono::hours{24} * 833;
static_assert(longest_run < EventList::latest.time_since_epoch());

// The one thing a step does: exactly one of these fields.
FieldInfo action(std::string_view name, std::string_view meaning, Range range = {}) {
  return FieldInfo{.name = name, .meaning = meaning, .range = range, .one_of = "action"};
}

}  // namespace

void RetrySpec::describe(Fields& field) {
  field("attempts", attempts, "tries in all, the first included", between(1, 100));
  field("base", base, "back-off before the second try; before try n+1 it is base x factor^(n-1), at most \"at_most\"", at_least(nothing));
  field("factor", factor, "how much longer each back-off is than the one before", between(1.0, 100.0));
  field("at_most", at_most, "longest back-off", at_least(nothing));
  field.choice("jitter", jitter, "full: the back-off is drawn uniformly between 0 and that value; none: it is exactly that value",
               {"full", "none"});
}

void StepSpec::describe(Fields& field) {
  field(action("compute", "CPU demand on the replica's cores, in time of one core"), compute);
  field(action("wait", "time that takes no resource: a third party, a disk"), wait);
  field(action("think", "time a user takes before the next step (journeys)"), think);
  field(action("call", "endpoint of a service to ask, as service.endpoint; waits for the answer"), call);
  field(action("request", "endpoint a journey asks, as service.endpoint; waits for the answer"), request);
  field(action("parallel", "lists of steps that run at the same time; goes on when all have ended, fails if one failed"), parallel);
  field(action("for_each", "how many times to run \"steps\", rounded to a whole number", at_least(0)), for_each);
  field(action("choose", "options of which one is taken, by weight"), choose);
  field(action("cache", "cache to look \"key\" up in; on a miss \"on_miss\" runs, then the key is filled"), cache);
  field(action("query", "database to ask; \"read\" or \"write\" names the key by which it shards"), query);
  field(action("publish", "queue to put a message into; does not wait for its consumer"), publish);
  field(action("lock", "lock of which \"key\" is taken, held while \"steps\" run, and given back"), lock);
  field(action("respond", "true: answer now and go on working"), respond);
  field(action("generate", "language model to ask for a text of \"output\" tokens to an input of \"input\" tokens; waits for its last token"),
        generate);
  field("timeout", timeout, "call, request: how long each try may take; the callee goes on working when it fires", more_than(0));
  field("retry", retry, "call, request: tries after a failure or a time-out (without it: one try)");
  field(FieldInfo{.name = "on_failure", .meaning = "call, request: fail (the default) or continue as if it had been answered",
                  .choices = {"fail", "continue"}}, on_failure);
  field("at_most", at_most, "for_each: how many run at a time (1: one after the other)", between(1, 1e6));
  field("steps", steps, "for_each: what is done each time; lock: what is done under the lock");
  field("key", key, "cache: the key that is looked up; lock: the key that is locked");
  field("on_miss", on_miss, "cache: what is done when the key is not there");
  field("read", read, "query: a read by this key");
  field("write", write, "query: a write by this key");
  field("input", input, "generate: tokens of the input, rounded to a whole number", at_least(0));
  field("output", output, "generate: tokens of the answer, rounded to a whole number", at_least(0));
  field("cached", cached, "generate: share of the input that the model still has from earlier requests (its prefix cache); none without it",
        between(0.0, 1.0));
  field("priority", priority, "publish: class of the message, 0 is served first (without it: the priority of the request)", between(0, 255));
  field("lease", lease, "lock: after so long another may take the key, though its holder may be at work still", more_than(0));
  field("renew", renew, "lock: a living holder extends its lease this often, so that it runs out after a crash only", more_than(0));
  field(FieldInfo{.name = "on_held", .meaning = "lock: when another holds the key, wait (the default) and ask again, skip the steps, or fail",
                  .choices = {"wait", "skip", "fail"}}, on_held);
  field("poll", poll, "lock: how long after an answer it asks again (100 ms without it)", more_than(0));
}

void OptionSpec::describe(Fields& field) {
  field("weight", weight, "how often this option is taken, against the weights of the others", at_least(0));
  field("steps", steps, "what is done; may be empty");
}

void RoundTripSpec::describe(Fields& field) {
  field.required("name", name, "the other region");
  field.required("time", time, "there and back", at_least(nothing));
}

void RegionSpec::describe(Fields& field) {
  field.required("name", name, "name of the region");
  field("round_trip", round_trip, "round-trip times to other regions, by name; they hold both ways; every pair of regions needs one");
}

void RegistrySpec::describe(Fields& field) {
  field("bandwidth", bandwidth, "of the image registry's link, which all image pulls share", more_than(0));
  field("latency", latency, "one way between registry and nodes", at_least(nothing));
  field.choice("network_model", network_model, "SimGrid's model of links under contention", {"CM02", "LV08"});
}

void PurchaseSpec::describe(Fields& field) {
  field("reserved", reserved, "nodes that are paid for all the time, at the reserved price; the first nodes are these", between(0, 100000));
  field("spot", spot, "largest share of the other nodes that are spot nodes", between(0.0, 1.0));
  field.choice("term", term, "for how long the reserved nodes are taken; the price catalogue's price is for that", {"1 year", "3 years"});
  field("reserved_price", reserved_price, "of a reserved node; needed when no instance type gives it", at_least(0));
  field("spot_price", spot_price, "of a spot node; needed when no instance type gives it", at_least(0));
  field("interruptions", interruptions,
        "how often the provider takes a spot node back: \"0.1 /month\"; without it what the price catalogue tells of the instance type "
        "(the middle of its band)", at_least(0));
  field("notice", notice, "between being told and the node being gone; what is still on it then is lost", at_least(nothing));
}

void NodePoolSpec::describe(Fields& field) {
  field.required("name", name, "name of the node pool");
  field("region", region, "region of the nodes; may be left out when there is only one");
  field("instance", instance, "instance type of the price catalogue; gives cpu, memory, pods_per_node, bandwidth, GPUs and prices");
  field("cpu", cpu, "allocatable cores of a node; needed without an instance", more_than(0));
  field("memory", memory, "allocatable memory of a node; needed without an instance", more_than(0));
  field("pods_per_node", pods_per_node, "most replicas on a node (110 without an instance)", between(1, 10000));
  field("bandwidth", bandwidth, "of a node's network link (10 Gbit/s without an instance)", more_than(0));
  field("price", price, "of a node, from asking for it until it is given back (0 without an instance)", at_least(0));
  field("purchase", purchase, "how the nodes are bought: {\"reserved\": 3, \"spot\": \"30 %\"}; without it all are on demand");
  field("gpus", gpus, "GPUs of a node (0 without an instance)", between(0, 64));
  field("nodes", nodes, "fewest and most nodes; the run starts with the fewest", between(0, 100000));
  field("zones", zones, "availability zones; nodes are dealt to them in turn (between zones the network adds nothing)", between(1, 100));
  field("boot", boot, "from asking for a node until pods can be placed on it; needed when nodes can be added");
  field("autoscaler", autoscaler, "policy that adds and removes nodes; without it the number stays");
  field("placement", placement, "policy that chooses the node of a replica; best-fit without it");
}

void EndpointSpec::describe(Fields& field) {
  field.required("name", name, "name of the endpoint; others call it service.endpoint");
  field("steps", steps, "what a request does");
}

void ConsumesSpec::describe(Fields& field) {
  field.required("queue", queue, "queue to take messages from");
  field.required("endpoint", endpoint, "endpoint of the same service that each message runs");
  field("batch", batch, "messages taken at a time", between(1, 1e6));
}

void ServiceSpec::describe(Fields& field) {
  field.required("name", name, "name of the service");
  field("region", region, "where it runs; may be left out with a node pool, or when there is only one region");
  field("node_pool", node_pool, "nodes that carry its replicas; without it replicas need no node");
  field("replicas", replicas, "replicas at the start, ready at time 0", between(0, 1e6));
  field("concurrency", concurrency, "requests that one replica works on at a time", between(1, 1e6));
  field("backlog", backlog, "requests that may wait per replica; any number without it", between(0, 1e9));
  field.choice("discipline", discipline,
               "who of those that wait for a slot is next: fifo, who came first; lifo, who came last; priority, the lowest priority number; "
               "fair, one of each tenant (subject) in turn",
               {"fifo", "lifo", "priority", "fair"});
  field("wait_limit", wait_limit, "a request that has waited this long for a slot fails; drawn per request");
  field("cpu", cpu, "cores per replica, also what it requests of its node; may be a fraction", between(0.001, 1024));
  field("gpus", gpus, "GPUs that a replica has to itself, requested of its node", between(0, 64));
  field("memory", memory, "memory limit and request of a replica; 0: memory is not modelled", at_least(0));
  field("memory_base", memory_base, "memory in use by an idle replica", at_least(0));
  field("memory_per_task", memory_per_task, "memory in use by each request in work", at_least(0));
  field("image", image, "size of the container image that a node pulls for a new replica", at_least(0));
  field("start_up", start_up, "from start of the container until it is ready to be probed");
  field("readiness_period", readiness_period, "a new replica is registered at the first probe after start-up; 0: at once", at_least(nothing));
  field("drain_limit", drain_limit, "grace period of a leaving replica; work still in it is lost when it ends", at_least(nothing));
  field("balancer", balancer, "policy that chooses the replica of a request; round-robin without it");
  field("autoscaler", autoscaler, "policy that sets the number of replicas; without it the number stays");
  field("replica_limits", replica_limits,
        "fewest and most replicas an autoscaler may ask for; else what its own \"replicas\" says, else 1 to 10000", between(0, 1e6));
  field("price", price, "per replica, for a service without a node pool", at_least(0));
  field("consumes", consumes, "makes it a worker: it takes messages from a queue instead of requests");
  field("language_model", language_model, "model whose engine each replica runs, for the generate steps of its own endpoints");
  field("endpoints", endpoints, "what it can be asked for");
}

void ShardsSpec::describe(Fields& field) {
  field("count", count, "number of shards", between(1, 100000));
  field("policy", policy, "how keys are spread over shards; modulo without it");
}

void OperationSpec::describe(Fields& field) {
  field("cpu", cpu, "CPU demand of one operation, in time of one core");
  field("wait", wait, "time without CPU (disk) while it holds the connection");
}

void DatabaseSpec::describe(Fields& field) {
  field.required("name", name, "name of the database");
  field("region", region, "where it runs; may be left out when there is only one");
  field("shards", shards, "number of shards and how keys are spread over them: {\"policy\": \"consistent-hash\", \"count\": 8}");
  field("replicas", replicas, "replicas per shard; writes go to the first, reads are spread over all", between(1, 1000));
  field("pool", pool, "connections per shard replica: operations at a time", between(1, 1e6));
  field("backlog", backlog, "operations that may wait per shard replica; any number without it", between(0, 1e9));
  field("wait_limit", wait_limit, "an operation that has waited this long for a connection fails");
  field("cpu", cpu, "cores per shard replica", between(0.001, 1024));
  field("read", read, "what a read takes");
  field("write", write, "what a write takes");
  field("price", price, "per shard replica", at_least(0));
}

void QueueSpec::describe(Fields& field) {
  field.required("name", name, "name of the queue");
  field("priorities", priorities, "classes of messages; 0 is served first, higher numbers than there are classes join the last", between(1, 256));
  field("limit", limit, "messages that wait in it at most; any number without it", between(1, 1e12));
  field.choice("on_full", on_full, "a publish to a full queue fails, or its publisher waits for room, first come first served", {"fail", "wait"});
  field("delay", delay, "from publication until the message may be taken; drawn per message");
  field("visibility", visibility,
        "a message that is not finished so long after it was taken may be taken again, and so may one whose work failed or was lost; "
        "without it every message is delivered once", more_than(0));
  field("deliveries", deliveries, "most deliveries of a message; not finished by the end of the last it is a dead letter; any number without it",
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
  field("price", price, "per instance, for the scopes shared and region", at_least(0));
}

void KeySpec::describe(Fields& field) {
  field.required("name", name, "name of the key");
  field("items", items, "how many different values it has", between(1, 9e15));
  field("zipf", zipf, "exponent of its popularity: the item of rank r is asked for in proportion to r^-exponent; 0: all alike", between(0.0, 10.0));
  field.choice("per", per,
               "one draw per request, per subject (user, tenant, monitor), per task (each body of a for_each), or what the arrival brings (trace)",
               {"request", "subject", "task", "arrival"});
  field("size", size, "size of the object under a key; the same key always has the same size");
}

void JourneySpec::describe(Fields& field) {
  field("name", name, "name of the journey");
  field("weight", weight, "how often it is taken, against the weights of the others", at_least(0));
  field("steps", steps, "what a user does: requests and thinking");
}

void WorkloadSpec::describe(Fields& field) {
  field.required("name", name, "name of the workload");
  field("region", region, "where its requests come from; may be left out when there is only one");
  field(FieldInfo{.name = "model", .meaning = "who asks, and when; its options stand beside it", .required = true}, model);
  field("journeys", journeys, "what each arrival does");
}

void ObjectiveSpec::describe(Fields& field) {
  field.required("that", that, "condition that has to hold: p(95) latency{endpoint=api.feed} < 300 ms");
  field.choice("severity", severity, "required: a miss fails the scenario; advisory: it is only reported", {"required", "advisory"});
  field("source", source, "where it was promised: document and line");
}

void AssumptionSpec::describe(Fields& field) {
  field.required("name", name, "its name; ${name} anywhere in the scenario stands for its value");
  field.required("value", value, "what was taken");
  field("range", range, "[low, high]: what it could be");
  field.required("why", why, "why this value, and where it comes from");
}

void ReplicationSpec::describe(Fields& field) {
  field("count", count, "runs per variant, each with its own random numbers; with \"until_relative_error\" the fewest", between(1, 100000));
  field("until_relative_error", until_relative_error,
        "adds runs until the half-width of the 95 % interval of every objective's value is at most this share of the value",
        between(0.0001, 1.0));
  field("at_most", at_most, "most runs per variant with \"until_relative_error\"", between(1, 100000));
}

void Scenario::describe(Fields& field) {
  field.required("name", name, "name of the scenario");
  field("description", description, "what it is about");
  field("source", source, "the document it simulates");
  field("seed", seed, "of all random numbers", at_least(0));
  field("duration", duration, "simulated time of one run", Range{0.0, to_seconds(longest_run), true});
  field("warm_up", warm_up, "a time to delete from the front of each run, or auto: found by MSER-5 when every workload is stationary");
  field("scrape", scrape, "how often metrics are scraped for policies", between(std::chrono::milliseconds{1}, std::chrono::hours{24}));
  field("replications", replications, "how many runs");
  field("assumptions", assumptions, "values that the documents do not give, each with its range and reason");
  field("regions", regions, "places; without them everything is in one");
  field("registry", registry, "where container images come from");
  field("node_pools", node_pools, "machines that carry replicas");
  field("services", services, "what answers requests");
  field("databases", databases, "what holds data, in shards");
  field("queues", queues, "what holds messages for worker services");
  field("locks", locks, "what lets one at a time work on a key, under a lease");
  field("caches", caches, "what keeps copies near");
  field("keys", keys, "what is asked for: how many different things and how popular");
  field("language_models", language_models, "what writes texts, by tokens");
  field("workloads", workloads, "who asks, and when");
  field("objectives", objectives, "what was promised");
}

}  // namespace headroom
