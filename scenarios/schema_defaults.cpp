// Defaults of fields in the spelling of files.
#include <cmath>

#include "scenarios/schema_parts.hpp"
#include "sim/core/units.hpp"

namespace headroom::schema_parts {

namespace {

Json text_or_null(const std::string& text) { return text.empty() ? Json{} : Json(text); }

struct Spell {
  Json operator()(const bool* value) const { return *value; }
  Json operator()(const int* value) const { return *value; }
  Json operator()(const std::int64_t* value) const { return *value; }
  Json operator()(const double* value) const { return std::isfinite(*value) ? Json(*value) : Json{}; }
  Json operator()(const Ratio* value) const { return to_text(*value); }
  Json operator()(const Duration* value) const { return to_text(*value); }
  Json operator()(const Bytes* value) const { return to_text(*value); }
  Json operator()(const PerSecond* value) const { return to_text(*value); }
  Json operator()(const Dollars* value) const { return to_text(value->value, Dimension::money); }
  Json operator()(const DollarsPerSecond* value) const { return to_text(value->value, Dimension::money_rate); }
  Json operator()(const BytesPerSecond* value) const { return to_text(value->value, Dimension::bandwidth); }
  Json operator()(const std::string* value) const { return text_or_null(*value); }
  Json operator()(const Reference* value) const { return text_or_null(value->name); }
  Json operator()(const IntegerRange* value) const {
    return value->low == value->high ? Json(value->low) : Json::array({value->low, value->high});
  }
  Json operator()(const DistributionField* value) const {
    if (value->value.variance() > 0.0) return {};  // no field has such a default, and its text is not the file's spelling
    const double constant = value->value.mean();
    return value->dimension == Dimension::count ? Json(constant) : Json(to_text(constant, value->dimension));
  }
  Json operator()(const Condition*) const { return {}; }
  Json operator()(const PolicyChoice* value) const { return text_or_null(value->name); }
  Json operator()(const ObjectAccess&) const { return {}; }
  Json operator()(const std::shared_ptr<OptionalAccess>& optional) const {
    return optional->has_value() ? std::visit(*this, optional->get()) : Json{};
  }
  Json operator()(const std::shared_ptr<ListAccess>&) const { return {}; }
};

}  // namespace

Json default_of(const FieldInfo& info, const FieldValue& value) {
  return info.required || !info.one_of.empty() ? Json{} : std::visit(Spell{}, value);
}

}  // namespace headroom::schema_parts
