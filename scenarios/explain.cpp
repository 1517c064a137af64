#include "scenarios/explain.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "models/queueing/caches.hpp"
#include "models/queueing/multi_server.hpp"
#include "models/queueing/networks.hpp"
#include "scenarios/hit_ratios.hpp"
#include "scenarios/mean_visits.hpp"
#include "sim/core/registry.hpp"

namespace headroom {
namespace {

using Rates = std::vector<double>;  // by endpoint, or by workload

double dot(const Rates& a, const Rates& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

Rates plus(Rates a, const Rates& b, double factor) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] += factor * b[i];
  return a;
}

// A limited resource, linear in the visits of endpoints: what one visit of each endpoint asks of it.
struct Resource {
  std::string station, name;
  Rates visits;          // of the station
  Rates service;         // seconds of the resource, over all its copies
  Rates busy;            // seconds of the copy that is asked most (the hottest shard); equal to service elsewhere
  double servers = 1.0;  // of that copy
  double servers_at_limit = 1.0;
  bool queues = true;  // visits wait for it in turn (not so a processor that is shared)
};

// A workload's journeys: how many begin, and what one of them, drawn by weight, asks for.
struct Source {
  double mean_rate = 0.0, peak_rate = 0.0;  // open
  double population = 0.0;                  // closed
  std::vector<double> shares;               // by journey
};

class Arithmetic {
 public:
  explicit Arithmetic(const Blueprint& blueprint);
  Explanation explain();

 private:
  Source make_source(const WorkloadBlueprint& workload) const;
  // Caches: what is looked up depends on what missed, and the other way round.
  void settle();

  // Journeys begun, per second and by workload.
  Rates open(double Source::*rate) const;
  Rates closed() const;
  double cycle_seconds(Index workload) const;
  Rates endpoint_rates(const Rates& journeys) const;
  void publish(const std::vector<double>& messages, double factor, Rates& endpoints) const;
  // Share of its full speed at which the closed populations run: what the open load leaves of every resource.
  double closed_share() const;

  std::vector<Resource> resources() const;
  void add_service(Index service, std::vector<Resource>& list) const;
  void add_database(Index database, std::vector<Resource>& list) const;
  std::vector<double> shard_shares(const DatabaseBlueprint& database, Index key) const;
  StationLoad load_of(const Resource& resource, const Rates& mean, const Rates& peak) const;
  bool is_queried(Index database, Index key) const;
  std::string hottest_shard(const DatabaseBlueprint& database, Index key) const;
  void add_remarks(Explanation& explanation) const;

  const Blueprint& blueprint_;
  std::vector<Source> sources_;
  HitRatios hit_ratios_;
  std::optional<MeanVisits> visits_;
  double closed_share_ = 1.0;
};

Arithmetic::Arithmetic(const Blueprint& blueprint) : blueprint_{blueprint}, hit_ratios_{blueprint} {
  for (const WorkloadBlueprint& workload : blueprint.workloads) sources_.push_back(make_source(workload));
  settle();
}

Source Arithmetic::make_source(const WorkloadBlueprint& workload) const {
  RandomStreams streams{1, 0};  // rates do not depend on them
  Workload::Context context;
  context.name = workload.name;
  context.end = SimTime{blueprint_.duration};
  context.streams = &streams;
  context.directory = blueprint_.directory;
  double total = 0.0;
  for (const JourneyBlueprint& journey : workload.journeys) {
    context.journeys.push_back({journey.name, journey.weight, false});
    total += journey.weight;
  }
  const auto model = RegistryOf<Workload>::instance().make(workload.model, context);
  Source source;
  source.mean_rate = model->mean_rate();
  source.peak_rate = model->peak_rate();
  source.population = model->population();
  for (const JourneyBlueprint& journey : workload.journeys) source.shares.push_back(journey.weight / total);
  return source;
}

// ---- traffic ------------------------------------------------------------------------------------------------------------------

void Arithmetic::settle() {
  constexpr int rounds = 50;
  double change = 1.0;
  for (int round = 0; round < rounds && change > 1e-12; ++round) {
    visits_.emplace(blueprint_, [this](const MeanLookups& lookups) { return hit_ratios_.miss_ratio(lookups); });
    closed_share_ = closed_share();
    change =
        hit_ratios_.estimate(*visits_, plus(endpoint_rates(open(&Source::mean_rate)), endpoint_rates(closed()), closed_share_));
  }
}

Rates Arithmetic::open(double Source::*rate) const {
  Rates journeys;
  for (const Source& source : sources_) journeys.push_back(source.*rate);
  return journeys;
}

// As if nobody ever queued: N / (Z + R).
Rates Arithmetic::closed() const {
  Rates journeys;
  for (Index w = 0; w < sources_.size(); ++w) {
    journeys.push_back(sources_[w].population > 0.0 ? sources_[w].population / std::max(1e-9, cycle_seconds(w)) : 0.0);
  }
  return journeys;
}

double Arithmetic::cycle_seconds(Index workload) const {
  double seconds = 0.0;
  for (std::size_t j = 0; j < sources_[workload].shares.size(); ++j) {
    seconds += sources_[workload].shares[j] * visits_->journey(workload, blueprint_.workloads[workload].journeys[j]).seconds;
  }
  return seconds;
}

// Messages go to the services that take from the queue, in proportion to their slots.
void Arithmetic::publish(const std::vector<double>& messages, double factor, Rates& endpoints) const {
  for (Index q = 0; q < messages.size(); ++q) {
    double slots = 0.0;
    for (const ServiceBlueprint& s : blueprint_.services) slots += s.queue == q ? s.replicas * s.concurrency : 0;
    for (const ServiceBlueprint& s : blueprint_.services) {
      if (s.queue == q && slots > 0.0) endpoints[s.worker_endpoint] += factor * messages[q] * s.replicas * s.concurrency / slots;
    }
  }
}

Rates Arithmetic::endpoint_rates(const Rates& journeys) const {
  const std::size_t n = blueprint_.endpoints.size();
  Rates external(n, 0.0);
  for (Index w = 0; w < journeys.size(); ++w) {
    for (std::size_t j = 0; j < sources_[w].shares.size(); ++j) {
      const MeanVisit visit = visits_->journey(w, blueprint_.workloads[w].journeys[j]);
      external = plus(std::move(external), visit.calls, journeys[w] * sources_[w].shares[j]);
      publish(visit.publishes, journeys[w] * sources_[w].shares[j], external);
    }
  }
  Routing routing(n, Rates(n, 0.0));
  for (Index e = 0; e < n; ++e) {
    routing[e] = visits_->endpoint(e).calls;
    publish(visits_->endpoint(e).publishes, 1.0, routing[e]);
  }
  return solve_traffic(external, routing);
}

double Arithmetic::closed_share() const {
  const Rates open_rates = endpoint_rates(open(&Source::mean_rate));
  const Rates closed_rates = endpoint_rates(closed());
  double share = 1.0;
  for (const Resource& resource : resources()) {
    const double by_open = dot(open_rates, resource.busy) / resource.servers;
    const double by_closed = dot(closed_rates, resource.busy) / resource.servers;
    if (by_closed > 0.0) share = std::min(share, std::max(0.0, 1.0 - by_open) / by_closed);
  }
  return share;
}

// ---- resources ---------------------------------------------------------------------------------------------------------------

std::vector<Resource> Arithmetic::resources() const {
  std::vector<Resource> list;
  for (Index s = 0; s < blueprint_.services.size(); ++s) add_service(s, list);
  for (Index d = 0; d < blueprint_.databases.size(); ++d) add_database(d, list);
  return list;
}

void Arithmetic::add_service(Index index, std::vector<Resource>& list) const {
  const ServiceBlueprint& service = blueprint_.services[index];
  const std::size_t n = blueprint_.endpoints.size();
  Resource slots;
  slots.station = "services/" + service.name;
  slots.name = service.queue == no_index ? "slots" : "queue workers";
  slots.visits = slots.service = Rates(n, 0.0);
  Resource cpu = slots;
  cpu.name = "cpu";
  cpu.queues = false;
  for (Index e = 0; e < n; ++e) {
    if (blueprint_.endpoints[e].service != index) continue;
    slots.visits[e] = cpu.visits[e] = 1.0;
    slots.service[e] = visits_->endpoint(e).seconds;
    cpu.service[e] = visits_->endpoint(e).cpu_seconds;
  }
  const int limit = service.autoscaler.chosen() ? std::max(service.replicas, service.replica_limits.high) : service.replicas;
  const auto add = [&](Resource& resource, double per_replica) {
    resource.busy = resource.service;
    resource.servers = service.replicas * per_replica;
    resource.servers_at_limit = limit * per_replica;
    list.push_back(std::move(resource));
  };
  add(slots, service.concurrency);
  add(cpu, service.cpu);
}

// Share of queries by key that each shard gets.
std::vector<double> Arithmetic::shard_shares(const DatabaseBlueprint& database, Index key) const {
  constexpr std::uint64_t counted = 100'000;  // beyond that items are so many and so rare that they spread evenly
  std::vector<double> shares(static_cast<std::size_t>(database.shards), 0.0);
  double left = 1.0;
  if (key != no_index && database.shards > 1 && database.sharding.chosen()) {
    const KeyBlueprint& keys = blueprint_.keys[key];
    const auto map =
        RegistryOf<ShardPolicy>::instance().make(database.sharding, {})->map(static_cast<std::uint32_t>(database.shards));
    const double first = zipf_classes(keys.items, keys.zipf).front().probability;
    for (std::uint64_t rank = 0; rank < std::min(keys.items, counted); ++rank) {
      const double p = first * std::pow(static_cast<double>(rank + 1), -keys.zipf);
      shares[map->shard_of(rank)] += p;
      left -= p;
    }
    if (keys.items <= counted) left = 0.0;
  }
  for (double& share : shares) share += left / database.shards;
  return shares;
}

// The copy asked most is the first of the hottest shard: all its writes, and its part of the reads.
void Arithmetic::add_database(Index index, std::vector<Resource>& list) const {
  const DatabaseBlueprint& database = blueprint_.databases[index];
  const std::size_t n = blueprint_.endpoints.size();
  const Rates none(n, 0.0);
  Resource connections{
      .station = "databases/" + database.name, .name = "connections", .visits = none, .service = none, .busy = none};
  Resource cpu{.station = connections.station, .name = "cpu", .visits = none, .service = none, .busy = none, .queues = false};
  Rates total = plus(endpoint_rates(open(&Source::mean_rate)), endpoint_rates(closed()), closed_share_);
  if (std::all_of(total.begin(), total.end(), [](double rate) { return rate <= 0.0; })) total.assign(n, 1.0);
  std::vector<Rates> connection_busy(static_cast<std::size_t>(database.shards), none), cpu_busy = connection_busy;
  std::map<Index, std::vector<double>> shares;
  for (Index e = 0; e < n; ++e) {
    for (const MeanQueries& q : visits_->endpoint(e).queries) {
      if (q.database != index) continue;
      if (!shares.contains(q.key)) shares[q.key] = shard_shares(database, q.key);
      const double seconds = q.count * MeanVisits::query_seconds(database, q.write);
      const double core_seconds = q.count * (q.write ? database.write_cpu : database.read_cpu).mean();
      connections.visits[e] += q.count;
      connections.service[e] += seconds;
      cpu.service[e] += core_seconds;
      for (std::size_t s = 0; s < connection_busy.size(); ++s) {
        const double part = shares[q.key][s] / (q.write ? 1.0 : database.replicas);
        connection_busy[s][e] += part * seconds;
        cpu_busy[s][e] += part * core_seconds;
      }
    }
  }
  cpu.visits = connections.visits;
  const auto hottest = [&](const std::vector<Rates>& by_shard) {
    return *std::max_element(by_shard.begin(), by_shard.end(),
                             [&](const Rates& a, const Rates& b) { return dot(a, total) < dot(b, total); });
  };
  connections.busy = hottest(connection_busy);
  cpu.busy = hottest(cpu_busy);
  connections.servers = connections.servers_at_limit = database.pool;
  cpu.servers = cpu.servers_at_limit = database.cpu;
  list.push_back(std::move(connections));
  list.push_back(std::move(cpu));
}

StationLoad Arithmetic::load_of(const Resource& resource, const Rates& mean, const Rates& peak) const {
  StationLoad load;
  load.station = resource.station;
  load.resource = resource.name;
  load.demand = dot(mean, resource.visits);
  load.peak_demand = dot(peak, resource.visits);
  // Nobody asks: every endpoint counts the same, so that the capacity still means something.
  const Rates mix = load.demand > 0.0 ? mean : Rates(mean.size(), 1.0);
  const double visits = dot(mix, resource.visits);
  if (visits <= 0.0) return load;
  load.service_seconds = dot(mix, resource.service) / visits;
  const double busy_per_visit = dot(mix, resource.busy) / visits;
  load.capacity = resource.servers / busy_per_visit;
  load.capacity_at_limit = resource.servers_at_limit / busy_per_visit;
  load.utilization = load.demand / load.capacity;
  load.peak_utilization = dot(peak, resource.busy) / resource.servers;
  const int servers = static_cast<int>(resource.servers);
  if (resource.queues && load.utilization < 1.0 && load.service_seconds > 0.0) {
    load.mean_wait_seconds =
        MultiServerQueue{load.utilization * servers / load.service_seconds, 1.0 / load.service_seconds, servers}.mean_wait();
  }
  return load;
}

// ---- the answer --------------------------------------------------------------------------------------------------------------

bool Arithmetic::is_queried(Index database, Index key) const {
  for (Index e = 0; e < blueprint_.endpoints.size(); ++e) {
    for (const MeanQueries& q : visits_->endpoint(e).queries) {
      if (q.database == database && q.key == key) return true;
    }
  }
  return false;
}

std::string Arithmetic::hottest_shard(const DatabaseBlueprint& database, Index key) const {
  const auto shares = shard_shares(database, key);
  const auto hottest = std::max_element(shares.begin(), shares.end());
  return fmt::format(
      "databases/{}: the hottest of {} shards (number {}) gets {:.1f} % of the queries by {}; its capacity is what counts",
      database.name, database.shards, hottest - shares.begin(), *hottest * 100.0, blueprint_.keys[key].name);
}

void Arithmetic::add_remarks(Explanation& explanation) const {
  const Rates closed_rates = closed();
  for (Index w = 0; w < sources_.size(); ++w) {
    if (sources_[w].population <= 0.0) continue;
    std::string text =
        fmt::format("workloads/{}: closed population of {:.0f}: at most N / (Z + R) = {:.0f} / {} = {:.4g} journeys/s",
                    blueprint_.workloads[w].name, sources_[w].population, sources_[w].population,
                    to_text(cycle_seconds(w), Dimension::time), closed_rates[w]);
    if (closed_share_ < 1.0)
      text += fmt::format("; the first bottleneck allows {:.4g} journeys/s", closed_share_ * closed_rates[w]);
    explanation.remarks.push_back(std::move(text));
  }
  for (const auto& [place, ratio] : hit_ratios_.all()) {
    const CacheBlueprint& cache = blueprint_.caches[place.first];
    explanation.remarks.push_back(fmt::format("caches/{}: hit ratio for key {} estimated at {:.1f} % (characteristic time, {}{})",
                                              cache.name, blueprint_.keys[place.second].name, ratio * 100.0,
                                              cache.policy.name == "fifo" ? "FIFO" : "LRU",
                                              cache.time_to_live ? ", time to live" : ""));
  }
  for (Index d = 0; d < blueprint_.databases.size(); ++d) {
    for (Index key = 0; key < blueprint_.keys.size(); ++key) {
      if (blueprint_.databases[d].shards > 1 && is_queried(d, key))
        explanation.remarks.push_back(hottest_shard(blueprint_.databases[d], key));
    }
  }
  explanation.remarks.insert(explanation.remarks.end(), visits_->remarks().begin(), visits_->remarks().end());
}

Explanation Arithmetic::explain() {
  const Rates from_closed = endpoint_rates(closed());
  const Rates mean = plus(endpoint_rates(open(&Source::mean_rate)), from_closed, closed_share_);
  const Rates peak = plus(endpoint_rates(open(&Source::peak_rate)), from_closed, closed_share_);
  Explanation explanation;
  for (const Resource& resource : resources()) {
    StationLoad load = load_of(resource, mean, peak);
    if (load.service_seconds > 0.0) explanation.stations.push_back(std::move(load));
  }
  std::stable_sort(explanation.stations.begin(), explanation.stations.end(),
                   [](const StationLoad& a, const StationLoad& b) {
                     return std::max(a.utilization, a.peak_utilization) > std::max(b.utilization, b.peak_utilization);
                   });
  const Rates closed_journeys = closed();
  for (std::size_t w = 0; w < sources_.size(); ++w) {
    explanation.arrivals_per_second += sources_[w].mean_rate + closed_share_ * closed_journeys[w];
    explanation.peak_arrivals_per_second += sources_[w].peak_rate + closed_share_ * closed_journeys[w];
  }
  add_remarks(explanation);
  return explanation;
}

}  // namespace

Explanation explain(const Blueprint& blueprint) { return Arithmetic{blueprint}.explain(); }

}  // namespace headroom
