// Objects of a Kubernetes manifest, read strictly: every fault an issue with its place; and options made of what they say, whose
// values keep the places of the manifest.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "scenarios/places.hpp"

namespace headroom::decisions {

// A quantity as Kubernetes writes it: 500m, 2, 1.5k, 10Gi, 1e3. None if it is no such text.
std::optional<double> kubernetes_quantity(std::string_view text);

class ManifestObject {
 public:
  // `fields`: all that may stand in it; what else does is an issue. A value that is no object is one, too.
  ManifestObject(const Value& value, Issues& issues, std::initializer_list<std::string_view> fields);

  PlaceId place() const { return value_.place; }
  bool has(std::string_view field) const { return find(field) != nullptr; }
  // Null if it is not there, or null, or of another kind (an issue); missing and `required`: an issue, too.
  const Value* object(std::string_view field, bool required = false) const {
    return find_kind(field, ValueKind::object, required);
  }
  const Value* list(std::string_view field) const { return find_kind(field, ValueKind::list, false); }
  const Value* text(std::string_view field, bool required = false) const { return find_kind(field, ValueKind::text, required); }
  // One of these words, as Kubernetes spells them.
  const Value* word(std::string_view field, std::initializer_list<std::string_view> words, bool required = false) const;
  const Value* whole(std::string_view field, bool required = false) const;
  struct Quantity {
    double value = 0.0;
    PlaceId place = no_place;
  };
  std::optional<Quantity> quantity(std::string_view field) const;

  void issue(std::string_view field, std::string message, std::string suggestion = {}) const;

 private:
  const Value* find(std::string_view field) const;
  const Value* find_kind(std::string_view field, ValueKind kind, bool required) const;

  const Value& value_;
  Issues& issues_;
};

// Parts of options.
Value options_object(PlaceId place);
Value options_list(PlaceId place);
Value number_value(double number, PlaceId place);
void add_option(Value& object, std::string name, Value value);

}  // namespace headroom::decisions
