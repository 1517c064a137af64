#include "scenarios/mean_visits.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "scenarios/rounded_text.hpp"
#include "sim/cluster/router.hpp"
#include "sim/cluster/steps.hpp"
#include "sim/cluster/tier_shares.hpp"

namespace headroom {

namespace {

// Where a walk is: how often it comes here, and how likely and how long after the start it does the first time.
struct Path {
  double count = 1.0;
  double probability = 1.0;
  double elapsed = 0.0;
  Index missed_cache = no_index;
  Index missed_key = no_index;
};

}  // namespace

// One pass over the steps of an endpoint or a journey, adding up what they ask for.
class MeanVisits::Walk {
 public:
  // speed: cores that one computation gets, at most 1.
  Walk(const MeanVisits& visits, Index region, double speed) : visits_{visits}, region_{region}, speed_{speed} {
    result_.calls.assign(visits.blueprint_.endpoints.size(), 0.0);
    result_.publishes.assign(visits.blueprint_.queues.size(), 0.0);
    result_.published = result_.publishes;
  }

  MeanVisit finish(const Steps& steps) {
    result_.seconds = sequence(steps, Path{});
    result_.response_seconds = responded_ + unanswered_ * result_.seconds;
    return std::move(result_);
  }

 private:
  double sequence(const Steps& steps, Path path) {
    const double begin = path.elapsed;
    for (const Step& step : steps) {
      path.elapsed += std::visit([&](const auto& action) { return take(action, path); }, step.action);
    }
    return path.elapsed - begin;
  }

  double take(const ComputeStep& step, const Path& path) {
    result_.cpu_seconds += path.count * step.cpu.mean();
    return step.cpu.mean() / speed_;
  }
  double take(const WaitStep& step, const Path&) { return step.span.mean(); }
  double take(const CallStep& step, const Path& path) {
    double seconds = 0.0;
    for (const auto& [endpoint, share] : visits_.callees(step, region_)) {
      const ServiceBlueprint& callee = visits_.blueprint_.services[visits_.blueprint_.endpoints[endpoint].service];
      const double on_the_way = callee.load_balancer == no_index ? 0.0 : load_balancer_seconds(visits_.blueprint_.load_balancers[callee.load_balancer]);
      const double takes = visits_.round_trip(region_, callee.region) + on_the_way + visits_.endpoints_[endpoint].response_seconds;
      const double sent = share * path.count * (1.0 + visits_.hedged_share(step, takes));
      result_.calls[endpoint] += sent;
      result_.calls_by_region.push_back({endpoint, sent, region_});
      seconds += share * takes;
    }
    if (step.patience) seconds = std::min(seconds, step.patience->mean());
    return step.timeout ? std::min(seconds, to_seconds(*step.timeout)) : seconds;
  }
  double take(const ParallelStep& step, const Path& path) {
    double longest = 0.0;
    for (const Steps& branch : step.branches) longest = std::max(longest, sequence(branch, path));
    return longest;
  }
  double take(const ForEachStep& step, const Path& path) {
    const double count = step.count.mean();
    Path inside = path;
    inside.count *= count;
    const double body = sequence(step.body, inside);
    return (step.at_most <= 1 ? count : std::ceil(count / step.at_most)) * body;
  }
  double take(const ChooseStep& step, const Path& path) {
    const double total = std::accumulate(step.weights.begin(), step.weights.end(), 0.0);
    const double before = unanswered_;
    double seconds = 0.0;
    double after = 0.0;
    for (std::size_t i = 0; i < step.options.size(); ++i) {
      const double share = step.weights[i] / total;
      unanswered_ = before;
      seconds += share * sequence(step.options[i], part_of(path, share));
      after += share * unanswered_;
    }
    unanswered_ = after;
    return seconds;
  }
  double take(const CacheStep& step, const Path& path) {
    MeanLookups lookups{.cache = step.cache, .key = step.key, .count = path.count};
    lookups.bytes = path.count * (step.sizes.request.mean() + step.sizes.response.mean());
    if (path.missed_key == step.key) lookups.behind = path.missed_cache;
    result_.lookups.push_back(lookups);
    const double miss = visits_.miss_ratio_(lookups);
    result_.operations.push_back({step.cache, step.key, path.count * (1.0 + miss)});
    const double look_up = visits_.blueprint_.caches[step.cache].latency.mean();
    const double before = unanswered_;
    Path missed = part_of(path, miss);
    missed.elapsed += look_up;
    missed.missed_cache = step.cache;
    missed.missed_key = step.key;
    const double seconds = look_up + miss * sequence(step.on_miss, missed);
    unanswered_ = (1.0 - miss) * before + miss * unanswered_;
    return seconds;
  }
  double take(const QueryStep& step, const Path& path) {
    const DatabaseBlueprint& database = visits_.blueprint_.databases[step.database];
    result_.queries.push_back({step, path.count});
    return visits_.round_trip(region_, database.region) + query_seconds(database, step);
  }
  double take(const PublishStep& step, const Path& path) {
    result_.publishes[step.queue] += path.count;
    result_.published[step.queue] += path.count * step.size.mean();
    return 0.0;
  }
  // As if nobody else ever held it.
  double take(const LockStep& step, const Path& path) {
    const double latency = visits_.blueprint_.locks[step.lock].latency.mean();
    Path held = path;
    held.elapsed += latency;
    const double seconds = sequence(step.steps, held) + latency;
    if (step.on_held == OnHeld::wait) result_.locks.push_back({step.lock, step.key, path.count * seconds});
    return latency + seconds;
  }
  double take(const GenerateStep& step, const Path& path) {
    result_.generations.push_back({step.model, path.count, step.input.mean(), step.output.mean(), step.cached});
    return generation_seconds(visits_.blueprint_.language_models[step.model], result_.generations.back());
  }
  double take(const WhenChangedStep& step, const Path& path) {
    const double chance = visits_.chance_of_change(step);
    const double before = unanswered_;
    const double seconds = chance * sequence(step.steps, part_of(path, chance));
    unanswered_ = (1.0 - chance) * before + chance * unanswered_;
    return seconds;
  }
  double take(const LimitStep& step, const Path& path) {
    result_.tokens.push_back({step.limit, path.count * step.cost.mean()});
    return sequence(step.steps, path);
  }
  double take(const StoreStep& step, const Path& path) {
    const StoreBlueprint& store = visits_.blueprint_.stores[step.store];
    const double whole = std::max(1.0, visits_.blueprint_.keys[store.key].size.mean());
    const double share = step.write ? store.chain.written_by(store.versions) : store.chain.read_of(store.versions);
    result_.stores.push_back({step.store, step.write, path.count, path.count * whole * share});
    const double on_the_way = store.region == no_index ? 0.0 : visits_.round_trip(region_, store.region);
    return on_the_way + visits_.store_seconds(store, step.write);
  }
  // A write behind is work all the same, though nobody waits for it; that some go together is not counted.
  double take(const WriteCacheStep& step, const Path& path) {
    const double latency = visits_.blueprint_.caches[step.cache].latency.mean();
    result_.operations.push_back({step.cache, step.key, path.count});
    if (step.mode != WriteMode::behind) {
      Path later = path;
      if (step.mode == WriteMode::around) later.elapsed += latency;
      return latency + sequence(step.steps, later);
    }
    const double before = unanswered_, responded = responded_;
    sequence(step.steps, path);
    unanswered_ = before;
    responded_ = responded;
    return latency;
  }
  double take(const InvalidateStep& step, const Path& path) {
    result_.operations.push_back({step.cache, step.key, path.count});
    return visits_.blueprint_.caches[step.cache].latency.mean();
  }
  // As if it had the link to itself.
  double take(const TransferStep& step, const Path& path) {
    const double whole = step.bytes ? step.bytes->mean() : visits_.blueprint_.keys[step.key].size.mean();
    const double bytes = step.compression * whole;
    result_.transfers.push_back({step.link, path.count, path.count * bytes});
    const double bandwidth = visits_.blueprint_.links[step.link].bandwidth.value;
    return bytes / (step.bit_rate ? std::min(bandwidth, step.bit_rate->value) : bandwidth);
  }
  double take(const RespondStep&, const Path& path) {
    responded_ += path.probability * unanswered_ * path.elapsed;
    unanswered_ = 0.0;
    return 0.0;
  }

  static Path part_of(Path path, double share) {
    path.count *= share;
    path.probability *= share;
    return path;
  }

  const MeanVisits& visits_;
  Index region_;
  double speed_;
  MeanVisit result_;
  double responded_ = 0.0;   // sum over ways to a respond step: probability × time until then
  double unanswered_ = 1.0;  // probability, on the present way, that no respond step has been met
};

double engine_seconds(const EngineBlueprint& engine, const MeanGenerations& generations, double batch) {
  const double unread = std::max(1.0, generations.input * (1.0 - generations.cached));
  const double together = std::clamp(std::floor(static_cast<double>(engine.step_tokens) / unread), 1.0, batch);
  const double context = engine.times.context_token * (generations.input + generations.output / 2.0);
  const double writing = engine.times.decode.at(batch) / batch + context;
  return engine.times.prefill.at(together * unread) / together + std::max(0.0, generations.output - 1.0) * writing;
}

double generation_seconds(const LanguageModelBlueprint& model, const MeanGenerations& generations) {
  if (model.engine) return engine_seconds(*model.engine, generations, 1.0);
  const HostedModelBlueprint& hosted = model.hosted;
  const double further = std::max(0.0, generations.output - 1.0);
  const double written = hosted.first_token.mean() + generations.input * (1.0 - generations.cached) * hosted.input_token;
  return written + (1.0 - hosted.failures) * further * hosted.token.mean();
}

MeanVisits::MeanVisits(const Blueprint& blueprint, MissRatio miss_ratio, std::vector<Rhythm> rhythms)
    : blueprint_{blueprint},
      miss_ratio_{std::move(miss_ratio)},
      rhythms_{std::move(rhythms)},
      endpoints_(blueprint.endpoints.size()),
      visited_(blueprint.endpoints.size(), false) {
  for (Index i = 0; i < blueprint.endpoints.size(); ++i) visit(i);
}

// Callees first; calls make no circle.
void MeanVisits::visit(Index index) {
  if (visited_[index]) return;
  visited_[index] = true;
  const EndpointBlueprint& endpoint = blueprint_.endpoints[index];
  const ServiceBlueprint& service = blueprint_.services[endpoint.service];
  for_each_action<CallStep>(endpoint.steps, [&](const CallStep& call) {
    if (call.route == no_index) return visit(call.endpoint);
    for (const Index routed : blueprint_.routes[call.route].endpoints) visit(routed);
  });
  endpoints_[index] = Walk{*this, service.region, std::min(1.0, service.cpu)}.finish(endpoint.steps);
  for_each_action<CallStep>(endpoint.steps, [&](const CallStep& call) {
    for (const CallShare& callee : callees(call, service.region)) {
      const double seconds = endpoints_[callee.endpoint].response_seconds;
      if (!call.timeout || seconds <= to_seconds(*call.timeout)) continue;
      remarks_.push_back(fmt::format("{} calls {} with a time-out of {}, but its mean time to answer is {} without any queueing",
                                     endpoint.name, blueprint_.endpoints[callee.endpoint].name, to_text(*call.timeout),
                                     rounded_text(seconds, Dimension::time)));
    }
  });
}

double MeanVisits::chance_of_change(const WhenChangedStep& step) const {
  const auto within = [&](Duration since) { return -std::expm1(-step.rate.value * to_seconds(since)); };
  if (step.since) return within(*step.since);
  double chance = 1.0;
  for (const Rhythm& rhythm : rhythms_) chance -= rhythm.share * (1.0 - within(rhythm.period));
  return chance;
}

MeanVisit MeanVisits::journey(Index workload, const JourneyBlueprint& journey) const {
  const WorkloadBlueprint& users = blueprint_.workloads[workload];
  if (users.region_shares.empty()) return Walk{*this, users.region, 1.0}.finish(journey.steps);
  const double total = std::accumulate(users.region_shares.begin(), users.region_shares.end(), 0.0);
  MeanVisit mean = Walk{*this, 0, 1.0}.finish({});
  for (Index region = 0; region < users.region_shares.size(); ++region) {
    const double share = users.region_shares[region] / total;
    const MeanVisit visit = Walk{*this, region, 1.0}.finish(journey.steps);
    mean.seconds += share * visit.seconds;
    mean.response_seconds += share * visit.response_seconds;
    for (std::size_t i = 0; i < mean.calls.size(); ++i) mean.calls[i] += share * visit.calls[i];
    for (std::size_t i = 0; i < mean.publishes.size(); ++i) mean.publishes[i] += share * visit.publishes[i];
    for (const MeanCalls& calls : visit.calls_by_region)
      mean.calls_by_region.push_back({calls.endpoint, share * calls.count, calls.from});
  }
  return mean;
}

double MeanVisits::hedged_share(const CallStep& step, double seconds) const {
  if (step.client == no_index || !blueprint_.clients[step.client].hedge) return 0.0;
  const HedgeBlueprint& hedge = *blueprint_.clients[step.client].hedge;
  const double due = hedge.after ? (seconds > to_seconds(*hedge.after) ? 1.0 : 0.0) : 1.0 - hedge.percentile / 100.0;
  return hedge.budget ? std::min(due, hedge.budget->share) : due;
}

std::vector<MeanVisits::CallShare> MeanVisits::callees(const CallStep& step, Index from) const {
  if (step.route == no_index) return {{step.endpoint, 1.0}};
  const RouteBlueprint& route = blueprint_.routes[step.route];
  const std::vector<double> shares = route_shares(blueprint_, route, from);
  std::vector<CallShare> callees;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    if (shares[i] > 0.0) callees.push_back({route.endpoints[i], shares[i]});
  }
  return callees;
}

double MeanVisits::store_seconds(const StoreBlueprint& store, bool write) const {
  const double size = std::max(1.0, blueprint_.keys[store.key].size.mean());
  const double bytes = size * (write ? store.chain.written_by(store.versions + 1) : store.chain.read_of(store.versions));
  const auto seconds = [&](const StorageTierBlueprint& tier) {
    return tier.latency.mean() + (tier.bandwidth.value > 0.0 ? bytes / tier.bandwidth.value : 0.0);
  };
  if (write) return seconds(store.tiers.front());
  const std::vector<double> shares = tier_shares(store, 0.0);
  double mean = 0.0;
  for (std::size_t i = 0; i < shares.size(); ++i) mean += shares[i] * seconds(store.tiers[i]);
  return mean;
}

double MeanVisits::query_core_seconds(const DatabaseBlueprint& database, const QueryStep& query) {
  if (query.operation != no_index) return database.operations[query.operation].cpu.mean();
  return (query.write ? database.write_cpu : database.read_cpu).mean();
}

double MeanVisits::query_seconds(const DatabaseBlueprint& database, const QueryStep& query) {
  const Distribution& plain = query.write ? database.write_wait : database.read_wait;
  const double wait = (query.operation == no_index ? plain : database.operations[query.operation].wait).mean();
  const bool waits_for_replicas =
      query.write && database.replication && database.replication->acknowledged != Acknowledged::at_once;
  return query_core_seconds(database, query) / std::min(1.0, database.cpu) + wait +
         (waits_for_replicas ? database.replication->lag.mean() : 0.0);
}

double instances_at_work(const Blueprint& blueprint, const MeanVisits& visits, const std::vector<double>& rates, Index service) {
  double requests = 0.0;
  for (Index e = 0; e < blueprint.endpoints.size(); ++e) {
    if (blueprint.endpoints[e].service == service) requests += rates[e] * visits.endpoint(e).seconds;
  }
  return requests / blueprint.services[service].concurrency;
}

}  // namespace headroom
