// A limit in words, as rows of a table and as JSON.
#include <algorithm>
#include <cmath>
#include <tuple>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "planning/bottleneck.hpp"
#include "planning/limit.hpp"
#include "planning/plan_head.hpp"
#include "reports/answer.hpp"
#include "reports/display.hpp"

namespace headroom {
namespace {

using nlohmann::json;

bool any_users(const LoadLimit& limit) {
  return std::ranges::any_of(limit.tried, [](const TriedLoad& one) { return one.users > 0.0; });
}
bool any_cost(const LoadLimit& limit) {
  return std::ranges::any_of(limit.tried, [](const TriedLoad& one) { return one.cost_per_user.count > 0; });
}

std::string named(const LoadLimit& limit, double load) {
  return limit.axis.is_load() ? limit.axis.text(load) + " this load" : limit.axis.pointer + " = " + limit.axis.text(load);
}

// Of the workloads at the point: between its neighbours in proportion.
double users_at(const LoadLimit& limit, double load) {
  const auto after = std::ranges::lower_bound(limit.tried, load, {}, &TriedLoad::load);
  if (after == limit.tried.end()) return limit.tried.back().users;
  if (after->load == load || after == limit.tried.begin()) return after->users;
  const auto before = after - 1;
  if (!(before->users > 0.0) || !(after->users > 0.0)) return before->users;
  return before->users + (after->users - before->users) * (load - before->load) / (after->load - before->load);
}

std::string with_users(const LoadLimit& limit, double load) {
  const double users = users_at(limit, load);
  return named(limit, load) + (users > 0.0 ? fmt::format(" ({} users)", number_text(std::round(users))) : "");
}

std::string where_it_breaks(const LoadLimit& limit, const TriedLoad& breaks) {
  std::string text = breaks.verdicts[limit.objective.value()].objective.that.text;
  return text + (limit.bottleneck ? ", at " + bottleneck_text(*limit.bottleneck) : "");
}

// Unclear loads lie between ends that are further apart than they may be. Both are there.
bool is_left_open(const LoadLimit& limit) {
  const double width = limit.tried[*limit.breaks].load / limit.tried[*limit.holds].load;
  return width > 1.0 + 2.5 * limit.precision && *limit.breaks > *limit.holds + 1;
}

void remark_on_ends(const LoadLimit& limit, std::vector<std::string>& remarks) {
  for (const TriedLoad& one : limit.tried) {
    if (!one.incomplete.empty())
      remarks.push_back(fmt::format("{} could not be simulated: {}", named(limit, one.load), one.incomplete));
  }
  if (!limit.passes_above.empty())
    remarks.push_back(fmt::format("not monotone: {} holds although {} does not; the answer is the first limit",
                                  named(limit, limit.passes_above.front()), named(limit, limit.tried[*limit.breaks].load)));
  if (limit.holds && limit.breaks) {
    if (is_left_open(limit))
      remarks.push_back(fmt::format(
          "between both ends {} replications leave it open; a larger --at-most makes the answer narrower", limit.at_most));
  }
  const TriedLoad& documented = limit.documented();
  if (documented.outcome != Outcome::inconclusive || !documented.incomplete.empty()) return;
  if (documented.replications == 1) {
    remarks.emplace_back("the documented load stays unclear: one run has no interval");
    return;
  }
  const Verdict* const open = deciding(documented);
  remarks.push_back(fmt::format("the documented load stays unclear: {}{}{}", open->objective.that.text,
                                open->explanation.empty() ? "" : ": ", explanation_text(*open)));
}

void remark_on_verification(const LoadLimit& limit, const std::optional<std::size_t>& end,
                            const std::optional<TriedLoad>& verification, std::string_view what,
                            std::vector<std::string>& remarks) {
  if (verification)
    remarks.push_back(fmt::format("{} {} in {} fresh replications as well", named(limit, verification->load), what,
                                  verification->replications));
  else if (end)
    remarks.push_back(
        fmt::format("that {} {} was not verified by fresh replications", named(limit, limit.tried[*end].load), what));
}

}  // namespace

std::vector<std::vector<std::string>> limit_rows(const LoadLimit& limit, std::string_view plus_minus) {
  const bool users = any_users(limit), cost = any_cost(limit);
  std::vector<std::vector<std::string>> rows{{limit.axis.is_load() ? "load" : limit.axis.pointer, "runs", "verdict"}};
  if (users) rows.front().push_back("users");
  if (cost) rows.front().push_back("cost per user");
  rows.front().insert(rows.front().end(), {"value", "of the objective that decides"});
  for (const TriedLoad& one : limit.tried) {
    std::vector<std::string> row{limit.axis.text(one.load), std::to_string(one.replications), outcome_text(one)};
    if (users) row.push_back(users_text(one));
    if (cost) row.push_back(cost_per_user_text(one, plus_minus));
    const Verdict* const decides = deciding(one);
    row.push_back(decides == nullptr ? "-" : value_text(*decides, plus_minus));
    row.push_back(decides == nullptr ? "-" : decides->objective.that.text);
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<std::string> limit_remarks(const LoadLimit& limit) {
  std::vector<std::string> remarks;
  if (limit.axis.is_load() && limit.axis.present != 1.0)
    remarks.push_back(fmt::format("1x is the documented load, /load = {}", limit.axis.present));
  if (limit.arithmetic)
    remarks.push_back(fmt::format("by arithmetic the first bottleneck is used up at {}", named(limit, *limit.arithmetic)));
  remark_on_ends(limit, remarks);
  remark_on_verification(limit, limit.holds, limit.verification, "holds", remarks);
  remark_on_verification(limit, limit.breaks, limit.verification_of_breaks, "breaks an objective", remarks);
  if (!limit.not_verified.empty()) remarks.push_back("a run of a verification did not complete: " + limit.not_verified);
  if (limit.stopped == Trials::Stop::out_of_time) remarks.emplace_back("the time was over before the search was");
  if (limit.stopped == Trials::Stop::interrupted) remarks.emplace_back("interrupted before the search was over");
  return remarks;
}

namespace {

// Whether the ends are as near to each other as they can be, and stand in fresh replications.
bool is_settled(const LoadLimit& limit) {
  return limit.stopped == Trials::Stop::none && limit.verification && limit.verification_of_breaks && !is_left_open(limit);
}

std::string verified_text(const std::optional<TriedLoad>& verification) {
  return verification ? fmt::format("verified by {} fresh replications", verification->replications) : "not verified";
}

std::string ending_text(const LoadLimit& limit) {
  if (limit.stopped == Trials::Stop::none) return "";
  return fmt::format("; {} before the search was over", stop_words(limit.stopped));
}

// What was seen, the load that holds first: a point between ends that are not settled would be a guess.
std::string seen_ends(const LoadLimit& limit) {
  const TriedLoad &holds = limit.tried[*limit.holds], &breaks = limit.tried[*limit.breaks];
  return fmt::format("holds at {}, {}; seen to break at {}, {}: {}{}{}", with_users(limit, holds.load),
                     verified_text(limit.verification), limit.axis.text(breaks.load), verified_text(limit.verification_of_breaks),
                     breaks.verdicts[limit.objective.value()].objective.that.text,
                     limit.bottleneck ? fmt::format(", at {} ({})", limit.bottleneck->station, limit.bottleneck->resource) : "",
                     ending_text(limit));
}

}  // namespace

std::string limit_sentence(const LoadLimit& limit) {
  if (limit.holds && limit.breaks && !is_settled(limit)) return seen_ends(limit);
  if (limit.holds && limit.breaks) {
    const TriedLoad& breaks = limit.tried[*limit.breaks];
    return fmt::format("holds up to {}, 95 % between {} and {}; breaks first: {}", with_users(limit, *limit.point),
                       limit.axis.text(limit.tried[*limit.holds].load), limit.axis.text(breaks.load),
                       where_it_breaks(limit, breaks));
  }
  if (limit.holds)
    return fmt::format("holds at least up to {}, the most that holds of what was tried, {}; no load broke an objective{}",
                       with_users(limit, limit.tried[*limit.holds].load), verified_text(limit.verification), ending_text(limit));
  if (limit.breaks) {
    const TriedLoad& breaks = limit.tried[*limit.breaks];
    return fmt::format("fails already at {}, and holds at no smaller load that was tried: {}{}", with_users(limit, breaks.load),
                       where_it_breaks(limit, breaks), ending_text(limit));
  }
  if (limit.runs == 0) return fmt::format("cannot tell: {} before a run had ended", stop_words(limit.stopped));
  if (limit.tried.size() == 1)
    return fmt::format("cannot tell: unclear at {}, the one load that was tried{}", named(limit, limit.tried.front().load),
                       ending_text(limit));
  return fmt::format("cannot tell: unclear at each of {} loads that were tried{}", limit.tried.size(), ending_text(limit));
}

json limit_json(const LoadLimit& limit) {
  json tried = json::array();
  for (const TriedLoad& one : limit.tried) tried.push_back(tried_json(one));
  const auto load = [&](const std::optional<std::size_t>& place) { return place ? json(limit.tried[*place].load) : json(); };
  // What the sentence withholds is no number here either; what was seen is among `tried`.
  const bool is_told = limit.point && is_settled(limit);
  const double users = is_told ? users_at(limit, *limit.point) : 0.0;
  json result = to_json(
      PlanHead{"limit", limit_sentence(limit), limit.documented().outcome, limit.stopped, limit.runs, limit_remarks(limit)},
      limit.scenario);
  result.update({{"over", limit.axis.pointer},
                 {"documented", {{"value", limit.axis.present}, {"outcome", to_text(limit.documented().outcome)}}},
                 {"point", is_told ? json(*limit.point) : json()},
                 {"holds_up_to", limit.verification ? load(limit.holds) : json()},
                 {"breaks_at", load(limit.breaks)},
                 {"confidence", is_told ? json(0.95) : json()},
                 {"users", users > 0.0 ? json(users) : json()},
                 {"arithmetic", limit.arithmetic ? json(*limit.arithmetic) : json()},
                 {"passes_above", limit.passes_above},
                 {"verification", limit.verification ? tried_json(*limit.verification) : json()},
                 {"verification_of_breaks", limit.verification_of_breaks ? tried_json(*limit.verification_of_breaks) : json()},
                 {"tried", std::move(tried)}});
  if (limit.objective) result["breaks_first"] = limit.tried[limit.breaks.value()].verdicts[*limit.objective].objective.that.text;
  if (limit.bottleneck)
    result["bottleneck"] = {{"station", limit.bottleneck->station},
                            {"resource", limit.bottleneck->resource},
                            {"utilization_scaled_out", scaled_out_utilization(*limit.bottleneck)}};
  return result;
}

}  // namespace headroom
