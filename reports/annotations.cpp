// GitHub's workflow commands: a mark at an objective's line in the file, and one at the file for what is worse than the baseline.
// Source: docs.github.com, "Workflow commands for GitHub Actions", and the escapes of actions/toolkit (command.ts).
#include <fmt/format.h>

#include "reports/answer.hpp"
#include "reports/validation.hpp"

namespace headroom {
namespace {

std::string data_text(const std::string& text, bool is_property) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '%': safe += "%25"; break;
      case '\r': safe += "%0D"; break;
      case '\n': safe += "%0A"; break;
      case ':': safe += is_property ? "%3A" : ":"; break;
      case ',': safe += is_property ? "%2C" : ","; break;
      default: safe += c;
    }
  }
  return safe;
}

std::string annotation(const char* level, const TextPlace& place, const std::string& title, const std::string& text) {
  std::string where = fmt::format("file={}", data_text(place.file, true));
  if (place.line > 0) where += fmt::format(",line={},col={}", place.line, place.column);
  return fmt::format("::{} {},title={}::{}\n", level, where, data_text(title, true), data_text(text, false));
}

std::string annotation_of(const std::string& title, const ValidatedObjective& objective) {
  const Verdict& verdict = objective.verdict;
  if (verdict.outcome == Outcome::pass) return "";
  const bool required = verdict.objective.severity == "required";
  if (!required && verdict.outcome == Outcome::inconclusive) return "";
  const bool missed = verdict.outcome == Outcome::fail;
  const std::string text = fmt::format("{}{} {}: {}", required ? "" : "advisory: ", verdict.objective.that.text,
                                       missed ? "is missed" : "is inconclusive", what_was_seen(verdict));
  return annotation(required && missed ? "error" : "warning", objective.place, title, text);
}

std::string annotations_of(const ValidatedScenario& scenario, const ValidatedVariant& variant) {
  std::string text;
  const std::string title = title_of(scenario, variant);
  for (const std::string& problem : variant.problems) text += annotation("error", {scenario.path, 0, 0}, title, problem);
  if (variant.ending >= Ending::incomplete) return text;
  for (const ValidatedObjective& objective : variant.objectives) text += annotation_of(title, objective);
  return text;
}

}  // namespace

std::string to_github_annotations(const Validation& validation) {
  std::string text;
  for (const ValidatedScenario& scenario : validation.scenarios) {
    for (const ValidatedVariant& variant : scenario.variants) text += annotations_of(scenario, variant);
    if (!validation.baseline) continue;
    for (const BaselineRow& row : validation.baseline->worse_of(scenario.path)) {
      text += annotation(validation.fails_on_regression ? "error" : "warning", {scenario.path, 0, 0}, scenario.name,
                         fmt::format("{}, {}: {}", row.variant, row.subject, regression_text(row)));
    }
  }
  return text;
}

}  // namespace headroom
