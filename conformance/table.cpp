#include "conformance/table.hpp"

#include <cmath>
#include <map>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

namespace headroom::conformance {
namespace {

using Tables = std::map<std::string, CheckTable, std::less<>>;

// Filled by the constants of other files, in no order: made by whoever comes first.
Tables& tables() {
  static Tables all;
  return all;
}

std::string key_of(std::string_view folder, std::string_view name) { return fmt::format("{}/{}", folder, name); }

std::string identifier_of(const Json& row, std::size_t place) {
  for (const char* field : {"id", "ref"}) {
    if (row.is_object() && row.contains(field) && row.at(field).is_string()) return row.at(field).get<std::string>();
  }
  return fmt::format("#{}", place);
}

}  // namespace

void RowCheck::equal(std::string_view what, const Json& expected, const Json& got) {
  if (expected != got) fail(what, expected.dump(), got.dump());
}

void RowCheck::near(std::string_view what, double expected, double got, double relative) {
  // Written so that a NaN fails.
  if (!(std::abs(got - expected) <= relative * std::abs(expected)))
    fail(what, fmt::format("{}", expected), fmt::format("{}", got));
}

void RowCheck::fail(std::string_view what, std::string expected, std::string got) {
  differences_->push_back({row_, std::string{what}, std::move(expected), std::move(got)});
}

void TableCheck::row(const Json& row, const std::function<void(RowCheck&)>& check) {
  this->row(identifier_of(row, total_), check);
}

void TableCheck::row(std::string identifier, const std::function<void(RowCheck&)>& check) {
  const std::size_t before = differences_.size();
  RowCheck expect{std::move(identifier), differences_};
  ++total_;
  try {
    check(expect);
  } catch (const Json::exception& error) {
    expect.fail("row", "a row of this table's form", error.what());
  } catch (const std::exception& error) {
    expect.fail("row", "a row that can be computed", error.what());
  }
  passed_ += differences_.size() == before ? 1U : 0U;
}

bool offer_table(std::string_view folder, std::string_view name, CheckTable check) {
  if (!tables().emplace(key_of(folder, name), check).second)
    throw std::logic_error{"two checks of the table " + key_of(folder, name)};
  return true;
}

CheckTable find_table(std::string_view folder, std::string_view name) {
  const auto found = tables().find(key_of(folder, name));
  return found == tables().end() ? nullptr : found->second;
}

std::vector<std::string> known_tables() {
  std::vector<std::string> names;
  for (const auto& [name, check] : tables()) names.push_back(name);
  return names;
}

}  // namespace headroom::conformance
