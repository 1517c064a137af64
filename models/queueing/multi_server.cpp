#include "models/queueing/multi_server.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "models/queueing/root.hpp"

namespace headroom {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// Stationary distribution of a birth-death chain from the ratios p(n+1) / p(n); scaled as it grows, so nothing overflows.
template <class Ratio>
std::vector<double> birth_death(int last, Ratio ratio) {
  std::vector<double> p(static_cast<std::size_t>(last) + 1, 0.0);
  p[0] = 1.0;
  double total = 1.0;
  for (int n = 0; n < last; ++n) {
    const double next = p[n] * ratio(n);
    p[n + 1] = next;
    total += next;
    if (total < 1e250) continue;
    for (int i = 0; i <= n + 1; ++i) p[i] /= total;
    total = 1.0;
  }
  for (double& x : p) x /= total;
  return p;
}

}  // namespace

double erlang_b(double offered_load, int servers) {
  double blocking = 1.0;
  for (int c = 1; c <= servers; ++c) blocking = offered_load * blocking / (c + offered_load * blocking);
  return blocking;
}

double erlang_c(double offered_load, int servers) {
  if (offered_load >= servers) return 1.0;
  const double blocking = erlang_b(offered_load, servers);
  return servers * blocking / (servers - offered_load * (1.0 - blocking));
}

MultiServerQueue::MultiServerQueue(double arrival_rate, double service_rate, int servers)
    : arrival_rate_{arrival_rate},
      service_rate_{service_rate},
      servers_{servers},
      spare_rate_{servers * service_rate - arrival_rate},
      prob_wait_{erlang_c(arrival_rate / service_rate, servers)} {}

double MultiServerQueue::utilization() const { return arrival_rate_ / (servers_ * service_rate_); }
double MultiServerQueue::mean_wait() const { return stable() ? prob_wait_ / spare_rate_ : infinity; }
double MultiServerQueue::mean_wait_of_those_who_wait() const { return stable() ? 1.0 / spare_rate_ : infinity; }
double MultiServerQueue::mean_sojourn() const { return mean_wait() + 1.0 / service_rate_; }
double MultiServerQueue::mean_queue() const { return stable() ? arrival_rate_ * mean_wait() : infinity; }
double MultiServerQueue::mean_in_system() const { return stable() ? arrival_rate_ * mean_sojourn() : infinity; }

double MultiServerQueue::wait_quantile(double probability) const {
  const double tail = 1.0 - probability;
  if (prob_wait_ <= tail) return 0.0;
  return stable() ? std::log(prob_wait_ / tail) / spare_rate_ : infinity;
}

double MultiServerQueue::sojourn_tail(double t) const {
  // Service alone, or wait (exponential of the spare rate) plus service; the difference quotient stays finite as the rates meet.
  const double difference = spare_rate_ - service_rate_;
  const double quotient = std::abs(difference) * t < 1e-12 ? t : -std::expm1(-difference * t) / difference;
  return std::exp(-service_rate_ * t) * (1.0 + prob_wait_ * service_rate_ * quotient);
}

double MultiServerQueue::sojourn_quantile(double probability) const {
  if (!stable()) return infinity;
  const double tail = 1.0 - probability;
  return crossing_above(0.0, 1.0 / service_rate_, [&](double t) { return sojourn_tail(t) <= tail; });
}

BoundedQueue bounded_queue(double arrival_rate, double service_rate, int servers, int capacity) {
  const auto p = birth_death(capacity, [&](int n) { return arrival_rate / (service_rate * std::min(n + 1, servers)); });
  BoundedQueue result;
  for (int n = 0; n <= capacity; ++n) {
    result.mean_in_system += n * p[n];
    result.mean_queue += std::max(0, n - servers) * p[n];
  }
  result.prob_empty = p.front();
  result.blocking = p.back();
  result.throughput = arrival_rate * (1.0 - p.back());
  result.utilization = result.throughput / (servers * service_rate);
  if (result.throughput > 0.0) {
    result.mean_wait_accepted = result.mean_queue / result.throughput;
    result.mean_sojourn_accepted = result.mean_in_system / result.throughput;
  }
  return result;
}

ImpatientQueue impatient_queue(double arrival_rate, double service_rate, double patience_rate, int servers) {
  const auto leaving = [&](int n) { return service_rate * std::min(n, servers) + patience_rate * std::max(0, n - servers); };
  // Far enough that what is left out is below the rounding: past the mode the ratios fall geometrically.
  const double mode = std::max<double>(servers, servers + (arrival_rate - servers * service_rate) / patience_rate);
  int last = static_cast<int>(mode) + 10;
  for (double tail = 1.0; tail > 1e-30; ++last) tail *= arrival_rate / leaving(last + 1);
  const auto p = birth_death(last, [&](int n) { return arrival_rate / leaving(n + 1); });

  ImpatientQueue result;
  double busy = 0.0;
  for (int n = 0; n <= last; ++n) {
    if (n >= servers) result.prob_wait += p[n];
    result.mean_queue += std::max(0, n - servers) * p[n];
    busy += std::min(n, servers) * p[n];
  }
  result.utilization = busy / servers;
  result.throughput = busy * service_rate;
  if (arrival_rate > 0.0) {
    result.prob_abandon = patience_rate * result.mean_queue / arrival_rate;
    result.mean_wait_all = result.mean_queue / arrival_rate;
  }
  return result;
}

double allen_cunneen_mean_wait(double arrival_rate, double service_mean, int servers, double arrival_scv, double service_scv) {
  return MultiServerQueue{arrival_rate, 1.0 / service_mean, servers}.mean_wait() * (arrival_scv + service_scv) / 2.0;
}

double cosmetatos_mean_wait(double arrival_rate, double service_time, int servers) {
  const MultiServerQueue exponential{arrival_rate, 1.0 / service_time, servers};
  const double rho = exponential.utilization();
  if (!exponential.stable() || rho == 0.0) return exponential.mean_wait();
  const double correction = (1.0 - rho) * (servers - 1) * (std::sqrt(4.0 + 5.0 * servers) - 2.0) / (16.0 * rho * servers);
  return exponential.mean_wait() * (1.0 + correction) / 2.0;
}

double kimura_mean_wait(double arrival_rate, double service_mean, int servers, double service_scv) {
  const double exponential = MultiServerQueue{arrival_rate, 1.0 / service_mean, servers}.mean_wait();
  const double constant = cosmetatos_mean_wait(arrival_rate, service_mean, servers);
  if (exponential <= 0.0 || !std::isfinite(exponential) || constant <= 0.0) return exponential;
  return (1.0 + service_scv) / (2.0 * service_scv / exponential + (1.0 - service_scv) / constant);
}

ClosedSystem closed_system(int population, int servers, double think_time, double service_time) {
  const auto p =
      birth_death(population, [&](int n) { return (population - n) / think_time * service_time / std::min(n + 1, servers); });
  ClosedSystem result;
  double busy = 0.0;
  for (int n = 0; n <= population; ++n) {
    result.mean_at_server += n * p[n];
    busy += std::min(n, servers) * p[n];
  }
  result.prob_server_idle = p.front();
  result.utilization = busy / servers;
  result.throughput = busy / service_time;
  result.saturation_population = servers * (think_time + service_time) / service_time;
  if (result.throughput > 0.0) {
    result.mean_response = result.mean_at_server / result.throughput;
    result.mean_wait = std::max(0.0, result.mean_response - service_time);
  }
  return result;
}

double asymptotic_throughput(double population, double cycle_time, double capacity) {
  return std::min(population / cycle_time, capacity);
}

int infinite_server_quantile(double offered_load, double probability) {
  double cumulative = 0.0;
  for (int n = 0;; ++n) {
    cumulative += std::exp(n * std::log(offered_load) - offered_load - std::lgamma(n + 1.0));
    // Past the mode, once no term adds anything, rounding alone may keep the sum below a probability next to 1.
    if (cumulative >= probability || (n > offered_load + 50.0 * std::sqrt(offered_load + 1.0))) return n;
  }
}

}  // namespace headroom
