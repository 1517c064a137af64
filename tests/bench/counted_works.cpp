// One of the benchmark's works for so many requests, to be run under an instruction counter: counted_works mm1|tandem REQUESTS
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "tests/bench/engine_works.hpp"

int main(int argc, char** argv) {
  using namespace headroom::bench;
  const std::string_view work = argc == 3 ? argv[1] : "";
  if (work != "mm1" && work != "tandem") {
    std::fputs("usage: counted_works mm1|tandem REQUESTS\n", stderr);
    return 2;
  }
  const unsigned stations = work == "mm1" ? 1 : 3, servers = work == "mm1" ? 1 : 8;
  const double rate = 0.8 * servers;
  const EngineRun run = run_engine(tandem_blueprint(stations, servers, rate), std::atof(argv[2]) / rate, 1);
  std::printf("%llu\n", static_cast<unsigned long long>(run.requests));
  return 0;
}
