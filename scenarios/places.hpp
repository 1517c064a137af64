// Where values stand (file, line, column, JSON Pointer), and the issues found on the way, each at its place.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/scenario_error.hpp"
#include "scenarios/value.hpp"

namespace headroom {

struct Place {
  std::uint32_t file = 0;     // index into the files
  std::uint32_t line = 0;     // 1-based; 0: the file as a whole
  std::uint32_t column = 0;   // 1-based, in characters
  PlaceId parent = no_place;  // the list or object it lies in
  std::string token;          // its own part of the pointer: a name or an index
  std::string note;           // for messages: which assumption the value came from
};

class Places {
 public:
  std::uint32_t add_file(std::string name);
  PlaceId add(Place place);
  const Place& at(PlaceId id) const { return places_[id]; }
  std::string pointer(PlaceId id) const;
  const std::vector<std::string>& files() const { return files_; }

 private:
  std::vector<std::string> files_;
  std::vector<Place> places_;
};

class Issues {
 public:
  explicit Issues(Places& places) : places_{places} {}

  // At a value, or inside its text (`offset` columns further).
  void add(PlaceId place, std::string message, std::string suggestion = {}, std::size_t offset = 0);
  // At an object, about a field of it that the file does not give, or about one further inside ("metrics/0/target").
  void add_below(PlaceId object, std::string_view field, std::string message, std::string suggestion = {});
  void add(Issue issue);
  // What was added as the `first` and after it came of the value at `place`: it is told there, as BEFORE pointer AFTER message.
  void retell(std::size_t first, PlaceId place, std::string_view before, std::string_view after);

  // Whether something is wrong at this very place.
  bool is_at(PlaceId place) const;
  std::size_t size() const { return issues_.size(); }
  bool empty() const { return issues_.empty(); }
  // Enough for anyone: what is added now is dropped.
  bool is_full() const { return issues_.size() >= 10'000; }
  Places& places() { return places_; }
  // Each once, in the order of files and lines; at most `most`, then that there are more.
  std::vector<Issue> in_file_order(std::size_t most = 500) const;
  // Throws ScenarioError if there is an issue.
  void throw_if_any() const;

 private:
  Places& places_;
  std::vector<Issue> issues_;
};

}  // namespace headroom
