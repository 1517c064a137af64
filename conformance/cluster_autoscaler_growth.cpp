// Tables of the Cluster Autoscaler on growth: which node group, how many nodes of it.
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "conformance/table.hpp"
#include "policies/autoscaling/cluster_autoscaler_expanders.hpp"
#include "policies/autoscaling/cluster_autoscaler_packing.hpp"

namespace headroom::conformance {
namespace {

namespace ca = cluster_autoscaler;

// ---- expanders ---------------------------------------------------------------------------------------------------------------

Json groups_of(const std::vector<ca::ExpansionOption>& options, const ca::Kept& kept) {
  Json names = Json::array();
  for (const std::size_t i : kept) names.push_back(options.at(i).group);
  return names;
}

ca::ExpansionOption waste_option_of(const Json& row) {
  const int pods = row.at("pods");
  return {.group = row.at("name"),
          .node_cpu_milli = row.at("node_cpu_milli"),
          .node_memory = row.at("node_memory_bytes"),
          .nodes = row.at("nodes"),
          .pods = pods,
          .requested_cpu_milli = pods * row.value("pod_cpu_milli", std::int64_t{0}),
          .requested_memory = pods * row.value("pod_memory_bytes", std::int64_t{0})};
}

void check_least_waste(const Json& table, TableCheck& check) {
  for (const Json& row : table.at("rows")) {
    check.row(row, [&](RowCheck& expect) {
      std::vector<ca::ExpansionOption> options;
      for (const Json& option : row.at("options")) options.push_back(waste_option_of(option));
      expect.equal("winners", row.at("expect"), groups_of(options, ca::least_waste(options)));
      for (const ca::ExpansionOption& option : options) {
        const Json scores = row.value("scores", Json::object());
        if (!scores.contains(option.group)) continue;
        // Written with twelve digits.
        const double expected = scores.at(option.group), got = ca::waste_of(option);
        if (!(std::abs(got - expected) <= 1e-9))
          expect.fail("score of " + option.group, fmt::format("{}", expected), fmt::format("{}", got));
      }
    });
  }
}

std::vector<ca::ExpansionOption> counted_options(const Json& counts, int ca::ExpansionOption::*member) {
  std::vector<ca::ExpansionOption> options(counts.size());
  for (std::size_t i = 0; i < counts.size(); ++i) options[i].*member = counts.at(i);
  return options;
}

std::vector<ca::ExpansionOption> named_options(const Json& names) {
  std::vector<ca::ExpansionOption> options;
  for (const Json& name : names) options.push_back({.group = name.get<std::string>()});
  return options;
}

ca::Priorities priorities_of(const Json& config) {
  ca::Priorities priorities;
  if (!config.is_object()) return priorities;  // a config that is missing or cannot be read says nothing
  for (const auto& [priority, patterns] : config.items())
    priorities[std::stoi(priority)] = patterns.get<std::vector<std::string>>();
  return priorities;
}

ca::Expander with_text(std::string text) {
  return [text = std::move(text)](std::span<const ca::ExpansionOption> options) {
    ca::Kept kept;
    for (std::size_t i = 0; i < options.size(); ++i) {
      if (options[i].group.find(text) != std::string::npos) kept.push_back(i);
    }
    return kept;
  };
}

// The rows' fallback takes the first with a text; one option that is left needs none.
Json chosen_by_chain(const Json& row) {
  const std::vector<ca::ExpansionOption> options = named_options(row.at("options"));
  std::vector<ca::Expander> filters;
  for (const Json& text : row.at("filters_substring")) filters.push_back(with_text(text));
  const ca::Kept left = ca::chain(options, filters);
  if (left.size() == 1) return options.at(left.front()).group;
  const std::string fallback = row.at("fallback_first_substring");
  for (const std::size_t i : left) {
    if (options.at(i).group.find(fallback) != std::string::npos) return options.at(i).group;
  }
  return nullptr;
}

void check_expander(const Json& row, RowCheck& expect) {
  const std::string kind = row.at("kind");
  if (kind == "least_nodes") {
    expect.equal("indexes", row.at("expect_indexes"),
                 ca::least_nodes(counted_options(row.at("node_counts"), &ca::ExpansionOption::nodes)));
  } else if (kind == "most_pods") {
    expect.equal("indexes", row.at("expect_indexes"),
                 ca::most_pods(counted_options(row.at("pod_counts"), &ca::ExpansionOption::pods)));
  } else if (kind == "priority") {
    const std::vector<ca::ExpansionOption> options = named_options(row.at("group_ids"));
    expect.equal("groups", row.at("expect"), groups_of(options, ca::by_priority(options, priorities_of(row.at("config")))));
  } else if (kind == "chain") {
    expect.equal("option", row.at("expect"), chosen_by_chain(row));
  } else {
    throw std::invalid_argument{"\"" + kind + "\" is no expander that is known here"};
  }
}

void check_other_expanders(const Json& table, TableCheck& check) {
  for (const Json& row : table.at("rows")) check.row(row, [&](RowCheck& expect) { check_expander(row, expect); });
}

// ---- packing -----------------------------------------------------------------------------------------------------------------

constexpr std::int64_t mib = std::int64_t{1} << 20;

std::optional<ca::SpreadRule> spread_of(const Json& group) {
  for (const char* domain : {"zone", "hostname", "host"}) {
    const std::string prefix = fmt::format("{}_spread_", domain);
    if (!group.contains(prefix + "max_skew")) continue;
    const int domains = group.value(prefix + "min_domains", group.value("min_domains", 1));
    return ca::SpreadRule{group.at(prefix + "max_skew"), domains, std::string_view{domain} == "zone"};
  }
  return std::nullopt;
}

ca::PodGroup pod_group_of(const Json& row) {
  const Json port = row.value("host_port", Json());
  return {.need = {row.at("cpu_milli"), row.at("memory_mib").get<std::int64_t>() * mib, 1, 0},
          .count = row.at("count"),
          .spread = spread_of(row),
          .one_per_node = port.is_boolean() ? port.get<bool>() : !port.is_null()};
}

void check_packing(const Json& row, RowCheck& expect) {
  std::vector<ca::PodGroup> groups;
  for (const Json& group : row.at("pod_groups")) groups.push_back(pod_group_of(group));
  const Json& node = row.at("node");
  const ca::Room empty{node.at("cpu_milli"), node.at("memory_mib").get<std::int64_t>() * mib, node.at("max_pods"), 0};
  // What a spread is counted against: the upstream test has one small node in another zone, which counts as used when it takes a
  // pod.
  std::vector<ca::PackedNode> present;
  if (std::ranges::any_of(groups, [](const ca::PodGroup& group) { return group.spread.has_value(); }))
    present.push_back({.room = {100, std::numeric_limits<std::int64_t>::max(), 10, 0}, .zone = 1, .is_new = false});
  const Json limit = row.value("max_nodes", Json());
  const int most = limit.is_null() || limit == 0 ? std::numeric_limits<int>::max() : limit.get<int>();
  const ca::Packing packing = ca::pack(std::move(present), empty, groups, most);
  expect.equal("nodes", row.at("expect").at("nodes"), std::ranges::count_if(packing.nodes, &ca::PackedNode::used));
  if (row.at("expect").contains("pods_placed"))
    expect.equal("pods_placed", row.at("expect").at("pods_placed"), packing.pods_placed());
}

void check_binpacking(const Json& table, TableCheck& check) {
  for (const Json& row : table.at("rows")) check.row(row, [&](RowCheck& expect) { check_packing(row, expect); });
}

void check_capacity_limit(const Json& table, TableCheck& check) {
  for (const Json& row : table.at("rows")) {
    check.row(row, [&](RowCheck& expect) {
      std::vector<ca::GroupSize> groups;
      const auto add = [&groups](const Json& pair) { groups.push_back({pair.at(0), pair.at(1)}); };
      add(row.at("own_group_max_and_now"));
      for (const Json& pair : row.at("similar_groups_max_and_now")) add(pair);
      expect.equal("node_limit", row.at("expect_node_limit"), ca::node_limit(groups));
    });
  }
}

const bool offered = offer_table("cluster-autoscaler", "expander_least_waste", check_least_waste) &&
                     offer_table("cluster-autoscaler", "expander_other", check_other_expanders) &&
                     offer_table("cluster-autoscaler", "binpacking", check_binpacking) &&
                     offer_table("cluster-autoscaler", "capacity_limit", check_capacity_limit);

}  // namespace
}  // namespace headroom::conformance
