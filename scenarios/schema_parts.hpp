// Pieces of the JSON Schema that do not depend on any field: quantities with their units, distributions, defaults.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/fields.hpp"

namespace headroom::schema_parts {

using Json = nlohmann::ordered_json;

Json reference_to(const std::string& name);
// ${name} may stand for any value.
Json or_assumption(Json schema);
// Of a number: also one that is known to a range only.
Json or_uncertain(Json schema);
// Name of the definition that holds a quantity of this dimension.
std::string_view definition_of(Dimension dimension);
// The definitions themselves, by those names; and "assumed".
Json quantity_definitions();
// An object of these properties and no others.
Json object_of(Json properties, std::vector<std::string> required);
Json distribution(Dimension dimension);
// What a field is when the file does not give it, as the file would spell it; null where it is then not there at all, or where
// only a whole object or list could say it.
Json default_of(const FieldInfo& info, const FieldValue& value);

}  // namespace headroom::schema_parts
