// Serverless services: instances that requests start.
//
// A request that finds a free slot takes it: on an instance that is at work, then on an idle one of the floor, then on the idle
// one that was used last, then on one that is starting for somebody else and has a slot to spare. Without any it starts an
// instance and waits for that one, even if another is free before it is up (AWS Lambda binds a request to the environment that it
// starts). Where the platform starts no more (its rate of starts, a token bucket; the most there may be) the request is rejected
// (429): an error, since it is the system that has no room, not the client that asks too much. Billed is an instance from its
// start until it is up, and whenever it has a request: once, however many share it. Sources: AWS Lambda Developer Guide,
// "Understanding Lambda function scaling" (starts, provisioned concurrency) and the billing of the initialisation phase since
// August 2025; the order of idle instances as measured by Mahmoudi and Khazaei, "Performance modeling of serverless computing
// platforms", IEEE Transactions on Cloud Computing 10(4), 2022.
#include "sim/cluster/exact_hot_path.hpp"

namespace headroom {

void ExactRequestPlane::make_platform(Index index, const ServiceBlueprint& service, RandomStreams& streams, Recorder& recorder) {
  const ServerlessBlueprint& described = *service.serverless;
  servers_[index].platform = std::make_unique<ServerlessPlatform>();
  ServerlessPlatform& platform = *servers_[index].platform;
  platform.most = described.most;
  platform.starts = TokenBucket{described.ramp, static_cast<double>(described.burst)};
  platform.keep_alive = described.keep_alive;
  platform.cold_start = {described.cold_start, streams.key_of("services/" + service.name + "/cold_start")};
  const auto bytes = static_cast<double>(service.memory.count);
  platform.price_per_request = described.price_per_request;
  platform.price = described.price * bytes;
  platform.floor_price = described.floor_price * bytes * described.floor;

  const std::vector<Label> labels{{"service", service.name}};
  platform.instances = &recorder.gauge("instances", labels);
  platform.cold_starts = &recorder.share("cold_starts", labels);
  platform.throttled = &recorder.share("throttled", labels);
  const auto pay = [&](BillPart& part, CostKind kind, double price) -> Counter* {
    part = {service.name, kind, labels.front()};
    return price > 0.0 ? &recorder.counter("cost", labels_of(part)) : nullptr;
  };
  platform.requests_cost = pay(platform.requests_part, CostKind::serverless_requests, platform.price_per_request);
  platform.time_cost = pay(platform.time_part, CostKind::serverless_time, platform.price);
  platform.floor_cost = pay(platform.floor_part, CostKind::serverless_floor, platform.floor_price);
  for (int i = 0; i < described.floor; ++i) {
    const Index replica = new_replica(index);
    platform.pool.add(replica, {});
    platform.pool.put(replica, InstancePool::Line::floor);
  }
  platform.instances->set(now_, platform.pool.size());
}

void ExactRequestPlane::route_to_instance(Index slot, Server& server) {
  ServerlessPlatform& platform = *server.platform;
  platform.throttled->whole += 1.0;
  Index index = platform.pool.pick();
  if (index == no_index) index = start_instance(server);
  if (index == no_index) {
    platform.throttled->part += 1.0;
    return end_task(slot, TaskOutcome::rejected);
  }
  platform.cold_starts->whole += 1.0;
  if (platform.pool[index].starting) platform.cold_starts->part += 1.0;
  if (platform.pool[index].starting && tasks_[slot].followed) [[unlikely]]
    ExactTrace{*this}.waits_for_start(slot);
  admit(slot, tasks_[slot], server, index);
  settle_instance(server, index);
}

// None: the platform starts no more now.
Index ExactRequestPlane::start_instance(Server& server) {
  ServerlessPlatform& platform = *server.platform;
  if (platform.pool.size() >= platform.most || !platform.starts.has(now_, 1.0)) return no_index;
  platform.starts.take(now_, 1.0);
  const Index index = new_replica(static_cast<Index>(&server - servers_.data()));
  open_connections(index);
  replicas_[index].busy_slots = server.concurrency;  // held by the start: who comes meanwhile waits in the backlog
  const Index keeper = tasks_.acquire();
  tasks_[keeper].kind = TaskKind::instance;
  tasks_[keeper].state = TaskState::sleeping;
  tasks_[keeper].replica = index;
  const Duration start = to_duration(platform.cold_start.draw(platform.started++));
  tasks_[keeper].timer = events_.schedule(now_ + start, instance_up, keeper);
  platform.pool.add(index, {.keeper = keeper, .starting = true});
  platform.instances->set(now_, platform.pool.size());
  return index;
}

void ExactRequestPlane::on_instance_up(Index keeper) {
  const Index index = tasks_[keeper].replica;
  Replica& replica = replicas_[index];
  Server& server = servers_[replica.server];
  server.platform->pool[index].starting = false;
  replica.busy_slots = 0;
  while (!replica.backlog.empty()) {
    const Index slot = replica.backlog.pop(tasks_);
    server.waiting.leave(now_);
    occupy(slot, tasks_[slot], server, replica);
  }
  settle_instance(server, index);
}

// After requests came to it or left it: the line it stands in, whether it is billed, and when it may go.
void ExactRequestPlane::settle_instance(Server& server, Index index) {
  using Line = InstancePool::Line;
  ServerlessPlatform& platform = *server.platform;
  InstancePool::Instance& instance = platform.pool[index];
  const Replica& replica = replicas_[index];
  const Index requests = instance.starting ? replica.backlog.size() : replica.busy_slots;
  const bool of_floor = instance.keeper == no_index;
  const bool has_room = requests < server.concurrency;
  const bool billed = instance.starting || requests > 0;
  const Line up = billed ? Line::at_work : of_floor ? Line::floor : Line::idle;
  platform.pool.put(index, !has_room ? Line::none : instance.starting ? Line::starting : up);
  if (billed == instance.billed) return;
  instance.billed = billed;
  if (billed) return platform.billed.enter(now_);
  platform.billed.leave(now_);
  instance.idle_since = now_;
  // One event at a time: one that comes too early is put off then.
  if (!of_floor && tasks_[instance.keeper].timer == 0)
    tasks_[instance.keeper].timer = events_.schedule(now_ + platform.keep_alive, instance_idle, instance.keeper);
}

void ExactRequestPlane::on_instance_idle(Index keeper) {
  const Index index = tasks_[keeper].replica;
  ServerlessPlatform& platform = *servers_[replicas_[index].server].platform;
  const InstancePool::Instance& instance = platform.pool[index];
  if (instance.billed) return;
  if (const SimTime goes = instance.idle_since + platform.keep_alive; goes > now_) {
    tasks_[keeper].timer = events_.schedule(goes, instance_idle, keeper);
    return;
  }
  platform.pool.remove(index);
  platform.instances->set(now_, platform.pool.size());
  tasks_.release(keeper);
  kill(index, TaskOutcome::lost);  // what it still does in the background
  free_replicas_.push_back(index);
}

void ExactRequestPlane::show_platform(ServerlessPlatform& platform) const {
  const auto show = [](Counter* cost, double dollars) {
    if (cost != nullptr) cost->total = dollars;
  };
  show(platform.requests_cost, platform.cold_starts->whole * platform.price_per_request);
  show(platform.time_cost, platform.billed.integral_nanoseconds(now_) / 1e9 * platform.price);
  show(platform.floor_cost, to_seconds(now_ - start_of_time) * platform.floor_price);
}

}  // namespace headroom
