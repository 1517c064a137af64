// Queues with several servers: Erlang B and C, M/M/c, M/M/c/K, M/M/c+M, and approximations for M/G/c and G/G/c.
//
// Rates are per second, times in seconds (any unit will do, if it is the same everywhere). First come, first served.
// Source: Gross, Shortle, Thompson, Harris, "Fundamentals of Queueing Theory", chapters 3 and 7, unless said otherwise.
#pragma once

namespace headroom {

// Probability that all servers are busy when those who find them so are lost (M/G/c/c). offered_load >= 0 in erlangs, servers >=
// 0.
double erlang_b(double offered_load, int servers);
// Probability of having to wait in M/M/c. 1 when offered_load >= servers.
double erlang_c(double offered_load, int servers);

// M/M/c. Times and numbers are infinite when it is not stable (arrival_rate >= servers × service_rate).
class MultiServerQueue {
 public:
  // arrival_rate >= 0, service_rate > 0 (of one server), servers >= 1.
  MultiServerQueue(double arrival_rate, double service_rate, int servers);

  bool stable() const { return spare_rate_ > 0.0; }
  double utilization() const;  // may exceed 1
  double prob_wait() const { return prob_wait_; }
  double mean_wait() const;
  double mean_wait_of_those_who_wait() const;
  double mean_sojourn() const;
  double mean_queue() const;      // waiting
  double mean_in_system() const;  // waiting and in service
  // probability in (0, 1). 0 where fewer have to wait than the tail holds.
  double wait_quantile(double probability) const;
  double sojourn_quantile(double probability) const;
  // P(T > t), t >= 0.
  double sojourn_tail(double t) const;

 private:
  double arrival_rate_, service_rate_;
  int servers_;
  double spare_rate_;  // servers × service_rate - arrival_rate
  double prob_wait_;
};

// M/M/c/K: `capacity` counts those in service; who finds it full is lost. capacity >= servers >= 1.
struct BoundedQueue {
  double blocking = 0.0;  // share of arrivals that are lost
  double throughput = 0.0;
  double mean_in_system = 0.0;
  double mean_queue = 0.0;
  double mean_wait_accepted = 0.0;
  double mean_sojourn_accepted = 0.0;
  double utilization = 0.0;  // of the servers
  double prob_empty = 1.0;
};
BoundedQueue bounded_queue(double arrival_rate, double service_rate, int servers, int capacity);

// M/M/c+M (Erlang-A; Palm, 1946): who waits gives up after an exponential patience of rate patience_rate > 0. Always stable.
struct ImpatientQueue {
  double prob_wait = 0.0;
  double prob_abandon = 0.0;  // of all arrivals
  double mean_queue = 0.0;
  double mean_wait_all = 0.0;  // of everybody, served or not
  double utilization = 0.0;
  double throughput = 0.0;  // served
};
ImpatientQueue impatient_queue(double arrival_rate, double service_rate, double patience_rate, int servers);

// Mean wait in G/G/c. Source: Allen, "Probability, Statistics and Queueing Theory", after Cunneen: M/M/c × (arrival_scv +
// service_scv) / 2. Exact for M/M/c and M/G/1; elsewhere an approximation for moderate to heavy load. scv = variance / mean².
double allen_cunneen_mean_wait(double arrival_rate, double service_mean, int servers, double arrival_scv, double service_scv);
// Mean wait in M/D/c. Source: Cosmetatos (1976). Exact for one server.
double cosmetatos_mean_wait(double arrival_rate, double service_time, int servers);
// Mean wait in M/G/c. Source: Kimura, "A two-moment approximation for the mean waiting time in the GI/G/s queue", Management
// Science 32(6), 1986: harmonic interpolation between M/M/c and M/D/c. Exact for M/M/c and M/G/1.
double kimura_mean_wait(double arrival_rate, double service_mean, int servers, double service_scv);

// Closed interactive system (machine repair, M/M/c//N): each of `population` members thinks for an exponential time of mean
// think_time > 0, then asks a station of `servers` servers of mean service_time > 0 and waits for the answer.
struct ClosedSystem {
  double throughput = 0.0;
  double mean_at_server = 0.0;
  double mean_response = 0.0;
  double mean_wait = 0.0;
  double utilization = 0.0;
  double prob_server_idle = 1.0;       // station empty
  double saturation_population = 0.0;  // servers × (think_time + service_time) / service_time: where the two bounds meet
};
ClosedSystem closed_system(int population, int servers, double think_time, double service_time);

// The most a closed system can do whatever the distributions: min(N / (Z + D), capacity). Source: Denning and Buzen, ACM
// Computing Surveys 10(3), 1978. cycle_time = think time + demands without queueing > 0.
double asymptotic_throughput(double population, double cycle_time, double capacity);

// M/G/infinity: how many are in service is Poisson with mean offered_load. The smallest n with P(N <= n) >= probability.
int infinite_server_quantile(double offered_load, double probability);

}  // namespace headroom
