// Why the runs of one study are not those of another, for the message that refuses to mix them.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "cli/study_record.hpp"

namespace headroom::cli {
namespace {

std::map<std::string, std::string> by_pointer(const StoredVariant& variant) {
  std::map<std::string, std::string> settings;
  for (const auto& [pointer, value] : variant.settings) {
    if (!is_of_the_plan(pointer)) settings[pointer] = value;
  }
  return settings;
}

std::string value_or_nothing(const std::map<std::string, std::string>& settings, const std::string& pointer) {
  const auto found = settings.find(pointer);
  return found == settings.end() ? "not set" : fmt::format("\"{}\"", found->second);
}

// "/services/api/replicas is "3" there, "5" now".
std::vector<std::string> changed_settings(const StoredVariant& there, const StoredVariant& now) {
  const auto old_ones = by_pointer(there), new_ones = by_pointer(now);
  auto all = old_ones;
  all.insert(new_ones.begin(), new_ones.end());
  std::vector<std::string> changed;
  for (const auto& [pointer, ignored] : all) {
    const std::string old_value = value_or_nothing(old_ones, pointer), new_value = value_or_nothing(new_ones, pointer);
    if (old_value != new_value) changed.push_back(fmt::format("{} is {} there, {} now", pointer, old_value, new_value));
  }
  return changed;
}

std::vector<std::string> changed_files(const StoredStudy& there, const StoredStudy& now) {
  std::vector<std::string> changed;
  for (const StoredInput& input : now.inputs) {
    const auto same =
        std::find_if(there.inputs.begin(), there.inputs.end(), [&](const auto& one) { return one.path == input.path; });
    if (same == there.inputs.end())
      changed.push_back(fmt::format("{} was not read there", input.path));
    else if (same->sha256 != input.sha256)
      changed.push_back(fmt::format("the content of {} has changed", input.path));
  }
  return changed;
}

std::string names_of(const StoredStudy& study) {
  std::string names;
  for (const StoredVariant& variant : study.variants) names += (names.empty() ? "" : ", ") + variant.name;
  return names;
}

void add_new(std::vector<std::string>& list, const std::vector<std::string>& more, const std::string& prefix) {
  for (const std::string& one : more) {
    if (std::find(list.begin(), list.end(), one) == list.end()) list.push_back(prefix + one);
  }
}

}  // namespace

std::string differences_between(const StoredStudy& stored, const StoredStudy& asked) {
  std::vector<std::string> lines;
  if (stored.result_version != asked.result_version) {
    lines.push_back(fmt::format("it was made by headroom {}, whose results are not those of headroom {}", stored.engine_version,
                                asked.engine_version));
  }
  if (names_of(stored) != names_of(asked))
    lines.push_back(fmt::format("it has the variants {}; asked for are {}", names_of(stored), names_of(asked)));
  for (const StoredVariant& now : asked.variants) {
    const auto there =
        std::find_if(stored.variants.begin(), stored.variants.end(), [&](const auto& one) { return one.name == now.name; });
    if (there == stored.variants.end()) continue;
    // What the base and a variant have in common is said once.
    const bool first = &now == &asked.variants.front();
    add_new(lines, changed_settings(*there, now), first ? "" : now.name + ": ");
    if (!first) {
      std::erase_if(lines, [&](const std::string& line) {
        return line.starts_with(now.name + ": ") &&
               std::find(lines.begin(), lines.end(), line.substr(now.name.size() + 2)) != lines.end();
      });
    }
  }
  add_new(lines, changed_files(stored, asked), "");
  if (lines.empty()) lines.emplace_back("the text of the scenario, in something that no setting shows");
  constexpr std::size_t most = 10;
  std::string text;
  for (std::size_t i = 0; i < std::min(most, lines.size()); ++i) text += "  " + lines[i] + "\n";
  return lines.size() > most ? text + fmt::format("  and {} more\n", lines.size() - most) : text;
}

}  // namespace headroom::cli
