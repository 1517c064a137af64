// Serverless services: what belongs to replicas of one's own, and numbers that contradict each other.
#include <array>
#include <string>

#include "scenarios/checks.hpp"

namespace headroom {

namespace {

struct Meaningless {
  const char *field, *why, *instead;
};

constexpr std::array meaningless{
    Meaningless{"replicas", "instances come with the requests", "remove it, or write \"floor\" for those that are always there"},
    Meaningless{"node_pool", "its instances run on the platform's machines", "remove it"},
    Meaningless{"autoscaler", "the platform starts an instance for whoever finds none", "remove it; bound it with \"most\""},
    Meaningless{"replica_limits", "it has no autoscaler", "remove it; bound it with \"floor\" and \"most\""},
    Meaningless{"vertical_autoscaler", "its instances are of one size", "remove it, and choose the \"memory\""},
    Meaningless{"backlog", "nobody waits in line: who finds no free slot starts an instance",
                "remove it; bound it with \"most\""},
    Meaningless{"discipline", "nobody waits in line: who finds no free slot starts an instance", "remove it"},
    Meaningless{"balancer", "the platform chooses: an instance at work, the floor, the one used last", "remove it"},
    Meaningless{"readiness", "an instance serves from its cold start on", "remove it"},
    Meaningless{"liveness", "the platform has no probes", "remove it"},
    Meaningless{"start_up", "its instances have a cold start", "write \"cold_start\" in \"serverless\""},
    Meaningless{"drain_limit", "only idle instances go", "remove it"},
    Meaningless{"registration", "the platform knows its instances", "remove it"},
    Meaningless{"gpus", "its instances run on the platform's machines", "remove it"},
    Meaningless{"language_model", "an engine needs replicas that stay", "run it on a service with replicas"},
    Meaningless{"price", "it is paid by request and by the time of its memory",
                "write \"price_per_request\" and \"price_per_gb_second\" in \"serverless\""},
    Meaningless{"fair_weights", "nobody waits in line", "remove it"},
    Meaningless{"admission", "nobody waits in line, and the platform rejects whom it has no room for", "remove it; bound it with \"most\""},
    Meaningless{"consumes", "instances are started by requests, not by messages", "let a worker with replicas call it"},
};

void check_numbers(const ServiceSpec& service, const ServerlessSpec& serverless, Reading& reading) {
  if (serverless.floor > serverless.most)
    reading.issue(
        &serverless, "floor",
        "is " + std::to_string(serverless.floor) + ", and there may be " + std::to_string(serverless.most) + " instances at most",
        "give it no more than \"most\"");
  const bool floor_is_unread = reading.is_given(&serverless, "floor") && !reading.is_read(&serverless, "floor");
  if (serverless.floor == 0 && !floor_is_unread && reading.is_given(&serverless, "floor_price_per_gb_second"))
    reading.issue(&serverless, "floor_price_per_gb_second", "has no meaning without a floor", "remove it, or add \"floor\"");
  for (const auto& [field, price] : {std::pair{"price_per_gb_second", serverless.price_per_gb_second},
                                     std::pair{"floor_price_per_gb_second", serverless.floor_price_per_gb_second}}) {
    if (price.value > 0.0 && service.memory.count == 0)
      reading.issue(&serverless, field, "is the price of an instance's memory, and the service has none",
                    "write \"memory\": \"1 GB\" in the service");
  }
  for (const char* field : {"memory_base", "memory_per_task"}) {
    if (service.memory.count > 0 && reading.is_given(&service, field))
      reading.issue(&service, field,
                    "has no meaning for a serverless service: memory is what an instance is paid for, not what it uses",
                    "remove it");
  }
}

}  // namespace

void check_serverless(const Scenario& scenario, Reading& reading) {
  for (const ServiceSpec& service : scenario.services) {
    if (!service.serverless) continue;
    for (const auto& [field, why, instead] : meaningless) {
      if (reading.is_given(&service, field))
        reading.issue(&service, field, std::string{"has no meaning for a serverless service: "} + why, instead);
    }
    check_numbers(service, *service.serverless, reading);
  }
}

}  // namespace headroom
