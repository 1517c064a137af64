#include "scenarios/places.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace headroom {

namespace {

// JSON Pointer's escapes (RFC 6901).
std::string escaped(std::string_view token) {
  std::string text;
  for (const char c : token) {
    if (c == '~') text += "~0";
    else if (c == '/') text += "~1";
    else text += c;
  }
  return text;
}

}  // namespace

std::uint32_t Places::add_file(std::string name) {
  files_.push_back(std::move(name));
  return static_cast<std::uint32_t>(files_.size() - 1);
}

PlaceId Places::add(Place place) {
  places_.push_back(std::move(place));
  return static_cast<PlaceId>(places_.size() - 1);
}

std::string Places::pointer(PlaceId id) const {
  if (id == no_place || places_[id].parent == no_place) return {};
  return pointer(places_[id].parent) + "/" + escaped(places_[id].token);
}

void Issues::add(PlaceId place, std::string message, std::string suggestion, std::size_t offset) {
  const Place& at = places_.at(place);
  if (!at.note.empty()) message += " (" + at.note + ")";
  add(Issue{places_.files()[at.file], static_cast<int>(at.line), static_cast<int>(at.column + offset), places_.pointer(place),
            std::move(message), std::move(suggestion)});
}

void Issues::add(Issue issue) {
  if (!is_full()) issues_.push_back(std::move(issue));
}

void Issues::add_below(PlaceId object, std::string_view field, std::string message, std::string suggestion) {
  if (is_full()) return;
  add(object, std::move(message), std::move(suggestion));
  for (std::size_t at = 0; at <= field.size();) {
    const std::size_t slash = std::min(field.find('/', at), field.size());
    issues_.back().pointer += "/" + escaped(field.substr(at, slash - at));
    at = slash + 1;
  }
}

void Issues::retell(std::size_t first, PlaceId place, std::string_view before, std::string_view after) {
  const Place& at = places_.at(place);
  for (std::size_t i = first; i < issues_.size(); ++i) {
    Issue& issue = issues_[i];
    if (!issue.pointer.empty()) issue.message = std::string{before} + issue.pointer + std::string{after} + issue.message;
    issue.file = places_.files()[at.file];
    issue.line = static_cast<int>(at.line);
    issue.column = static_cast<int>(at.column);
    issue.pointer = places_.pointer(place);
  }
}

bool Issues::is_at(PlaceId place) const {
  const Place& at = places_.at(place);
  return std::any_of(issues_.begin(), issues_.end(), [&](const Issue& issue) {
    return issue.file == places_.files()[at.file] && issue.line == static_cast<int>(at.line) && issue.column == static_cast<int>(at.column);
  });
}

std::vector<Issue> Issues::in_file_order(std::size_t most) const {
  std::vector<Issue> sorted;
  std::set<std::tuple<std::string, int, int, std::string, std::string>> seen;
  for (const Issue& issue : issues_) {
    if (seen.emplace(issue.file, issue.line, issue.column, issue.pointer, issue.message).second) sorted.push_back(issue);
  }
  const auto rank = [&](const Issue& issue) {
    const auto file = std::find(places_.files().begin(), places_.files().end(), issue.file);
    return std::tuple{file - places_.files().begin(), issue.line, issue.column};
  };
  std::stable_sort(sorted.begin(), sorted.end(), [&](const Issue& a, const Issue& b) { return rank(a) < rank(b); });
  if (sorted.size() > most) {
    sorted.resize(most);
    sorted.push_back(Issue{sorted.front().file, 0, 0, {}, "has more issues than these " + std::to_string(most), {}});
  }
  return sorted;
}

void Issues::throw_if_any() const {
  if (!empty()) throw ScenarioError{in_file_order()};
}

}  // namespace headroom
