// What a bill is made of, and the books of it: every part is kept twice, as it is spent and from quantities at the end.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/condition.hpp"
#include "sim/measure/run_result.hpp"

namespace headroom {

// What is paid for: the label "kind" of the metric "cost".
enum class CostKind : std::uint8_t {
  nodes,  // on demand
  reserved_nodes,
  spot_nodes,
  replicas,
  databases,
  database_requests,
  database_storage,
  locks,
  caches,
  load_balancers,
  load_balancer_bytes,
  serverless_requests,
  serverless_time,   // byte-seconds of instances that work
  serverless_floor,  // of instances kept ready
  tokens_in,
  tokens_cached,
  tokens_out,
  link_bytes,  // of links, a content delivery network's among them
  cross_zone_bytes,
  cross_region_bytes,
  internet_bytes,
  storage,
  storage_requests,
  storage_retrieval,
};
inline constexpr std::array<std::string_view, 24> cost_kinds{
    "nodes",           "reserved_nodes",    "spot_nodes",          "replicas",
    "databases",       "database_requests", "database_storage",    "locks",
    "caches",          "load_balancers",    "load_balancer_bytes", "serverless_requests",
    "serverless_time", "serverless_floor",  "tokens_in",           "tokens_cached",
    "tokens_out",      "link_bytes",        "cross_zone_bytes",    "cross_region_bytes",
    "internet_bytes",  "storage",           "storage_requests",    "storage_retrieval"};
constexpr std::string_view to_text(CostKind kind) { return cost_kinds[static_cast<std::size_t>(kind)]; }

// One part of the bill. `owner`: what it is paid for, by the kind of thing: {node_pool, general}.
struct BillPart {
  std::string component;
  CostKind kind = CostKind::nodes;
  Label owner;
};
// Of its series of the metric "cost".
std::vector<Label> labels_of(const BillPart& part);

// What a part comes to by the quantities of the whole run: what there was of it times its price.
struct Charge {
  BillPart part;
  double dollars = 0.0;
};

// Whether what was spent, window by window, is what the quantities come to: each part to half a cent, and all of them together.
// Then both are the same, in micro-dollars: entered by quantities, completed in the series. Else nothing is completed, and the
// name of the entry says which parts are wrong.
LedgerEntry money_ledger(std::span<const Charge> charges, std::span<const Series> series);

}  // namespace headroom
