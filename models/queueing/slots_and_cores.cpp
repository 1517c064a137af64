#include "models/queueing/slots_and_cores.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "models/queueing/multi_server.hpp"

namespace headroom {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

// log G(n), n = 0 … slots: normalisation of the closed network, a convolution of the cores' terms and the delays' (Buzen, 1973).
std::vector<double> log_normalisation(double core_seconds, double other_seconds, int slots, double cores) {
  std::vector<double> computing{0.0}, elsewhere{0.0};  // logarithms
  for (int n = 1; n <= slots; ++n) {
    computing.push_back(computing.back() + std::log(core_seconds) - std::log(std::min<double>(n, cores)));
    elsewhere.push_back(elsewhere.back() + std::log(other_seconds) - std::log(n));
  }
  std::vector<double> sums;
  for (std::size_t n = 0; n <= static_cast<std::size_t>(slots); ++n) {
    double largest = -infinite;
    for (std::size_t j = 0; j <= n; ++j) largest = std::max(largest, computing[j] + elsewhere[n - j]);
    double sum = 0.0;
    for (std::size_t j = 0; j <= n; ++j) sum += std::exp(computing[j] + elsewhere[n - j] - largest);
    sums.push_back(largest + std::log(sum));
  }
  return sums;
}

SlotsAndCores overloaded(double most) { return {infinite, infinite, most, false}; }

SlotsAndCores by_birth_and_death(double arrival_rate, double core_seconds, double other_seconds, int slots, double cores) {
  const std::vector<double> log_g = log_normalisation(core_seconds, other_seconds, slots, cores);
  const double most = std::exp(log_g[log_g.size() - 2] - log_g.back());
  if (arrival_rate >= most) return overloaded(most);
  // p(n) up to a factor: arrival_rate^n / (X(1) … X(n)) = arrival_rate^n G(n), since X(n) = G(n-1) / G(n).
  const auto log_p = [&](std::size_t n) { return static_cast<double>(n) * std::log(arrival_rate) + log_g[n]; };
  double largest = -infinite;
  for (std::size_t n = 0; n < log_g.size(); ++n) largest = std::max(largest, log_p(n));
  const double ratio = arrival_rate / most;
  const double full = std::exp(log_p(log_g.size() - 1) - largest);
  double total = full * ratio / (1.0 - ratio);
  double inside = slots * total;
  for (std::size_t n = 0; n < log_g.size(); ++n) {
    const double p = std::exp(log_p(n) - largest);
    total += p;
    inside += static_cast<double>(n) * p;
  }
  const double waiting = full * ratio / ((1.0 - ratio) * (1.0 - ratio));
  return {waiting / total / arrival_rate, inside / total / arrival_rate, most, true};
}

// So many slots that what the inside does hardly varies: it serves n / (time of a visit) until its cores are busy.
SlotsAndCores by_bounds(double arrival_rate, double core_seconds, double other_seconds, int slots, double cores) {
  const double alone = core_seconds + other_seconds;
  const double most = core_seconds > 0.0 ? std::min(slots / alone, cores / core_seconds) : slots / alone;
  if (arrival_rate >= most) return overloaded(most);
  const int busy_from = static_cast<int>(std::clamp<double>(std::floor(most * alone + 1e-9), 1.0, slots));
  const double wait = MultiServerQueue{arrival_rate, most / busy_from, busy_from}.mean_wait();
  const double beyond = std::pow(arrival_rate / most, slots - busy_from);
  return {wait * beyond, alone + wait * (1.0 - beyond), most, true};
}

}  // namespace

SlotsAndCores slots_and_cores(double arrival_rate, double core_seconds, double other_seconds, int slots, double cores) {
  constexpr int counted_one_by_one = 1024;
  const double alone = core_seconds + other_seconds;
  if (core_seconds <= 0.0 || cores >= slots || slots > counted_one_by_one)
    return by_bounds(arrival_rate, core_seconds, other_seconds, slots, cores);
  if (arrival_rate <= 0.0) return {0.0, alone, std::min(slots / alone, cores / core_seconds), true};
  return by_birth_and_death(arrival_rate, core_seconds, other_seconds, slots, cores);
}

}  // namespace headroom
