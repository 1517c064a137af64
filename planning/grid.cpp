#include "planning/grid.hpp"

#include <limits>
#include <utility>

#include <nlohmann/json.hpp>

namespace headroom {

std::string words_of(const std::string& value) {
  const auto object = nlohmann::ordered_json::parse(value, nullptr, false);
  if (!object.is_object()) return value;
  std::string words;
  for (const auto& [key, member] : object.items())
    words += (words.empty() ? "" : ", ") + (member.is_string() ? member.get<std::string>() : member.dump()) + " " + key;
  return words;
}

Grid::Grid(std::vector<AxisSpec> axes) : axes_{std::move(axes)} {
  for (const AxisSpec& axis : axes_) {
    values_.push_back(axis.all_values());
    const std::size_t count = values_.back().size();
    size_ = count != 0 && size_ > std::numeric_limits<std::size_t>::max() / count ? std::numeric_limits<std::size_t>::max()
                                                                                  : size_ * count;
  }
}

std::vector<std::size_t> Grid::place(std::size_t point) const {
  std::vector<std::size_t> place(axes_.size());
  for (std::size_t axis = axes_.size(); axis-- > 0;) {
    place[axis] = point % values_[axis].size();
    point /= values_[axis].size();
  }
  return place;
}

std::vector<std::string> Grid::values(std::size_t point) const {
  std::vector<std::string> values;
  const std::vector<std::size_t> at = place(point);
  for (std::size_t axis = 0; axis < axes_.size(); ++axis) values.push_back(values_[axis][at[axis]]);
  return values;
}

Candidate Grid::candidate(std::size_t point) const {
  Candidate candidate;
  const std::vector<std::string> chosen = values(point);
  for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
    candidate.name += (axis == 0 ? "" : ", ") + axes_[axis].name + " " + words_of(chosen[axis]);
    for (const std::string& pointer : axes_[axis].set) candidate.set.emplace_back(pointer, chosen[axis]);
  }
  return candidate;
}

std::size_t Grid::steps_to_better(std::size_t point) const {
  std::size_t steps = 0;
  const std::vector<std::size_t> at = place(point);
  for (std::size_t axis = 0; axis < axes_.size(); ++axis) steps += axes_[axis].more_is_better ? at[axis] : 0;
  return steps;
}

bool Grid::is_no_better(std::size_t point, std::size_t failed) const {
  const std::vector<std::size_t> a = place(point), b = place(failed);
  for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
    if (axes_[axis].more_is_better ? a[axis] > b[axis] : a[axis] != b[axis]) return false;
  }
  return true;
}

}  // namespace headroom
