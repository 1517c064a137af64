// Cost grows as the work grows: memory with replicas and nodes, not with simulated time.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <fstream>

#include <nlohmann/json.hpp>

#include "tests/cli/process.hpp"
#include "tests/cli/shipped.hpp"

namespace headroom::cli_test {
namespace {

using nlohmann::json;

constexpr double mebibyte = 1024.0 * 1024.0;

json result_of(const std::string& scenario, const std::vector<std::string>& options) {
  std::vector<std::string> arguments{"run", scenario,         "--json", "-q", "--replications",
                                     "1",   "--inconclusive", "pass",   "-o", temporary("scale")};
  arguments.insert(arguments.end(), options.begin(), options.end());
  const Ended ended = headroom(arguments);
  EXPECT_TRUE(ended.exit_code == 0 || ended.exit_code == 99) << ended.err;
  return json::parse(ended.out);
}

double peak_mebibytes(const json& result) { return result.at("machine").at("peak_memory_bytes").get<double>() / mebibyte; }

// One request per second and replica, ten replicas on a node.
std::string fleet_of(int replicas) {
  const json step{{"compute", {{"exponential", {{"mean", "100 ms"}}}}}};
  const json scenario{
      {"name", std::to_string(replicas) + " replicas"},
      {"duration", "2 min"},
      {"warm_up", "0 s"},
      {"node_pools", {{{"name", "general"}, {"cpu", 11}, {"memory", "64 GiB"}, {"nodes", replicas / 10}, {"boot", "10 s"}}}},
      {"services",
       {{{"name", "api"},
         {"node_pool", "general"},
         {"replicas", replicas},
         {"cpu", 1},
         {"memory", "1 GiB"},
         {"concurrency", 4},
         {"start_up", "5 s"},
         {"balancer", {{"policy", "least-connections"}}},
         {"endpoints", {{{"name", "feed"}, {"steps", {step}}}}}}}},
      {"workloads",
       {{{"model", "users"},
         {"name", "users"},
         {"rate", std::to_string(replicas) + " /s"},
         {"journeys", {{{"steps", {{{"request", "api.feed"}}}}}}}}}}};
  const std::string path = temporary("fleet-" + std::to_string(replicas) + ".json");
  std::ofstream{path} << scenario.dump();
  return path;
}

TEST(Scale, TenThousandReplicasOnAThousandNodesTakeTenTimesTheEventsAndLittleMemory) {
  const json thousand = result_of(fleet_of(1'000), {}), ten_thousand = result_of(fleet_of(10'000), {});
  const double events = ten_thousand.at("machine").at("events").get<double>() / thousand.at("machine").at("events").get<double>();
  EXPECT_NEAR(events, 10.0, 0.2);
  EXPECT_LT(peak_mebibytes(ten_thousand), peak_mebibytes(thousand) + 40.0);  // 4 KiB a replica
}

TEST(Scale, MemoryOfARunDoesNotGrowWithSimulatedTime) {
  for (const char* pattern : {"patterns/mmc.json", "patterns/cache-tiers.json"}) {
    const json once = result_of(shipped(pattern), {"--set", "/duration=\"1 h\""});
    const json longer = result_of(shipped(pattern), {"--set", "/duration=\"8 h\""});
    EXPECT_GT(longer.at("machine").at("events"), 6 * once.at("machine").at("events").get<std::uint64_t>()) << pattern;
    EXPECT_LT(peak_mebibytes(longer), peak_mebibytes(once) + 2.0) << pattern;
  }
}

// One system with every kind of station, of which most keep something of those who have come: subjects, objects, generations.
TEST(Scale, MemoryOfARunWithEveryStationDoesNotGrowWithSimulatedTime) {
  const std::string scenario = data("every-station.json");
  // What is remembered for hours has come together by the end of a day.
  const json once = result_of(scenario, {"--set", "/duration=\"24 h\""});
  const json longer = result_of(scenario, {"--set", "/duration=\"96 h\""});
  EXPECT_GT(longer.at("machine").at("events"), 3 * once.at("machine").at("events").get<std::uint64_t>());
  EXPECT_LT(peak_mebibytes(longer), peak_mebibytes(once) + 2.0);
}

// A million users with a hundred monitors each, every five minutes: 333,000 runs in a simulated second. The seconds are of the
// whole process, its start and that second, from reading the file to writing the result: on a processor, because what else the
// machine does is not the program's.
std::string hundred_million_monitors(const std::string& phase) {
  json monitors{{"model", "monitors"},
                {"name", "monitors"},
                {"users", 1'000'000},
                {"monitors_per_user", 100},
                {"period", "5 min"},
                {"phase", phase},
                {"journeys", {{{"steps", {{{"request", "checker.check"}}}}}}}};
  if (phase == "jittered") monitors["jitter"] = "1 min";
  const json scenario{{"name", phase + " monitors"},
                      {"duration", "1 s"},
                      {"warm_up", "0 s"},
                      {"services",
                       {{{"name", "checker"},
                         {"concurrency", 1000},
                         {"cpu", 1000},
                         {"endpoints", {{{"name", "check"}, {"steps", {{{"compute", "1 ms"}}}}}}}}}},
                      {"workloads", {monitors}}};
  const std::string path = temporary(phase + "-monitors.json");
  std::ofstream{path} << scenario.dump();
  return path;
}

#if defined(HEADROOM_SANITIZE) || !defined(__OPTIMIZE__)
constexpr double build_takes_longer = 20.0;
#else
constexpr double build_takes_longer = 1.0;
#endif

double processor_seconds_of_children() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

TEST(Scale, AHundredMillionMonitorsStartInASecondAndWithinAGibibyte) {
  for (const char* phase : {"hashed", "jittered"}) {
    const std::string scenario = hundred_million_monitors(phase);
    const double before = processor_seconds_of_children();
    const json result = result_of(scenario, {});
    EXPECT_LT(processor_seconds_of_children() - before, 1.0 * build_takes_longer) << phase;
    EXPECT_GT(result.at("machine").at("events"), 300'000U) << phase << ": its runs have begun";
    EXPECT_LT(peak_mebibytes(result), 1024.0) << phase;
  }
}

}  // namespace
}  // namespace headroom::cli_test
