#include "reports/chart_page.hpp"

#include <fmt/format.h>

#include "reports/assets.hpp"
#include "reports/study_report.hpp"

namespace headroom {

std::string escaped_html(const std::string& text) {
  std::string safe;
  for (const char letter : text) {
    switch (letter) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '"': safe += "&quot;"; break;
      default: safe += letter;
    }
  }
  return safe;
}

std::string chart_page(const ChartPage& page) {
  std::string data = page.data.dump();
  // "</" would end the script.
  for (std::size_t at = data.find("</"); at != std::string::npos; at = data.find("</", at + 3)) data.insert(at + 1, "\\");
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<meta "
      "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src "
      "'unsafe-inline'\">\n<meta name=\"generator\" content=\"headroom {}\">\n<title>{} – "
      "headroom</title>\n<style>{}</style>\n<style>{}</style></head>\n<body><main><h1>{}</h1>\n<p "
      "class=\"facts\">{}</p>\n{}</main>\n<script>/*{}*/\n{}</script>\n<script>const data = "
      "{};{}document.body.dataset.ready = \"true\";\n</script></body></html>\n",
      headroom_version(), escaped_html(page.title), assets::chart_style, assets::page_style, escaped_html(page.heading),
      escaped_html(page.facts), page.body, assets::chart_licence, assets::chart_script, data, page.script);
}

}  // namespace headroom
