// A page of charts that is one file and opens from disk: what the pages of verbs that draw a few charts have in common.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace headroom {

// Text as it may stand in HTML, in attributes too.
std::string escaped_html(const std::string& text);

struct ChartPage {
  std::string title, heading, facts;  // plain text
  std::string body;                   // HTML: where charts belong, tables with the same numbers
  nlohmann::json data;                // `data` in the script
  std::string_view script;            // draws with uPlot
};
std::string chart_page(const ChartPage& page);

}  // namespace headroom
