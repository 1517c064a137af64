// Queues with one server: M/D/1, M/G/1 in several orders of service, priorities, batches, E_k/M/1; and what balancers make of
// them.
//
// Rates are per second, times in seconds. All need utilization < 1; means are infinite otherwise.
// Source: Kleinrock, "Queueing Systems" volumes 1 and 2, unless said otherwise.
#pragma once

#include <span>
#include <vector>

namespace headroom {

// M/D/1, first come first served, with its exact waiting-time distribution.
class ConstantServiceQueue {
 public:
  // 0 < arrival_rate × service_time < 1, or std::invalid_argument: there is no stationary distribution.
  ConstantServiceQueue(double arrival_rate, double service_time);
  double utilization() const { return arrival_rate_ * service_time_; }
  double mean_wait() const;
  double mean_sojourn() const { return mean_wait() + service_time_; }
  // P(W <= t). Source: Franx, "A simple solution for the M/D/c waiting time distribution", Operations Research Letters 29, 2001;
  // a sum of positive terms only, unlike Erlang's alternating one.
  double wait_cdf(double t) const;
  double wait_quantile(double probability) const;
  double sojourn_quantile(double probability) const { return wait_quantile(probability) + service_time_; }

 private:
  // P(at most n waiting), extended as needed (Ramaswami's recursion for M/G/1, 1988).
  double queue_cdf(std::size_t n) const;

  double arrival_rate_, service_time_;
  mutable std::vector<double> arrivals_tail_;  // P(at least k arrivals during a service)
  mutable std::vector<double> states_;         // probability of n in the system
  mutable std::vector<double> queue_;          // cumulative, by number waiting
};

// M/G/1. service_scv = variance / mean² of the service time.
double mg1_mean_wait(double arrival_rate, double service_mean,
                     double service_scv);                              // first come first served (Pollaczek-Khinchine)
double mg1_ps_mean_sojourn(double arrival_rate, double service_mean);  // processor sharing: insensitive
double mg1_lcfs_preemptive_mean_sojourn(double arrival_rate, double service_mean);  // preemptive resume: the busy period
double mg1_mean_busy_period(double arrival_rate, double service_mean);

// Classes of traffic, the first the most urgent.
struct TrafficClass {
  double arrival_rate = 0.0;
  double service_mean = 0.0;
  double service_scv = 1.0;
};
// Mean wait of each class when a service begun is finished (Cobham, 1954).
std::vector<double> nonpreemptive_mean_waits(std::span<const TrafficClass> classes);
// Mean sojourn of each class when the urgent interrupt and the interrupted resume.
std::vector<double> preemptive_mean_sojourns(std::span<const TrafficClass> classes);

// M^X/M/1: batches of fixed size arrive as a Poisson process.
double batch_mean_in_system(double batch_rate, int batch, double service_rate);
double batch_mean_wait(double batch_rate, int batch, double service_rate);

// Round robin over `servers` queues with one exponential server each: every queue is E_c/M/1.
struct RoundRobinQueues {
  double prob_wait = 0.0;
  double mean_wait = 0.0;
  double mean_sojourn = 0.0;
  double sojourn_rate = 0.0;  // the sojourn is exponential: quantile p is -ln(1 - p) / sojourn_rate
};
RoundRobinQueues round_robin_queues(double total_arrival_rate, double service_rate, int servers);
// A random split over `servers` queues with one exponential server each.
double random_split_mean_sojourn(double total_arrival_rate, double service_rate, int servers);

// Power of d choices over infinitely many exponential servers of rate 1. Source: Mitzenmacher, IEEE TPDS 12(10), 2001;
// Vvedenskaya, Dobrushin, Karpelevich, 1996. utilization in [0, 1), choices >= 1.
double choices_fraction_with_at_least(double utilization, int choices, int jobs);
double choices_mean_in_server(double utilization, int choices);
double choices_mean_sojourn(double utilization, int choices);

// Fork-join of two M/M/1 queues, both of service_rate. Source: Flatto and Hahn, 1984; Nelson and Tantawi, 1988. Exact.
double fork_join_of_two_mean_response(double arrival_rate, double service_rate);

}  // namespace headroom
