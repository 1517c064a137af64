#include "reports/settings_differences.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "reports/markdown_table.hpp"
#include "reports/text_layout.hpp"
#include "scenarios/json_text.hpp"
#include "scenarios/settings.hpp"

namespace headroom {
namespace {

constexpr std::size_t most_rows = 20;

struct Difference {
  std::string variant, pointer, before, now;  // before: empty where the first says nothing
};

std::vector<Difference> differences_of(const StudyReport& report) {
  std::vector<Difference> all;
  std::optional<FirstSettings> first;
  for (const NamedScenario& variant : report.file.variants) {
    if (!variant.settings.empty() && !first) first.emplace(report.file.variants.front());
    for (const auto& [pointer, value] : variant.settings) all.push_back({variant.name, pointer, first->at(pointer), value});
  }
  return all;
}

// Cuts the list and says so.
std::string cut(std::vector<Difference>& all) {
  if (all.size() <= most_rows) return "";
  const std::size_t left = all.size() - most_rows;
  all.resize(most_rows);
  return fmt::format("and {} more; summary.json has all of them\n", left);
}

}  // namespace

FirstSettings::FirstSettings(const NamedScenario& first) : in_force_{settings_of(first.scenario)} {
  Places places;
  Issues issues{places};
  if (!first.text.empty()) written_ = parse_json(first.text, places.add_file(first.name), issues);
}

std::string FirstSettings::at(const std::string& pointer) {
  const Value* const said = written_ ? find_value(*written_, pointer) : nullptr;
  if (said != nullptr) return to_text(*said);
  const auto found = std::ranges::find(in_force_, pointer, &Setting::pointer);
  return found == in_force_.end() ? "" : found->value;
}

std::string settings_text(const StudyReport& report, std::size_t width) {
  std::vector<Difference> all = differences_of(report);
  if (all.empty()) return "";
  const std::string rest = cut(all);
  std::size_t name_width = 0, pointer_width = 0;
  for (const Difference& one : all) {
    name_width = std::max(name_width, width_of(one.variant));
    pointer_width = std::max(pointer_width, width_of(one.pointer));
  }
  std::string text = fmt::format("SETTINGS otherwise than {}\n", report.file.variants.front().name);
  const std::string* last = nullptr;
  for (const Difference& one : all) {
    const std::string name = last != nullptr && *last == one.variant ? "" : one.variant;
    const std::size_t place = 2 + name_width + 3;
    text += "  " + padded(name, name_width) + "   " +
            wrapped(padded(one.pointer, pointer_width) + "   " + (one.before.empty() ? "" : one.before + " -> ") + one.now, width,
                    place, place) +
            "\n";
    last = &one.variant;
  }
  return text + (rest.empty() ? "" : "  " + rest) + "\n";
}

std::string settings_markdown(const StudyReport& report) {
  std::vector<Difference> all = differences_of(report);
  if (all.empty()) return "";
  const std::string rest = cut(all);
  std::string text = "\n## Settings\n\n" + table_head({"variant", "setting", report.file.variants.front().name, "variant's"}, {});
  for (const Difference& one : all) text += row_text({one.variant, one.pointer, one.before, one.now});
  return text + (rest.empty() ? "" : "\n" + rest);
}

}  // namespace headroom
