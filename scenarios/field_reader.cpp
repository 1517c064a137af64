#include "scenarios/field_reader.hpp"

#include <algorithm>
#include <charconv>
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

// One field by its name, and the object in it: an object itself, the options of a policy, or an element of a list of either.
struct FieldOfName final : Visitor {
  std::string_view name;
  std::optional<FieldValue> found;
  ObjectAccess inner{};

  void visit(const FieldInfo& info, FieldValue value) override {
    if (info.name == name) found = std::move(value);
  }
  // How much of the rest of the path that took (an index and its slash); npos if there is no object.
  std::size_t step_into(std::string_view rest) {
    if (!found) return std::string_view::npos;
    FieldValue value = *found;
    if (const auto* optional = std::get_if<std::shared_ptr<OptionalAccess>>(&value)) {
      if (!(*optional)->has_value()) return std::string_view::npos;
      value = FieldValue{(*optional)->get()};
    }
    std::size_t taken = 0;
    if (const auto* list = std::get_if<std::shared_ptr<ListAccess>>(&value)) {
      std::size_t index = 0;
      const auto [end, failure] = std::from_chars(rest.data(), rest.data() + rest.size(), index);
      if (failure != std::errc{} || end == rest.data() + rest.size() || *end != '/' || index >= (*list)->size())
        return std::string_view::npos;
      taken = static_cast<std::size_t>(end - rest.data()) + 1;
      value = FieldValue{(*list)->at(index)};
    }
    if (PolicyChoice* const* choice = std::get_if<PolicyChoice*>(&value)) {
      if (!(*choice)->chosen()) return std::string_view::npos;
      inner = {(*choice)->options.get(), [](void* options, Fields& fields) { static_cast<AnyOptions*>(options)->describe(fields); }, {}};
      return taken;
    }
    const auto* object = std::get_if<ObjectAccess>(&value);
    if (object == nullptr) return std::string_view::npos;
    inner = *object;
    return taken;
  }
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
    if (field.empty())
      issues.add(found->second, std::move(message), std::move(suggestion));
    else
      issues.add_below(found->second, field, std::move(message), std::move(suggestion));
  }
}

void Reading::issue(const PolicyChoice& choice, std::string_view path, std::string message) {
  const void* object = choice.options.get();
  FieldOfName field;
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/')) {
    field.name = path.substr(0, slash);
    field.found.reset();
    Fields fields{field};
    if (object == choice.options.get())
      choice.options->describe(fields);
    else
      field.inner.describe(field.inner.object, fields);
    const std::size_t rest = field.step_into(path.substr(slash + 1));
    if (rest == std::string_view::npos || !objects_.contains(field.inner.object)) break;
    object = field.inner.object;
    path.remove_prefix(slash + 1 + rest);
  }
  issue(object, path, std::move(message));
}

std::optional<PlaceId> Reading::place_of(const void* object) const {
  const auto found = objects_.find(object);
  return found == objects_.end() ? std::nullopt : std::optional{found->second};
}

bool Reading::is_read(const void* object, std::string_view field) const {
  const auto given = fields_.find({object, std::string{field}});
  return given != fields_.end() && !issues.is_at(given->second);
}

bool Reading::is_sound(const PolicyChoice& choice) const {
  return std::any_of(choices.begin(), choices.end(),
                     [&](const ChoiceFound& found) { return found.choice == &choice && found.is_sound; });
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
      reading_.issue(*choice_, field, sentence);
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
