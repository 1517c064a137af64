#include "models/queueing/networks.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include <Eigen/Eigenvalues>
#include <Eigen/LU>

#include "models/queueing/multi_server.hpp"
#include "models/queueing/root.hpp"
#include "sim/core/graph.hpp"

namespace headroom {

namespace {

std::vector<double> spare_rates(double arrival_rate, std::span<const double> service_rates) {
  std::vector<double> rates;
  for (const double rate : service_rates) rates.push_back(rate - arrival_rate);
  return rates;
}

using Part = std::vector<std::uint32_t>;  // stations that all lead to each other

double spectral_radius(const Routing& routing, const Part& part) {
  if (part.size() == 1) return routing[part[0]][part[0]];
  const auto n = static_cast<Eigen::Index>(part.size());
  Eigen::MatrixXd links(n, n);
  for (Eigen::Index i = 0; i < n; ++i) {
    for (Eigen::Index j = 0; j < n; ++j)
      links(i, j) = routing[part[static_cast<std::size_t>(i)]][part[static_cast<std::size_t>(j)]];
  }
  return links.eigenvalues().cwiseAbs().maxCoeff();
}

// From one station on, always along the strongest link inside the part, until a station is met again.
SelfFeedingCircle strongest_circle(const Routing& routing, const Part& part) {
  std::vector<std::size_t> way;
  std::size_t next = *std::min_element(part.begin(), part.end());
  while (std::find(way.begin(), way.end(), next) == way.end()) {
    way.push_back(next);
    next = *std::max_element(part.begin(), part.end(),
                             [&](auto a, auto b) { return routing[way.back()][a] < routing[way.back()][b]; });
  }
  SelfFeedingCircle circle{{std::find(way.begin(), way.end(), next), way.end()}, 1.0};
  for (std::size_t i = 0; i < circle.stations.size(); ++i) {
    circle.gain *= routing[circle.stations[i]][circle.stations[(i + 1) % circle.stations.size()]];
  }
  return circle;
}

}  // namespace

std::vector<SelfFeedingCircle> self_feeding_circles(const Routing& routing) {
  constexpr double rounding = 1e-9;
  Successors successors(routing.size());
  for (std::size_t i = 0; i < routing.size(); ++i) {
    for (std::uint32_t j = 0; j < routing.size(); ++j) {
      if (routing[i][j] > 0.0) successors[i].push_back(j);
    }
  }
  std::vector<SelfFeedingCircle> circles;
  for (const Part& part : strong_components(successors)) {
    if (spectral_radius(routing, part) >= 1.0 - rounding) circles.push_back(strongest_circle(routing, part));
  }
  return circles;
}

std::vector<double> solve_traffic(std::span<const double> external, const Routing& routing) {
  const auto n = static_cast<Eigen::Index>(external.size());
  Eigen::MatrixXd system = Eigen::MatrixXd::Identity(n, n);
  Eigen::VectorXd arrivals(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    arrivals[i] = external[static_cast<std::size_t>(i)];
    for (Eigen::Index j = 0; j < n; ++j) system(j, i) -= routing[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
  }
  const Eigen::VectorXd visits = system.partialPivLu().solve(arrivals);
  // A circle that feeds itself gives a singular system or negative rates.
  if (n > 0 && (!visits.allFinite() || visits.minCoeff() < -1e-9 * (1.0 + visits.cwiseAbs().maxCoeff()))) {
    throw std::invalid_argument{"the traffic equations have no finite solution: a circle of stations feeds itself"};
  }
  std::vector<double> rates(visits.data(), visits.data() + n);
  for (double& rate : rates) rate = std::max(0.0, rate);
  return rates;
}

JacksonResult solve_jackson(std::span<const double> external, const Routing& routing, std::span<const JacksonStation> stations) {
  const double outside = std::accumulate(external.begin(), external.end(), 0.0);
  JacksonResult result;
  result.arrival_rates = solve_traffic(external, routing);
  for (std::size_t i = 0; i < stations.size(); ++i) {
    const MultiServerQueue queue{result.arrival_rates[i], stations[i].service_rate, stations[i].servers};
    result.utilizations.push_back(queue.utilization());
    result.mean_in_station.push_back(queue.mean_in_system());
    result.mean_sojourn_per_visit.push_back(queue.mean_sojourn());
    result.prob_wait.push_back(queue.prob_wait());
    result.visits.push_back(result.arrival_rates[i] / outside);
    result.mean_in_network += queue.mean_in_system();
  }
  result.mean_total_sojourn = result.mean_in_network / outside;
  return result;
}

double hypoexponential_tail(std::span<const double> rates, double t) {
  const double fastest = *std::max_element(rates.begin(), rates.end());
  std::vector<double> stage(rates.size(), 0.0);  // probability to be in each stage after n jumps of the uniformised chain
  stage[0] = 1.0;
  const double mean_jumps = fastest * t;
  const int jumps = static_cast<int>(mean_jumps + 12.0 * std::sqrt(mean_jumps + 1.0)) + 60;
  double tail = 0.0;
  for (int n = 0; n <= jumps; ++n) {
    const double alive = std::accumulate(stage.begin(), stage.end(), 0.0);
    const double poisson =
        mean_jumps > 0.0 ? std::exp(n * std::log(mean_jumps) - mean_jumps - std::lgamma(n + 1.0)) : (n == 0 ? 1.0 : 0.0);
    tail += poisson * alive;
    for (std::size_t i = stage.size(); i-- > 0;) {
      stage[i] *= 1.0 - rates[i] / fastest;
      if (i > 0) stage[i] += stage[i - 1] * rates[i - 1] / fastest;
    }
  }
  return tail;
}

double hypoexponential_quantile(std::span<const double> rates, double probability) {
  double mean = 0.0;
  for (const double rate : rates) mean += 1.0 / rate;
  return crossing_above(0.0, mean, [&](double t) { return hypoexponential_tail(rates, t) <= 1.0 - probability; });
}

double tandem_mean_sojourn(double arrival_rate, std::span<const double> service_rates) {
  double mean = 0.0;
  for (const double rate : spare_rates(arrival_rate, service_rates)) mean += 1.0 / rate;
  return mean;
}

double tandem_sojourn_quantile(double arrival_rate, std::span<const double> service_rates, double probability) {
  return hypoexponential_quantile(spare_rates(arrival_rate, service_rates), probability);
}

}  // namespace headroom
