// Connections of databases: what a query waits for before it is sent, where the clients of a database hold so many open.
//
// A query whose client has no connection at all is refused (rejected); one that finds all of them taken waits in the client's
// line, first come first served. Who is refused there, or waits longer than the limit of that line, has not left the client: it
// learns so at once. Behind a pooler there is a second line with a limit of its own, whose time begins when the query gets there,
// as HikariCP's connectionTimeout and PgBouncer's query_wait_timeout are two settings that know nothing of each other. A
// connection is the caller's from the moment it has one until it has the answer, both ways on the network included. Sources:
// PostgreSQL documentation, max_connections ("sorry, too many clients already"); HikariCP, "About Pool Sizing" (a pool of fixed
// size per client); PgBouncer documentation (max_client_conn beside default_pool_size: here the limit beside the pool). Differs:
// a query that is under way when its client dies no longer counts as a connection; opening one takes no time.
#include "sim/cluster/exact_hot_path.hpp"
#include "sim/cluster/steps.hpp"

namespace headroom {

void ExactRequestPlane::make_connections(const Blueprint& blueprint, RandomStreams& streams, Recorder& recorder) {
  clients_.resize(blueprint.services.size());
  for (Index i = 0; i < blueprint.databases.size(); ++i) {
    const DatabaseBlueprint& database = blueprint.databases[i];
    if (!database.connections) continue;
    const std::vector<Label> labels{{"database", database.name}};
    databases_[i].clients.emplace(static_cast<Index>(database.connections->limit),
                                  static_cast<Index>(database.connections->per_client),
                                  static_cast<Index>(database.most_shards() * database.replicas));
    databases_[i].connection_wait_limit =
        database.connections->wait_limit
            ? Demand{*database.connections->wait_limit, streams.key_of("databases/" + database.name + "/connections/wait_limit")}
            : servers_[service_count_ + i].wait_limit;
    databases_[i].connections = &recorder.level_share("connections", labels);
    databases_[i].connection_wait = &recorder.durations("connection_wait", labels);
    databases_[i].connections->whole.set(now_, database.connections->limit);
    has_connections_ = true;
    for (Index service = 0; service < blueprint.services.size(); ++service) {
      if (queries(blueprint, service, i)) clients_[service].push_back(i);
    }
  }
  // The others come when they are added; a serverless floor is there from the start.
  for (Index service = 0; service < service_count_; ++service) {
    for (const Index replica : servers_[service].replicas) open_connections(replica);
  }
}

// ---- clients -----------------------------------------------------------------------------------------------------------------

void ExactRequestPlane::open_connections(Index replica) {
  for (const Index database : clients_[replicas_[replica].server]) {
    databases_[database].clients->join(replica);
    show_connections(databases_[database]);
  }
}

// Of a replica that dies: the queries that wait in its lines are lost, those who asked them end with it.
void ExactRequestPlane::close_connections(Index replica) {
  for (const Index database : clients_[replicas_[replica].server]) {
    ClientPools& clients = *databases_[database].clients;
    const Index client = clients.client_of(replica);
    for (Index node = 0; node < clients.nodes(); ++node) {
      while (!clients.line(client, node).empty()) {
        const Index slot = clients.line(client, node).pop_front(tasks_);
        const Index caller = std::exchange(tasks_[slot].parent, no_index);
        tasks_[caller].child = connections_[caller].client = no_index;
        end_task(slot, TaskOutcome::lost);
      }
    }
    clients.leave(replica);
    for (const Index other : clients.in_order()) {
      for (Index node = 0; node < clients.nodes(); ++node) serve_line(databases_[database], other, node);
    }
    show_connections(databases_[database]);
  }
}

void ExactRequestPlane::show_connections(Database& database) { database.connections->part.set(now_, database.clients->open()); }

// ---- queries -----------------------------------------------------------------------------------------------------------------

// The client chooses the node. Where nobody is there to ask it learns so at the database.
void ExactRequestPlane::ask_for_connection(Index slot) {
  Task& request = tasks_[slot];
  const Index caller = request.parent;
  Server& server = *targets_[request.target].server;
  const auto index = static_cast<Index>(&server - &servers_[service_count_]);
  Database& database = databases_[index];
  const QueryRoute route = route_of(server, database, request);
  remember_route(slot, route);
  connections_.begin(caller).client = no_index;
  if (route.copy == no_index) return send(slot, request, one_way(tasks_[caller], server.region));
  ClientPools& clients = *database.clients;
  const Index client = clients.client_of(tasks_[caller].replica), node = route.shard * server.copies + route.copy;
  if (clients.connections_of(client) == 0) {
    request.state = TaskState::connecting;
    if (request.followed) ExactTrace{*this}.moment(caller, "no connection");
    return end_task(slot, TaskOutcome::rejected);
  }
  connections_[caller] = {client, index, node, clients.life_of(client)};
  request.queued_at = now_;
  if (clients.has_free(client, node)) {
    clients.take(client, node);
    return send_query(slot);
  }
  if (request.followed) ExactTrace{*this}.moment(caller, "waits for a connection");
  request.state = TaskState::connecting;
  clients.line(client, node).push_back(tasks_, slot);
  if (database.connection_wait_limit)
    request.timer =
        events_.schedule(now_ + to_duration(database.connection_wait_limit->draw(request.draw_id)), waited_too_long, slot);
}

// It has its connection. Its caller may be gone meanwhile.
void ExactRequestPlane::send_query(Index slot) {
  Task& request = tasks_[slot];
  const Server& server = *targets_[request.target].server;
  databases_[static_cast<std::size_t>(&server - &servers_[service_count_])].connection_wait->record(now_ - request.queued_at);
  send(slot, request, request.parent == no_index ? Duration{} : one_way(tasks_[request.parent], server.region));
}

// Of a caller that has its answer, or fails; and the place in line of a query that waits no more. Anything else has neither.
void ExactRequestPlane::give_back_connection(Index slot) {
  const bool waits = tasks_[slot].state == TaskState::connecting;
  const Index caller = waits ? tasks_[slot].parent : slot;
  Connection* const held = connections_.find(caller);
  if (held == nullptr || held->client == no_index) return;
  const Connection connection = std::exchange(*held, {});
  Database& database = databases_[connection.database];
  if (waits) return database.clients->line(connection.client, connection.node).remove(tasks_, slot);
  if (database.clients->life_of(connection.client) != connection.life) return;
  database.clients->give_back(connection.client, connection.node);
  serve_line(database, connection.client, connection.node);
}

void ExactRequestPlane::serve_line(Database& database, Index client, Index node) {
  ClientPools& clients = *database.clients;
  while (!clients.line(client, node).empty() && clients.has_free(client, node)) {
    const Index slot = clients.line(client, node).pop_front(tasks_);
    clients.take(client, node);
    tasks_[slot].timer = 0;
    tasks_[slot].pc = program_.send_query;
    make_runnable(slot, tasks_[slot]);
  }
}

}  // namespace headroom
