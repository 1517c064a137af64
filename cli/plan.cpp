// headroom plan: the kind of plan, by its name.
#include "cli/plan.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "cli/output.hpp"
#include "cli/verb.hpp"

namespace headroom::cli {
namespace {

constexpr std::array kinds{
    PlanKind{"limit", "the largest load at which every required objective holds", plan_limit},
    PlanKind{"growth", "when each component runs out as users become more, and what to buy by then", plan_growth},
    PlanKind{"cheapest", "the cheapest configuration that keeps every required objective", plan_cheapest},
    PlanKind{"sensitivity", "which assumptions the answer hangs on, and which one to measure first", plan_sensitivity},
    PlanKind{"gains", "what one more unit of each resource would bring, and cost", plan_gains},
};

std::string kind_list() {
  std::string text;
  for (const PlanKind& kind : kinds) text += fmt::format("  {:<14}{}\n", kind.name, kind.summary);
  return text;
}

std::string help() {
  return fmt::format(
      "Usage: headroom plan KIND SCENARIO [options]\n\nTries configurations of a scenario, simulates them, and decides by the verdicts "
      "what to try next.\n\nKinds:\n{}\nheadroom plan KIND --help says everything about one.\n",
      kind_list());
}

}  // namespace

int plan_verb(const Arguments& arguments) {
  if (arguments.empty()) throw UsageError{"names no kind; usage: headroom plan KIND SCENARIO; kinds are\n" + kind_list()};
  const std::string& name = arguments.front();
  if (name == "--help" || name == "-h") return write_results(help()), exit_success;
  const auto kind = std::ranges::find(kinds, name, &PlanKind::name);
  if (kind != kinds.end()) return kind->act({arguments.begin() + 1, arguments.end()});
  if (name.starts_with('-'))
    throw UsageError{fmt::format("begins with {}; the kind comes first: headroom plan KIND SCENARIO", name)};
  std::vector<std::string> names;
  for (const PlanKind& one : kinds) names.emplace_back(one.name);
  throw UsageError{unknown_name("kind of plan", name, names)};
}

}  // namespace headroom::cli
