// Every row of every queueing table, to nine digits.
#include <cmath>
#include <string>
#include <vector>

#include "models/queueing/caches.hpp"
#include "models/queueing/multi_server.hpp"
#include "models/queueing/networks.hpp"
#include "models/queueing/single_server.hpp"
#include "tests/models/conformance.hpp"

namespace headroom {
namespace {

using Json = nlohmann::json;

// Calls check(row, id) for every row, and fails if there is none.
template <class Check>
void for_every_row(const std::string& table, const Check& check) {
  const Json rows = conformance_rows(table);
  if (rows.is_null()) GTEST_SKIP() << "no conformance table " << table << " beside the repository";
  ASSERT_GT(rows.size(), 0U);
  for (const Json& row : rows) check(row, row["id"].get<std::string>());
}

TEST(QueueingConformance, MultiServerQueue) {
  for_every_row("mmc", [](const Json& row, const std::string& id) {
    const MultiServerQueue queue{row["arrival_rate"], row["service_rate"], row["servers"]};
    expect_equal(queue.utilization(), row["utilization"], id);
    expect_equal(queue.prob_wait(), row["prob_wait"], id);
    expect_equal(queue.mean_wait(), row["mean_wait"], id);
    expect_equal(queue.mean_sojourn(), row["mean_sojourn"], id);
    expect_equal(queue.mean_queue(), row["mean_queue"], id);
    expect_equal(queue.mean_in_system(), row["mean_in_system"], id);
    expect_equal(queue.mean_wait_of_those_who_wait(), row["mean_wait_of_those_who_wait"], id);
    for (const auto& [name, quantile] : row["quantiles"].items()) {
      expect_equal(queue.wait_quantile(probability_of(name)), quantile["wait"], id + " wait " + name);
      expect_equal(queue.sojourn_quantile(probability_of(name)), quantile["sojourn"], id + " sojourn " + name);
    }
  });
}

TEST(QueueingConformance, BoundedQueue) {
  for_every_row("mmck", [](const Json& row, const std::string& id) {
    const BoundedQueue queue = bounded_queue(row["arrival_rate"], row["service_rate"], row["servers"], row["capacity"]);
    expect_equal(queue.blocking, row["blocking"], id);
    expect_equal(queue.throughput, row["throughput"], id);
    expect_equal(queue.mean_in_system, row["mean_in_system"], id);
    expect_equal(queue.mean_queue, row["mean_queue"], id);
    expect_equal(queue.mean_wait_accepted, row["mean_wait_accepted"], id);
    expect_equal(queue.mean_sojourn_accepted, row["mean_sojourn_accepted"], id);
    expect_equal(queue.utilization, row["utilization"], id);
    expect_equal(queue.prob_empty, row["prob_empty"], id);
    if (row["servers"] == row["capacity"]) {
      expect_equal(erlang_b(row["arrival_rate"].get<double>() / row["service_rate"].get<double>(), row["servers"]),
                   row["blocking"], id);
    }
  });
}

TEST(QueueingConformance, ImpatientQueue) {
  for_every_row("erlang_a", [](const Json& row, const std::string& id) {
    const ImpatientQueue queue = impatient_queue(row["arrival_rate"], row["service_rate"], row["patience_rate"], row["servers"]);
    expect_equal(queue.prob_wait, row["prob_wait"], id);
    expect_equal(queue.prob_abandon, row["prob_abandon"], id);
    expect_equal(queue.mean_queue, row["mean_queue"], id);
    expect_equal(queue.mean_wait_all, row["mean_wait_all"], id);
    expect_equal(queue.utilization, row["utilization"], id);
    expect_equal(queue.throughput, row["throughput"], id);
  });
}

TEST(QueueingConformance, ConstantServiceQueue) {
  for_every_row("md1", [](const Json& row, const std::string& id) {
    const ConstantServiceQueue queue{row["arrival_rate"], row["service_time"]};
    expect_equal(queue.utilization(), row["utilization"], id);
    expect_equal(queue.wait_cdf(0.0), row["prob_no_wait"], id);
    expect_equal(queue.mean_wait(), row["mean_wait"], id);
    expect_equal(queue.mean_sojourn(), row["mean_sojourn"], id);
    for (const auto& [name, quantile] : row["quantiles"].items()) {
      expect_equal(queue.wait_quantile(probability_of(name)), quantile["wait"], id + " wait " + name);
      expect_equal(queue.sojourn_quantile(probability_of(name)), quantile["sojourn"], id + " sojourn " + name);
    }
  });
}

TEST(QueueingConformance, GeneralServiceQueue) {
  for_every_row("mg1", [](const Json& row, const std::string& id) {
    const double rate = row["arrival_rate"], mean = row["service_mean"], scv = row["service_scv"];
    expect_equal(mg1_mean_wait(rate, mean, scv), row["fcfs_mean_wait"], id);
    expect_equal(mg1_mean_wait(rate, mean, scv) + mean, row["fcfs_mean_sojourn"], id);
    expect_equal(mg1_mean_wait(rate, mean, scv) * rate, row["fcfs_mean_queue"], id);
    expect_equal(mg1_ps_mean_sojourn(rate, mean), row["ps_mean_sojourn"], id);
    expect_equal(mg1_ps_mean_sojourn(rate, mean) / mean, row["ps_mean_slowdown"], id);
    expect_equal(mg1_lcfs_preemptive_mean_sojourn(rate, mean), row["lcfs_preemptive_mean_sojourn"], id);
    expect_equal(mg1_mean_busy_period(rate, mean), row["mean_busy_period"], id);
    // The approximations for several servers are exact for one.
    expect_equal(allen_cunneen_mean_wait(rate, mean, 1, 1.0, scv), row["fcfs_mean_wait"], id + " Allen-Cunneen");
    expect_equal(kimura_mean_wait(rate, mean, 1, scv), row["fcfs_mean_wait"], id + " Kimura");
  });
}

TEST(QueueingConformance, ClosedSystem) {
  for_every_row("closed", [](const Json& row, const std::string& id) {
    const ClosedSystem system = closed_system(row["population"], row["servers"], row["think_time"], row["service_time"]);
    expect_equal(system.throughput, row["throughput"], id);
    expect_equal(system.mean_at_server, row["mean_at_server"], id);
    expect_equal(system.mean_response, row["mean_response"], id);
    expect_equal(system.utilization, row["utilization"], id);
    expect_equal(system.prob_server_idle, row["prob_server_idle"], id);
    EXPECT_NEAR(system.mean_wait, row["mean_wait"].get<double>(), 1e-9) << id;
    expect_equal(system.saturation_population, row["saturation_population"], id);
  });
}

TEST(QueueingConformance, JacksonNetwork) {
  for_every_row("jackson", [](const Json& row, const std::string& id) {
    std::vector<JacksonStation> stations;
    for (const Json& station : row["stations"]) stations.push_back({station["service_rate"], station["servers"]});
    const auto result =
        solve_jackson(row["external_arrivals"].get<std::vector<double>>(), row["routing"].get<Routing>(), stations);
    for (std::size_t i = 0; i < stations.size(); ++i) {
      const Json& expected = row["stations"][i];
      expect_equal(result.arrival_rates[i], expected["arrival_rate"], id);
      expect_equal(result.utilizations[i], expected["utilization"], id);
      expect_equal(result.mean_in_station[i], expected["mean_in_station"], id);
      expect_equal(result.mean_sojourn_per_visit[i], expected["mean_sojourn_per_visit"], id);
      expect_equal(result.prob_wait[i], expected["prob_wait"], id);
      expect_equal(result.visits[i], row["visits"][i], id);
    }
    expect_equal(result.mean_in_network, row["mean_in_network"], id);
    expect_equal(result.mean_total_sojourn, row["mean_total_sojourn"], id);
  });
}

TEST(QueueingConformance, Tandem) {
  for_every_row("tandem", [](const Json& row, const std::string& id) {
    const auto rates = row["service_rates"].get<std::vector<double>>();
    expect_equal(tandem_mean_sojourn(row["arrival_rate"], rates), row["mean_sojourn"], id);
    for (std::size_t i = 0; i < rates.size(); ++i) {
      expect_equal(MultiServerQueue(row["arrival_rate"], rates[i], 1).mean_sojourn(), row["per_station_mean"][i], id);
    }
    for (const auto& [name, quantile] : row["quantiles"].items()) {
      expect_equal(tandem_sojourn_quantile(row["arrival_rate"], rates, probability_of(name)), quantile, id + " " + name);
    }
  });
}

std::vector<PopularityClass> classes_of(const Json& row) {
  return row.contains("popularity") ? popularity_classes(row["popularity"].get<std::vector<double>>())
                                    : zipf_classes(row["objects"], row["zipf_exponent"]);
}

TEST(QueueingConformance, CachesUnderIndependentRequests) {
  for_every_row("cache_irm", [](const Json& row, const std::string& id) {
    const auto classes = classes_of(row);
    const int capacity = row["capacity"];
    // 10,000 objects are grouped beyond rank 4,096: seven digits.
    const double tolerance = row["objects"] > 4096 ? 1e-7 : 1e-9;
    const CacheEstimate lru = che_hit_ratio(classes, capacity);
    expect_equal(lru.hit_ratio, row["che_lru_hit"], id, tolerance);
    expect_equal(lru.characteristic_time, row["che_lru_characteristic_time"], id, tolerance);
    expect_equal(che_hit_ratio(classes, capacity, CacheOrder::fifo).hit_ratio, row["che_fifo_hit"], id, tolerance);
    if (!row.contains("popularity")) return;
    const auto popularity = row["popularity"].get<std::vector<double>>();
    expect_equal(exact_lru_hit_ratio(popularity, capacity), row["lru_exact_hit"], id);
    expect_equal(exact_fifo_hit_ratio(popularity, capacity), row["fifo_and_random_exact_hit"], id);
    expect_equal(perfect_lfu_hit_ratio(popularity, capacity), row["perfect_lfu_hit"], id);
  });
}

TEST(QueueingConformance, CachesWithTimeToLive) {
  for_every_row("cache_ttl", [](const Json& row, const std::string& id) {
    const auto classes = classes_of(row);
    const TtlEstimate fixed = fixed_ttl_cache(classes, row["total_rate"], row["ttl"]);
    expect_equal(fixed.hit_ratio, row["fixed_ttl_hit"], id);
    expect_equal(fixed.mean_objects, row["fixed_ttl_mean_objects"], id);
    expect_equal(fixed.origin_rate, row["fixed_ttl_origin_rate"], id);
    const TtlEstimate renewed = renewed_ttl_cache(classes, row["total_rate"], row["ttl"]);
    expect_equal(renewed.hit_ratio, row["renewed_ttl_hit"], id);
    expect_equal(renewed.mean_objects, row["renewed_ttl_mean_objects"], id);
    expect_equal(renewed.origin_rate, row["renewed_ttl_origin_rate"], id);
  });
}

void check_choices(const Json& row, const std::string& id) {
  const double utilization = row["utilization"];
  const int choices = row["d"];
  expect_equal(choices_mean_in_server(utilization, choices), row["mean_in_server"], id);
  expect_equal(choices_mean_sojourn(utilization, choices), row["mean_sojourn"], id);
  for (std::size_t k = 0; k < row["fraction_with_at_least"].size(); ++k) {
    expect_equal(choices_fraction_with_at_least(utilization, choices, static_cast<int>(k) + 1), row["fraction_with_at_least"][k],
                 id);
  }
}

void check_round_robin(const Json& row, const std::string& id) {
  const double rate = row["total_arrival_rate"];
  const int servers = row["servers"];
  const RoundRobinQueues queues = round_robin_queues(rate, row["service_rate"], servers);
  expect_equal(queues.prob_wait, row["prob_wait"], id);
  expect_equal(queues.mean_wait, row["mean_wait"], id);
  expect_equal(queues.mean_sojourn, row["mean_sojourn"], id);
  expect_equal(std::log(100.0) / queues.sojourn_rate, row["p99_sojourn"], id);
  expect_equal(random_split_mean_sojourn(rate, row["service_rate"], servers), row["random_split_mean_sojourn"], id);
  expect_equal(MultiServerQueue(rate, row["service_rate"], servers).mean_sojourn(), row["shared_queue_mean_sojourn"], id);
}

TEST(QueueingConformance, Balancers) {
  for_every_row("load_balancing", [](const Json& row, const std::string& id) {
    if (id.starts_with("choices")) return check_choices(row, id);
    if (id.starts_with("rr")) return check_round_robin(row, id);
    ASSERT_TRUE(id.starts_with("forkjoin")) << id << " is a kind of row that nothing here checks";
    expect_equal(fork_join_of_two_mean_response(row["arrival_rate"], row["service_rate"]), row["mean_response"], id);
    expect_equal(MultiServerQueue(row["arrival_rate"], row["service_rate"], 1).mean_sojourn(), row["single_queue_mean"], id);
  });
}

void check_priorities(const Json& row, const std::string& id) {
  std::vector<TrafficClass> classes;
  for (const double rate : row["arrival_rates"]) classes.push_back({rate, 1.0, 1.0});
  const auto waits = nonpreemptive_mean_waits(classes);
  const auto sojourns = preemptive_mean_sojourns(classes);
  for (std::size_t k = 0; k < classes.size(); ++k) {
    expect_equal(waits[k], row["nonpreemptive_mean_wait"][k], id);
    expect_equal(sojourns[k], row["preemptive_resume_mean_sojourn"][k], id);
  }
  expect_equal(mg1_mean_wait(classes[0].arrival_rate + classes[1].arrival_rate, 1.0, 1.0), row["fcfs_mean_wait"], id);
}

TEST(QueueingConformance, PrioritiesInfiniteServersAndBatches) {
  for_every_row("other", [](const Json& row, const std::string& id) {
    if (id.starts_with("prio")) return check_priorities(row, id);
    if (id.starts_with("infinite")) {
      for (const auto& [name, quantile] : row["quantiles"].items()) {
        EXPECT_EQ(infinite_server_quantile(row["offered_load"], probability_of(name)), quantile.get<int>()) << id << " " << name;
      }
      return;
    }
    ASSERT_TRUE(id.starts_with("batch")) << id << " is a kind of row that nothing here checks";
    expect_equal(batch_mean_wait(row["batch_rate"], row["batch"], row["service_rate"]), row["mean_wait"], id);
    expect_equal(batch_mean_in_system(row["batch_rate"], row["batch"], row["service_rate"]), row["mean_in_system"], id);
  });
}

}  // namespace
}  // namespace headroom
