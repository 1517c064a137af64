#include "scenarios/machine_spec.hpp"

namespace headroom {

namespace {

constexpr Duration nothing{};

}  // namespace

void RoundTripSpec::describe(Fields& field) {
  field.required("name", name, "the other region");
  field.required("time", time, "there and back", at_least(nothing));
}

void RegionSpec::describe(Fields& field) {
  field.required("name", name, "name of the region");
  field("round_trip", round_trip,
        "round-trip times to other regions, by name; they hold both ways; every pair of regions needs one");
  // shared/catalog/carbon_intensity.csv and power.csv, from Cloud Carbon Footprint and Google's region-carbon-info.
  field("carbon", carbon,
        "carbon intensity of the region's grid, in grams of CO2 equivalent per kilowatt-hour (Ireland 316, Virginia 323 to 416, "
        "Belgium 103, Stockholm 3 to 8); without it nothing is said about carbon",
        between(0.0, 5000.0));
  field("pue", pue,
        "what the data centre draws, of what its machines draw (Cloud Carbon Footprint: AWS 1.135, Azure 1.185, Google 1.1)",
        between(1.0, 5.0));
}

void RegistrySpec::describe(Fields& field) {
  field("bandwidth", bandwidth, "of the image registry's link, which all image pulls share", more_than(0));
  field("latency", latency, "one way between registry and nodes", at_least(nothing));
  field.choice("network_model", network_model, "SimGrid's model of links under contention", {"CM02", "LV08"});
}

void PurchaseSpec::describe(Fields& field) {
  field("reserved", reserved, "nodes that are paid for all the time, at the reserved price; the first nodes are these",
        between(0, 100000));
  field("spot", spot, "largest share of the other nodes that are spot nodes", between(0.0, 1.0));
  field.choice("term", term, "for how long the reserved nodes are taken; the price catalogue's price is for that",
               {"1 year", "3 years"});
  field("reserved_price", reserved_price, "of a reserved node; needed when no instance type gives it", at_least(0));
  field("spot_price", spot_price, "of a spot node; needed when no instance type gives it", at_least(0));
  field("interruptions", interruptions,
        "how often the provider takes a spot node back: \"0.1 /month\"; without it what the price catalogue tells of the "
        "instance type "
        "(the middle of its band)",
        at_least(0));
  field("notice", notice, "between being told and the node being gone; what is still on it then is lost", at_least(nothing));
}

// Coefficients of Cloud Carbon Footprint, per vCPU and per GPU.
void PowerSpec::describe(Fields& field) {
  field.required("idle", idle, "watts of a core that does nothing (EPYC 2nd generation 0.47, Ice Lake 0.77, Sapphire Rapids 1.04)",
                 between(0.0, 1000.0));
  field.required("full", full, "watts of a core in use (EPYC 2nd generation 1.69, Ice Lake 3.76, Sapphire Rapids 4.16)",
                 between(0.0, 1000.0));
  field("gpu_idle", gpu_idle, "watts of a GPU that no replica has (T4 8, A10G 18, V100 35, A100 46)", between(0.0, 5000.0));
  field("gpu_full", gpu_full, "watts of a GPU that a replica has (T4 71, A10G 153, V100 306, A100 407)", between(0.0, 5000.0));
}

void NodePoolSpec::describe(Fields& field) {
  field.required("name", name, "name of the node pool");
  field("region", region, "region of the nodes; may be left out when there is only one");
  field("instance", instance,
        "instance type of the price catalogue; gives cpu, memory, pods_per_node, bandwidth, GPUs and prices");
  field("cpu", cpu, "allocatable cores of a node; needed without an instance", more_than(0));
  field("memory", memory, "allocatable memory of a node; needed without an instance", more_than(0));
  field("pods_per_node", pods_per_node, "most replicas on a node (110 without an instance)", between(1, 10000));
  field("bandwidth", bandwidth, "of a node's network link (10 Gbit/s without an instance)", more_than(0));
  field("price", price, "of a node, from asking for it until it is given back (0 without an instance)", at_least(0));
  field("purchase", purchase, "how the nodes are bought: {\"reserved\": 3, \"spot\": \"30 %\"}; without it all are on demand");
  field("gpus", gpus, "GPUs of a node (0 without an instance)", between(0, 64));
  field("nodes", nodes, "fewest and most nodes; the run starts with the fewest", between(0, 100000));
  field("zones", zones, "availability zones; nodes are dealt to them in turn (between zones the network adds nothing)",
        between(1, 100));
  field("boot", boot, "from asking for a node until pods can be placed on it; needed when nodes can be added");
  field("autoscaler", autoscaler, "policy that adds and removes nodes; without it the number stays");
  field("placement", placement, "policy that chooses the node of a replica; best-fit without it");
  field("other_instances", other_instances,
        "further instance types of the price catalogue: the autoscaler adds nodes of the type that suits the replicas that wait; "
        "the nodes at the start, and reserved ones, are of the pool's own");
  field("power", power, "what nodes draw, in watts: {\"idle\": 0.77, \"full\": 3.76} of each core; without it energy is not metered");
}

}  // namespace headroom
