// What arithmetic knows of a configuration before it is simulated: the least it costs, and whether it cannot hold.
#pragma once

#include <optional>
#include <string>

#include "scenarios/scenario.hpp"
#include "sim/cluster/blueprint.hpp"

namespace headroom {

// US dollars per month of 30 days: replicas without nodes, nodes and database nodes at the fewest they can be, each at the lowest
// of its prices, 5 % off for those that are down for a while. All else (transfers, tokens, storage) is left out, so it costs no
// less.
double least_monthly_cost(const Blueprint& blueprint);

// Why the configuration cannot keep its required objectives; nothing: it may. A service is looked at that requests of workloads
// go to directly, or that takes messages of a queue, and that is asked, on average over the run, for more than 110 % of what it
// can serve with the most replicas it may have (its autoscaler's, as far as its nodes, grown, have room). It cannot hold if
//  - what it cannot serve breaks an objective either way: a share of failures if it is refused or given up, and a latency if it
//  waits.
//    Those served then wait between nothing and the time that the surplus of the whole run takes: evenly spread;
//  - of messages, which always wait: the wait in the queue breaks an objective on it.
// Objectives on a phase, with "for", and on anything else count for nothing here. Retries and fallbacks are not looked at.
std::optional<std::string> cannot_hold(const Blueprint& blueprint, const Scenario& scenario);

}  // namespace headroom
