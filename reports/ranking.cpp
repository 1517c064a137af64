#include "reports/ranking.hpp"

#include <algorithm>
#include <tuple>

#include "reports/answer.hpp"
#include "reports/comparison.hpp"

namespace headroom {
namespace {

const ComparisonRow* cost_row(const StudyReport& report) {
  const auto is_cost = [](const ComparisonRow& row) {
    return row.selector.metric == "cost" && row.selector.labels.empty() && row.phase.empty();
  };
  const auto found = std::ranges::find_if(report.comparison, is_cost);
  return found == report.comparison.end() ? nullptr : &*found;
}

// One family of hypotheses: all against all.
void mark_standings(std::vector<CostDifference>& pairs) {
  std::vector<double> p_values;
  std::vector<CostDifference*> known;
  for (CostDifference& pair : pairs) {
    if (!pair.difference.difference.known) continue;
    known.push_back(&pair);
    p_values.push_back(pair.difference.p_value);
  }
  const std::vector<bool> rejected = holm_rejects(p_values);
  for (std::size_t i = 0; i < known.size(); ++i) {
    const PairedDifference& difference = known[i]->difference;
    const bool more_would_tell =
        difference.difference.count < fewest_runs && p_value_with(difference, enough_runs_to_tell) < 0.05;
    known[i]->standing = rejected[i] ? Standing::differs : more_would_tell ? Standing::too_few_runs : Standing::equal;
  }
}

std::vector<CostDifference> all_pairs(const StudyReport& report, const std::vector<RankedVariant>& order) {
  std::vector<CostDifference> pairs;
  const ComparisonRow* const row = cost_row(report);
  if (row == nullptr) return pairs;
  std::vector<ByReplication> values;
  for (std::size_t v = 0; v < report.study.runs.size(); ++v) values.push_back(values_of(*row, v, report.study.runs[v]));
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (std::size_t j = i + 1; j < order.size(); ++j) {
      std::size_t a = order[j].variant, b = order[i].variant;
      if (order[j].cost.mean < order[i].cost.mean) std::swap(a, b);
      if (const auto difference = difference_of(values[a], values[b])) pairs.push_back({a, b, *difference});
    }
  }
  mark_standings(pairs);
  return pairs;
}

int rank_of(Outcome outcome) { return outcome == Outcome::pass ? 0 : outcome == Outcome::inconclusive ? 1 : 2; }

}  // namespace

const CostDifference* Ranking::between(std::size_t one, std::size_t other) const {
  const auto is_it = [&](const CostDifference& pair) { return std::minmax(pair.a, pair.b) == std::minmax(one, other); };
  const auto found = std::ranges::find_if(pairs, is_it);
  return found == pairs.end() ? nullptr : &*found;
}

Ranking rank_by_cost(const StudyReport& report) {
  Ranking ranking;
  const ComparisonRow* const row = cost_row(report);
  const std::vector<VariantAnswer> answers = answers_of(report);
  for (std::size_t v = 0; v < answers.size(); ++v) {
    const Interval cost = row == nullptr ? Interval{} : row->cells[v].value;
    ranking.order.push_back({.variant = v, .place = 1, .outcome = answers[v].outcome, .cost = cost, .what = answers[v].sentence});
  }
  const auto better = [](const RankedVariant& a, const RankedVariant& b) {
    return std::tuple(rank_of(a.outcome), a.cost.mean) < std::tuple(rank_of(b.outcome), b.cost.mean);
  };
  std::ranges::stable_sort(ranking.order, better);
  ranking.pairs = all_pairs(report, ranking.order);
  for (std::size_t i = 0; i < ranking.order.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (ranking.order[j].outcome != ranking.order[i].outcome) continue;
      const CostDifference* const pair = ranking.between(ranking.order[i].variant, ranking.order[j].variant);
      const bool same = pair == nullptr || pair->standing == Standing::equal || pair->standing == Standing::too_few_runs;
      ranking.order[i].place += same ? 0 : 1;
    }
  }
  return ranking;
}

}  // namespace headroom
