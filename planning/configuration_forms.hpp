// Words for money and values that the searches over configurations share.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "reports/verdict.hpp"

namespace headroom {

// "212 USD/month", with its half width if `plus_minus` is not empty; "-" where nothing has a price.
std::string monthly_text(const Interval& cost, std::string_view plus_minus = {});
// A list of verdicts as summary.json has each.
nlohmann::json verdicts_json(const std::vector<Verdict>& verdicts);
// The required one that decides: the failed one that is furthest from its limit, else the inconclusive one, else the one with the
// least margin; nullptr: none is required.
const Verdict* deciding_verdict(const std::vector<Verdict>& verdicts);

}  // namespace headroom
