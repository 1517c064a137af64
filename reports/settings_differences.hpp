// What variants set otherwise than the first, which stands before what came of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/settings_echo.hpp"
#include "reports/study_report.hpp"
#include "scenarios/value.hpp"

namespace headroom {

// A line per variant and setting: its pointer, the first variant's value where it has a single one, the variant's own. At most a
// screen of them; summary.json has all. Empty where nothing differs.
std::string settings_text(const StudyReport& report, std::size_t width);
std::string settings_markdown(const StudyReport& report);

// What the first variant has where another sets something: what it says, or the default. Empty where it has nothing there.
class FirstSettings {
 public:
  explicit FirstSettings(const NamedScenario& first);
  std::string at(const std::string& pointer);

 private:
  std::optional<Value> written_;  // assumptions have their values in it
  std::vector<Setting> in_force_;
};

}  // namespace headroom
