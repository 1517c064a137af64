#include "scenarios/explain.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "models/queueing/caches.hpp"
#include "models/queueing/multi_server.hpp"
#include "models/queueing/slots_and_cores.hpp"
#include "scenarios/database_use.hpp"
#include "scenarios/demand.hpp"
#include "scenarios/explain_admission.hpp"
#include "scenarios/explain_bills.hpp"
#include "scenarios/explain_caches.hpp"
#include "scenarios/explain_limits.hpp"
#include "scenarios/explain_weights.hpp"
#include "scenarios/rounded_text.hpp"
#include "scenarios/shard_shares.hpp"
#include "sim/cluster/steps.hpp"
#include "sim/core/units.hpp"
#include "sim/seams/shard_balance.hpp"

namespace headroom {
namespace {

// ---- load of a station -------------------------------------------------------------------------------------------------------

// A mean wait, and how long a visit holds what it waited for; nothing where it grows without end.
std::optional<SlotsAndCores> queue_of(const Resource& resource, const StationLoad& load, const Rates& mix) {
  const int servers = static_cast<int>(resource.servers);
  if (!resource.queues || load.utilization >= 1.0 || load.service_seconds <= 0.0 || servers < 1) return std::nullopt;
  const double core_seconds = resource.cores ? dot(mix, resource.cores->service) / dot(mix, resource.visits) : 0.0;
  const double other_seconds = std::max(0.0, load.service_seconds - core_seconds);
  const double rate = load.utilization * servers / load.service_seconds;
  // Without a rest the station is its cores alone; the formula wants some time elsewhere, so it is given next to none.
  const double elsewhere = std::max(other_seconds, 1e-12 * load.service_seconds);
  const SlotsAndCores queue =
      slots_and_cores(rate, core_seconds, elsewhere, servers, resource.cores ? resource.cores->at_a_time : servers);
  return queue.stable ? std::optional{queue} : std::nullopt;
}

// Nobody asks: every endpoint counts the same, so that the capacity still means something.
Rates mix_at(const Resource& resource, const Rates& mean) {
  return dot(mean, resource.visits) > 0.0 ? mean : Rates(mean.size(), 1.0);
}

StationLoad load_of(const Resource& resource, const Rates& mean, const Rates& peak) {
  StationLoad load;
  load.station = resource.station;
  load.resource = resource.name;
  load.demand = dot(mean, resource.visits);
  load.peak_demand = dot(peak, resource.visits);
  const Rates mix = mix_at(resource, mean);
  const double visits = dot(mix, resource.visits);
  if (visits <= 0.0) return load;
  load.service_seconds = dot(mix, resource.service) / visits;
  const double busy_per_visit = dot(mix, resource.busy) / visits;
  load.capacity = resource.servers / busy_per_visit;
  load.capacity_at_limit = resource.servers_at_limit / busy_per_visit;
  load.utilization = load.demand / load.capacity;
  load.peak_utilization = dot(peak, resource.busy) / resource.servers;
  if (const auto queue = queue_of(resource, load, mix)) load.mean_wait_seconds = queue->mean_wait;
  return load;
}

// ---- remarks -----------------------------------------------------------------------------------------------------------------

using Remarks = std::vector<std::string>;

void add_populations(const Blueprint& blueprint, const SystemDemand& demand, Remarks& remarks) {
  const Rates closed = demand.closed();
  for (Index w = 0; w < demand.sources().size(); ++w) {
    const double population = demand.sources()[w].population;
    if (population <= 0.0) continue;
    std::string text = fmt::format("workloads/{}: closed population of {:.0f}: at most N / (Z + R) = {:.0f} / {} = {} journeys/s",
                                   blueprint.workloads[w].name, population, population,
                                   rounded_text(demand.cycle_seconds(w), Dimension::time), rounded_text(closed[w]));
    if (demand.closed_share() < 1.0)
      text += fmt::format("; the first bottleneck allows {} journeys/s", rounded_text(demand.closed_share() * closed[w]));
    remarks.push_back(std::move(text));
  }
}

void add_hit_ratios(const Blueprint& blueprint, const SystemDemand& demand, Remarks& remarks) {
  for (const auto& [place, ratio] : demand.hit_ratios().all()) {
    const CacheBlueprint& cache = blueprint.caches[place.first];
    remarks.push_back(fmt::format("caches/{}: hit ratio for key {} estimated at {:.1f} % (characteristic time, {}{})", cache.name,
                                  blueprint.keys[place.second].name, ratio * 100.0, cache.policy.name == "fifo" ? "FIFO" : "LRU",
                                  cache.soft_time_to_live ? ", what causes a refresh counted as a miss"
                                  : cache.time_to_live    ? ", time to live"
                                                          : ""));
  }
}

template <class Action>
bool ends_entries(const Steps& steps, Index cache) {
  bool does = false;
  for_each_action<Action>(steps, [&](const Action& action) { does = does || action.cache == cache; });
  return does;
}

// What the estimates of hit ratios leave out.
void add_invalidated(const Blueprint& blueprint, Remarks& remarks) {
  for (Index cache = 0; cache < blueprint.caches.size(); ++cache) {
    const auto touches = [cache](const EndpointBlueprint& endpoint) {
      return ends_entries<WriteCacheStep>(endpoint.steps, cache) || ends_entries<InvalidateStep>(endpoint.steps, cache);
    };
    if (std::none_of(blueprint.endpoints.begin(), blueprint.endpoints.end(), touches)) continue;
    remarks.push_back(fmt::format("caches/{}: its hit ratios are estimated as if nobody wrote to it or invalidated anything",
                                  blueprint.caches[cache].name));
  }
}

// Any query by the key, or only reads that any node may answer.
bool is_queried(const Blueprint& blueprint, const MeanVisits& visits, Index database, Index key, bool only_reads) {
  for (Index e = 0; e < blueprint.endpoints.size(); ++e) {
    for (const MeanQueries& q : visits.endpoint(e).queries) {
      const bool counts = !only_reads || (!q.query.write && !q.query.at_primary);
      if (counts && q.query.database == database && q.query.key == key) return true;
    }
  }
  return false;
}

std::string hottest_shard(const Blueprint& blueprint, const DatabaseBlueprint& database, Index key, bool reads) {
  const auto shares = shard_shares(blueprint, database, key, reads);
  const auto hottest = std::max_element(shares.begin(), shares.end());
  const ShardBalance balance = balance_of(shares);
  return fmt::format(
      "databases/{}: the hottest of {} shards (number {}) gets {:.1f} % of the {} by {}, {:.2f} times the mean (variation "
      "{:.2f}); its "
      "capacity is what counts. One shard more would move {:.1f} % of the keys",
      database.name, database.shards, hottest - shares.begin(), *hottest * 100.0, reads ? "queries" : "writes",
      blueprint.keys[key].name, balance.largest_over_mean, balance.variation, moved_by_a_shard(blueprint, database, key) * 100.0);
}

void add_hot_shards(const Blueprint& blueprint, const SystemDemand& demand, Remarks& remarks) {
  for (Index d = 0; d < blueprint.databases.size(); ++d) {
    for (Index key = 0; key < blueprint.keys.size(); ++key) {
      const DatabaseBlueprint& database = blueprint.databases[d];
      if (database.shards > 1 && !database.partition_period && is_queried(blueprint, demand.visits(), d, key, false))
        remarks.push_back(hottest_shard(blueprint, database, key, is_queried(blueprint, demand.visits(), d, key, true)));
    }
  }
}

// What slots and connections do not show: those who hold them share cores that are scarcer.
void add_shared_cores(const SystemDemand& demand, Remarks& remarks) {
  constexpr double worth_telling = 1.1;
  for (const Resource& resource : demand.resources()) {
    const StationLoad load = load_of(resource, demand.mean(), demand.peak());
    if (!resource.cores || load.demand <= 0.0 || load.utilization >= 1.0 || load.service_seconds <= 0.0) continue;
    const auto queue = queue_of(resource, load, demand.mean());
    if (!queue) {
      remarks.push_back(
          fmt::format("{}: the cores are the bottleneck, not the {}: visits that share them hold the {} so long that the wait "
                      "for one grows without end",
                      resource.station, resource.name, resource.name));
    } else if (queue->mean_held > worth_telling * load.service_seconds) {
      remarks.push_back(
          fmt::format("{}: by sharing the cores a visit holds one of the {} for {} instead of {}; the mean wait "
                      "for one counts that",
                      resource.station, resource.name, rounded_text(queue->mean_held, Dimension::time),
                      rounded_text(load.service_seconds, Dimension::time)));
    }
  }
}

void add_rooms(const Blueprint& blueprint, Remarks& remarks) {
  for (Index s = 0; s < blueprint.services.size(); ++s) {
    const ServiceBlueprint& service = blueprint.services[s];
    const int most = most_replicas(service), room = replicas_with_room(blueprint, s, most);
    if (room >= most) continue;
    const NodePoolBlueprint& pool = blueprint.node_pools[service.node_pool];
    const int nodes = pool.autoscaler.chosen() ? std::max(pool.nodes, pool.maximum) : pool.nodes;
    remarks.push_back(
        fmt::format("services/{}: of {} replicas that may be asked for {} find room on the {} nodes that {} may have, beside the "
                    "replicas that other services start with",
                    service.name, most, room, nodes, pool.name));
  }
}

void add_places(const Blueprint& blueprint, Remarks& remarks) {
  for (const ServiceBlueprint& service : blueprint.services) {
    const int most = most_replicas(service), places = places_of(blueprint, service);
    if (most <= places) continue;
    remarks.push_back(fmt::format(
        "services/{}: of {} replicas that may be asked for {} have a place in {}, whose members are fixed: the others "
        "get no requests",
        service.name, most, places, blueprint.load_balancers[service.load_balancer].name));
  }
}

// Its clock starts when a message is taken, and in a batch some wait for the others.
void add_visibilities(const Blueprint& blueprint, const SystemDemand& demand, Remarks& remarks) {
  for (const ServiceBlueprint& service : blueprint.services) {
    if (service.queue == no_index || !blueprint.queues[service.queue].visibility) continue;
    const double rounds = std::ceil(static_cast<double>(service.batch) / service.concurrency);
    const double needed = rounds * demand.visits().endpoint(service.worker_endpoint).seconds;
    const double visibility = to_seconds(*blueprint.queues[service.queue].visibility);
    if (needed < visibility) continue;
    remarks.push_back(
        fmt::format("queues/{}: its visibility is {}, but the last of a batch that {} takes is done after {} "
                    "on average: messages are worked on twice",
                    blueprint.queues[service.queue].name, rounded_text(visibility, Dimension::time), service.name,
                    rounded_text(needed, Dimension::time)));
  }
}

// A key of a lock is a single server; the queue for it is at no station. Of each lock and key the hottest one.
void add_hot_locks(const Blueprint& blueprint, const SystemDemand& demand, Remarks& remarks) {
  for (Index lock = 0; lock < blueprint.locks.size(); ++lock) {
    for (Index key = 0; key < blueprint.keys.size(); ++key) {
      const double share = zipf_classes(blueprint.keys[key].items, blueprint.keys[key].zipf).front().probability;
      double load = 0.0;
      for (Index e = 0; e < blueprint.endpoints.size(); ++e) {
        for (const MeanLocks& held : demand.visits().endpoint(e).locks) {
          if (held.lock == lock && held.key == key) load += share * demand.mean()[e] * held.seconds;
        }
      }
      if (load < 0.5) continue;
      remarks.push_back(fmt::format("locks/{}: the hottest {} is asked for so often that it would be held {:.0f} % of the time{}",
                                    blueprint.locks[lock].name, blueprint.keys[key].name, 100.0 * load,
                                    load < 1.0 ? "; the waits for it are not counted" : ", more than there is"));
    }
  }
}

// What stands above about cores and replicas holds only as long as nobody else wants the node's, and nothing kills them.
void add_replica_conditions(const Blueprint& blueprint, Remarks& remarks) {
  for (const ServiceBlueprint& service : blueprint.services) {
    if (service.node_pool != no_index && service.requested_cpu() < service.cpu) {
      remarks.push_back(
          fmt::format("services/{}: its cores are counted at its limit of {}; a node that is full gives it its request, {}",
                      service.name, rounded_text(service.cpu), rounded_text(service.requested_cpu())));
    }
    if (!service.liveness) continue;
    const ProbeBlueprint& probe = *service.liveness;
    const double allowed = to_seconds(probe.initial_delay + (probe.failures - 1) * probe.period);
    if (service.start_up.mean() <= allowed) continue;
    remarks.push_back(fmt::format(
        "services/{}: its liveness probe kills a container that is not up after {}, and the start-up takes "
        "{} on average",
        service.name, rounded_text(allowed, Dimension::time), rounded_text(service.start_up.mean(), Dimension::time)));
  }
}

// The formula has one line before all slots; a balancer chooses a replica on arrival, and behind it others may be free.
void add_lines_of_replicas(const Blueprint& blueprint, const std::vector<StationLoad>& stations, Remarks& remarks) {
  constexpr double least = 1e-6;  // seconds; a shorter wait is none that anybody would compare
  for (const ServiceBlueprint& service : blueprint.services) {
    const auto waits = [&](const StationLoad& load) {
      return load.station == "services/" + service.name && load.resource == "slots" && load.mean_wait_seconds.value_or(0.0) > least;
    };
    if (service.replicas < 2 || std::ranges::none_of(stations, waits)) continue;
    remarks.push_back(fmt::format("services/{}: its mean wait is of one line before all {} replicas; each has a line of its own, chosen by "
                                  "the balancer on arrival, so that requests wait longer",
                                  service.name, service.replicas));
  }
}

}  // namespace

Explanation explain(const Blueprint& blueprint) {
  const SystemDemand demand{blueprint};
  Explanation explanation;
  for (const Resource& resource : demand.resources()) {
    StationLoad load = load_of(resource, demand.mean(), demand.peak());
    if (load.service_seconds > 0.0) explanation.stations.push_back(std::move(load));
  }
  std::stable_sort(explanation.stations.begin(), explanation.stations.end(), [](const StationLoad& a, const StationLoad& b) {
    return std::max(a.utilization, a.peak_utilization) > std::max(b.utilization, b.peak_utilization);
  });
  const Rates closed = demand.closed();
  for (std::size_t w = 0; w < demand.sources().size(); ++w) {
    explanation.arrivals_per_second += demand.sources()[w].mean_rate + demand.closed_share() * closed[w];
    explanation.peak_arrivals_per_second += demand.sources()[w].peak_rate + demand.closed_share() * closed[w];
  }
  add_populations(blueprint, demand, explanation.remarks);
  add_shared_cores(demand, explanation.remarks);
  add_lines_of_replicas(blueprint, explanation.stations, explanation.remarks);
  add_rooms(blueprint, explanation.remarks);
  add_places(blueprint, explanation.remarks);
  add_visibilities(blueprint, demand, explanation.remarks);
  add_hot_locks(blueprint, demand, explanation.remarks);
  add_replica_conditions(blueprint, explanation.remarks);
  add_hit_ratios(blueprint, demand, explanation.remarks);
  add_invalidated(blueprint, explanation.remarks);
  add_hot_shards(blueprint, demand, explanation.remarks);
  remark_on_databases(blueprint, explanation.remarks);
  add_bills(blueprint, demand, explanation.remarks);
  add_cache_remarks(blueprint, demand, explanation.remarks);
  add_serverless(blueprint, demand, explanation.remarks);
  add_limits(blueprint, demand, explanation.remarks);
  add_reshardings(blueprint, demand, explanation.remarks);
  add_weights(blueprint, explanation.remarks);
  add_admissions(blueprint, explanation.remarks);
  explanation.remarks.insert(explanation.remarks.end(), demand.visits().remarks().begin(), demand.visits().remarks().end());
  return explanation;
}

}  // namespace headroom
