#include "reports/evidence.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/display.hpp"
#include "reports/measured_errors.hpp"
#include "reports/settings_echo.hpp"
#include "scenarios/policy_places.hpp"

namespace headroom {
namespace {

using Uses = bool (*)(const Scenario&);

constexpr std::string_view holds_exactly = "holds exactly, or the tests fail";
constexpr std::string_view in_intervals = "lies in 99.9 % intervals, or the tests fail";

// A part that is no policy. `measured`: the name of a system of measured_errors, or in words what the tests ask for.
struct Part {
  std::string_view name, oracle, measured, test;
  Uses is_used;
};

template <class Keep>
bool any_service(const Scenario& scenario, Keep keep) {
  return std::any_of(scenario.services.begin(), scenario.services.end(), keep);
}

constexpr std::string_view by_hand = "timelines and arithmetic by hand";

const std::vector<Part>& parts() {
  static const std::vector<Part> all{
      {"slots and lines of services", "Erlang C, Pollaczek-Khinchine, Jackson; the same system as SimGrid actors", "slots",
       "tests/theory/waiting_lines_test.cpp", [](const Scenario& s) { return !s.services.empty(); }},
      {"cores that computations share", "M/G/1 processor sharing", "shared core", "tests/theory/waiting_lines_test.cpp",
       [](const Scenario& s) { return any_service(s, [](const ServiceSpec& one) { return one.concurrency > one.cpu; }); }},
      {"full backlogs", "M/M/c/K", "backlog", "tests/theory/waiting_lines_test.cpp",
       [](const Scenario& s) { return any_service(s, [](const ServiceSpec& one) { return one.backlog.has_value(); }); }},
      {"limits of waiting", "Erlang A", "patience", "tests/theory/waiting_lines_test.cpp",
       [](const Scenario& s) { return any_service(s, [](const ServiceSpec& one) { return one.wait_limit.has_value(); }); }},
      {"queues and workers", "Erlang C, Jackson, Cobham's priorities", "workers", "tests/theory/networks_test.cpp",
       [](const Scenario& s) { return !s.queues.empty(); }},
      {"connections and cores of databases", "Erlang C", "connections", "tests/theory/measured_errors_test.cpp",
       [](const Scenario& s) { return !s.databases.empty(); }},
      {"closed populations", "machine repair", "population", "tests/theory/networks_test.cpp",
       [](const Scenario& s) {
         const std::vector<Setting> settings = settings_of(s);
         return std::any_of(settings.begin(), settings.end(),
                            [](const Setting& setting) { return setting.pointer.ends_with("/population"); });
       }},
      {"caches", "exact LRU and FIFO, Che's approximation, published miss counts", "lru", "tests/theory/caches_test.cpp",
       [](const Scenario& s) { return !s.caches.empty(); }},
      {"serverless instances", "Erlang's loss formula, gaps of a Poisson stream; by hand", in_intervals,
       "tests/cluster/exact_serverless_test.cpp",
       [](const Scenario& s) { return any_service(s, [](const ServiceSpec& one) { return one.serverless.has_value(); }); }},
      {"engines of language models", "M/G/1; Splitwise's batches; by hand",
       "batches 3 % (decoding) and 8 % (prefill) off on average", "tests/cluster/engines_test.cpp",
       [](const Scenario& s) { return !s.language_models.empty(); }},
      {"links", "M/G/1 processor sharing; by hand", in_intervals, "tests/cluster/exact_links_test.cpp",
       [](const Scenario& s) { return !s.links.empty(); }},
      {"stores", "exponential ages; by hand", "lies within four standard errors, or the tests fail",
       "tests/cluster/exact_stores_test.cpp", [](const Scenario& s) { return !s.stores.empty(); }},
      {"locks", by_hand, holds_exactly, "tests/cluster/exact_locks_test.cpp", [](const Scenario& s) { return !s.locks.empty(); }},
      {"load balancers", "Jackson's tandem; by hand", in_intervals, "tests/cluster/exact_load_balancers_test.cpp",
       [](const Scenario& s) { return !s.load_balancers.empty(); }},
      {"limits of rates", by_hand, holds_exactly, "tests/cluster/exact_limits_test.cpp",
       [](const Scenario& s) { return !s.limits.empty(); }},
      {"clients", "examples of Finagle's and resilience4j's documentation; by hand", holds_exactly,
       "tests/cluster/exact_clients_test.cpp", [](const Scenario& s) { return !s.clients.empty(); }},
      {"nodes, boots, pulls and placement", by_hand, holds_exactly, "tests/cluster/infrastructure_pods_test.cpp",
       [](const Scenario& s) { return !s.node_pools.empty(); }},
      {"faults", by_hand, holds_exactly, "tests/cluster/exact_failover_test.cpp",
       [](const Scenario& s) { return !s.faults.empty(); }},
  };
  return all;
}

// Policies with more than the worked example of their source.
struct PolicyOracle {
  std::string_view seam, policy, oracle, measured;
};
constexpr PolicyOracle policy_oracles[]{
    {"autoscaling", "hpa", "every row of 14 reference tables of the Kubernetes controller", holds_exactly},
    {"autoscaling", "keda", "every row of 4 reference tables of KEDA", holds_exactly},
    {"vertical-autoscaling", "vpa", "every row of 7 reference tables of the Vertical Pod Autoscaler", holds_exactly},
    {"node-autoscaling", "cluster-autoscaler", "every row of its reference tables", holds_exactly},
    {"node-autoscaling", "karpenter", "every row of its reference tables", holds_exactly},
    {"balancing", "random", "M/M/1", "random balancing"},
    {"balancing", "round-robin", "GI/M/1", in_intervals},
    {"balancing", "power-of-two", "mean-field limit of many servers", "within 3 % at 100 servers"},
    {"balancing", "least-connections", "between the shared line and round robin", in_intervals},
    {"caching", "lru", "exact values, Che's approximation, published miss counts",
     "miss counts exactly, else in 99.9 % intervals"},
    {"caching", "fifo", "exact values, Che's approximation, published miss counts",
     "miss counts exactly, else in 99.9 % intervals"},
};

std::string measured_text(const MeasuredError& error) {
  return fmt::format("{}: {} off, ± {} ({})", error.quantity, display(std::abs(error.error()), Dimension::ratio),
                     display(error.half_width / error.known, Dimension::ratio), error.oracle);
}

std::string measured_text(std::string_view measured) {
  for (const MeasuredError& error : measured_errors) {
    if (error.system == measured) return measured_text(error);
  }
  return std::string{measured};
}

Evidence evidence_of_policy(std::string_view seam, const std::string& policy) {
  std::string file = policy;
  std::replace(file.begin(), file.end(), '-', '_');
  if (seam == "caching" && policy == "random") file += "_eviction";  // a balancer has the name as well
  Evidence evidence{fmt::format("{}: {}", seam, policy), "the worked examples of its source; by hand", std::string{holds_exactly},
                    "tests/policies/" + file + "_test.cpp"};
  for (const PolicyOracle& known : policy_oracles) {
    if (known.seam != seam || known.policy != policy) continue;
    evidence.oracle = known.oracle;
    evidence.measured = measured_text(known.measured);
  }
  return evidence;
}

}  // namespace

std::vector<Evidence> evidence_for(const ScenarioFile& file) {
  std::vector<Evidence> evidence;
  for (const Part& part : parts()) {
    if (std::none_of(file.variants.begin(), file.variants.end(),
                     [&](const NamedScenario& variant) { return part.is_used(variant.scenario); }))
      continue;
    evidence.push_back({std::string{part.name}, std::string{part.oracle}, measured_text(part.measured), std::string{part.test}});
  }
  for (const std::string_view seam : {"autoscaling", "vertical-autoscaling", "node-autoscaling", "placement", "balancing",
                                      "admission", "caching", "sharding"}) {
    std::set<std::string> chosen;
    for (const NamedScenario& variant : file.variants) {
      for (const PolicyPlace& place : policy_places(variant.scenario, seam))
        if (!place.chosen.empty()) chosen.insert(place.chosen);
    }
    for (const std::string& policy : chosen) evidence.push_back(evidence_of_policy(seam, policy));
  }
  return evidence;
}

nlohmann::json evidence_page(const StudyReport& report) {
  nlohmann::json rows = nlohmann::json::array();
  for (const Evidence& one : evidence_for(report.file))
    rows.push_back({{"part", one.part}, {"oracle", one.oracle}, {"measured", one.measured}, {"test", one.test}});
  return {{"has_evidence", !rows.empty()}, {"evidence", std::move(rows)}};
}

}  // namespace headroom
