#include "scenarios/uncertain_ends.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "scenarios/uncertain_numbers.hpp"

namespace headroom {
namespace {

bool has_range(const Value& assumption) {
  const Member* range = assumption.find("range");
  return assumption.find("value") != nullptr && range != nullptr && range->value.items.size() == 2;
}

class Ends {
 public:
  explicit Ends(NumberEnd end) : end_{end} {}

  void put_in(Value& value) {
    if (is_uncertain_number(value)) return put_number(value);
    for (Value& item : value.items) put_in(item);
    for (Member& member : value.members) put_in(member.value);
  }

  void put_assumption(const std::string& name, Value& entry) {
    if (!has_range(entry)) return;
    Value end = entry.find("range")->value.items[end_ == NumberEnd::low ? 0 : 1];
    places_.push_back({end.place, name});
    entry.find("value")->value = std::move(end);
    entry.remove("range");
  }

  std::vector<EndPlace> places() && { return std::move(places_); }

 private:
  void put_number(Value& number) {
    const Member* member = number.find(end_ == NumberEnd::low ? "low" : "high");
    if (member == nullptr) return;
    Value end = member->value;
    end.layer = number.layer;
    places_.push_back({end.place, {}});
    number = std::move(end);
  }

  NumberEnd end_;
  std::vector<EndPlace> places_;
};

bool is_below(const std::string& pointer, const std::string& place) {
  return pointer == place || pointer.starts_with(place + "/");
}

// Without the note of which assumption a value came from.
std::string use_text(const Issue& issue) {
  return "as " + issue.pointer + " " + issue.message.substr(0, issue.message.find(" (${"));
}

}  // namespace

std::vector<EndPlace> put_at_ends(Value& scenario, NumberEnd which) {
  Ends ends{which};
  for (Member& member : scenario.members) {
    if (member.name == "vary") continue;
    if (member.name != "assumptions") {
      ends.put_in(member.value);
      continue;
    }
    for (Member& entry : member.value.members) ends.put_assumption(entry.name, entry.value);
    for (Value& item : member.value.items) {
      const Member* name = item.find("name");
      if (name != nullptr) ends.put_assumption(name->value.text, item);
    }
  }
  return std::move(ends).places();
}

std::optional<Issue> issue_of_an_end(const Issue& issue, const std::vector<EndPlace>& ends, const Places& places) {
  const auto is_its = [&](const EndPlace& end) { return is_below(issue.pointer, places.pointer(end.place)); };
  return std::ranges::any_of(ends, is_its) ? std::optional{issue} : std::nullopt;
}

std::optional<Issue> issue_of_a_use(const Issue& issue, const std::vector<EndPlace>& ends, const Places& places) {
  for (const EndPlace& end : ends) {
    if (end.assumption.empty() || issue.message.find("${" + end.assumption + "} is ") == std::string::npos) continue;
    const Place& at = places.at(end.place);
    return Issue{places.files()[at.file],   static_cast<int>(at.line), static_cast<int>(at.column),
                 places.pointer(end.place), use_text(issue),           issue.suggestion};
  }
  return std::nullopt;
}

bool is_that_of_a_use(const Issue& issue, const Issue& of_use) { return use_text(issue) == of_use.message; }

}  // namespace headroom
