// The choice of a registered implementation: {"policy": "hpa", …options}, or "hpa" when its defaults will do.
#include "scenarios/field_reader.hpp"
#include "sim/core/units.hpp"

namespace headroom {

namespace {

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

bool choose_offer(const Value& name, PolicyChoice& target, Reading& reading) {
  const Registry& registry = *target.registry;
  if (registry.offers(name.text)) {
    target = registry.choose(name.text);
    return true;
  }
  const std::vector<std::string> names = registry.names();
  const std::string near = nearest_name(name.text, names);
  std::string message = "\"" + name.text + "\" is not a " + std::string{registry.discriminator()} + " of " + std::string{registry.seam()};
  if (near.empty()) reading.issues.add(name.place, std::move(message), "there is " + listed(names));
  else reading.issues.add(name.place, std::move(message), "did you mean \"" + near + "\"? there is " + listed(names));
  return false;
}

namespace {

// [{"policy": "hpa", …}, …] as {"policy": "combined", "policies": [{"policy": "hpa", …}, …]}.
Value several(const Value& list, const Registry& registry) {
  Value object{.kind = ValueKind::object, .layer = list.layer, .place = list.place};
  Value name = text_value(std::string{registry.of_several()}, list.place);
  name.layer = list.layer;
  object.members = {Member{std::string{registry.discriminator()}, list.place, std::move(name)}, Member{"policies", list.place, list}};
  return object;
}

}  // namespace

void read_policy(const FieldInfo& info, const Value& value, PolicyChoice& target, Reading& reading) {
  const std::string discriminator{target.registry->discriminator()};
  if (value.is(ValueKind::list) && !target.registry->of_several().empty())
    return read_policy(info, several(value, *target.registry), target, reading);
  if (value.is(ValueKind::text)) {
    if (!choose_offer(value, target, reading)) return;
    const Value no_options{.kind = ValueKind::object, .layer = value.layer, .place = value.place};
    FieldReader reader{no_options, target.options.get(), reading};
    reader.read_options(target, value);
    reader.finish();
    return;
  }
  if (!value.is(ValueKind::object)) {
    expected(value, "an object with \"" + discriminator + "\"", reading);
    return;
  }
  const Member* name = value.find(discriminator);
  if (name == nullptr || name->value.is(ValueKind::null)) {
    reading.issues.add_below(value.place, discriminator, "is missing", "there is " + listed(target.registry->names()));
    return;
  }
  if (!name->value.is(ValueKind::text)) {
    expected(name->value, "the name of a " + discriminator, reading);
    return;
  }
  if (!choose_offer(name->value, target, reading)) return;
  FieldReader reader{value, target.options.get(), reading};
  reader.allow(discriminator);
  reader.read_options(target, name->value);
  reader.finish();
}

}  // namespace headroom
