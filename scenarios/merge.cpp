#include "scenarios/merge.hpp"

#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace headroom {

namespace {

// RFC 7396: a patch that lands where no object was still loses its nulls.
Value without_nulls(const Value& patch) {
  Value result = patch;
  if (!patch.is(ValueKind::object)) return result;
  result.members.clear();
  for (const Member& member : patch.members) {
    if (!member.value.is(ValueKind::null)) result.members.push_back(Member{member.name, member.place, without_nulls(member.value)});
  }
  return result;
}

void merge_objects(Value& base, const Value& patch) {
  std::unordered_map<std::string_view, std::size_t> places;
  std::set<std::string_view> removed;
  for (std::size_t i = 0; i < base.members.size(); ++i) places.emplace(base.members[i].name, i);
  std::vector<Member> added;
  for (const Member& member : patch.members) {
    const auto found = places.find(member.name);
    if (member.value.is(ValueKind::null)) {
      removed.insert(member.name);
    } else if (found == places.end()) {
      added.push_back(Member{member.name, member.place, without_nulls(member.value)});
    } else {
      merge(base.members[found->second].value, member.value);
      base.members[found->second].place = member.place;
    }
  }
  std::erase_if(base.members, [&](const Member& member) { return removed.contains(member.name); });
  for (Member& member : added) base.members.push_back(std::move(member));
}

bool can_go_by_name(const Value& value) { return is_named_list(value) && !has_repeated_names(value); }

}  // namespace

bool has_repeated_names(const Value& list) {
  std::set<std::string_view> names;
  for (const Value& item : list.items) {
    if (!names.insert(item.find("name")->value.text).second) return true;
  }
  return false;
}

Value by_name(const Value& list) {
  Value object;
  object.kind = ValueKind::object;
  object.layer = list.layer;
  object.place = list.place;
  for (const Value& item : list.items) {
    const Value& name = item.find("name")->value;
    Member member{name.text, name.place, item};
    member.value.remove("name");
    object.members.push_back(std::move(member));
  }
  return object;
}

void merge(Value& base, const Value& patch) {
  if (patch.is(ValueKind::object)) {
    if (can_go_by_name(base)) base = by_name(base);
    if (base.is(ValueKind::object)) return merge_objects(base, patch);
    base = without_nulls(patch);
  } else if (can_go_by_name(patch) && (can_go_by_name(base) || base.is(ValueKind::object))) {
    merge(base, by_name(patch));
  } else {
    base = patch;
  }
}

}  // namespace headroom
