// Networks of queues: traffic equations, open Jackson networks, and the time through queues in series.
//
// Source: Jackson, Operations Research 5(4), 1957; Burke, 1956, and Reich, 1957, for series.
#pragma once

#include <span>
#include <vector>

namespace headroom {

// routing[i][j]: visits of station j that follow a visit of station i, on average. Square.
using Routing = std::vector<std::vector<double>>;

// Solves visits = external + routingᵀ visits: how often each station is visited per second when `external[i]` arrive there from
// outside. Entries >= 0; a row may add up to more than 1 (one visit can cause
// several) as long as the network is not a circle that feeds itself. Throws std::invalid_argument where there is no finite
// answer.
std::vector<double> solve_traffic(std::span<const double> external, const Routing& routing);

// A circle of stations that feeds itself: what goes round comes back undiminished, and visits have no finite answer.
struct SelfFeedingCircle {
  std::vector<std::size_t> stations;  // one way round, along the strongest links
  double gain = 0.0;  // visits that come back for one that sets out along it; below 1 only if other ways round add up
};

// One for each part of the network, strongly connected, whose routing has a spectral radius of 1 or more. None: solve_traffic()
// has a finite answer for every external rate.
std::vector<SelfFeedingCircle> self_feeding_circles(const Routing& routing);

struct JacksonStation {
  double service_rate = 1.0;  // of one server
  int servers = 1;
};
struct JacksonResult {
  std::vector<double> arrival_rates;
  std::vector<double> utilizations;
  std::vector<double> mean_in_station;
  std::vector<double> mean_sojourn_per_visit;
  std::vector<double> prob_wait;
  std::vector<double> visits;  // per job from outside
  double mean_in_network = 0.0;
  double mean_total_sojourn = 0.0;
};
JacksonResult solve_jackson(std::span<const double> external, const Routing& routing, std::span<const JacksonStation> stations);

// The sum of independent exponentials with these rates (equal ones allowed), by uniformisation: sums of positive terms only.
double hypoexponential_tail(std::span<const double> rates, double t);
double hypoexponential_quantile(std::span<const double> rates, double probability);

// M/M/1 queues in series, first come first served: sojourns are independent exponentials of rates mu - lambda.
// Every service rate > arrival_rate.
double tandem_mean_sojourn(double arrival_rate, std::span<const double> service_rates);
double tandem_sojourn_quantile(double arrival_rate, std::span<const double> service_rates, double probability);

}  // namespace headroom
