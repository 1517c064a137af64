#include "scenarios/field_reader.hpp"

#include <algorithm>
#include <utility>

#include "sim/core/units.hpp"

namespace headroom {

namespace {

// For "the fields are …".
std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < 24; ++i) text += (i == 0 ? "" : ", ") + names[i];
  return names.size() > 24 ? text + ", …" : text;
}

struct NamesOfFields final : Visitor {
  std::vector<std::string> names;
  void visit(const FieldInfo& info, FieldValue) override { names.emplace_back(info.name); }
};

// The field is a choice of a seam and is called like the seam's discriminator: its options stand beside it.
PolicyChoice* flat_choice(const FieldInfo& info, const FieldValue& value) {
  PolicyChoice* const* choice = std::get_if<PolicyChoice*>(&value);
  if (choice == nullptr || (*choice)->registry == nullptr || (*choice)->registry->discriminator() != info.name) return nullptr;
  return *choice;
}

}  // namespace

void Reading::issue(const void* object, std::string_view field, std::string message, std::string suggestion) {
  const auto given = fields_.find({object, std::string{field}});
  if (given != fields_.end()) {
    issues.add(given->second, std::move(message), std::move(suggestion));
  } else if (const auto found = objects_.find(object); found != objects_.end()) {
    issues.add_below(found->second, field, std::move(message), std::move(suggestion));
  }
}

bool Reading::is_read(const void* object, std::string_view field) const {
  const auto given = fields_.find({object, std::string{field}});
  return given != fields_.end() && !issues.is_at(given->second);
}

void read_object(const Value& object, ObjectAccess target, Reading& reading) {
  reading.remember_object(target.object, object.place);
  FieldReader reader{object, target.object, reading};
  Fields fields{reader};
  target.describe(target.object, fields);
  reader.finish();
}

void FieldReader::visit(const FieldInfo& info, FieldValue value) {
  allow(info.name);
  if (!info.one_of.empty()) groups_[std::string{info.one_of}].emplace_back(info.name);
  const Member* member = object_.find(info.name);
  if (member == nullptr || member->value.is(ValueKind::null)) {
    if (info.required) reading_.issues.add_below(object_.place, info.name, "is missing: " + std::string{info.meaning});
    return;
  }
  reading_.remember_field(target_, info.name, member->value.place);
  PolicyChoice* flat = flat_choice(info, value);
  if (flat != nullptr && member->value.is(ValueKind::text)) visit_flat_choice(*member, *flat);
  else read_field(info, member->value, value, reading_);
}

void FieldReader::visit_flat_choice(const Member& member, PolicyChoice& choice) {
  if (choose_offer(member.value, choice, reading_)) read_options(choice, member.value);
  else unknown_members_are_fine_ = true;
}

void FieldReader::read_options(const PolicyChoice& choice, const Value& name) {
  choice_ = &choice;
  choice_layer_ = name.layer;
  choice_place_ = name.place;
  const std::size_t issues_before = reading_.issues.size();
  const void* outer = std::exchange(target_, choice.options.get());
  reading_.remember_object(target_, object_.place);
  Fields fields{*this};
  choice.options->describe(fields);
  options_are_sound_ = reading_.issues.size() == issues_before;
  target_ = outer;
}

void FieldReader::finish_options(bool all_known) {
  if (choice_ == nullptr) return;
  bool is_sound = options_are_sound_ && all_known;
  if (is_sound) {
    for (const auto& [field, sentence] : choice_->options->problems(reading_.directory)) {
      reading_.issue(choice_->options.get(), field, sentence);
      is_sound = false;
    }
  }
  const std::vector<std::string> files = choice_->options->input_files();
  reading_.input_files.insert(reading_.input_files.end(), files.begin(), files.end());
  reading_.choices.push_back({choice_, choice_place_, is_sound});
}

// An option that only the policy of an earlier text knew: a later one chose another policy, so it has gone with the old one.
bool FieldReader::is_left_over(const Member& member) const {
  if (choice_ == nullptr || member.value.layer >= choice_layer_) return false;
  for (const auto& [name, offer] : choice_->registry->offers()) {
    NamesOfFields options;
    Fields fields{options};
    offer.make_options()->describe(fields);
    if (std::find(options.names.begin(), options.names.end(), member.name) != options.names.end()) return true;
  }
  return false;
}

void FieldReader::finish() {
  check_groups();
  if (unknown_members_are_fine_) return;
  const std::size_t issues_before = reading_.issues.size();
  for (const Member& member : object_.members) {
    if (std::find(known_.begin(), known_.end(), member.name) != known_.end() || is_left_over(member)) continue;
    if (reading_.issues.is_full()) break;
    const std::string near = nearest_name(member.name, known_);
    reading_.issues.add(member.place, "is not a field here", near.empty() ? "the fields are " + listed(known_) : "did you mean \"" + near + "\"?");
  }
  finish_options(reading_.issues.size() == issues_before);
}

void FieldReader::check_groups() {
  for (const auto& [group, names] : groups_) {
    std::vector<std::string> given;
    for (const std::string& name : names) {
      const Member* member = object_.find(name);
      if (member != nullptr && !member->value.is(ValueKind::null)) given.push_back(name);
    }
    if (given.size() == 1) continue;
    const std::string one = "exactly one of " + listed(names);
    if (given.empty()) reading_.issues.add(object_.place, "has no " + group, "give " + one);
    else reading_.issues.add(object_.place, "has more than one " + group + ": " + listed(given), "give " + one);
  }
}

}  // namespace headroom
