// Reads a Value into anything with a describe(): one Visitor for scenario types and for the options of policies and models.
// Everything that is wrong becomes an issue; what could not be read keeps its default.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/places.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"

namespace headroom {

// What reading one scenario leaves for the checks that come after: where things stand, and what refers to names.
// Addresses are those of the objects read into, which must not move until the checks are done.
struct Reading {
  Reading(Issues& all_issues, std::string scenario_directory) : issues{all_issues}, directory{std::move(scenario_directory)} {}

  struct ReferenceFound { const Reference* reference; PlaceId place; };
  struct ConditionFound { const Condition* condition; PlaceId place; bool verbatim; std::size_t text_offset; };
  struct ChoiceFound { const PolicyChoice* choice; PlaceId place; bool is_sound; };

  Issues& issues;
  std::string directory;  // files named in the scenario are relative to it
  std::vector<ReferenceFound> references;
  std::vector<ConditionFound> conditions;
  std::vector<ChoiceFound> choices;
  std::vector<std::string> input_files;  // as named

  void remember_object(const void* object, PlaceId place) { objects_[object] = place; }
  void remember_field(const void* object, std::string_view field, PlaceId place) { fields_[{object, std::string{field}}] = place; }
  bool is_given(const void* object, std::string_view field) const { return fields_.contains({object, std::string{field}}); }
  // Of an object that was read; nothing if it is not in the file.
  std::optional<PlaceId> place_of(const void* object) const;
  // Given, and nothing was wrong with it.
  bool is_read(const void* object, std::string_view field) const;
  // Chosen, and nothing was wrong with its options.
  bool is_sound(const PolicyChoice& choice) const;
  // At the field if the file gives it, else at its object; nothing if there is no object there in the file (an issue already).
  void issue(const void* object, std::string_view field, std::string message, std::string suggestion = {});
  // Of the options of a policy: at the field that a path names from there ("metrics/1/resource"), or where the path cannot be
  // followed further.
  void issue(const PolicyChoice& choice, std::string_view path, std::string message);

 private:
  std::map<const void*, PlaceId> objects_;
  std::map<std::pair<const void*, std::string>, PlaceId> fields_;
};

// Reads one object: every field of `target`, then complains of members that are no fields.
void read_object(const Value& object, ObjectAccess target, Reading& reading);

// Reads a value into a field of any type (but an object's own fields, see above).
void read_field(const FieldInfo& info, const Value& value, FieldValue target, Reading& reading);

// "is a number; text is expected".
void expected(const Value& value, std::string_view what, Reading& reading, std::string suggestion = {});
// The parts of a quantity that both plain fields and distributions need. Nothing (and an issue) if it cannot be read.
std::optional<double> read_quantity(const Value& value, Dimension dimension, Reading& reading);
// Issues if the number lies outside; what is not allowed by any field of the dimension (a negative time) is outside too.
bool check_range(double number, Dimension dimension, const Range& range, PlaceId place, Reading& reading, std::string_view subject = "is");
// distribution_reader.cpp
void read_distribution(const FieldInfo& info, const Value& value, DistributionField& target, Reading& reading);
// policy_reader.cpp: a choice of its own ({"policy": "hpa", …} or just "hpa") …
void read_policy(const FieldInfo& info, const Value& value, PolicyChoice& target, Reading& reading);
// … and the part that a flat one shares with it: picks the offer by name. False (and an issue) if there is none.
bool choose_offer(const Value& name, PolicyChoice& target, Reading& reading);

// One object being read. Public so that a policy's options can be read from the object that names the policy.
class FieldReader final : public Visitor {
 public:
  FieldReader(const Value& object, const void* target, Reading& reading) : object_{object}, target_{target}, reading_{reading} {}

  void visit(const FieldInfo& info, FieldValue value) override;
  // A member that is no field but belongs here (the discriminator).
  void allow(std::string_view name) { known_.push_back(std::string{name}); }
  // Options of the policy that `name` chose, read from this same object.
  void read_options(const PolicyChoice& choice, const Value& name);
  // Unknown members, groups of which exactly one must be there. To be called last.
  void finish();

 private:
  // What only a whole set of options shows, once no option by itself is wrong.
  void finish_options(bool all_known);
  void visit_flat_choice(const Member& member, PolicyChoice& choice);
  bool is_left_over(const Member& member) const;
  void check_groups();

  const Value& object_;
  const void* target_;
  Reading& reading_;
  std::vector<std::string> known_;
  std::map<std::string, std::vector<std::string>> groups_;  // one_of -> names
  bool unknown_members_are_fine_ = false;  // the flat policy is unknown, so nobody knows its options
  const PolicyChoice* choice_ = nullptr;   // whose options are read from here
  std::uint16_t choice_layer_ = 0;
  PlaceId choice_place_ = no_place;
  bool options_are_sound_ = false;
};

}  // namespace headroom
