// The kinds of plan: one file each, a row in the table of cli/plan.cpp.
#pragma once

#include <string_view>

#include "cli/command_line.hpp"

namespace headroom::cli {

int plan_limit(const Arguments& arguments);
int plan_growth(const Arguments& arguments);
int plan_cheapest(const Arguments& arguments);
int plan_sensitivity(const Arguments& arguments);
int plan_gains(const Arguments& arguments);

struct PlanKind {
  std::string_view name;
  std::string_view summary;
  int (*act)(const Arguments&);
};

}  // namespace headroom::cli
