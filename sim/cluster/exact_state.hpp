// ExactState: all that the exact request plane knows while it runs: its clock and events, the tasks, every station, and what is
// counted of them. What is done with it are the members of ExactRequestPlane.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/cluster/arrival_queue.hpp"
#include "sim/cluster/critical_paths.hpp"
#include "sim/cluster/database.hpp"
#include "sim/cluster/flight_table.hpp"
#include "sim/cluster/generation.hpp"
#include "sim/cluster/load_balancer.hpp"
#include "sim/cluster/object_store.hpp"
#include "sim/cluster/planned_changes.hpp"
#include "sim/cluster/program.hpp"
#include "sim/cluster/replica_disk.hpp"
#include "sim/cluster/request_plane.hpp"
#include "sim/cluster/request_trace.hpp"
#include "sim/cluster/router.hpp"
#include "sim/cluster/service_client.hpp"
#include "sim/cluster/slot_table.hpp"
#include "sim/cluster/station.hpp"
#include "sim/cluster/task.hpp"
#include "sim/cluster/transfer_meter.hpp"
#include "sim/core/event_list.hpp"
#include "sim/measure/recorder.hpp"

namespace headroom {

class ExactState {
 protected:
  enum EventKind : unsigned {
    computed,
    processor_due,
    woken,
    timed_out,
    retry_due,
    delivered,
    answer_due,
    waited_too_long,
    visible,
    generation_due,
    step_done,
    patience_over,
    load_overdue,
    transfer_due,
    instance_up,
    instance_idle,
    tokens_due,
    bulkhead_overdue,
    place_due,
    hedge_due
  };

  // Executions of one TaskKind.
  struct Books {
    std::uint64_t entered = 0;
    std::array<std::uint64_t, outcome_count> ended{};
  };

  // Beside the number of the try, of its second request.
  static constexpr Index second_request = 0x8000;

  // A CallTarget with what each request for it meets.
  struct Target {
    Server* server = nullptr;
    RequestCount* count = nullptr;
    Index entry = no_index;
    bool write = false;
    std::uint64_t until_followed = never_followed;  // requests of users that have to begin first
  };

  SimTime now_{};
  RequestTrace* trace_ = nullptr;         // nobody looks, as a rule
  std::unique_ptr<CriticalPaths> paths_;  // where some requests are followed
  EventList events_;
  TaskTable tasks_;
  ReadyLine ready_;
  std::uint64_t steps_at_this_instant_ = 0;

  Program program_;
  std::vector<Server> servers_;  // services, then databases, then load balancers
  std::vector<Replica> replicas_;
  std::vector<Index> free_replicas_;
  std::map<std::pair<Index, std::uint32_t>, NodeCores> nodes_;  // that share their cores, by pool and node
  std::vector<Index> doomed_;
  std::vector<ReplicaRef> killed_;
  std::vector<MessageQueue> queues_;
  std::vector<Lock> locks_;
  std::vector<Limit> limits_;
  std::vector<Cache> caches_;
  std::vector<std::vector<Index>> replica_caches_;  // per server: caches with a tier in each replica
  std::vector<KeySpace> keys_;
  std::vector<Link> links_;
  std::vector<LanguageModel> language_models_;
  std::vector<Engine> engines_;                        // by the replicas' slots, once one has an engine
  std::vector<EngineInstruments> engine_instruments_;  // by service
  SlotTable<Generation> generations_;
  std::vector<ObjectStore> stores_;
  std::unique_ptr<Router> router_;            // where there are routes
  std::unique_ptr<TransferMeter> transfers_;  // where bytes are counted
  std::vector<ArrivalQueue> arrivals_;
  std::size_t next_workload_ = 0;
  SimTime next_arrival_ = end_of_time;

  std::deque<RequestCount> request_counts_;
  std::vector<RequestCount*> users_by_region_;  // requests of all users at home there; empty where regions have no names
  std::vector<Target> targets_;  // Program::targets
  std::array<Books, task_kind_count> books_{};

  Index regions_ = 1;
  std::vector<Duration> one_way_;  // [from × regions + to]
  std::vector<std::string> workload_names_;
  std::vector<PolicyChoice> cache_policies_;
  std::vector<std::string> cache_names_;
  FlightTable flights_;  // loads under way, of all caches
  std::vector<Index> unwritten_;
  bool has_flights_ = false;
  Index service_count_ = 0;

  std::vector<Database> databases_;  // of the servers behind the services
  SlotTable<QueryRoute> query_routes_;
  SlotTable<Connection> connections_;        // of the callers
  std::vector<std::vector<Index>> clients_;  // by service: databases it holds connections to
  bool has_connections_ = false;
  bool has_visits_ = false;  // some database reshards
  std::vector<FaultBlueprint> faults_;
  PlannedChanges changes_;
  std::vector<Note> notes_;
  bool tells_balancers_ = false;            // any that look further
  std::vector<std::uint32_t> zones_shown_;  // to one that looks at zones, by place
  bool notes_answers_ = false;              // there are any of the next or of these, or connections or gates, or bytes are counted
  std::vector<LoadBalancer> load_balancers_;
  SlotTable<std::uint32_t> writes_behind_;  // of writers: writes acknowledged that each is to do
  SlotTable<Passage> passages_;
  std::vector<ServiceClient> service_clients_;
  std::vector<std::vector<Index>> clients_of_;  // by server: clients that its calls go through
  SlotTable<ClientCall> client_calls_;          // of the callers
  bool has_hedges_ = false;
  std::vector<Share*> degraded_;  // by service: calls that fell back, where any may
  // By the slots of requests that came through a gate and are not answered: how many were in flight with it. Else 0.
  std::vector<std::uint32_t> entered_as_;
  bool has_gates_ = false;  // some service has an admission policy
};

}  // namespace headroom
