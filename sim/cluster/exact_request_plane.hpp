// The exact request plane: every request is a Task that is simulated, event by event.
//
// Reading order: exact_state.hpp (what it knows), exact_request_plane.cpp (the event loop), exact_hot_path.hpp (the way every
// request goes: the members that are inline here), exact_steps.cpp (what a step does), exact_requests.cpp (calls, balancing, slots,
// answers, time-outs), exact_clients.cpp (what stands before a call, and behind one that failed), exact_setup.cpp (from the
// Blueprint); then a file for each kind of station or event, which says what it is for at its top, exact_trace.cpp (tells of it all,
// if somebody looks) and exact_bounds.cpp (whether all bounds are kept, if somebody asks).
// What happens at one instant happens in this order: an arrival or one event, then every task it made runnable, first come first.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/cluster/exact_state.hpp"
#include "sim/cluster/request_plane.hpp"

namespace headroom {

class ExactRequestPlane final : public RequestPlane, private ExactState {
 public:
  ExactRequestPlane(const Blueprint& blueprint, RandomStreams& streams, Recorder& recorder);

  // Tells `trace` of every request from now on; it must outlive this.
  void attach(RequestTrace& trace);
  // Follows a sample of users' requests, for critical_paths(). Before the first arrival.
  void follow_requests(const Blueprint& blueprint);
  const CriticalPaths* followed() const { return paths_.get(); }
  std::vector<CriticalPath> critical_paths(SimTime from) const override;

  void advance_to(SimTime until) override;
  SimTime now() const override { return now_; }

  using RequestPlane::add_replica;
  Index add_replica(Index service, Index zone, std::shared_ptr<ReplicaDisk> disk) override;
  void run_on(ReplicaRef replica, NodeRef node) override;
  void resize(ReplicaRef replica, const ReplicaSize& size) override;
  void drain_replica(ReplicaRef replica) override;
  void restore_replica(ReplicaRef replica) override;
  void remove_replica(ReplicaRef replica) override;
  std::shared_ptr<ReplicaDisk> take_disk(ReplicaRef gone) override;

  void begin_resharding(Index database) override;
  void copied(Index database, Index move, double share) override;
  void end_resharding(Index database) override;
  int draining_nodes(Index database) override;
  bool takes_writes(Index database, Index shard) const override;

  bool gets_requests(ReplicaRef replica) const override { return replicas_[replica.replica].position != no_index; }
  bool is_idle(ReplicaRef replica) const override;
  ReplicaSample sample(ReplicaRef replica) const override;
  ProbeAnswer answer_to_probe(ReplicaRef replica, SimTime sent) const override;
  std::vector<ReplicaRef> take_killed() override;
  void refresh_instruments() override;
  std::vector<PhaseResult> phases() const override;
  double users() const override;
  bool stationary() const override;
  double core_seconds(Index service) const override;
  double busy_replica_seconds(Index service) const override;
  std::vector<Charge> charges() const override;

  void finish(RunResult& result) override;

  // When something happens next by itself; end_of_time: never.
  SimTime next_instant() const;
  // Sentences about what has more than it may have now: slots, lines, batches, connections, bytes. Looks at everything there is.
  std::vector<std::string> broken_bounds() const;

 private:
  friend class ClientCalls;
  friend class BoundsCheck;
  friend class ExactTrace;

  // exact_setup.cpp
  void make_workloads(const Blueprint& blueprint, RandomStreams& streams, Recorder& recorder);
  void make_services(const Blueprint& blueprint, RandomStreams& streams, Recorder& recorder);
  void make_databases(const Blueprint& blueprint, RandomStreams& streams, Recorder& recorder);
  void make_queues(const Blueprint& blueprint, RandomStreams& streams, Recorder& recorder);
  void make_locks(const Blueprint& blueprint, RandomStreams& streams, Recorder& recorder);
  void make_caches(const Blueprint& blueprint, RandomStreams& streams, Recorder& recorder);
  void make_cache(const CacheBlueprint& cache, RandomStreams& streams, Recorder& recorder);
  static void make_cache_instruments(const CacheBlueprint& cache, Cache& station, Recorder& recorder);
  void make_key_shares(const Blueprint& blueprint, Recorder& recorder);
  void make_write_counters(const Blueprint& blueprint, Recorder& recorder);
  void make_targets(const Blueprint& blueprint, Recorder& recorder);
  static RequestCount request_count(Recorder& recorder, const std::vector<Label>& labels);
  std::unique_ptr<CacheTier> new_tier(Index cache);
  std::unique_ptr<CacheTier> new_tier(Index cache, Bytes capacity);

  // exact_request_plane.cpp
  void simulate_requests_to(SimTime until);
  void refill(ArrivalQueue& arrivals);
  inline void find_next_arrival();
  inline void on_arrival();
  inline void on_event(Event event);
  inline void run_ready();
  [[noreturn]] void refuse_to_go_round() const;
  Index new_replica(Index server, ReplicaDisk* disk = nullptr);
  void register_with_balancer(Index replica, Index unanswered);
  void unregister(Index replica);
  void kill(Index replica, TaskOutcome why);
  void take_from_work(Index replica, TaskOutcome why, std::vector<Index>& whole_tasks, std::vector<Index>& branches);
  void stop_computing(Server& server, Index replica);
  void kill_doomed();
  Index unanswered_in(Index replica) const;
  double busy_cores(const Replica& replica) const;
  double core_nanoseconds(const Replica& replica) const;

  // exact_steps.cpp
  inline void make_runnable(Index slot, Task& task);
  inline void resume(Index slot, Task& task);
  void run(Index task);
  inline void compute(Index slot, Task& task, double core_seconds);
  inline void end_computation(Index slot, Task& task);
  void on_processor(Index replica);
  inline void reschedule_processor(Index replica);
  void schedule_processor(Index replica);
  void sleep(Index task, Duration span, EventKind kind, const char* what = "wait");
  bool start_fork(Index task, Index site);
  bool start_for_each(Index task, Index site);
  void launch_branch(Index parent, Index entry, Index number);
  void end_branch(Index branch, TaskOutcome outcome);
  void choose(Index task, Index site);
  static std::uint64_t drawn_for(KeyPer per, const Task& task);

  // exact_requests.cpp
  bool belongs_to_user(const Task& task) const { return task.replica == no_index; }
  Index region_of(const Task& task) const;
  Duration one_way(Index from, Index to) const { return one_way_[from * regions_ + to]; }
  Duration one_way(const Task& from, Index to) const { return regions_ == 1 ? one_way_.front() : one_way(region_of(from), to); }
  inline Index new_task(TaskKind kind);
  static inline void begin_for(Task& task, Index workload, const Arrival& arrival, std::uint64_t identity);
  inline void start_call(Index task, Index site);
  void try_call(Index task);
  inline void ask_callee(Index request, Index caller, Index number);
  inline void send_users_request(Index workload, const Arrival& arrival, Index site, std::uint64_t identity);
  inline void send(Index slot, Task& request, Duration delay);
  inline void route(Index slot, Task& request);
  inline void admit(Index slot, Task& request, Server& server, Index replica);
  inline void queue_up(Index slot, Task& task, Server& server, Replica& replica);
  inline void occupy(Index slot, Task& task, Server& server, Replica& replica);
  inline void start_service(Index slot, Task& task, Server& server, Replica& replica);
  inline void vacate_slot(Server& server, Replica& replica, Index index);
  void check_memory(Index replica);
  void doom(Replica& replica, Index index);
  [[noreturn]] void refuse_more_tasks() const;
  Bytes memory_of(const Replica& replica) const;
  Duration way_back(const Task& request, Index caller) const;
  void answer(Index request, TaskOutcome outcome);
  [[gnu::noinline]] Duration note_answer(Index request, Index caller, TaskOutcome outcome);
  void resume_caller(Index caller, TaskOutcome outcome);
  inline void finish_call(Index caller, TaskOutcome outcome);
  void on_timeout(Index caller);
  void leave_callee(Index caller, TaskOutcome why);
  void on_patience_over(Index caller);
  SimTime leaves_at(Index caller, const CallSite& site) const;
  void on_waited_too_long(Index task);
  void end_task(Index task, TaskOutcome outcome);
  inline void count_request(const Task& request, TaskOutcome outcome, Histogram::Entry latency);
  inline void count_users_request(Index workload, std::uint64_t subject, TaskOutcome outcome, Histogram::Entry latency);
  void count_by_region(const ArrivalQueue& arrivals, std::uint64_t subject, TaskOutcome outcome, Histogram::Entry latency);

  // exact_node_cores.cpp
  void share_cores(NodeCores& node);
  void leave_node(Index replica);

  // exact_messages.cpp
  bool publish_from(Index publisher, Index site);
  bool publish(Index queue, Index message);
  Index new_message(const Task* publisher, Index site);
  void publish_users_message(Index workload, const Arrival& arrival, Index site, std::uint64_t identity);
  void dispatch(Index queue);
  void offer_vacancy(Index replica);
  Index take_vacant(Index queue);
  void take_messages(Index replica);
  void enqueue(Index queue, Index message);
  void line_up(Index queue, Index message);
  void wait_for_room(Index publisher, Index message, Index queue);
  bool admit_publisher(Index queue);
  void withdraw(Index message);
  void count_message(const Task& message, TaskOutcome outcome);

  // exact_locks.cpp
  std::uint64_t lock_key(const LockSite& site, const Task& task) const;
  bool ask_for_lock(Index task, const LockSite& site);
  bool take_lock(Index task, const LockSite& site);
  void release_lock(Index task, const LockSite& site);
  void release_locks_around(Index task);
  void abandon_locks(Index replica);

  // exact_limits.cpp
  void make_limits(const Blueprint& blueprint, RandomStreams& streams, Recorder& recorder);
  bool pass_limit(Index task, const LimitSite& site);
  bool is_limited(const Task& task) const;
  void on_tokens(Index task);
  void end_limit_wait(Index task);

  // exact_rhythms.cpp
  void when_changed(Index task, const ChangeSite& site);
  void count_lateness(const Task& task, Duration latency);

  // exact_caches.cpp
  bool look_up(Index task, const Instruction& instruction);
  void fill_cache(Index task, Index site);
  void invalidate(Index task, Index site);
  std::size_t place_of(const CacheSite& site, const Task& task) const;
  CacheTier* tier_of(const CacheSite& site, const Task& task);
  Duration take_turn(const CacheSite& site, const Task& task);
  void show_nodes(Cache& cache);
  std::uint64_t entry_key(const CacheSite& site, const Task& task);
  std::uint64_t generation_key(const CacheSite& site, const Task& task) const;
  std::uint64_t key_of(Index key_space, const Task& task) const;
  Bytes size_of(Index key_space, std::uint64_t key) const;
  void show_bytes(Cache& cache, const CacheTier& tier, Bytes before);

  // exact_cache_loads.cpp
  std::uint64_t flight_key(const CacheSite& site, const Task& task) const;
  bool join_flight(Index task, const CacheSite& site, Duration latency);
  void refresh(Index task, const Instruction& instruction);
  void land(Index loader, const CacheSite& site);
  void leave_flight(Index waiter);
  void go_on_from_flight(Index waiter, Index pc);
  void on_load_overdue(Index waiter);
  void pass_flight(std::uint64_t key);
  void abandon_loads_around(Index task);
  void abandon_flights(Index replica);

  // exact_cache_writes.cpp
  Index launch_background(Index owner, Index site, Index entry);
  void write_behind(Index task, const Instruction& instruction);
  void begin_write(Index writer, Index site);
  void write_evicted(CacheTier& tier);
  bool hand_over_write(Index writer, Index replica);
  void end_background(Index task, TaskOutcome outcome);

  // exact_cache_faults.cpp
  void make_cache_faults(const Blueprint& blueprint, Recorder& recorder);
  std::uint64_t empty_tier(CacheTier& tier);
  std::uint64_t lose_contents(Index cache);
  void replace_tiers(Cache& cache, std::vector<std::unique_ptr<CacheTier>> tiers);
  void return_cache(Index cache);

  // exact_cache_clients.cpp
  void make_cache_clients(const Blueprint& blueprint, Recorder& recorder);
  void make_replica_caches(Index replica, ReplicaDisk* disk);
  void end_replica_caches(Index replica);
  void connect_client(Index replica, Index cache);
  void disconnect_client(Index replica, Index cache);
  CacheTier* own_tier(Index cache, const Task& task) const;

  // exact_links.cpp
  void make_links(const Blueprint& blueprint, RandomStreams& streams, Recorder& recorder);
  Link::Line& line_of(const TransferSite& site, const Task& task);
  bool start_transfer(Index task, const TransferSite& site);
  void reschedule_link(Link::Line& line);
  void on_transfer(Index leader);
  void abandon_transfer(Index task);
  void show_link(Link& link);

  // exact_deliveries.cpp
  Index deliver(Index message, MessageQueue& queue);
  void on_visible(Index message);
  void finish_delivery(Index delivery, TaskOutcome outcome);
  void end_message(Index message, TaskOutcome outcome);
  void bury(Index message);

  // exact_transfers.cpp
  void make_regions(const Blueprint& blueprint, RandomStreams& streams, Recorder& recorder);
  Index home_of(const ArrivalQueue& arrivals, std::uint64_t subject) const;
  Index routed_target(Index route, const Task& caller, const Task& callee) const;
  CallerPlace place_of(const Task& caller) const;
  [[gnu::noinline]] void note_caller(Index request, const Task& caller, Index sizes);
  Index zone_of(Index replica) const;
  [[gnu::noinline]] void count_request_bytes(Index request);
  void count_answer_bytes(Index request);
  void note_publisher(Index message, const CallerPlace& publisher, Index site);
  [[gnu::noinline]] void count_cache_bytes(const CacheSite& site, const Task& task, bool request, bool value);

  // exact_stores.cpp
  void make_stores(const Blueprint& blueprint, RandomStreams& streams, Recorder& recorder);
  bool use_store(Index task, const StoreSite& site);

  // exact_serverless.cpp
  void make_platform(Index index, const ServiceBlueprint& service, RandomStreams& streams, Recorder& recorder);
  [[gnu::noinline]] void route_to_instance(Index slot, Server& server);
  Index start_instance(Server& server);
  void settle_instance(Server& server, Index index);
  void on_instance_up(Index keeper);
  void on_instance_idle(Index keeper);
  void show_platform(ServerlessPlatform& platform) const;

  // exact_language_models.cpp
  void make_language_models(const Blueprint& blueprint, RandomStreams& streams, Recorder& recorder);
  void start_generation(Index task, Index site);
  void ask_provider(Index task, Generation& generation, LanguageModel& model);
  void enter_provider(Index task, Generation& generation, LanguageModel& model);
  void serve(Index task, Generation& generation, LanguageModel& model);
  void leave_provider(LanguageModel& model);
  void on_generation(Index task);
  void end_generation(const Generation& generation, TaskOutcome outcome);
  void fail_generation(Index task, TaskOutcome outcome);
  void abandon_generation(Index task, TaskOutcome why);
  void enter_generations(RunResult& result) const;

  // exact_engines.cpp
  void make_engine_instruments(const Blueprint& blueprint, Recorder& recorder);
  void start_engine(Index replica);
  void stop_engine(Index replica);
  void show_engine(Index replica);
  void show_stepping(Index replica, bool stepping);
  void join_engine(Index task, Generation& generation);
  void begin_step(Index replica);
  void end_step(Index leader);
  void make_room(Engine& engine, EngineInstruments& instruments);
  std::int64_t write_tokens(Engine& engine, std::int64_t& context);
  std::int64_t read_prompts(Engine& engine, std::int64_t budget);
  std::int64_t let_in(Engine& engine, std::int64_t budget);

  // exact_databases.cpp
  void route_query(Index slot, Task& request, Server& server);
  Index shard_with(const ShardMap& map, std::uint64_t key, const Task& request) const;
  Index shard_of_then(const Database& database, const CallSite& site, const Task& request) const;
  bool is_served(const Database& database, const Server& server, const Task& request, const QueryRoute& route) const;
  QueryRoute route_of(Server& server, const Database& database, const Task& request) const;
  Index node_of(Index database, Index shard, Index copy) const;
  void fail_primary(Index database, Index shard);
  void promote(const PlannedChange& change);
  void return_node(const PlannedChange& change);
  void set_primary(Index database, Index shard, Index copy);
  void show_shards_down(Database& database);
  void choose_copy(Server& server, const Database& database, const Task& request, QueryRoute& route) const;

  // exact_connections.cpp
  void make_connections(const Blueprint& blueprint, RandomStreams& streams, Recorder& recorder);
  void open_connections(Index replica);
  void close_connections(Index replica);
  void show_connections(Database& database);
  void ask_for_connection(Index request);
  void send_query(Index request);
  void give_back_connection(Index task);
  void serve_line(Database& database, Index client, Index node);

  // exact_replication.cpp
  static std::optional<Replication> make_replication(const DatabaseBlueprint& database, RandomStreams& streams, Recorder& recorder);
  void remember_route(Index slot, const QueryRoute& route);
  void take_snapshot(Index slot, Index database);
  bool commit(Index slot, Index database);
  Index most_advanced(Index database, Index shard);
  std::uint64_t lose_unapplied(Index database, Index shard);

  // exact_resharding.cpp
  void make_resharding(const DatabaseBlueprint& blueprint, Database& database, Recorder& recorder);
  void follow_move(const Database& database, std::uint64_t key, QueryRoute& route) const;
  bool is_copied(const Database& database, const QueryRoute& route) const;
  void visit_other_owner(Index query, Index database);
  [[gnu::noinline]] bool await_other_owner(Index query, Index database);
  void end_visit(Index visit, TaskOutcome outcome);
  void leave_visit(Index query);

  // exact_faults.cpp
  void plan_faults(const Blueprint& blueprint);
  void carry_out(const PlannedChange& change);
  void strike(const FailPrimary& fault);
  void strike(const FlushCache& fault);
  void strike(const RestartCache& fault);
  void restart_again(Cache& cache, const RestartCache& fault);
  void note(std::string subject, std::string text);

  // exact_load_balancers.cpp
  void make_load_balancers(const Blueprint& blueprint, RandomStreams& streams, Recorder& recorder);
  void make_fleets(const Blueprint& blueprint, Index load_balancer);
  [[gnu::noinline]] void enter_load_balancer(Index slot, Task& request, Server& server);
  void forward(Index request);
  void leave_load_balancer(Index request, TaskOutcome outcome);
  [[gnu::noinline]] void route_attentively(Index slot, Task& request, Server& server);
  std::size_t pick_attentively(const Task& request, Server& server);
  void show_zones(const Task& request, const Server& server, BalancingView& view);
  void tell_balancer(const Task& request);
  void join_fleet(Index replica, Index unanswered);
  void leave_fleet(Index replica);
  void members_changed(LoadBalancer& balancer, Index service);
  void show_members(LoadBalancer& balancer);
  bool strike(LoadBalancer& balancer, Fleet& fleet, Index member);
  void judge(LoadBalancer& balancer, Fleet& fleet, Index member, bool passed);
  void check_members(Index load_balancer);
  void judge_those_that_wait(Index load_balancer);

  // exact_admission.cpp
  void admit_at_gate(Index request, Server& server, Index replica);
  void wait_at_gate(Index request, Server& server, const AdmissionView& view);
  void refuse(Index request, Server& server, Refusal why);
  [[gnu::noinline]] void hand_on_slot(Server& server, Index replica);
  void leave_gate(Index request, TaskOutcome outcome);
};

std::unique_ptr<RequestPlane> make_exact_request_plane(const Blueprint& blueprint, RandomStreams& streams, Recorder& recorder);

}  // namespace headroom
