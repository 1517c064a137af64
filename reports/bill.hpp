// The bill of a variant: what each part comes to in a month that goes on like the runs, its share, and what of it is in use.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "reports/study_report.hpp"
#include "reports/terminal_table.hpp"
#include "sim/measure/derived_metrics.hpp"

namespace headroom {

struct BillLine {
  std::string component;
  std::string kind;            // of CostKind
  double usd_per_month = 0.0;  // mean over the runs, after warm-up
  std::string shown;           // in cents; those of all lines add up to the total shown
  double share = 0.0;          // of the total
  std::optional<PaidUse> use;  // mean over the runs; of what is there whether it is used or not
};

struct Bill {
  std::vector<BillLine> lines;  // the largest first
  double usd_per_month = 0.0;
  std::string shown;
  std::optional<double> idle_usd_per_month;  // of the lines whose use is known
  std::optional<double> gpu_hours_per_month;
  std::optional<double> requests_per_dollar;
  // Against the first variant: ratio of requests served by ratio of cost; 1 in the first itself.
  std::optional<double> scaling_efficiency;
  std::optional<double> kilowatt_hours_per_month, carbon_kilograms_per_month;
};

// No lines where nothing has a price.
Bill bill_of(const StudyReport& report, std::size_t variant);

// Of a study with one variant: total and largest parts. Empty without prices.
std::string bill_text(const StudyReport& report, const Paint& paint, std::size_t width);
std::string bill_markdown(const StudyReport& report);
nlohmann::json bill_json(const StudyReport& report, std::size_t variant);
// Members for the page's template: a table per variant.
nlohmann::json bill_page(const StudyReport& report);

// Amounts in whole cents that add up to the total in cents: what rounding leaves over goes to those it took most from.
std::vector<long long> in_cents(const std::vector<double>& dollars, double total);

}  // namespace headroom
