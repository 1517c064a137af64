// The results of a validation as JSON, and back: what one validation writes is the baseline of the next.
#include <charconv>
#include <cstdint>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/display.hpp"
#include "reports/validation.hpp"
#include "reports/verdict_json.hpp"

namespace headroom {
namespace {

using nlohmann::json;

// Raised when a field changes its meaning or goes away; new fields do not count.
constexpr int validation_format = 1;

json by_replication_json(const ByReplication& values) {
  json object = json::object();
  for (const auto& [replication, value] : values) object[std::to_string(replication)] = value;
  return object;
}

json variant_json(const ValidatedVariant& variant, const StoredVariant& about) {
  json objectives = json::array();
  for (const ValidatedObjective& one : variant.objectives) {
    json objective = to_json(one.verdict);
    objective["by_replication"] = by_replication_json(one.values);
    objectives.push_back(std::move(objective));
  }
  json settings = json::object();
  for (const auto& [pointer, value] : about.settings) settings[pointer] = value;
  return {{"name", variant.name},
          {"outcome", to_text(variant.ending)},
          {"runs", variant.runs},
          {"problems", variant.problems},
          {"objectives", std::move(objectives)},
          {"cost_per_user_usd_per_second", by_replication_json(variant.cost_per_user)},
          {"settings", std::move(settings)}};
}

json scenario_json(const ValidatedScenario& scenario) {
  json variants = json::array();
  for (std::size_t v = 0; v < scenario.variants.size(); ++v)
    variants.push_back(variant_json(scenario.variants[v], scenario.about.variants[v]));
  json inputs = json::array();
  for (const StoredInput& input : scenario.about.inputs) inputs.push_back({{"path", input.path}, {"sha256", input.sha256}});
  return {{"name", scenario.name},
          {"path", scenario.path},
          {"outcome", to_text(ending_of(scenario))},
          {"seed", scenario.about.seed},
          {"input_hash", scenario.about.input_hash},
          {"result_version", scenario.about.result_version},
          {"headroom", scenario.about.engine_version},
          {"inputs", std::move(inputs)},
          {"variants", std::move(variants)}};
}

json row_json(const BaselineRow& row) {
  json object{{"scenario", row.scenario},
              {"variant", row.variant},
              {"subject", row.subject},
              {"required", row.required},
              {"before", to_json(row.value_before)},
              {"now", to_json(row.value_now)},
              {"verdict_before", row.before ? json(to_text(*row.before)) : json(nullptr)},
              {"verdict_now", row.now ? json(to_text(*row.now)) : json(nullptr)},
              {"difference", row.change ? to_json(row.change->difference) : json(nullptr)},
              {"standing", standing_text(row)},
              {"worse", row.is_worse}};
  if (row.change) object.update({{"p_value", row.change->p_value}, {"paired", row.paired}});
  return object;
}

json baseline_json(const BaselineComparison& baseline) {
  json rows = json::array();
  for (const BaselineRow& row : baseline.rows) rows.push_back(row_json(row));
  return {
      {"tolerance", baseline.tolerance}, {"worse", baseline.worse()}, {"rows", std::move(rows)}, {"remarks", baseline.remarks}};
}

[[noreturn]] void refuse(const std::string& what) { throw std::invalid_argument{what}; }

const json& member(const json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  if (!object.is_object() || found == object.end()) refuse(fmt::format("\"{}\" is missing in it", name));
  return *found;
}

std::uint64_t replication_from(const std::string& text) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  if (const auto [read, failure] = std::from_chars(text.data(), end, number); failure != std::errc{} || read != end)
    refuse(fmt::format("\"{}\" is no number of a replication", text));
  return number;
}

ByReplication by_replication_from(const json& object) {
  ByReplication values;
  for (const auto& [replication, value] : object.items()) values[replication_from(replication)] = value.get<double>();
  return values;
}

Outcome outcome_from(const std::string& word) {
  for (const Outcome outcome : {Outcome::pass, Outcome::fail, Outcome::inconclusive}) {
    if (word == to_text(outcome)) return outcome;
  }
  refuse(fmt::format("\"{}\" is no outcome", word));
}

ValidatedObjective objective_from(const json& object) {
  ValidatedObjective one;
  const std::string text = member(object, "objective");
  ConditionError error;
  const std::optional<Condition> condition = parse_condition(text, error);
  if (!condition) refuse(fmt::format("its objective \"{}\" {}", text, error.message));
  Verdict& verdict = one.verdict;
  verdict.objective.that = *condition;
  verdict.objective.that.text = text;
  verdict.objective.severity = member(object, "severity");
  verdict.outcome = outcome_from(member(object, "outcome"));
  verdict.dimension = condition->lasting ? Dimension::time : dimension_of(condition->selector);
  if (const json& within = member(object, "mean_within"); within.is_object())
    verdict.known = {member(within, "low").get<double>(), member(within, "high").get<double>()};
  one.values = by_replication_from(member(object, "by_replication"));
  return one;
}

ValidatedVariant variant_from(const json& object) {
  ValidatedVariant variant{.name = member(object, "name")};
  for (const json& one : member(object, "objectives")) variant.objectives.push_back(objective_from(one));
  variant.cost_per_user = by_replication_from(member(object, "cost_per_user_usd_per_second"));
  return variant;
}

StoredVariant settings_from(const json& object) {
  StoredVariant variant{.name = member(object, "name"), .scenario = {}, .settings = {}};
  for (const auto& [pointer, value] : member(object, "settings").items()) variant.settings.emplace_back(pointer, value);
  return variant;
}

ValidatedScenario scenario_from(const json& object) {
  ValidatedScenario scenario{.name = member(object, "name"), .path = member(object, "path"), .folder = {}, .about = {}};
  scenario.about.seed = member(object, "seed");
  scenario.about.input_hash = member(object, "input_hash");
  scenario.about.result_version = member(object, "result_version");
  scenario.about.engine_version = member(object, "headroom");
  for (const json& input : member(object, "inputs"))
    scenario.about.inputs.push_back({member(input, "path"), {}, member(input, "sha256"), std::nullopt});
  for (const json& variant : member(object, "variants")) {
    scenario.variants.push_back(variant_from(variant));
    scenario.about.variants.push_back(settings_from(variant));
  }
  return scenario;
}

}  // namespace

json to_json(const Validation& validation) {
  json scenarios = json::array();
  for (const ValidatedScenario& scenario : validation.scenarios) scenarios.push_back(scenario_json(scenario));
  return {{"validation_format", validation_format},
          {"outcome", to_text(ending_of(validation))},
          {"scenarios", std::move(scenarios)},
          {"baseline", validation.baseline ? baseline_json(*validation.baseline) : json(nullptr)},
          {"fails_on_regression", validation.fails_on_regression}};
}

std::vector<ValidatedScenario> accepted_from(const std::string& text) {
  const json whole = json::parse(text, nullptr, false);
  if (whole.is_discarded()) refuse("it is no JSON");
  try {
    if (const json& format = member(whole, "validation_format"); format != validation_format)
      refuse(fmt::format("its format is {}, and this program reads {}", format.dump(), validation_format));
    std::vector<ValidatedScenario> scenarios;
    for (const json& scenario : member(whole, "scenarios")) scenarios.push_back(scenario_from(scenario));
    return scenarios;
  } catch (const json::exception& error) {
    refuse(fmt::format("it was changed by hand: {}", error.what()));
  }
}

}  // namespace headroom
