#include "reports/bill.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "reports/display.hpp"
#include "sim/measure/bill.hpp"
#include "sim/measure/evaluate.hpp"

namespace headroom {
namespace {

TimeSpan whole(const RunResult& run) { return {run.warm_up_seconds, run.duration_seconds}; }

std::optional<double> value_in(const RunResult& run, Aggregation aggregation, const std::string& metric,
                               const std::vector<Label>& labels = {}) {
  return evaluate({.aggregation = aggregation, .metric = metric, .labels = labels}, run, whole(run));
}

// Mean over the runs that have one.
template <class Value>
std::optional<double> mean_of(const std::vector<RunResult>& runs, Value value) {
  double sum = 0.0;
  std::size_t count = 0;
  for (const RunResult& run : runs) {
    const std::optional<double> one = value(run);
    if (!one) continue;
    sum += *one;
    ++count;
  }
  return count == 0 ? std::nullopt : std::optional{sum / static_cast<double>(count)};
}

std::string label_in(const std::vector<Label>& labels, std::string_view name) {
  const auto found = std::find_if(labels.begin(), labels.end(), [&](const Label& label) { return label.name == name; });
  return found == labels.end() ? std::string{} : found->value;
}

std::optional<PaidUse> mean_use(const std::vector<RunResult>& runs, const std::vector<Label>& labels) {
  const std::optional<Label> owner = owner_in_use(labels);
  if (!owner || runs.empty()) return std::nullopt;
  // The resource is that of the first run; a tie in another changes a share by nothing to speak of.
  std::optional<PaidUse> use = use_of(*owner, runs.front(), whole(runs.front()));
  if (!use) return std::nullopt;
  const auto share = [&](double PaidUse::*part) {
    return mean_of(runs, [&](const RunResult& run) {
      const std::optional<PaidUse> one = use_of(*owner, run, whole(run));
      return one ? std::optional{(*one).*part} : std::nullopt;
    });
  };
  use->requested = share(&PaidUse::requested).value_or(use->requested);
  use->used = share(&PaidUse::used).value_or(use->used);
  return use;
}

std::vector<std::vector<Label>> parts_in(const std::vector<RunResult>& runs) {
  std::vector<std::vector<Label>> parts;
  for (const RunResult& run : runs) {
    for (const Series& series : run.series) {
      if (series.metric == "cost" && std::find(parts.begin(), parts.end(), series.labels) == parts.end())
        parts.push_back(series.labels);
    }
  }
  return parts;
}

double per_month(const std::vector<RunResult>& runs, const std::string& metric, const std::vector<Label>& labels) {
  const auto rate = mean_of(runs, [&](const RunResult& run) { return value_in(run, Aggregation::rate, metric, labels); });
  return rate.value_or(0.0) * month_seconds;
}

std::optional<double> metered_per_month(const std::vector<RunResult>& runs, const std::string& metric) {
  const auto is_recorded = [&](const RunResult& run) {
    return std::any_of(run.series.begin(), run.series.end(), [&](const Series& series) { return series.metric == metric; });
  };
  if (std::none_of(runs.begin(), runs.end(), is_recorded)) return std::nullopt;
  return per_month(runs, metric, {});
}

std::string cents_text(long long cents) {
  return count_text(static_cast<std::size_t>(cents / 100)) + (cents % 100 < 10 ? ".0" : ".") + std::to_string(cents % 100);
}

std::optional<double> served_per_dollar(const std::vector<RunResult>& runs) {
  return mean_of(runs, [](const RunResult& run) { return value_in(run, Aggregation::last, "requests_per_dollar"); });
}

void add_lines(Bill& bill, const std::vector<RunResult>& runs) {
  for (const std::vector<Label>& labels : parts_in(runs)) {
    BillLine line{.component = label_in(labels, "component"), .kind = label_in(labels, "kind"), .shown = {}, .use = {}};
    line.usd_per_month = per_month(runs, "cost", labels);
    line.use = mean_use(runs, labels);
    bill.usd_per_month += line.usd_per_month;
    if (line.use) bill.idle_usd_per_month = bill.idle_usd_per_month.value_or(0.0) + line.usd_per_month * (1.0 - line.use->used);
    bill.lines.push_back(std::move(line));
  }
  std::stable_sort(bill.lines.begin(), bill.lines.end(),
                   [](const BillLine& a, const BillLine& b) { return a.usd_per_month > b.usd_per_month; });
}

void show_amounts(Bill& bill) {
  std::vector<double> dollars;
  for (const BillLine& line : bill.lines) dollars.push_back(line.usd_per_month);
  const std::vector<long long> cents = in_cents(dollars, bill.usd_per_month);
  for (std::size_t i = 0; i < bill.lines.size(); ++i) {
    bill.lines[i].shown = cents_text(cents[i]);
    bill.lines[i].share = bill.usd_per_month > 0.0 ? bill.lines[i].usd_per_month / bill.usd_per_month : 0.0;
  }
  bill.shown = cents_text(std::accumulate(cents.begin(), cents.end(), 0LL));
}

}  // namespace

std::vector<long long> in_cents(const std::vector<double>& dollars, double total) {
  std::vector<long long> cents;
  std::vector<std::pair<double, std::size_t>> lost;  // by rounding down
  long long left = std::llround(total * 100.0);
  for (std::size_t i = 0; i < dollars.size(); ++i) {
    const double exact = std::max(0.0, dollars[i]) * 100.0;
    cents.push_back(static_cast<long long>(std::floor(exact)));
    left -= cents.back();
    lost.emplace_back(exact - std::floor(exact), i);
  }
  std::stable_sort(lost.begin(), lost.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  for (std::size_t i = 0; i < lost.size() && left > 0; ++i, --left) ++cents[lost[i].second];
  return cents;
}

Bill bill_of(const StudyReport& report, std::size_t variant) {
  const std::vector<RunResult>& runs = report.study.runs[variant];
  Bill bill;
  add_lines(bill, runs);
  show_amounts(bill);
  bill.gpu_hours_per_month = metered_per_month(runs, "gpu_hours");
  if (const auto watt_hours = metered_per_month(runs, "energy")) bill.kilowatt_hours_per_month = *watt_hours / 1000.0;
  if (const auto grams = metered_per_month(runs, "carbon")) bill.carbon_kilograms_per_month = *grams / 1000.0;
  bill.requests_per_dollar = served_per_dollar(runs);
  const std::optional<double> first = served_per_dollar(report.study.runs.front());
  if (bill.requests_per_dollar && first && *first > 0.0) bill.scaling_efficiency = *bill.requests_per_dollar / *first;
  return bill;
}

}  // namespace headroom
