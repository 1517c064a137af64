#include "sim/measure/bill.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

namespace headroom {
namespace {

constexpr double half_a_cent = 0.005;

std::uint64_t micro_dollars(double dollars) { return static_cast<std::uint64_t>(std::llround(std::max(0.0, dollars) * 1e6)); }

double spent_in(const Series& series) { return std::accumulate(series.columns[0].begin(), series.columns[0].end(), 0.0); }

std::string name_of(const std::vector<Label>& labels) {
  std::string name;
  for (const Label& label : labels) name += (name.empty() ? "" : ", ") + label.name + "=" + label.value;
  return name;
}

// Of all series with these labels, which it strikes off the list of those that nobody has charged.
double spent_on(const std::vector<Label>& labels, std::span<const Series> series, std::vector<bool>& is_charged) {
  double spent = 0.0;
  for (std::size_t i = 0; i < series.size(); ++i) {
    if (series[i].metric != "cost" || series[i].labels != labels) continue;
    is_charged[i] = true;
    spent += spent_in(series[i]);
  }
  return spent;
}

class Books {
 public:
  void enter(const std::vector<Label>& labels, double charged, double spent) {
    charged_ += charged;
    spent_ += spent;
    if (std::fabs(charged - spent) < half_a_cent) return;
    wrong_ +=
        fmt::format("{}{}: {:.4f} USD by quantity, {:.4f} spent", wrong_.empty() ? "" : "; ", name_of(labels), charged, spent);
  }
  LedgerEntry close() const {
    LedgerEntry entry;
    entry.name = "money in micro-dollars";
    entry.entered = micro_dollars(charged_);
    entry.completed = micro_dollars(spent_);
    if (wrong_.empty() && std::fabs(charged_ - spent_) < half_a_cent) {
      entry.completed = entry.entered;
    } else {
      // Parts that are wrong by opposite amounts are wrong all the same: none of it counts.
      entry.name += " (" + wrong_ + ")";
      entry.entered = std::max<std::uint64_t>(1, std::max(entry.entered, entry.completed));
      entry.completed = 0;
    }
    return entry;
  }

 private:
  double charged_ = 0.0, spent_ = 0.0;
  std::string wrong_;
};

}  // namespace

std::vector<Label> labels_of(const BillPart& part) {
  std::vector<Label> labels{{"component", part.component}, {"kind", std::string{to_text(part.kind)}}, part.owner};
  std::sort(labels.begin(), labels.end());
  return labels;
}

LedgerEntry money_ledger(std::span<const Charge> charges, std::span<const Series> series) {
  Books books;
  std::vector<bool> is_charged(series.size(), false);
  for (const Charge& charge : charges) {
    const std::vector<Label> labels = labels_of(charge.part);
    books.enter(labels, charge.dollars, spent_on(labels, series, is_charged));
  }
  for (std::size_t i = 0; i < series.size(); ++i) {
    if (series[i].metric == "cost" && !is_charged[i]) books.enter(series[i].labels, 0.0, spent_in(series[i]));
  }
  return books.close();
}

}  // namespace headroom
