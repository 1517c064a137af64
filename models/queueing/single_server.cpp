#include "models/queueing/single_server.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>

#include "models/queueing/root.hpp"

namespace headroom {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// Remaining work of the service that an arrival finds under way: sum of rate × E[S²] / 2.
double residual_work(std::span<const TrafficClass> classes) {
  double work = 0.0;
  for (const TrafficClass& c : classes) work += c.arrival_rate * c.service_mean * c.service_mean * (1.0 + c.service_scv) / 2.0;
  return work;
}

}  // namespace

ConstantServiceQueue::ConstantServiceQueue(double arrival_rate, double service_time)
    : arrival_rate_{arrival_rate}, service_time_{service_time} {
  const double rho = arrival_rate * service_time;
  if (!(rho > 0.0 && rho < 1.0)) throw std::invalid_argument{"M/D/1 needs a utilization between 0 and 1, both excluded"};
}

double ConstantServiceQueue::mean_wait() const { return mg1_mean_wait(arrival_rate_, service_time_, 0.0); }

double ConstantServiceQueue::queue_cdf(std::size_t n) const {
  const double rho = utilization();
  // tail(k): P(at least k arrivals during a service), from the far end so that small tails keep their digits.
  const auto tail = [rho](std::size_t k) {
    double term = std::exp(static_cast<double>(k) * std::log(rho) - rho - std::lgamma(static_cast<double>(k) + 1.0));
    double sum = 0.0;
    // Terms fall at least geometrically by rho < 1 over their index: 60 are more than a double can tell.
    for (std::size_t l = k; l < k + 60; term *= rho / static_cast<double>(++l)) sum += term;
    return sum;
  };
  if (states_.empty()) {
    states_ = {1.0 - rho};
    for (std::size_t k = 0; k < 40; ++k) arrivals_tail_.push_back(tail(k));
  }
  while (queue_.size() <= n) {
    const std::size_t i = states_.size();
    const auto at_least = [&](std::size_t k) { return k < arrivals_tail_.size() ? arrivals_tail_[k] : 0.0; };
    double sum = states_[0] * at_least(i);
    for (std::size_t j = 1; j < i; ++j) sum += states_[j] * at_least(i + 1 - j);
    states_.push_back(sum / (1.0 - at_least(1)));
    queue_.push_back(queue_.empty() ? states_[0] + states_[1] : queue_.back() + states_.back());
  }
  return queue_[n];
}

double ConstantServiceQueue::wait_cdf(double t) const {
  if (t < 0.0) return 0.0;
  const double k = std::floor(t / service_time_) + 1.0;
  const double x = arrival_rate_ * (k * service_time_ - t);
  double weight = std::exp(-x);
  double sum = 0.0;
  const auto last = static_cast<std::size_t>(k) - 1;
  for (std::size_t j = 0; j <= last && weight > 0.0; ++j) {
    sum += weight * queue_cdf(last - j);
    weight *= x / static_cast<double>(j + 1);
  }
  return sum;
}

double ConstantServiceQueue::wait_quantile(double probability) const {
  if (wait_cdf(0.0) >= probability) return 0.0;
  return crossing_above(0.0, service_time_, [&](double t) { return wait_cdf(t) >= probability; });
}

double mg1_mean_wait(double arrival_rate, double service_mean, double service_scv) {
  const double rho = arrival_rate * service_mean;
  return rho < 1.0 ? rho * (1.0 + service_scv) * service_mean / (2.0 * (1.0 - rho)) : infinity;
}

double mg1_ps_mean_sojourn(double arrival_rate, double service_mean) {
  const double rho = arrival_rate * service_mean;
  return rho < 1.0 ? service_mean / (1.0 - rho) : infinity;
}

double mg1_lcfs_preemptive_mean_sojourn(double arrival_rate, double service_mean) {
  return mg1_mean_busy_period(arrival_rate, service_mean);
}

double mg1_mean_busy_period(double arrival_rate, double service_mean) { return mg1_ps_mean_sojourn(arrival_rate, service_mean); }

std::vector<double> nonpreemptive_mean_waits(std::span<const TrafficClass> classes) {
  const double residual = residual_work(classes);
  std::vector<double> waits;
  double above = 0.0;  // utilization by the more urgent classes
  for (const TrafficClass& c : classes) {
    const double with = above + c.arrival_rate * c.service_mean;
    waits.push_back(with < 1.0 ? residual / ((1.0 - above) * (1.0 - with)) : infinity);
    above = with;
  }
  return waits;
}

std::vector<double> preemptive_mean_sojourns(std::span<const TrafficClass> classes) {
  std::vector<double> sojourns;
  double above = 0.0;
  for (std::size_t k = 0; k < classes.size(); ++k) {
    const double with = above + classes[k].arrival_rate * classes[k].service_mean;
    const double residual = residual_work(classes.first(k + 1));
    sojourns.push_back(with < 1.0 ? classes[k].service_mean / (1.0 - above) + residual / ((1.0 - above) * (1.0 - with))
                                  : infinity);
    above = with;
  }
  return sojourns;
}

double batch_mean_in_system(double batch_rate, int batch, double service_rate) {
  const double rho = batch_rate * batch / service_rate;
  return rho < 1.0 ? rho * (1.0 + batch) / (2.0 * (1.0 - rho)) : infinity;
}

double batch_mean_wait(double batch_rate, int batch, double service_rate) {
  return batch_mean_in_system(batch_rate, batch, service_rate) / (batch_rate * batch) - 1.0 / service_rate;
}

RoundRobinQueues round_robin_queues(double total_arrival_rate, double service_rate, int servers) {
  if (total_arrival_rate >= servers * service_rate) return {1.0, infinity, infinity, 0.0};
  // GI/M/1: the root below 1 of sigma = A*(mu (1 - sigma)), A* the transform of the gaps: `servers` exponentials in a row.
  const auto transform = [&](double sigma) {
    return std::pow(total_arrival_rate / (total_arrival_rate + service_rate * (1.0 - sigma)), servers);
  };
  double sigma = 0.0;
  double step = 1.0;
  for (int i = 0; i < 100'000 && step > 1e-17; ++i) {  // iteration from 0 rises to the smallest root
    const double next = transform(sigma);
    step = next - sigma;
    sigma = next;
  }
  const double rate = service_rate * (1.0 - sigma);
  return {sigma, sigma / rate, 1.0 / rate, rate};
}

double random_split_mean_sojourn(double total_arrival_rate, double service_rate, int servers) {
  return mg1_ps_mean_sojourn(total_arrival_rate / servers, 1.0 / service_rate);
}

double choices_fraction_with_at_least(double utilization, int choices, int jobs) {
  const double exponent = choices == 1 ? jobs : (std::pow(choices, jobs) - 1.0) / (choices - 1);
  return std::pow(utilization, exponent);
}

double choices_mean_in_server(double utilization, int choices) {
  if (choices == 1) return utilization / (1.0 - utilization);
  double mean = 0.0;
  for (int jobs = 1;; ++jobs) {
    const double fraction = choices_fraction_with_at_least(utilization, choices, jobs);
    mean += fraction;
    if (fraction <= mean * 1e-18) return mean;
  }
}

double choices_mean_sojourn(double utilization, int choices) {
  return utilization > 0.0 ? choices_mean_in_server(utilization, choices) / utilization : 1.0;
}

double fork_join_of_two_mean_response(double arrival_rate, double service_rate) {
  const double rho = arrival_rate / service_rate;
  return rho < 1.0 ? (12.0 - rho) / 8.0 / (service_rate - arrival_rate) : infinity;
}

}  // namespace headroom
