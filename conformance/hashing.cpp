// The tables of xxHash64, jump and Maglev.
#include "conformance/hashing_notation.hpp"
#include "conformance/table.hpp"
#include "policies/sharding/hash_maps.hpp"

namespace headroom::conformance {
namespace {

// ---- xxhash64 ----------------------------------------------------------------------------------------------------------------

void check_xxhash64(const Json& table, TableCheck& check) {
  for (const Json& row : table.at("rows")) {
    check.row(row, [&](RowCheck& expect) {
      const std::uint64_t seed = row.contains("seed") ? number_of(row.at("seed")) : 0;
      expect.equal("hash", number_of(row.at("hash")), hashing::xxhash64(row.at("text").get<std::string>(), seed));
    });
  }
}

// ---- jump --------------------------------------------------------------------------------------------------------------------

void check_jump_spread(const Json& row, RowCheck& expect) {
  const KeyRange keys = range_in(row.at("keys").get<std::string>());
  const auto buckets = row.at("buckets").get<std::int32_t>();
  std::vector<int> loads(static_cast<std::size_t>(std::max(buckets, 1)), 0);
  int moved = 0, moved_to_old = 0;
  Json places = Json::array();
  for (std::uint64_t key = keys.first; key <= keys.last; ++key) {
    const std::int32_t place = hashing::jump_hash(key, buckets), then = hashing::jump_hash(key, buckets + 1);
    ++loads[static_cast<std::size_t>(place)];
    moved += then != place ? 1 : 0;
    moved_to_old += then != place && then != buckets ? 1 : 0;
    if (row.contains("expect")) places.push_back(place);
  }
  if (row.contains("expect")) return expect.equal("buckets", row.at("expect"), places);
  expect.equal("moved_when_one_bucket_is_added", row.at("moved_when_one_bucket_is_added"), moved);
  expect.equal("moved_to_an_old_bucket", row.at("moved_to_an_old_bucket"), moved_to_old);
  expect.equal("min_load", row.at("min_load"), std::ranges::min(loads));
  expect.equal("max_load", row.at("max_load"), std::ranges::max(loads));
}

void check_jump(const Json& table, TableCheck& check) {
  for (const Json& row : table.at("rows")) {
    check.row(row, [&](RowCheck& expect) {
      if (row.contains("keys")) return check_jump_spread(row, expect);
      const std::uint64_t key = number_of(row.at("key"));
      if (!row.contains("buckets_from_1_upwards"))
        return expect.equal("bucket", row.at("expect"), hashing::jump_hash(key, row.at("buckets").get<std::int32_t>()));
      Json got = Json::array();
      for (std::size_t i = 1; i <= row.at("buckets_from_1_upwards").size(); ++i)
        got.push_back(hashing::jump_hash(key, static_cast<std::int32_t>(i)));
      expect.equal("buckets", row.at("buckets_from_1_upwards"), got);
    });
  }
}

// ---- maglev ------------------------------------------------------------------------------------------------------------------

void check_populate(const Json& row, RowCheck& expect) {
  const bool listed = row.contains("permutations");
  const Json& owners = row.at(listed ? "permutations" : "offset_skip");
  const auto size = row.at("table_size").get<std::uint64_t>();
  std::vector<double> weights = weights_in(row, owners.size());
  for (const Json& removed : row.value("removed", Json::array())) weights.at(removed.get<std::size_t>()) = 0.0;
  const auto table = hashing::fill_maglev_table(size, weights, [&](std::uint32_t owner, std::uint64_t step) {
    const Json& own = owners.at(owner);
    if (listed) return own.at(step).get<std::uint64_t>();
    return (own.at(0).get<std::uint64_t>() + own.at(1).get<std::uint64_t>() * step) % size;
  });
  expect.equal("table", row.at("expect_table"), table);
}

std::vector<std::uint64_t> entries_of(const std::vector<std::uint32_t>& table, std::size_t owners) {
  std::vector<std::uint64_t> entries(owners, 0);
  for (const std::uint32_t owner : table) ++entries.at(owner);
  return entries;
}

void check_maglev_hosts(const Json& row, RowCheck& expect) {
  const Names hosts = names_in(row.at("hosts"));
  const auto size = row.at("table_size").get<std::uint64_t>();
  const auto table = hashing::maglev_table(hosts, weights_in(row, hosts.size()), size);
  if (row.contains("expect_table")) expect.equal("table", row.at("expect_table"), table);
  if (row.contains("entries_per_host"))
    expect.equal("entries_per_host", row.at("entries_per_host"), entries_of(table, hosts.size()));
  for (const Json& lookup : row.value("lookups", Json::array())) {
    const std::uint64_t slot = hashing::maglev_slot(number_of(lookup.at(0)), size);
    check_host(expect, fmt::format("host of {}", lookup.at(0).dump()), lookup.at(1), hosts.at(table[slot]), hosts);
  }
  for (const Json& retry : row.value("retries", Json::array())) {
    const std::string got = after_retries(retry, hosts, [&](std::uint32_t attempt) {
      return table[hashing::maglev_slot(number_of(retry.at("key")), size, attempt)];
    });
    check_host(expect, fmt::format("host of {} at last", retry.at("key").dump()), retry.at("expect"), got, hosts);
  }
}

std::size_t removed_host(const Json& removed, const Names& hosts) {
  if (removed.is_number()) return removed.get<std::size_t>();
  const std::string text = removed.get<std::string>();
  return text == "last host" ? hosts.size() - 1 : text == "first host" ? 0 : place_of(hosts, text);
}

void check_disruption(const Json& row, RowCheck& expect) {
  const Names hosts = names_in(row.at("hosts"));
  const auto size = row.at("table_size").get<std::uint64_t>();
  std::vector<double> weights = weights_in(row, hosts.size());
  const auto before = hashing::maglev_table(hosts, weights, size);
  const auto entries = entries_of(before, hosts.size());
  const std::size_t gone = removed_host(row.at("removed"), hosts);
  weights.at(gone) = 0.0;
  const auto after = hashing::maglev_table(hosts, weights, size);
  std::uint64_t changed = 0;
  for (std::size_t slot = 0; slot < size; ++slot) changed += before[slot] != after[slot] ? 1 : 0;
  expect.equal("min_entries", row.at("min_entries"), std::ranges::min(entries));
  expect.equal("max_entries", row.at("max_entries"), std::ranges::max(entries));
  expect.equal("slots_of_removed_host", row.at("slots_of_removed_host"), entries.at(gone));
  expect.equal("slots_changed", row.at("slots_changed"), changed);
  expect.equal("extra_disruption", row.at("extra_disruption"), changed - entries.at(gone));
}

void check_maglev(const Json& table, TableCheck& check) {
  for (const Json& row : table.at("rows")) {
    check.row(row, [&](RowCheck& expect) {
      const std::string kind = row.at("kind").get<std::string>();
      if (kind == "populate") return check_populate(row, expect);
      if (kind == "xxhash64") return check_maglev_hosts(row, expect);
      if (kind == "disruption") return check_disruption(row, expect);
      expect.fail("kind", "populate, xxhash64 or disruption", kind);
    });
  }
}

const bool offered = offer_table("hashing", "xxhash64", check_xxhash64) && offer_table("hashing", "jump", check_jump) &&
                     offer_table("hashing", "maglev", check_maglev);

}  // namespace
}  // namespace headroom::conformance
