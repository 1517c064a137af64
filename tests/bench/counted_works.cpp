// One of the benchmark's works for so many requests, to be run under an instruction counter: counted_works mm1|tandem REQUESTS, or
// counted_works PENDING REQUESTS of a service that keeps so many requests waiting for something else at a time.
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "tests/bench/engine_works.hpp"

namespace headroom::bench {

// M/M/infinity: one arrival a second, each stays `pending` seconds.
Blueprint pending_blueprint(double pending) {
  Blueprint blueprint;
  ServiceBlueprint service;
  service.name = "elsewhere";
  service.concurrency = 20'000'000;
  service.balancer = choice_of<Balancer>("round-robin");
  blueprint.services.push_back(service);
  blueprint.endpoints.push_back({"elsewhere.work", 0, {{WaitStep{Distribution::exponential(pending)}}}});
  blueprint.workloads.push_back(users_of(0, 1.0));
  return blueprint;
}

}  // namespace headroom::bench

int main(int argc, char** argv) {
  using namespace headroom::bench;
  const std::string_view work = argc == 3 ? argv[1] : "";
  if (const double pending = std::atof(argc == 3 ? argv[1] : ""); pending > 0.0) {
    const EngineRun run = run_engine(pending_blueprint(pending), std::atof(argv[2]), 1);
    std::printf("%llu\n", static_cast<unsigned long long>(run.events));
    return 0;
  }
  if (work != "mm1" && work != "tandem") {
    std::fputs("usage: counted_works mm1|tandem|PENDING REQUESTS\n", stderr);
    return 2;
  }
  const unsigned stations = work == "mm1" ? 1 : 3, servers = work == "mm1" ? 1 : 8;
  const double rate = 0.8 * servers;
  const EngineRun run = run_engine(tandem_blueprint(stations, servers, rate), std::atof(argv[2]) / rate, 1);
  std::printf("%llu\n", static_cast<unsigned long long>(run.requests));
  return 0;
}
