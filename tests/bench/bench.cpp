// Engine against minimal loop, work by work. The last lines are the table of ratios.
#include <map>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "sim/core/event_list.hpp"
#include "sim/core/random.hpp"
#include "tests/bench/cache_works.hpp"
#include "tests/bench/engine_works.hpp"
#include "tests/bench/minimal_loops.hpp"

namespace headroom::bench {
namespace {

void hold_engine(benchmark::State& state) {
  const auto pending = static_cast<std::size_t>(state.range(0));
  EventList events;
  FastRandom random{1};
  for (std::size_t i = 0; i < pending; ++i)
    events.schedule(at_seconds(random.exponential(1.0)), 1, static_cast<std::uint32_t>(i));
  for (auto _ : state) {
    const Event event = events.pop();
    events.schedule(event.at + to_duration(random.exponential(1.0)), 1, event.slot);
  }
  state.SetItemsProcessed(state.iterations());
}

template <class PendingSet>
void hold_loop(benchmark::State& state) {
  const auto pending = static_cast<std::size_t>(state.range(0));
  constexpr std::uint64_t operations = 2'000'000;
  for (auto _ : state) benchmark::DoNotOptimize(hold<PendingSet>(pending, operations, 1));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(operations));
}

void tandem_engine(benchmark::State& state) {
  const auto stations = static_cast<unsigned>(state.range(0)), servers = static_cast<unsigned>(state.range(1));
  const double rate = 0.8 * servers;
  std::int64_t requests = 0;
  for (auto _ : state) {
    const EngineRun run = run_engine(tandem_blueprint(stations, servers, rate), 500'000 / rate, 1);
    requests += static_cast<std::int64_t>(run.requests);
    state.counters["mean_latency"] = run.mean_latency_seconds;
  }
  state.SetItemsProcessed(requests);
}

void tandem_loop(benchmark::State& state) {
  const auto stations = static_cast<unsigned>(state.range(0)), servers = static_cast<unsigned>(state.range(1));
  constexpr std::uint64_t requests = 1'000'000;
  for (auto _ : state) state.counters["mean_latency"] = stations + tandem(stations, servers, 0.8 * servers, requests, 1);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(requests));
}

void tiers_engine(benchmark::State& state) {
  std::int64_t requests = 0;
  for (auto _ : state) {
    const EngineRun run = run_engine(tiers_blueprint(), 200'000 / TiersWork::arrival_rate(), 1);
    requests += static_cast<std::int64_t>(run.requests);
    state.counters["mean_latency"] = run.mean_latency_seconds;
  }
  state.SetItemsProcessed(requests);
}

void tiers_loop(benchmark::State& state) {
  constexpr std::uint64_t requests = 200'000;
  for (auto _ : state) state.counters["mean_latency"] = TiersLoop{1}.run(requests);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(requests));
}

const std::vector<std::uint64_t>& cache_keys() {
  static const std::vector<std::uint64_t> keys = zipf_keys(10'000'000, 1'000'000, 0.9);
  return keys;
}

void cache_engine(benchmark::State& state) {
  const std::vector<std::uint64_t>& keys = cache_keys();
  for (auto _ : state) state.counters["hits"] = static_cast<double>(replay_tier(keys, state.range(0)));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(cache_keys().size()));
}

void replay_engine(benchmark::State& state, const char* policy) {
  const std::vector<std::uint64_t>& keys = cache_keys();
  for (auto _ : state) state.counters["hits"] = static_cast<double>(replay_policy(keys, policy, state.range(0)));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(cache_keys().size()));
}

void cache_loop(benchmark::State& state) {
  const std::vector<std::uint64_t>& keys = cache_keys();
  for (auto _ : state)
    state.counters["hits"] = static_cast<double>(replay_bare(keys, static_cast<std::uint32_t>(state.range(0))));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(cache_keys().size()));
}

BENCHMARK(hold_engine)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);
BENCHMARK(hold_loop<ChunkLadder>)->Name("hold_loop")->Arg(1'000)->Arg(100'000)->Arg(1'000'000);
BENCHMARK(hold_loop<Heap4>)->Name("hold_heap")->Arg(1'000)->Arg(100'000)->Arg(1'000'000);
BENCHMARK(tandem_engine)->Args({1, 1})->Args({1, 16})->Args({3, 8})->Unit(benchmark::kMillisecond);
BENCHMARK(tandem_loop)->Args({1, 1})->Args({1, 16})->Args({3, 8})->Unit(benchmark::kMillisecond);
BENCHMARK(tiers_engine)->Unit(benchmark::kMillisecond);
BENCHMARK(tiers_loop)->Unit(benchmark::kMillisecond);
BENCHMARK(cache_engine)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(replay_engine, lru, "lru")->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(replay_engine, s3_fifo, "s3-fifo")->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(replay_engine, sieve, "sieve")->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);
BENCHMARK(cache_loop)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

// Prints as the console does, and remembers items per second for the table.
class RatioReporter : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
      const auto items = run.counters.find("items_per_second");
      if (items != run.counters.end() && run.run_type == Run::RT_Iteration) rates_[run.benchmark_name()] = items->second;
    }
  }
  void Finalize() override {
    const std::vector<Work> works{both("hold model, 10^3 pending", "hold_%/1000"),
                                  both("hold model, 10^5 pending", "hold_%/100000"),
                                  both("hold model, 10^6 pending", "hold_%/1000000"),
                                  both("M/M/1, rho 0.8", "tandem_%/1/1"),
                                  both("M/M/16, rho 0.8", "tandem_%/1/16"),
                                  both("tandem of three M/M/8, rho 0.8", "tandem_%/3/8"),
                                  both("three tiers of 64, time-outs", "tiers_%"),
                                  both("LRU of 10^4, Zipf 0.9 over 10^6", "cache_%/10000"),
                                  both("LRU of 10^5, Zipf 0.9 over 10^6", "cache_%/100000"),
                                  {"replay, LRU of 10^4", "replay_engine/lru/10000", "cache_loop/10000"},
                                  {"replay, LRU of 10^5", "replay_engine/lru/100000", "cache_loop/100000"},
                                  {"replay, S3-FIFO of 10^5, LRU loop", "replay_engine/s3_fifo/100000", "cache_loop/100000"},
                                  {"replay, SIEVE of 10^5, LRU loop", "replay_engine/sieve/100000", "cache_loop/100000"}};
    fmt::print("\n{:<34}{:>12}{:>12}{:>9}\n", "work (events or requests/s)", "engine", "loop", "ratio");
    for (const Work& work : works) {
      const double engine = rate_of(work.engine), loop = rate_of(work.loop);
      if (engine > 0.0 && loop > 0.0)
        fmt::print("{:<34}{:>10.2f} M{:>10.2f} M{:>9.2f}\n", work.title, engine / 1e6, loop / 1e6, engine / loop);
    }
  }

 private:
  struct Work {
    std::string title, engine, loop;
  };
  // Whose names differ in who does it.
  static Work both(const std::string& title, const std::string& pattern) {
    const auto named = [&](const char* who) { return std::string{pattern}.replace(pattern.find('%'), 1, who); };
    return {title, named("engine"), named("loop")};
  }
  double rate_of(const std::string& name) const {
    const auto found = rates_.find(name);
    return found == rates_.end() ? 0.0 : found->second;
  }
  std::map<std::string, double> rates_;
};

}  // namespace
}  // namespace headroom::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  headroom::bench::RatioReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  return 0;
}
