// What a verdict says of an error budget: how much of it goes, how fast at worst, which alerts fire and when.
#pragma once

#include <span>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "reports/verdict.hpp"

namespace headroom {

// Of an objective with a window. None where no run saw a request.
std::optional<BudgetVerdict> judge_budget(const ObjectiveSpec& objective, std::span<const RunResult> runs);

// "52 % of the budget of 30 d used at this rate; fastest burn 3.1x over 1 h and 5 min; …".
std::string budget_text(const BudgetVerdict& budget, Duration window);

// For summary.json; null without a budget.
nlohmann::json budget_json(const Verdict& verdict);

}  // namespace headroom
