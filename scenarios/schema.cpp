#include "scenarios/schema.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "scenarios/scenario.hpp"
#include "scenarios/schema_parts.hpp"

namespace headroom {

namespace {

using namespace schema_parts;

// Walks the descriptions; each type that has a name becomes a definition once.
class SchemaMaker {
 public:
  explicit SchemaMaker(Json& definitions) : definitions_{definitions} {}

  // Properties of an object, with those that must be there.
  struct Described {
    Json properties = Json::object();
    std::vector<std::string> required;
    std::map<std::string, std::vector<std::string>> groups;  // one_of
    std::vector<const PolicyChoice*> flat;                   // choices whose options stand in the object itself
  };

  Json schema_of(FieldValue value, const FieldInfo& info);
  Json object(const ObjectAccess& access);

 private:
  friend class PropertiesOf;
  Json closed(Described described, const ObjectAccess& access);
  Json policy(const Registry& registry);
  Json options_of(const Registry& registry, const std::string& name);
  Json list(ListAccess& list, const FieldInfo& info);
  void apply_flat(Json& schema, const Registry& registry);

  Json& definitions_;
};

class PropertiesOf final : public Visitor {
 public:
  PropertiesOf(SchemaMaker& maker, SchemaMaker::Described& described) : maker_{maker}, described_{described} {}

  void visit(const FieldInfo& info, FieldValue value) override {
    const std::string name{info.name};
    if (info.required) described_.required.push_back(name);
    if (!info.one_of.empty()) described_.groups[std::string{info.one_of}].push_back(name);
    PolicyChoice* const* choice = std::get_if<PolicyChoice*>(&value);
    const bool is_flat = choice != nullptr && (*choice)->registry->discriminator() == info.name;
    if (is_flat) described_.flat.push_back(*choice);
    Json schema = maker_.schema_of(value, info);
    if (is_flat) schema = {{"anyOf", Json::array({{{"type", "string"}}, std::move(schema)})}};
    schema["description"] = info.meaning;
    if (Json usual = default_of(info, value); !usual.is_null()) schema["default"] = std::move(usual);
    described_.properties[name] = std::move(schema);
  }

 private:
  SchemaMaker& maker_;
  SchemaMaker::Described& described_;
};

Json integer_schema(const FieldInfo& info) {
  Json schema{{"type", "integer"}};
  if (std::isfinite(info.range.low)) schema["minimum"] = info.range.low;
  if (std::isfinite(info.range.high)) schema["maximum"] = info.range.high;
  return schema;
}

Json text_schema(const FieldInfo& info) {
  Json schema{{"type", "string"}};
  if (!info.choices.empty()) schema["enum"] = info.choices;
  return info.choices.empty() ? schema : or_assumption(std::move(schema));
}

Json number_schema(const FieldInfo& info) {
  Json schema{{"type", "number"}};
  if (std::isfinite(info.range.low)) schema[info.range.low_is_excluded ? "exclusiveMinimum" : "minimum"] = info.range.low;
  if (std::isfinite(info.range.high)) schema["maximum"] = info.range.high;
  return or_uncertain(std::move(schema));
}

Json SchemaMaker::schema_of(FieldValue value, const FieldInfo& info) {
  struct Make {
    SchemaMaker& maker;
    const FieldInfo& info;
    static Json quantity(Dimension dimension) { return reference_to(std::string{definition_of(dimension)}); }
    Json operator()(bool*) { return or_assumption({{"type", "boolean"}}); }
    Json operator()(int*) { return or_uncertain(integer_schema(info)); }
    Json operator()(std::int64_t*) { return or_uncertain(integer_schema(info)); }
    Json operator()(double*) { return number_schema(info); }
    Json operator()(Ratio*) { return quantity(Dimension::ratio); }
    Json operator()(Duration*) { return quantity(Dimension::time); }
    Json operator()(Bytes*) { return quantity(Dimension::bytes); }
    Json operator()(PerSecond*) { return quantity(Dimension::rate); }
    Json operator()(Dollars*) { return quantity(Dimension::money); }
    Json operator()(DollarsPerSecond*) { return quantity(Dimension::money_rate); }
    Json operator()(BytesPerSecond*) { return quantity(Dimension::bandwidth); }
    Json operator()(std::string*) { return text_schema(info); }
    Json operator()(Reference*) { return {{"type", "string"}}; }
    Json operator()(IntegerRange*) {
      const Json number = integer_schema(info);
      return or_assumption({{"anyOf", Json::array({number, {{"type", "array"}, {"items", or_uncertain(number)}, {"minItems", 2}, {"maxItems", 2}}})}});
    }
    Json operator()(DistributionField* field) { return reference_to(std::string{definition_of(field->dimension)} + "_distribution"); }
    Json operator()(Condition*) { return {{"type", "string"}}; }
    Json operator()(PolicyChoice* choice) { return maker.policy(*choice->registry); }
    Json operator()(const ObjectAccess& access) { return maker.object(access); }
    Json operator()(const std::shared_ptr<OptionalAccess>& optional) { return std::visit(*this, optional->prototype()); }
    Json operator()(const std::shared_ptr<ListAccess>& list) { return maker.list(*list, info); }
  };
  return std::visit(Make{*this, info}, value);
}

// Its values are anything; its pointers one or several; its ends quantities of any kind.
void apply_axis(Json& schema) {
  Json& properties = schema["properties"];
  properties["set"]["type"] = Json::array({"string", "array"});
  properties["values"]["items"] = Json::object();
  for (const char* end : {"from", "to", "step"}) properties[end]["type"] = Json::array({"string", "number"});
}

// One object: closed, but for a flat choice, whose options depend on what is chosen.
Json SchemaMaker::closed(Described described, const ObjectAccess& access) {
  Json schema = object_of(std::move(described.properties), described.required);
  for (const auto& [group, names] : described.groups) {
    Json one = Json::array();
    for (const std::string& name : names) one.push_back({{"required", Json::array({name})}});
    schema["oneOf"] = std::move(one);
  }
  for (const PolicyChoice* choice : described.flat) apply_flat(schema, *choice->registry);
  // Values of an assumption may be anything; everywhere else they are text.
  if (access.type == AssumptionSpec::type_name) {
    schema["properties"]["value"] = {{"description", "any value"}};
    schema["properties"]["range"] = {{"type", "array"}, {"minItems", 2}, {"maxItems", 2}};
    for (const char* field : {"low", "mid", "high"})
      schema["properties"][field] = {{"description", "instead of \"value\" and \"range\": low, mid and high"}};
    schema["required"] = Json::array({"name", "why"});
    schema["oneOf"] = Json::array({{{"required", Json::array({"value"})}}, {{"required", Json::array({"low", "mid", "high"})}}});
  }
  if (access.type == AxisSpec::type_name) apply_axis(schema);
  return schema;
}

Json SchemaMaker::object(const ObjectAccess& access) {
  const std::string type{access.type};
  if (!type.empty() && definitions_.contains(type)) return reference_to(type);
  if (!type.empty()) definitions_[type] = Json::object();  // stops recursion: a step holds steps
  Described described;
  PropertiesOf properties{*this, described};
  Fields fields{properties};
  access.describe(access.object, fields);
  Json shorthand = access.shorthand.empty() ? Json{} : described.properties[std::string{access.shorthand}];
  Json schema = closed(std::move(described), access);
  if (!access.shorthand.empty()) schema = {{"anyOf", Json::array({std::move(shorthand), std::move(schema)})}};
  if (type.empty()) return schema;
  definitions_[type] = std::move(schema);
  return reference_to(type);
}

// The same type without "name": what stands under a name.
Json unnamed(Json schema) {
  if (schema.contains("anyOf")) {
    for (Json& one : schema["anyOf"]) one = unnamed(std::move(one));
    return schema;
  }
  if (!schema.contains("properties")) return schema;
  schema["properties"].erase("name");
  if (!schema.contains("required")) return schema;
  Json required = Json::array();
  for (const Json& name : schema["required"]) {
    if (name != "name") required.push_back(name);
  }
  schema["required"] = std::move(required);
  return schema;
}

bool has_name(const Json& schema) {
  if (schema.contains("anyOf")) return std::any_of(schema["anyOf"].begin(), schema["anyOf"].end(), has_name);
  return schema.contains("properties") && schema["properties"].contains("name");
}

Json SchemaMaker::list(ListAccess& list, const FieldInfo& info) {
  FieldInfo element = info;
  element.required = false;
  const Json item = schema_of(list.prototype(), element);
  const Json as_list{{"type", "array"}, {"items", item}};
  if (!item.contains("$ref")) return as_list;
  const std::string type = item["$ref"].get<std::string>().substr(std::string_view{"#/definitions/"}.size());
  if (!has_name(definitions_[type])) return as_list;
  definitions_["unnamed_" + type] = unnamed(definitions_[type]);
  return {{"anyOf", Json::array({as_list, {{"type", "object"}, {"additionalProperties", reference_to("unnamed_" + type)}}})}};
}

// {"policy": "hpa", …}: the options of each that is offered, told apart by the discriminator; or its name alone.
Json SchemaMaker::policy(const Registry& registry) {
  const std::string definition = "choice_of_" + std::string{registry.seam()};
  if (definitions_.contains(definition)) return reference_to(definition);
  definitions_[definition] = Json::object();
  Json choices = Json::array({{{"type", "string"}, {"enum", registry.names()}}, reference_to("assumed")});
  for (const std::string& name : registry.names()) choices.push_back(options_of(registry, name));
  if (!registry.of_several().empty()) choices.push_back({{"type", "array"}, {"items", reference_to(definition)}, {"minItems", 1}});
  definitions_[definition] = {{"anyOf", std::move(choices)}};
  return reference_to(definition);
}

Json SchemaMaker::options_of(const Registry& registry, const std::string& name) {
  const PolicyChoice choice = registry.choose(name);
  Described described;
  const std::string discriminator{registry.discriminator()};
  described.properties[discriminator] = {{"const", name}, {"description", registry.offers().find(name)->second.summary}};
  described.required.push_back(discriminator);
  PropertiesOf properties{*this, described};
  Fields fields{properties};
  choice.options->describe(fields);
  return closed(std::move(described), ObjectAccess{});
}

void SchemaMaker::apply_flat(Json& schema, const Registry& registry) {
  const Json own = schema["properties"];
  schema["additionalProperties"] = true;
  Json cases = Json::array();
  const std::string discriminator{registry.discriminator()};
  for (const std::string& name : registry.names()) {
    Json options = options_of(registry, name);
    for (const auto& [field, property] : own.items()) {
      if (field != discriminator) options["properties"][field] = true;
    }
    options.erase("type");
    cases.push_back({{"if", {{"properties", {{discriminator, {{"const", name}}}}}, {"required", Json::array({discriminator})}}},
                     {"then", std::move(options)}});
  }
  schema["allOf"] = std::move(cases);
}

Json variants_schema() {
  const Json text{{"type", "string"}};
  Json variant = object_of({{"name", text}, {"description", text}, {"merge", {{"type", "object"}, {"description", "merge patch over the base (RFC 7396); lists of named objects merge by name; null removes"}}}},
                           {"name", "merge"});
  return {{"description", "what else is to be compared with the base"},
          {"anyOf", Json::array({{{"type", "array"}, {"items", variant}}, {{"type", "object"}, {"additionalProperties", unnamed(variant)}}})}};
}

}  // namespace

Json scenario_schema() {
  Json definitions = quantity_definitions();
  definitions["time_distribution"] = distribution(Dimension::time);
  definitions["size_distribution"] = distribution(Dimension::bytes);
  definitions["number_distribution"] = distribution(Dimension::count);
  SchemaMaker maker{definitions};
  Scenario scenario;
  maker.object(std::get<ObjectAccess>(field_value_of(scenario)));
  Json schema = definitions["scenario"];
  definitions.erase("scenario");
  schema["properties"]["$schema"] = {{"type", "string"}};
  schema["properties"]["extends"] = {{"type", "string"}, {"description", "a scenario file, relative to this one, that this one is merged over"}};
  schema["properties"]["base_name"] = {{"type", "string"}, {"description", "what the base is called beside its variants"}};
  schema["properties"]["variants"] = variants_schema();
  Json whole{{"$schema", "http://json-schema.org/draft-07/schema#"}, {"title", "Headroom scenario"}};
  // A file that extends another need not say everything itself.
  const Json required = schema["required"];
  schema.erase("required");
  schema["if"] = {{"not", {{"required", Json::array({"extends"})}}}};
  schema["then"] = {{"required", required}};
  whole.update(schema);
  whole["definitions"] = std::move(definitions);
  return whole;
}

}  // namespace headroom
