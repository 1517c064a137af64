// Stations: anything with servers and a queue, as the exact request plane sees it.
//
// A Server is a service, the workers of a queue, a database, or a load balancer; its Replicas have `concurrency` slots
// (connections, for a database), a backlog served in the order of its discipline, and cores shared by processor sharing. A
// MessageQueue keeps messages by priority, first come first served within one, until a worker replica with a free slot takes them; with a visibility
// time-out what is not finished in time comes back, ahead of its class, until it has been delivered as often as allowed.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "sim/cluster/admission_gate.hpp"
#include "sim/cluster/backlog.hpp"
#include "sim/cluster/cache_tier.hpp"
#include "sim/cluster/fair_link.hpp"
#include "sim/cluster/lock_table.hpp"
#include "sim/cluster/node_cores.hpp"
#include "sim/cluster/processor.hpp"
#include "sim/cluster/program.hpp"
#include "sim/cluster/serverless.hpp"
#include "sim/cluster/task.hpp"
#include "sim/cluster/token_table.hpp"
#include "sim/measure/bill.hpp"
#include "sim/measure/instruments.hpp"
#include "sim/seams/balancer.hpp"
#include "sim/seams/shard_policy.hpp"

namespace headroom {

// What is counted of requests that end, for an endpoint, a database or the users of a workload.
struct RequestCount {
  std::uint64_t ended = 0, failed = 0;
  DurationInstrument* latency = nullptr;
  Counter* requests = nullptr;
  Share* errors = nullptr;

  // Only what was served has a latency: the time to a quick refusal would make a failing system look fast.
  void count(TaskOutcome outcome, Histogram::Entry latency_of_it) {
    ++ended;
    failed += is_error(outcome);
    if (outcome == TaskOutcome::completed) [[likely]]
      latency->record(latency_of_it);
  }
  void bring() const {
    requests->total = errors->whole = static_cast<double>(ended);
    errors->part = static_cast<double>(failed);
  }
};

struct Replica {
  Index server = no_index;
  bool alive = false;
  bool dedicated_cores = false;  // as its server's
  Index zone = no_index;         // of its node, within the region
  Index position = no_index;     // among the server's registered replicas; none: not registered (any more)
  Index busy_slots = 0;
  Backlog backlog;
  Occupancy computing;  // computations on cores of their own (Server::dedicated_cores)
  Processor processor;  // … or on cores they share
  std::uint64_t processor_event = 0;
  SimTime processor_due = end_of_time;
  NodeCores* node = nullptr;                       // where it shares a node's cores
  Index in_background = 0;                         // tasks that were left to it
  bool doomed = false;                             // over its memory; dies at the end of this instant
  SimTime served_to{};                             // where starts are watched: who came before then has had a slot (fifo)
  bool vacant = false;                             // worker with a free slot and nothing in its own backlog: in the queue's line
  // By cache index: of scope replica, and instead of those that it has found no connection to.
  std::vector<std::unique_ptr<CacheTier>> caches;
  // As its server's, unless it was resized.
  double cores = 1.0, cpu_request = 1.0;
  Bytes memory_limit;
  std::unique_ptr<AdmissionGate> gate;  // of services with an admission policy
};

struct Server {
  // Those behind `balanced` find their replicas in a way of their own (attentive: by a balancer that looks further, or past the
  // gates of an admission policy); the last two are told of slots that are free.
  enum class Kind : std::uint8_t { balanced, attentive, sharded, fronted, worker, serverless };
  Kind kind = Kind::balanced;
  Index region = 0;
  Index concurrency = 1;
  std::optional<std::int64_t> backlog_limit;
  std::optional<Demand> wait_limit;
  Discipline discipline = Discipline::fifo;
  std::vector<int> fair_weights;  // by workload; empty: all alike
  double cores = 1.0;        // of a new replica: its limit
  double cpu_request = 1.0;  // its weight where the cores of nodes are divided …
  std::optional<double> node_cores;  // … which then have so many
  // As many cores as slots and no branches: computations never share, so each has an event of its own.
  bool dedicated_cores = false;
  Bytes memory_limit, memory_base, memory_per_task;
  bool watches_starts = false;  // memory is modelled, or probes ask how far the line has come

  std::unique_ptr<Balancer> balancer;  // balanced
  RandomStream random;
  std::vector<Index> registered;         // replicas, in order of registration; fronted: see Fleet
  std::vector<std::uint32_t> in_flight;  // of each registered one

  std::unique_ptr<ShardMap> shard_map;  // sharded
  Index shards = 1, copies = 1;
  std::vector<Index> nodes;  // [shard × copies + copy]; of a load balancer its instances
  Index next_copy = 0, next_shard = 0;

  Index queue = no_index;  // worker
  Index worker_target = no_index;
  Index batch = 1;

  Index language_model = no_index;  // that its replicas run

  std::unique_ptr<ServerlessPlatform> platform;  // serverless
  Index load_balancer = no_index;  // fronted
  Index fleet = no_index;          // of its load balancer

  std::vector<Index> replicas;  // alive
  Occupancy taken_slots;
  double past_core_nanoseconds = 0.0;  // of replicas that are gone
  LevelShare* cpu = nullptr;
  LevelShare* slots = nullptr;  // not of load balancers
  LevelShare* memory = nullptr;  // where memory is modelled
  Occupancy waiting;             // in the replicas' backlogs
  Occupancy requests;            // in slots and backlogs, messages not counted
  Gauge* queue_length = nullptr;
  Gauge* requests_in_flight = nullptr;  // services
  DurationInstrument* queue_wait = nullptr;
  std::unique_ptr<Admission> admission;  // its replicas have gates then
};

struct MessageQueue {
  // By priority. Where messages are delivered again each class has two lines: first those that have come back, then the new.
  std::vector<TaskList> classes;
  Index priorities = 1;
  std::optional<std::int64_t> limit;
  bool publishers_wait = false;  // for room, instead of failing
  TaskList publishing;           // messages that wait for room, first come first served
  std::optional<Demand> delay;
  std::optional<Duration> visibility;  // none: delivered once
  Index most_deliveries = 0;           // 0: any number
  Index dead_letter_queue = no_index;

  Occupancy waiting;
  Occupancy taken;    // delivered and not finished
  Occupancy blocked;  // publishing
  Index delayed = 0;
  std::uint64_t until_followed = never_followed;  // messages of users that have to be published first
  std::vector<Index> vacant;  // ring of worker replicas that could take a message, in turn
  std::size_t vacant_head = 0;
  Gauge* queue_length = nullptr;
  Gauge* queue_age = nullptr;
  Gauge* in_flight = nullptr;
  Gauge* publishers_waiting = nullptr;
  std::vector<DurationInstrument*> queue_wait;  // by priority
  Counter* redeliveries = nullptr;
  Counter* duplicates = nullptr;
  Counter* dead_letters = nullptr;

  Index class_of(const Task& message) const { return std::min<Index>(message.priority, priorities - 1); }
  bool is_full() const { return limit && waiting.level() + delayed >= *limit; }
  TaskList& line_of(const Task& message) {
    const Index lines = visibility ? 2 : 1;
    const Index of_class = class_of(message) * lines;
    return classes[of_class + (visibility && message.delivery == 0 ? 1 : 0)];
  }
};

struct Lock {
  LockTable table;
  Demand latency;
  DurationInstrument* wait = nullptr;
  Share* contention = nullptr;
  Counter* expired = nullptr;
  Counter* duplicates = nullptr;
};

// A tier of a limit: who is in it, by subject or all together, and what became of them.
struct Limit {
  struct Tier {
    int priority = 0;
    TokenTable tokens;
    Share* throttled = nullptr;
  };
  bool per_subject = true;
  std::vector<Tier> tiers;
  DurationInstrument* wait = nullptr;
};

struct Cache {
  CacheScope scope = CacheScope::shared;
  Bytes capacity;
  Demand latency;
  std::vector<std::unique_ptr<CacheTier>> tiers;  // shared: one; region: one per region; replica: with the replicas
  Share* hit_ratio = nullptr;
  std::vector<Share*> key_hit_ratios;  // by key space, where several share the cache
  Gauge* bytes = nullptr;
  Counter* evictions = nullptr;

  // The instances' nodes, as `tiers`: until when each is at work on what it has been asked, and for how long it has been in all.
  struct Node {
    SimTime free_at{};
    Duration busy{};
    double shown = 0.0;  // seconds, in the instruments
  };
  Index nodes = 1;  // of an instance
  Duration operation{};
  std::vector<Node> lines;
  Share* node_utilization = nullptr;  // with a limit on operations: of the busiest
  SimTime shown_at{};

  CacheTier::Limits limits;
  bool coalesces = false;
  Duration coalesce_limit{};
  bool has_flights = false;  // it coalesces or refreshes
  Counter* coalesced = nullptr;
  Counter* stale_served = nullptr;  // with a soft time to live
  Counter* refreshes = nullptr;
  Counter* invalidations = nullptr;
  Counter* coalesced_writes = nullptr;  // where something is written behind
  Counter* lost_writes = nullptr;

  bool persistent = false;
  bool is_away = false;  // restarting: its tiers are others, without room, and these are
  std::vector<std::unique_ptr<CacheTier>> kept;
  SimTime back_at{};      // of the last restart
  Gauge* away = nullptr;  // where a fault restarts it

  std::uint64_t policy_key = 0;  // of random numbers of the policies in its tiers
  std::uint32_t tiers_made = 0;

  // Where a node has a limited number of connections. Who has found none has a tier without room of its own.
  Index most_clients = 0;  // of an instance; 0: any number
  double connections_per_client = 1.0;
  struct Clients {
    Index connected = 0;
    std::vector<Index> refused;  // replicas, first come first
  };
  std::vector<Clients> clients;  // by instance
  LevelShare* connections = nullptr;
  Counter* clients_refused = nullptr;
  bool asks_replica = false;  // for a tier of its own: scope replica, or limited connections
};

struct Link {
  struct Line {
    FairLink flows;
    Index leader = no_index;  // the task whose event is the line's
    SimTime due = end_of_time;
  };
  bool per_region = false;
  std::vector<Line> lines;  // one, or one per region
  double price = 0.0;
  Occupancy flowing;
  LevelShare* utilization = nullptr;
  Gauge* flows = nullptr;
  Counter* bytes = nullptr;
  DurationInstrument* time = nullptr;
  Counter* cost = nullptr;  // where bytes have a price
  BillPart part;
};

struct KeySpace {
  Zipf popularity;
  KeyPer per = KeyPer::request;
  std::uint64_t key = 0;  // of its draws
  Demand size;
  std::uint64_t own_items = 0;  // of subjects that have an item each, in turn where they are more; 0: items are drawn
};

}  // namespace headroom
