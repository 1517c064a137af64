#include "reports/miss_ratios.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/display.hpp"
#include "reports/text_layout.hpp"

namespace headroom {
namespace {

double ratio(double part, double whole) { return whole > 0.0 ? part / whole : 0.0; }

std::string percent(double value) { return fmt::format("{:.2f} %", 100.0 * value); }

using RatioOf = double (MissRatios::*)(const MissRatios::Cell&) const;

std::string table(const MissRatios& ratios, const std::string& title, RatioOf ratio_of) {
  std::size_t first = width_of(title);
  for (const MissRatios::Row& row : ratios.rows) first = std::max(first, width_of(row.policy) + 2);
  std::string text = padded(title, first);
  std::vector<std::size_t> widths;
  for (const std::int64_t size : ratios.sizes) {
    const std::string heading = size_text(ratios, size);
    widths.push_back(std::max<std::size_t>(width_of(heading), 8));
    text += fmt::format("  {:>{}}", heading, widths.back());
  }
  text += "\n";
  for (const MissRatios::Row& row : ratios.rows) {
    text += padded("  " + row.policy, first);
    for (std::size_t i = 0; i < row.cells.size(); ++i)
      text += fmt::format("  {:>{}}", percent((ratios.*ratio_of)(row.cells[i])), widths[i]);
    text += "\n";
  }
  return text;
}

std::string bars(const MissRatios& ratios, std::size_t width) {
  const std::size_t place = ratios.sizes.size() / 2;
  std::vector<const MissRatios::Row*> order;
  std::size_t first = 0;
  for (const MissRatios::Row& row : ratios.rows) {
    order.push_back(&row);
    first = std::max(first, width_of(row.policy) + 4);
  }
  std::stable_sort(order.begin(), order.end(), [place](const MissRatios::Row* a, const MissRatios::Row* b) {
    return a->cells[place].misses < b->cells[place].misses;
  });
  constexpr std::size_t number = 10;
  const std::size_t columns = std::clamp<std::size_t>(width, first + number + 20, 100) - first - number;
  std::string text = fmt::format("requests missed with {}, fewest first\n", size_text(ratios, ratios.sizes[place]));
  for (const MissRatios::Row* row : order) {
    const double share = ratios.request_ratio(row->cells[place]);
    text += fmt::format("{}{} {}\n", padded("  " + row->policy, first), bar(share, columns), percent(share));
  }
  return text;
}

std::string what_it_holds(const MissRatios& ratios) {
  std::string text = fmt::format("{} requests", count_text(ratios.requests));
  if (!ratios.unit_sizes) text += " of " + display(static_cast<double>(ratios.requested_bytes), Dimension::bytes);
  if (ratios.distinct_objects) text += fmt::format(" for {} objects", count_text(*ratios.distinct_objects));
  if (ratios.distinct_bytes && !ratios.unit_sizes)
    text += " of " + display(static_cast<double>(*ratios.distinct_bytes), Dimension::bytes);
  return text;
}

}  // namespace

double MissRatios::request_ratio(const Cell& cell) const {
  return ratio(static_cast<double>(cell.misses), static_cast<double>(requests));
}
double MissRatios::byte_ratio(const Cell& cell) const {
  return ratio(static_cast<double>(cell.missed_bytes), static_cast<double>(requested_bytes));
}

std::string size_text(const MissRatios& ratios, std::int64_t size) {
  if (ratios.unit_sizes) return count_text(static_cast<std::size_t>(size)) + (size == 1 ? " object" : " objects");
  return display(static_cast<double>(size), Dimension::bytes);
}

std::string miss_ratio_text(const MissRatios& ratios, std::size_t width) {
  std::string text = fmt::format("{}: {}\n\n", ratios.trace, what_it_holds(ratios));
  text += table(ratios, "requests missed", &MissRatios::request_ratio) + "\n";
  if (!ratios.unit_sizes) text += table(ratios, "bytes missed", &MissRatios::byte_ratio) + "\n";
  return text + bars(ratios, width);
}

nlohmann::json miss_ratio_json(const MissRatios& ratios) {
  nlohmann::json results = nlohmann::json::array();
  for (const MissRatios::Row& row : ratios.rows) {
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      results.push_back({{"policy", row.policy},
                         {"size", ratios.sizes[i]},
                         {"misses", row.cells[i].misses},
                         {"missed_bytes", row.cells[i].missed_bytes},
                         {"miss_ratio", ratios.request_ratio(row.cells[i])},
                         {"byte_miss_ratio", ratios.byte_ratio(row.cells[i])}});
    }
  }
  nlohmann::json whole{{"trace", ratios.trace},
                       {"size_unit", ratios.unit_sizes ? "objects" : "bytes"},
                       {"requests", ratios.requests},
                       {"requested_bytes", ratios.requested_bytes},
                       {"results", std::move(results)}};
  if (ratios.distinct_objects) whole["distinct_objects"] = *ratios.distinct_objects;
  if (ratios.distinct_bytes) whole["distinct_bytes"] = *ratios.distinct_bytes;
  return whole;
}

std::string miss_ratio_csv(const MissRatios& ratios) {
  std::string text = "policy,size,requests,misses,miss_ratio,requested_bytes,missed_bytes,byte_miss_ratio\n";
  for (const MissRatios::Row& row : ratios.rows) {
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const MissRatios::Cell& cell = row.cells[i];
      text += fmt::format("{},{},{},{},{},{},{},{}\n", row.policy, ratios.sizes[i], ratios.requests, cell.misses,
                          ratios.request_ratio(cell), ratios.requested_bytes, cell.missed_bytes, ratios.byte_ratio(cell));
    }
  }
  return text;
}

}  // namespace headroom
