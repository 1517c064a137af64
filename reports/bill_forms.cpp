// The bill as text, Markdown, JSON and a part of the page.
#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/bill.hpp"
#include "reports/display.hpp"
#include "reports/markdown_table.hpp"
#include "reports/text_layout.hpp"

namespace headroom {
namespace {

using nlohmann::json;

constexpr std::size_t most_lines = 6;  // on a terminal

std::string percent_text(double share) { return fmt::format("{:.0f} %", share * 100.0); }

std::string spoken(std::string kind) {
  if (kind == "nodes") return "nodes on demand";
  if (kind == "tokens_in" || kind == "tokens_out" || kind == "tokens_cached") return "tokens, " + kind.substr(7);
  std::replace(kind.begin(), kind.end(), '_', ' ');
  return kind;
}

// "cpu 40 % used, 71 % requested".
std::string use_text(const BillLine& line) {
  if (!line.use) return "";
  const std::string used = fmt::format("{} {} used", line.use->resource, percent_text(line.use->used));
  return line.use->requested < 1.0 ? used + ", " + percent_text(line.use->requested) + " requested" : used;
}

// What stands below the table, sentence by sentence.
std::vector<std::string> facts_of(const Bill& bill) {
  std::vector<std::string> facts;
  constexpr double worth_telling = 0.005;  // of the bill
  if (bill.idle_usd_per_month && *bill.idle_usd_per_month > worth_telling * bill.usd_per_month) {
    facts.push_back(fmt::format("{} USD a month of it ({}) is paid for and not in use", number_text(*bill.idle_usd_per_month),
                                percent_text(*bill.idle_usd_per_month / bill.usd_per_month)));
  }
  if (bill.requests_per_dollar) facts.push_back(number_text(*bill.requests_per_dollar) + " requests served for a US dollar");
  if (bill.gpu_hours_per_month) facts.push_back(number_text(*bill.gpu_hours_per_month) + " GPU-hours a month");
  if (bill.kilowatt_hours_per_month) {
    std::string energy = number_text(*bill.kilowatt_hours_per_month) + " kWh a month";
    if (bill.carbon_kilograms_per_month) energy += ", " + number_text(*bill.carbon_kilograms_per_month) + " kg of CO2e";
    facts.push_back(energy);
  }
  return facts;
}

std::string joined(const std::vector<std::string>& facts) {
  std::string text;
  for (const std::string& fact : facts) text += (text.empty() ? "" : "; ") + fact;
  return text;
}

std::string efficiency_text(const StudyReport& report, const Bill& bill, std::size_t variant) {
  if (variant == 0 || !bill.scaling_efficiency) return "";
  return fmt::format("scaling efficiency {} of {}: requests served by cost, as a ratio", number_text(*bill.scaling_efficiency),
                     report.file.variants.front().name);
}

}  // namespace

std::string bill_text(const StudyReport& report, const Paint& paint, std::size_t width) {
  if (report.file.variants.size() != 1) return "";
  const Bill bill = bill_of(report, 0);
  const std::vector<std::string> facts = facts_of(bill);
  if (bill.lines.empty()) return facts.empty() ? "" : wrapped(joined(facts), width, 2) + "\n\n";
  std::size_t names = 5, kinds = 0;
  const std::size_t amounts = bill.shown.size();
  // Of the parts that come to a cent, the largest.
  const auto is_nothing = [](const BillLine& line) { return line.shown == "0.00"; };
  const auto priced =
      static_cast<std::size_t>(std::find_if(bill.lines.begin(), bill.lines.end(), is_nothing) - bill.lines.begin());
  const std::size_t shown = std::min(priced, most_lines);
  for (std::size_t i = 0; i < shown; ++i) {
    names = std::max(names, width_of(bill.lines[i].component));
    kinds = std::max(kinds, spoken(bill.lines[i].kind).size());
  }
  std::string text = "BILL in USD for 30 days like these\n";
  const auto add = [&](const std::string& name, const std::string& kind, const std::string& amount, const std::string& rest) {
    std::string line = "  " + padded(name, names) + "  " + padded(kind, kinds) + "  " +
                       std::string(amounts > amount.size() ? amounts - amount.size() : 0, ' ') + amount + "  " + rest;
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  };
  for (std::size_t i = 0; i < shown; ++i) {
    const BillLine& line = bill.lines[i];
    add(line.component, spoken(line.kind), line.shown, padded(percent_text(line.share), 5) + "  " + use_text(line));
  }
  if (bill.lines.size() > shown) text += fmt::format("  and {} smaller parts\n", bill.lines.size() - shown);
  add("total", "", bill.shown, "");
  return text + (facts.empty() ? "" : paint.faint(wrapped("  " + joined(facts), width, 2)) + "\n") + "\n";
}

std::string bill_markdown(const StudyReport& report) {
  std::string text;
  for (std::size_t v = 0; v < report.file.variants.size(); ++v) {
    const Bill bill = bill_of(report, v);
    if (bill.lines.empty()) continue;
    if (report.file.variants.size() > 1) text += "\n### " + report.file.variants[v].name + "\n";
    text += "\n" + table_head({"component", "kind", "USD in 30 days", "share", "in use"}, {"USD in 30 days", "share"});
    for (const BillLine& line : bill.lines)
      text += row_text({line.component, spoken(line.kind), line.shown, percent_text(line.share), use_text(line)});
    text += row_text({"**total**", "", "**" + bill.shown + "**", "", ""});
    std::vector<std::string> facts = facts_of(bill);
    if (const std::string efficiency = efficiency_text(report, bill, v); !efficiency.empty()) facts.push_back(efficiency);
    if (!facts.empty()) text += "\n" + joined(facts) + ".\n";
  }
  return text.empty() ? "" : "\n## Bill\n" + text;
}

json bill_json(const StudyReport& report, std::size_t variant) {
  const Bill bill = bill_of(report, variant);
  const auto number = [](const std::optional<double>& value) { return value ? json(*value) : json(nullptr); };
  json lines = json::array();
  for (const BillLine& line : bill.lines) {
    json entry{{"component", line.component}, {"kind", line.kind}, {"usd_per_month", line.usd_per_month}, {"share", line.share}};
    if (line.use) entry["use"] = {{"resource", line.use->resource}, {"requested", line.use->requested}, {"used", line.use->used}};
    lines.push_back(std::move(entry));
  }
  return {{"parts", std::move(lines)},
          {"usd_per_month", bill.lines.empty() ? json(nullptr) : json(bill.usd_per_month)},
          {"idle_usd_per_month", number(bill.idle_usd_per_month)},
          {"requests_per_dollar", number(bill.requests_per_dollar)},
          {"scaling_efficiency", number(bill.scaling_efficiency)},
          {"gpu_hours_per_month", number(bill.gpu_hours_per_month)},
          {"kilowatt_hours_per_month", number(bill.kilowatt_hours_per_month)},
          {"carbon_kilograms_per_month", number(bill.carbon_kilograms_per_month)}};
}

json bill_page(const StudyReport& report) {
  json bills = json::array();
  for (std::size_t v = 0; v < report.file.variants.size(); ++v) {
    const Bill bill = bill_of(report, v);
    if (bill.lines.empty()) continue;
    json lines = json::array();
    for (const BillLine& line : bill.lines) {
      lines.push_back({{"component", line.component},
                       {"kind", spoken(line.kind)},
                       {"amount", line.shown},
                       {"share", percent_text(line.share)},
                       {"use", use_text(line)}});
    }
    std::vector<std::string> facts = facts_of(bill);
    if (const std::string efficiency = efficiency_text(report, bill, v); !efficiency.empty()) facts.push_back(efficiency);
    bills.push_back({{"variant", report.file.variants[v].name},
                     {"lines", std::move(lines)},
                     {"total", bill.shown},
                     {"facts", facts.empty() ? "" : joined(facts) + "."}});
  }
  return {{"has_bill", !bills.empty()}, {"bills", std::move(bills)}};
}

}  // namespace headroom
