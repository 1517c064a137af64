// JUnit XML: a suite is a scenario, a case an objective, its class the variant. Missed is a failure, what did not complete an
// error, inconclusive is skipped; an advisory objective that is missed passes, with a property that says so. Where it fails to be
// worse than the baseline, what is worse is a case of its own.
#include <fmt/format.h>

#include "reports/answer.hpp"
#include "reports/chart_page.hpp"
#include "reports/exports.hpp"
#include "reports/validation.hpp"

namespace headroom {
namespace {

// Of XML 1.0; other control characters may not stand in it at all.
std::string xml(const std::string& text) {
  std::string safe;
  for (const char c : escaped_html(text)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n' || c == '\t')
      safe += fmt::format("&#{};", static_cast<int>(byte));
    else if (byte >= 0x20)
      safe += c;
  }
  return safe;
}

struct Counts {
  std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;
  void add(const Counts& other) {
    tests += other.tests;
    failures += other.failures;
    errors += other.errors;
    skipped += other.skipped;
  }
  std::string attributes() const {
    return fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\"", tests, failures, errors, skipped);
  }
};

std::string property(const std::string& name, const std::string& value) {
  return fmt::format("        <property name=\"{}\" value=\"{}\"/>\n", xml(name), xml(value));
}

std::string properties_of(const ValidatedObjective& objective) {
  const Verdict& verdict = objective.verdict;
  std::string text =
      property("severity", verdict.objective.severity) + property("outcome", std::string{to_text(verdict.outcome)});
  if (verdict.value.count > 0) text += property("value", value_text(verdict, "±"));
  if (verdict.margin) text += property("margin", fmt::format("{}", *verdict.margin));
  return "      <properties>\n" + text + "      </properties>\n";
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
  return text;
}

std::string element(const std::string& name, const std::string& type, const std::string& message) {
  return fmt::format("      <{0} message=\"{1}\" type=\"{2}\">{1}</{0}>\n", name, xml(message), type);
}

std::string result_of(const ValidatedVariant& variant, const Verdict& verdict, Counts& counts) {
  if (variant.ending >= Ending::incomplete) {
    ++counts.errors;
    return element("error", std::string{to_text(variant.ending)}, joined(variant.problems));
  }
  if (verdict.objective.severity != "required" && verdict.outcome == Outcome::fail) return "";
  if (verdict.outcome == Outcome::fail) {
    ++counts.failures;
    return element("failure", "objective missed", what_was_seen(verdict));
  }
  if (verdict.outcome == Outcome::pass) return "";
  ++counts.skipped;
  return fmt::format("      <skipped message=\"{}\"/>\n", xml("inconclusive: " + what_was_seen(verdict)));
}

std::string case_of(const ValidatedVariant& variant, const ValidatedObjective& objective, Counts& counts) {
  ++counts.tests;
  const TextPlace& place = objective.place;
  const std::string where = place.line == 0 ? "" : fmt::format(" file=\"{}\" line=\"{}\"", xml(place.file), place.line);
  return fmt::format("    <testcase name=\"{}\" classname=\"{}\"{}>\n", xml(objective.verdict.objective.that.text),
                     xml(variant.name), where) +
         properties_of(objective) + result_of(variant, objective.verdict, counts) + "    </testcase>\n";
}

// Without an objective, that the runs complete is what was asked.
std::string cases_of(const ValidatedVariant& variant, Counts& counts) {
  std::string text;
  for (const ValidatedObjective& objective : variant.objectives) text += case_of(variant, objective, counts);
  if (!variant.objectives.empty()) return text;
  ++counts.tests;
  return fmt::format("    <testcase name=\"every run completes\" classname=\"{}\">\n", xml(variant.name)) +
         result_of(variant, Verdict{.objective = {}, .outcome = Outcome::pass}, counts) + "    </testcase>\n";
}

std::string regressions_of(const Validation& validation, const ValidatedScenario& scenario, Counts& counts) {
  std::string text;
  if (!validation.fails_on_regression || !validation.baseline) return text;
  for (const BaselineRow& row : validation.baseline->worse_of(scenario.path)) {
    ++counts.tests;
    ++counts.failures;
    text += fmt::format("    <testcase name=\"{} is not worse than the baseline\" classname=\"{}\">\n", xml(row.subject),
                        xml(row.variant)) +
            element("failure", "regression", regression_text(row)) + "    </testcase>\n";
  }
  return text;
}

}  // namespace

std::string to_junit(const Validation& validation) {
  Counts all;
  std::string suites;
  for (const ValidatedScenario& scenario : validation.scenarios) {
    Counts counts;
    std::string cases;
    double seconds = 0.0;
    for (const ValidatedVariant& variant : scenario.variants) {
      cases += cases_of(variant, counts);
      seconds += variant.run_seconds;
    }
    cases += regressions_of(validation, scenario, counts);
    suites += fmt::format("  <testsuite name=\"{}\" {} time=\"{:.3f}\">\n{}  </testsuite>\n", xml(scenario.name),
                          counts.attributes(), seconds, cases);
    all.add(counts);
  }
  return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"headroom\" {}>\n{}</testsuites>\n",
                     all.attributes(), suites);
}

std::string to_junit(const StudyReport& report) {
  Validation alone;
  alone.scenarios.push_back(validated(report.file, report.study, report.verdicts));
  return to_junit(alone);
}

}  // namespace headroom
