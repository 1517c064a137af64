#include "scenarios/scenario.hpp"

#include "scenarios/settings.hpp"
#include "sim/core/event_list.hpp"

namespace headroom {

namespace {

constexpr Duration nothing{};
constexpr double largest_load = 1e6;
// The event list counts 2^56 ns, 833.99 days.
constexpr Duration longest_run = std::chrono::hours{24} * 833;
static_assert(longest_run < EventList::latest.time_since_epoch());

}  // namespace

void JourneySpec::describe(Fields& field) {
  field("name", name, "name of the journey");
  field("weight", weight, "how often it is taken, against the weights of the others", at_least(0));
  field("steps", steps, "what a user does: requests and thinking");
}

void WorkloadSpec::describe(Fields& field) {
  field.required("name", name, "name of the workload");
  field("region", region, "where its requests come from; may be left out when there is only one");
  field(
      "regions", regions,
      "instead of \"region\": the share of its subjects at home in each, {\"eu\": 0.3, \"us\": 0.7}; a subject stays in its own");
  field(FieldInfo{.name = "model", .meaning = "who asks, and when; its options stand beside it", .required = true}, model);
  field("journeys", journeys, "what each arrival does");
}

void ObjectiveSpec::describe(Fields& field) {
  field.required("that", that, "condition that has to hold: p(95) latency{endpoint=api.feed} < 300 ms");
  field.choice("severity", severity, "required: a miss fails the scenario; advisory: it is only reported", {"required", "advisory"});
  field("source", source, "where it was promised: document and line");
  // OpenSLO v1: timeWindow, budgetingMethod, timeSliceWindow, timeSliceTarget.
  field("window", window,
        "time over which the objective is promised: \"30 d\"; the verdict then says what of its error budget goes, how fast, and when "
        "burn-rate alerts fire",
        more_than(0));
  field.choice("budgeting", budgeting,
               "what the budget is counted in. occurrences: requests; timeslices: slices of time, of which as many may be bad",
               {"occurrences", "timeslices"});
  field("slice", slice, "of timeslices; no shorter than the windows that a run is recorded in", more_than(0));
  field("slice_target", slice_target, "share of good requests from which a slice is good; one without requests is", between(0.0, 1.0));
}

void AssumptionSpec::describe(Fields& field) {
  field.required("name", name, "its name; ${name} anywhere in the scenario stands for its value");
  field.required("value", value, "what was taken");
  field("range", range, "[low, high]: what it could be");
  field.required("why", why, "why this value, and where it comes from");
  field("confidence", confidence, "how sure it is that the truth lies in the range; certain if left out", between(0.01, 0.99));
}

std::string AssumptionSpec::pointer() const { return name.starts_with('/') ? name : "/assumptions/" + escaped_token(name); }

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
  field("limits", limits, "what requests may take in a time, by tier");
  field("links", links, "what bytes are sent over");
  field("workloads", workloads, "who asks, and when");
  field("objectives", objectives, "what was promised");
  field("network", network, "prices of bytes on the network");
  field("routes", routes, "one name for services in several regions, and who is sent to which");
  field("stores", stores, "what keeps objects, in tiers by how long nobody has used them");
  field("faults", faults, "what fails, and when");
  field("load_balancers", load_balancers, "what stands before services and spreads their requests");
  field("clients", clients, "what a replica keeps of those it calls: budgets of retries, circuit breakers, bulkheads, hedges");
  field("load", load,
        "the demand times this: rates, and, in whole numbers, users, accounts, monitors, populations, items of keys drawn per subject",
        Range{0.0, largest_load, true});
  field("growth", growth, "how many users there will be, month by month; for `headroom plan growth`, no run looks at it");
  field("vary", vary, "what a search may change, and to what");
}

}  // namespace headroom
