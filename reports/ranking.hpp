// The ranking of a tournament: contestants by cost, those first that are shown to keep every required objective.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "reports/study_report.hpp"
#include "reports/terminal_table.hpp"

namespace headroom {

// How much more `a` costs than `b`, paired by replication.
struct CostDifference {
  std::size_t a = 0, b = 0;  // variants
  PairedDifference difference;
  Standing standing = Standing::open;
};

struct RankedVariant {
  std::size_t variant = 0;
  // 1 is the best: one more than there are cheaper ones of the same outcome that differ from it. Who cannot be told apart from
  // the cheapest shares its place.
  int place = 1;
  Outcome outcome = Outcome::pass;
  Interval cost;     // rate, after warm-up; count 0: nothing has a price
  std::string what;  // of its objectives: "keeps all 3 required objectives", "misses 1 of 3: …"
};

struct Ranking {
  std::vector<RankedVariant> order;  // pass, inconclusive, fail; each by cost
  // Of every two, the cheaper second. Holm's correction over all of them at 5 %.
  std::vector<CostDifference> pairs;
  // Of these two variants, in either order; nullptr: no replication has both.
  const CostDifference* between(std::size_t one, std::size_t other) const;
};

Ranking rank_by_cost(const StudyReport& report);

// Empty but of a tournament, all of them.
std::string ranking_text(const StudyReport& report, const Paint& paint, std::size_t width);
std::string ranking_markdown(const StudyReport& report);
nlohmann::json ranking_page(const StudyReport& report);  // members for the page's template
nlohmann::json ranking_json(const StudyReport& report);  // for summary.json; null of no tournament

}  // namespace headroom
