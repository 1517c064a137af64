#include "scenarios/variants.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "scenarios/merge.hpp"
#include "sim/core/units.hpp"

namespace headroom {

namespace {

// Lists of things with names that a patch may add to.
constexpr std::array<std::string_view, 13> sections{"regions", "node_pools", "services",  "databases", "queues", "locks", "caches",
                                                    "keys",    "workloads",  "limits",    "routes",    "stores", "links"};

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

std::vector<std::string> names_in(const Value& things) {
  std::vector<std::string> names;
  for (const Member& member : things.members) names.push_back(member.name);
  for (const Value& item : things.items) {
    const Member* name = item.find("name");
    if (name != nullptr && name->value.is(ValueKind::text)) names.push_back(name->value.text);
  }
  return names;
}

// A worker takes from its queue, a workload asks by itself: nobody needs to name them.
bool stands_by_itself(const Value& thing) { return thing.find("consumes") != nullptr || thing.find("model") != nullptr; }

bool is_part_of_a_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == ' ';
}

// "api" in "api.get" and in "rate errors{service=api} < 1 %", but not in "api-v2".
bool has_word(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool begins = at == 0 || !is_part_of_a_name(text[at - 1]);
    if (begins && (end == text.size() || !is_part_of_a_name(text[end]))) return true;
  }
  return false;
}

bool mentions(const Value& value, std::string_view word) {
  if (value.is(ValueKind::text) && has_word(value.text, word)) return true;
  const auto of_item = [&](const Value& item) { return mentions(item, word); };
  const auto of_member = [&](const Member& member) { return mentions(member.value, word); };
  return std::any_of(value.items.begin(), value.items.end(), of_item) ||
         std::any_of(value.members.begin(), value.members.end(), of_member);
}

// Anywhere but in the thing itself and in what is only told to people.
bool is_named(const Value& scenario, std::string_view section, const std::string& name) {
  for (const Member& member : scenario.members) {
    if (member.name == "name" || member.name == "description" || member.name == "source") continue;
    if (member.name != section) {
      if (mentions(member.value, name)) return true;
      continue;
    }
    for (const Member& thing : member.value.members) {
      if (thing.name != name && mentions(thing.value, name)) return true;
    }
  }
  return false;
}

// "variants": a list of {"name", "description", "merge"}, or an object by name.
class Variants {
 public:
  Variants(Document& document, std::uint16_t layer, Issues& issues) : document_{document}, layer_{layer}, issues_{issues} {
    names_.insert(document.base_name);
  }

  void read(const Value& list) {
    if (list.is(ValueKind::object)) {
      for (const Member& member : list.members) read_one(member.value, member.name, member.place);
    } else if (list.is(ValueKind::list)) {
      for (const Value& item : list.items) {
        const Member* name = item.find("name");
        if (name != nullptr && name->value.is(ValueKind::text))
          read_one(item, name->value.text, name->value.place);
        else
          issues_.add(item.place, "is a variant without a name", "write {\"name\": …, \"merge\": {…}}");
      }
    } else {
      issues_.add(list.place, "is " + std::string{name_of(list.kind)} + "; a list of variants is expected");
    }
  }

 private:
  void read_one(const Value& variant, const std::string& name, PlaceId name_place) {
    if (!names_.insert(name).second) {
      issues_.add(name_place,
                  "a variant \"" + name + "\" is there already" + (name == document_.base_name ? ": the base is called so" : ""),
                  "give it another name");
      return;
    }
    if (!variant.is(ValueKind::object)) {
      issues_.add(variant.place, "is " + std::string{name_of(variant.kind)} + "; an object with \"merge\" is expected");
      return;
    }
    check_fields(variant);
    VariantText text{name, document_.base};
    if (const Member* patch = variant.find("merge")) {
      if (!patch->value.is(ValueKind::object)) {
        issues_.add(patch->value.place,
                    "is " + std::string{name_of(patch->value.kind)} + "; an object is expected: what differs from the base");
        return;
      }
      Value own = patch->value;
      set_layer(own, layer_);
      refuse_document_fields(own);
      merge(text.scenario, own);
      refuse_slips(text.scenario);
    } else {
      issues_.add_below(variant.place, "merge", "is missing", "say what differs from the base: \"merge\": {…}");
    }
    document_.variants.push_back(std::move(text));
  }

  void check_fields(const Value& variant) {
    static constexpr std::array<std::string_view, 3> known{"name", "description", "merge"};
    for (const Member& member : variant.members) {
      if (std::find(known.begin(), known.end(), member.name) != known.end()) continue;
      const std::string near = nearest_name(member.name, known);
      issues_.add(member.place, "is not a field here",
                  near.empty() ? "a variant has name, description and merge" : "did you mean \"" + near + "\"?");
    }
  }

  void refuse_document_fields(Value& patch) {
    for (const std::string_view name : {"extends", "base_name", "variants"}) {
      const Member* member = patch.find(name);
      if (member != nullptr) issues_.add(member->place, "cannot stand in a variant", "write it in the file itself");
      patch.remove(name);
    }
  }

  void refuse_slips(Value& merged) {
    for (const std::string_view section : sections) {
      Member* things = merged.find(section);
      const Member* before = document_.base.find(section);
      if (things == nullptr || before == nullptr || !things->value.is(ValueKind::object)) continue;
      const std::vector<std::string> known = names_in(before->value);
      std::vector<std::string> slips;
      for (const Member& thing : things->value.members) {
        if (std::find(known.begin(), known.end(), thing.name) != known.end() || stands_by_itself(thing.value)) continue;
        const std::string near = nearest_name(thing.name, known);
        if (near.empty() || is_named(merged, section, thing.name)) continue;
        issues_.add(thing.place, "adds " + quoted(thing.name) + " to the " + std::string{section} + ", which nothing refers to",
                    "did you mean " + quoted(near) + "?");
        slips.push_back(thing.name);
      }
      for (const std::string& name : slips) things->value.remove(name);
    }
  }

  Document& document_;
  std::uint16_t layer_;
  Issues& issues_;
  std::set<std::string> names_;
};

}  // namespace

void read_variants(const Value& list, std::uint16_t layer, Document& document, Issues& issues) {
  Variants{document, layer, issues}.read(list);
}

}  // namespace headroom
