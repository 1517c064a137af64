#include "models/workloads/growth.hpp"

#include <algorithm>

namespace headroom {

void GrowthPhase::describe(Fields& field) {
  field("name", name, "for conditions `during NAME`; otherwise \"phase 1\", \"phase 2\", …");
  field.required("duration", duration, "how long the phase lasts", more_than(0.0));
  field.required("accounts", accounts, "users at its start", at_least(1.0));
  field("grow_to", grow_to, "users at its end, if it changes; in between the number is linear", at_least(1.0));
}

std::vector<GrowthPhase> at_load(std::vector<GrowthPhase> growth, double load) {
  for (GrowthPhase& phase : growth) {
    phase.accounts = count_at_load(phase.accounts, load);
    if (phase.grow_to) phase.grow_to = count_at_load(*phase.grow_to, load);
  }
  return growth;
}

double accounts_at(const std::vector<GrowthPhase>& growth, double seconds) {
  double begin = 0.0;
  for (const GrowthPhase& phase : growth) {
    const double length = to_seconds(phase.duration), first = static_cast<double>(phase.accounts);
    if (seconds < begin + length) return first + (phase.at_its_end() - first) * (seconds - begin) / length;
    begin += length;
  }
  return growth.back().at_its_end();
}

std::vector<FactorPoint> account_curve(const std::vector<GrowthPhase>& growth) {
  std::vector<FactorPoint> points;
  double begin = 0.0;
  for (const GrowthPhase& phase : growth) {
    points.push_back({begin, static_cast<double>(phase.accounts)});
    begin += to_seconds(phase.duration);
    points.push_back({begin, phase.at_its_end()});
  }
  return points;
}

double mean_accounts(const std::vector<GrowthPhase>& growth, double end_seconds) {
  return summarize(*factor_curve(account_curve(growth)), end_seconds).expected / end_seconds;
}

std::vector<Phase> phases_of(const std::vector<GrowthPhase>& growth, double end_seconds) {
  std::vector<Phase> spans;
  double begin = 0.0;
  for (std::size_t i = 0; i < growth.size() && begin < end_seconds; ++i) {
    const double end = begin + to_seconds(growth[i].duration);
    spans.push_back({growth[i].name_or(i), at_seconds(begin), at_seconds(std::min(end, end_seconds))});
    begin = end;
  }
  return spans;
}

FieldProblems unreached(const std::string& field, const std::vector<Phase>& phases, SimTime end) {
  std::string names;
  for (const Phase& phase : phases) {
    if (phase.begin < end) continue;
    names += (names.empty() ? "" : ", ") + phase.name + " (from " + to_text(to_seconds(phase.begin), Dimension::time) + " on)";
  }
  if (names.empty()) return {};
  const std::string all = to_text(to_seconds(phases.back().end), Dimension::time);
  return {{field, "last " + all + ", but the run ends after " + to_text(to_seconds(end), Dimension::time) +
                      " and never reaches " + names + "; write \"duration\": \"" + all + "\", or remove them"}};
}

}  // namespace headroom
