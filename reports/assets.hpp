// The page's own files, inside the program: an installed program needs nothing beside it. Made from reports/assets at build time.
#pragma once

#include <string_view>

namespace headroom::assets {

extern const std::string_view page_template;  // report.mustache.html
extern const std::string_view page_style;     // report.css
extern const std::string_view page_script;    // report.js
extern const std::string_view chart_script;   // uPlot.iife.min.js
extern const std::string_view chart_style;    // uPlot.min.css
extern const std::string_view chart_licence;  // UPLOT-LICENSE

}  // namespace headroom::assets
