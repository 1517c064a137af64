#include "scenarios/schema_parts.hpp"

#include <utility>

#include "sim/core/units.hpp"

namespace headroom::schema_parts {

Json reference_to(const std::string& name) { return {{"$ref", "#/definitions/" + name}}; }

Json or_assumption(Json schema) { return {{"anyOf", Json::array({std::move(schema), reference_to("assumed")})}}; }

Json or_uncertain(Json schema) {
  return {{"anyOf", Json::array({std::move(schema), reference_to("assumed"), reference_to("uncertain_number")})}};
}

std::string_view definition_of(Dimension dimension) {
  switch (dimension) {
    case Dimension::count: return "number";
    case Dimension::time: return "time";
    case Dimension::bytes: return "size";
    case Dimension::rate: return "rate";
    case Dimension::ratio: return "share";
    case Dimension::money: return "money";
    case Dimension::money_rate: return "money_rate";
    case Dimension::bandwidth: return "bandwidth";
  }
  return "";
}

namespace {

// {"low": …, "mid": …, "high": …} with how sure it is and why.
Json uncertain_number() {
  const Json end{{"type", Json::array({"number", "string"})}};
  return {{"type", "object"},
          {"description", "a number that is known to a range only: read as its mid, and an assumption"},
          {"properties",
           {{"low", end},
            {"mid", end},
            {"high", end},
            {"confidence", {{"type", "number"}, {"minimum", 0.01}, {"maximum", 0.99}}},
            {"why", {{"type", "string"}}}}},
          {"required", Json::array({"low", "mid", "high"})},
          {"additionalProperties", false}};
}

// A number and one of these units.
Json quantity_text(Dimension dimension, const std::string& units) {
  return {{"type", "string"},
          {"pattern", "^\\s*-?(\\$\\s*)?[0-9]*\\.?[0-9]+([eE][-+]?[0-9]+)?\\s*(" + units + ")\\s*$|\\$\\{"},
          {"description", std::string{name_of(dimension)} + ", such as \"" + std::string{example_of(dimension)} + "\""}};
}

}  // namespace

Json quantity_definitions() {
  const std::string times = "ns|us|ms|s|min|h|d|week|month|year";
  const std::string per_time = "(1)?\\s*/\\s*(s|min|h|d|week|month|year)";
  const std::string sizes = "B|kB|MB|GB|TB|KiB|MiB|GiB|TiB";
  Json all;
  all["assumed"] = {{"type", "string"}, {"pattern", "\\$\\{[^}]+\\}"}, {"description", "stands for the value of an assumption"}};
  all["uncertain_number"] = uncertain_number();
  all["number"] = or_uncertain({{"type", "number"}});
  const auto add = [&](Dimension dimension, const std::string& units) {
    all[std::string{definition_of(dimension)}] = {
        {"anyOf", Json::array({quantity_text(dimension, units), reference_to("uncertain_number")})}};
  };
  add(Dimension::time, times);
  add(Dimension::bytes, sizes);
  add(Dimension::rate, per_time);
  all["share"] = {{"anyOf", Json::array({{{"type", "number"}}, quantity_text(Dimension::ratio, "%?"), reference_to("uncertain_number")})}};
  add(Dimension::money, "USD|");
  add(Dimension::money_rate, "(USD)?\\s*/\\s*(s|min|h|d|week|month|year)");
  add(Dimension::bandwidth, "(B|kB|MB|GB|KiB|MiB|GiB|bit|kbit|Mbit|Gbit)\\s*/\\s*s");
  return all;
}

Json object_of(Json properties, std::vector<std::string> required) {
  Json schema{{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  if (!required.empty()) schema["required"] = std::move(required);
  return schema;
}

namespace {

// {"exponential": {"mean": …}}: one kind with the parameter sets it takes.
Json distribution_kind(const std::string& kind, const std::vector<std::vector<std::pair<std::string, Json>>>& sets) {
  Json choices = Json::array();
  for (const auto& set : sets) {
    Json properties;
    std::vector<std::string> names;
    for (const auto& [name, schema] : set) {
      properties[name] = schema;
      names.push_back(name);
    }
    choices.push_back(object_of(std::move(properties), std::move(names)));
  }
  return object_of({{kind, choices.size() == 1 ? choices[0] : Json{{"anyOf", choices}}}}, {kind});
}

}  // namespace

Json distribution(Dimension dimension) {
  const Json quantity = reference_to(std::string{definition_of(dimension)});
  const Json plain = reference_to("number");
  const Json quantiles{{"type", "object"},
                       {"patternProperties", {{"^p[0-9]+(\\.[0-9]+)?$", quantity}}},
                       {"minProperties", 2},
                       {"additionalProperties", false}};
  const Json text{{"type", "string"}};
  Json lognormal =
      distribution_kind("lognormal", {{{"median", quantity}, {"sigma", plain}}, {{"mean", quantity}, {"cv", plain}}});
  lognormal["properties"]["lognormal"]["anyOf"].push_back(quantiles);
  Json empirical = Json{{"anyOf", Json::array({object_of({{"values", {{"type", "array"}, {"items", quantity}}}}, {"values"}),
                                               object_of({{"file", text}, {"column", text}, {"unit", text}}, {"file"})})}};
  return {
      {"description", "a distribution: one quantity (constant), or one of the kinds"},
      {"anyOf",
       Json::array({quantity, distribution_kind("uniform", {{{"low", quantity}, {"high", quantity}}}),
                    object_of({{"constant", quantity}}, {"constant"}), distribution_kind("exponential", {{{"mean", quantity}}}),
                    distribution_kind("gamma", {{{"mean", quantity}, {"cv", plain}}}), lognormal,
                    distribution_kind("weibull", {{{"shape", plain}, {"scale", quantity}}}),
                    distribution_kind("pareto", {{{"minimum", quantity}, {"shape", plain}}}),
                    object_of({{"empirical", std::move(empirical)}}, {"empirical"}), quantiles, reference_to("assumed")})}};
}

}  // namespace headroom::schema_parts
