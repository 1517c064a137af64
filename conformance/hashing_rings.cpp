// The tables of rings: Envoy's ring hash and ketama.
#include <algorithm>
#include <map>
#include <numeric>

#include "conformance/hashing_notation.hpp"
#include "conformance/table.hpp"
#include "policies/sharding/hash_maps.hpp"

namespace headroom::conformance {
namespace {

using hashing::RingPoint;

// ---- ring hash ---------------------------------------------------------------------------------------------------------------

std::uint64_t size_in(const Json& row, std::string_view which, std::uint64_t shipped) {
  for (const std::string& field : {fmt::format("{}imum_ring_size", which), fmt::format("{}_ring_size", which)}) {
    if (row.contains(field)) return number_of(row.at(field));
  }
  return shipped;
}

// Where hosts have weights and one number is given, the lightest has so many.
std::vector<int> points_in(const Json& row, const Names& hosts) {
  const std::vector<double> weights = weights_in(row, hosts.size());
  const hashing::RingSize shipped;
  if (!row.contains("hashes_per_host"))
    return hashing::points_of_owners(weights, {size_in(row, "min", shipped.least), size_in(row, "max", shipped.most)});
  const Json& points = row.at("hashes_per_host");
  if (points.is_array()) return points.get<std::vector<int>>();
  if (points.is_number() && std::ranges::min(weights) > 0.0 && std::ranges::min(weights) < std::ranges::max(weights)) {
    const double wholes = std::accumulate(weights.begin(), weights.end(), 0.0) / std::ranges::min(weights);
    return hashing::points_of_owners(weights, {static_cast<std::uint64_t>(wholes * (points.get<double>() - 0.5)), shipped.most});
  }
  if (!points.is_object()) return std::vector<int>(hosts.size(), points.get<int>());
  std::vector<int> own;
  for (const std::string& host : hosts) own.push_back(points.value(host, 0));
  return own;
}

void check_ring_spread(const Json& row, RowCheck& expect, const Names& hosts, const std::vector<int>& points) {
  const KeyRange keys = range_in(row.at("keys").get<std::string>());
  const auto ring = hashing::envoy_ring(hosts, points);
  std::vector<int> fewer = points;
  fewer.back() = 0;
  const auto without_last = hashing::envoy_ring(hosts, fewer);
  std::vector<int> loads(hosts.size(), 0);
  int moved = 0;
  for (std::uint64_t i = keys.first; i <= keys.last; ++i) {
    const std::uint64_t key = hashing::xxhash64(keys.prefix + std::to_string(i));
    const std::uint32_t owner = ring[hashing::next_point(ring, key)].owner;
    ++loads[owner];
    moved += without_last[hashing::next_point(without_last, key)].owner != owner ? 1 : 0;
  }
  expect.equal("load_min", row.at("load_min"), std::ranges::min(loads));
  expect.equal("load_max", row.at("load_max"), std::ranges::max(loads));
  expect.equal("keys_of_last_host", row.at("keys_of_last_host"), loads.back());
  expect.equal("keys_moved_when_last_host_leaves", row.at("keys_moved_when_last_host_leaves"), moved);
}

void check_ring_places(const Json& row, RowCheck& expect, const Names& hosts, const std::vector<RingPoint>& ring) {
  if (row.contains("ring")) {
    Json got = Json::array();
    for (const RingPoint& point : ring) got.push_back({std::to_string(point.position), hosts[point.owner]});
    expect.equal("ring", row.at("ring"), got);
  }
  for (const Json& lookup : row.value("lookups", Json::array())) {
    const RingPoint& point = ring[hashing::next_point(ring, number_of(lookup.at(0)))];
    check_host(expect, fmt::format("host of {}", lookup.at(0).dump()), lookup.at(1), hosts[point.owner], hosts);
  }
  for (const Json& retry : row.value("retries", Json::array())) {
    const std::string got = after_retries(retry, hosts, [&](std::uint32_t attempt) {
      return ring[hashing::point_of_attempt(ring, number_of(retry.at("key")), attempt)].owner;
    });
    check_host(expect, fmt::format("host of {} at last", retry.at("key").dump()), retry.at("expect"), got, hosts);
  }
}

void check_ring_hash(const Json& table, TableCheck& check) {
  for (const Json& row : table.at("rows")) {
    check.row(row, [&](RowCheck& expect) {
      const Names hosts = names_in(row.at("hosts"));
      const std::vector<int> points = points_in(row, hosts);
      if (row.contains("keys")) return check_ring_spread(row, expect, hosts, points);
      const bool murmur = row.value("hash", row.value("hash_function", "xxHash64")).starts_with("murmur");
      const auto hash = murmur ? hashing::TextHash::murmur2 : hashing::TextHash::xxhash64;
      check_ring_places(row, expect, hosts, hashing::envoy_ring(hosts, points, hash));
    });
  }
}

// ---- ketama ------------------------------------------------------------------------------------------------------------------

std::string bytes_of(std::string_view hexadecimal) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hexadecimal.size(); i += 2)
    bytes.push_back(static_cast<char>(number_in("0x" + std::string{hexadecimal.substr(i, 2)})));
  return bytes;
}

void check_one_key(const Json& row, RowCheck& expect, const Names& servers, const std::vector<RingPoint>& ring) {
  const std::string key =
      row.contains("key_hex") ? bytes_of(row.at("key_hex").get<std::string>()) : row.at("key").get<std::string>();
  const std::uint64_t position = hashing::ketama_position(key);
  const std::string& successor = servers[ring[hashing::next_point(ring, position)].owner];
  if (row.contains("expect")) expect.equal("server", row.at("expect"), successor);
  if (row.contains("expect_successor_search")) expect.equal("server by successor", row.at("expect_successor_search"), successor);
  if (row.contains("expect_legacy_search"))
    expect.equal("server by legacy search", row.at("expect_legacy_search"),
                 servers[ring[hashing::legacy_point(ring, position)].owner]);
}

void check_counts(const Json& row, RowCheck& expect, const Names& servers, const std::vector<RingPoint>& ring) {
  const KeyRange keys = range_in(row.at("keys").get<std::string>());
  std::map<std::string, int> counts;
  for (const std::string& server : servers) counts[server] = 0;
  for (std::uint64_t i = keys.first; i <= keys.last; ++i) {
    const std::uint32_t position = hashing::ketama_position(keys.prefix + std::to_string(i));
    ++counts[servers[ring[hashing::next_point(ring, position)].owner]];
  }
  expect.equal("counts", row.at("expect_counts"), counts);
}

void check_ketama(const Json& table, TableCheck& check) {
  for (const Json& row : table.at("rows")) {
    check.row(row, [&](RowCheck& expect) {
      const Names servers = names_in(row.at("servers"));
      const auto ring = hashing::ketama_ring(servers, weights_in(row, servers.size()));
      if (row.contains("points")) {
        std::map<std::string, int> points;
        for (const RingPoint& point : ring) ++points[servers[point.owner]];
        expect.equal("points", row.at("points"), points);
      }
      if (row.contains("keys")) return check_counts(row, expect, servers, ring);
      check_one_key(row, expect, servers, ring);
    });
  }
}

const bool offered = offer_table("hashing", "ring_hash", check_ring_hash) && offer_table("hashing", "ketama", check_ketama);

}  // namespace
}  // namespace headroom::conformance
