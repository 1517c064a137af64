// The ranking as terminal table, Markdown, page and summary.
#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/answer.hpp"
#include "reports/display.hpp"
#include "reports/ranking.hpp"
#include "reports/text_layout.hpp"

namespace headroom {
namespace {

using nlohmann::json;

// A ranking as it is shown: everything a text already.
struct RankingLine {
  std::string place;  // "1", "1 =": shared; empty: not shown to keep the objectives
  std::string name;
  Outcome outcome = Outcome::pass;
  std::string cost;
  std::string more;  // than the first of its outcome: "+0.04 USD/h [0.01, 0.07]"; "not distinguishable from hpa"
  std::string what;
};

DisplayUnit cost_unit(const Ranking& ranking) {
  std::vector<double> costs;
  for (const RankedVariant& one : ranking.order) costs.push_back(one.cost.mean);
  return unit_for(Dimension::money_rate, costs);
}

std::string difference_text(const PairedDifference& difference, double sign, const DisplayUnit& unit) {
  const Interval& value = difference.difference;
  std::string text = signed_text(sign * value.mean, unit);
  if (!value.known) return text;
  const double ends[] = {sign * value.low / unit.size, sign * value.high / unit.size};
  return text + fmt::format(" [{}, {}]", number_text(std::min(ends[0], ends[1])), number_text(std::max(ends[0], ends[1])));
}

std::string more_text(const StudyReport& report, const Ranking& ranking, const RankedVariant& one, const RankedVariant& first,
                      const DisplayUnit& unit) {
  const CostDifference* const pair = ranking.between(one.variant, first.variant);
  if (pair == nullptr || &one == &first) return "";
  const std::string amount = difference_text(pair->difference, 1.0, unit), &name = report.file.variants[first.variant].name;
  switch (pair->standing) {
    case Standing::equal: return amount + ", not distinguishable from " + name;
    case Standing::too_few_runs: return amount + ", too few runs to tell it from " + name;
    case Standing::open:
    case Standing::differs: break;
  }
  return amount;
}

std::vector<RankingLine> lines_of(const StudyReport& report, const Ranking& ranking, std::string_view plus_minus) {
  const DisplayUnit unit = cost_unit(ranking);
  std::vector<RankingLine> lines;
  for (const RankedVariant& one : ranking.order) {
    const auto same_outcome = [&](const RankedVariant& other) { return other.outcome == one.outcome; };
    const auto same_place = [&](const RankedVariant& other) { return same_outcome(other) && other.place == one.place; };
    const RankedVariant& first = *std::ranges::find_if(ranking.order, same_outcome);
    RankingLine& line = lines.emplace_back();
    const bool shared = std::ranges::count_if(ranking.order, same_place) > 1;
    if (one.outcome == Outcome::pass) line.place = std::to_string(one.place) + (shared ? " =" : "");
    line.name = report.file.variants[one.variant].name;
    line.outcome = one.outcome;
    line.cost = one.cost.count == 0 ? "no prices" : display(one.cost, unit, plus_minus);
    line.more = more_text(report, ranking, one, first, unit);
    line.what = one.what;
  }
  return lines;
}

std::string note_on(const Ranking& ranking) {
  const std::size_t pairs = ranking.pairs.size();
  if (pairs == 0) return "Nothing in the scenario has a price: the order is that of --policies.";
  const auto known = [](const CostDifference& pair) { return pair.difference.difference.known; };
  const std::string intervals =
      "Cost is the rate after warm-up. Differences are to the cheapest of the same outcome, paired by replication, with their 95 "
      "% intervals";
  if (std::ranges::none_of(ranking.pairs, known))
    return "Cost is the rate after warm-up. One run of each tells no difference from chance: write --replications.";
  return intervals + fmt::format(
                         "; \"not distinguishable\" is decided over {} pair{} at 5 % with Holm's correction. A place is "
                         "shared by those that "
                         "nothing cheaper differs from.",
                         pairs == 1 ? "the one" : fmt::format("all {}", pairs), pairs == 1 ? "" : "s");
}

std::string_view standing_word(Standing standing) {
  switch (standing) {
    case Standing::differs: return "differs";
    case Standing::equal: return "not distinguishable";
    case Standing::too_few_runs: return "too few runs";
    case Standing::open: break;
  }
  return "open";
}

// `row` against `column`: what the row costs more.
json cell_json(const Ranking& ranking, std::size_t row, std::size_t column, const DisplayUnit& unit) {
  const CostDifference* const pair = row == column ? nullptr : ranking.between(row, column);
  if (pair == nullptr) return {{"text", row == column ? "–" : ""}, {"kind", "same"}};
  const std::string text = difference_text(pair->difference, pair->a == row ? 1.0 : -1.0, unit);
  const bool differs = pair->standing == Standing::differs;
  return {{"text", differs || pair->standing == Standing::open ? text : text + ", " + std::string{standing_word(pair->standing)}},
          {"kind", differs ? "differs" : "same"}};
}

}  // namespace

std::string ranking_text(const StudyReport& report, const Paint& paint, std::size_t width) {
  if (!report.is_tournament) return "";
  const Ranking ranking = rank_by_cost(report);
  const std::vector<RankingLine> lines = lines_of(report, ranking, "+-");
  std::size_t name_width = 0, cost_width = 0;
  for (const RankingLine& line : lines) {
    name_width = std::max(name_width, width_of(line.name));
    cost_width = std::max(cost_width, width_of(line.cost));
  }
  std::string text = "RANKING by cost, first those that keep every required objective\n";
  for (const RankingLine& line : lines) {
    const std::string place =
        paint(line.outcome, padded(line.place.empty() ? (line.outcome == Outcome::fail ? "x" : "?") : line.place, 4));
    const std::string facts = line.more + (line.more.empty() || line.outcome == Outcome::pass ? "" : "; ") +
                              (line.outcome == Outcome::pass ? "" : line.what);
    const std::size_t column = 2 + 4 + name_width + 2 + cost_width + 2;
    std::string row = "  " + place + padded(line.name, name_width) + "  " + padded(line.cost, cost_width) + "  " +
                      wrapped(facts, width, std::min(column, width / 2), column);
    row.erase(row.find_last_not_of(' ') + 1);
    text += row + "\n";
  }
  return text + paint.faint(wrapped(note_on(ranking), width, 0)) + "\n\n";
}

std::string ranking_markdown(const StudyReport& report) {
  if (!report.is_tournament) return "";
  const Ranking ranking = rank_by_cost(report);
  std::string text =
      "\n## Ranking\n\n| place | contestant | cost | difference | objectives |\n| ---: | --- | ---: | --- | --- |\n";
  for (const RankingLine& line : lines_of(report, ranking, "±"))
    text += fmt::format("| {} | {} | {} | {} | {} |\n", line.place, line.name, line.cost, line.more, line.what);
  return text + "\n" + note_on(ranking) + "\n";
}

json ranking_page(const StudyReport& report) {
  if (!report.is_tournament) return {{"is_tournament", false}};
  const Ranking ranking = rank_by_cost(report);
  const DisplayUnit unit = cost_unit(ranking);
  json rows = json::array(), matrix = json::array(), columns = json::array();
  const std::vector<RankingLine> lines = lines_of(report, ranking, "±");
  for (std::size_t i = 0; i < lines.size(); ++i) {
    rows.push_back({{"place", lines[i].place},
                    {"contestant", lines[i].name},
                    {"outcome", to_text(lines[i].outcome)},
                    {"price", lines[i].cost},
                    {"more", lines[i].more},
                    {"what", lines[i].what},
                    {"colour", ranking.order[i].variant % 8}});
    columns.push_back({{"contestant", lines[i].name}});
    json cells = json::array();
    for (const RankedVariant& other : ranking.order)
      cells.push_back(cell_json(ranking, ranking.order[i].variant, other.variant, unit));
    matrix.push_back({{"contestant", lines[i].name}, {"cells", std::move(cells)}});
  }
  return {{"is_tournament", true},
          {"ranking_rows", std::move(rows)},
          {"ranking_columns", std::move(columns)},
          {"ranking_matrix", std::move(matrix)},
          {"ranking_note", note_on(ranking)}};
}

json ranking_json(const StudyReport& report) {
  if (!report.is_tournament) return nullptr;
  const Ranking ranking = rank_by_cost(report);
  const auto interval = [](const Interval& value) {
    return value.count == 0 ? json(nullptr) : json{{"mean", value.mean}, {"low", value.low}, {"high", value.high}};
  };
  json order = json::array(), pairs = json::array();
  for (const RankedVariant& one : ranking.order) {
    order.push_back({{"variant", report.file.variants[one.variant].name},
                     {"place", one.outcome == Outcome::pass ? json(one.place) : json(nullptr)},
                     {"outcome", to_text(one.outcome)},
                     {"cost_usd_per_second", interval(one.cost)},
                     {"objectives", one.what}});
  }
  for (const CostDifference& pair : ranking.pairs) {
    pairs.push_back({{"variant", report.file.variants[pair.a].name},
                     {"than", report.file.variants[pair.b].name},
                     {"more_usd_per_second", interval(pair.difference.difference)},
                     {"p_value", pair.difference.p_value},
                     {"standing", standing_word(pair.standing)}});
  }
  return {{"order", std::move(order)}, {"pairs", std::move(pairs)}, {"correction", "Holm, all pairs, 5 %"}};
}

}  // namespace headroom
