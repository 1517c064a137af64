// A table of reference numbers and how its rows are checked: input and expected output from a policy's source, row by row.
//
//   void check_jump(const Json& table, TableCheck& check) {
//     for (const Json& row : table.at("rows"))
//       check.row(row, [&](RowCheck& expect) { expect.equal("bucket", row.at("expect"), jump_hash(...)); });
//   }
//   const bool offered = offer_table("hashing", "jump", check_jump);
//
// A row passes when everything it expects was got. A row that cannot be read (a field missing, of another type) is a difference
// with what is wrong with it, never an exception of the whole run.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace headroom::conformance {

using Json = nlohmann::json;

// One thing that a row expected and did not get.
struct Difference {
  std::string row;       // its identifier, or its place in the list ("#3")
  std::string what;      // "replicas"
  std::string expected;  // as JSON
  std::string got;
};

// What one row came to.
class RowCheck {
 public:
  RowCheck(std::string row, std::vector<Difference>& differences) : row_{std::move(row)}, differences_{&differences} {}
  // Equal as JSON values; 3 and 3.0 are one number.
  void equal(std::string_view what, const Json& expected, const Json& got);
  // |got - expected| <= relative × |expected|; `relative` >= 0.
  void near(std::string_view what, double expected, double got, double relative);
  // Something else that is wrong, in words.
  void fail(std::string_view what, std::string expected, std::string got);

 private:
  std::string row_;
  std::vector<Difference>* differences_;
};

// What a table came to.
class TableCheck {
 public:
  // The folder of the table's file, for tables that refer to others.
  explicit TableCheck(std::filesystem::path folder) : folder_{std::move(folder)} {}
  const std::filesystem::path& folder() const { return folder_; }
  // Checks one row, which has an "id", a "ref" or neither. `check` may throw what reading JSON throws.
  void row(const Json& row, const std::function<void(RowCheck&)>& check);
  // The same for something that has no row of its own (an entry of a table of settings).
  void row(std::string identifier, const std::function<void(RowCheck&)>& check);

  std::size_t total() const { return total_; }
  std::size_t passed() const { return passed_; }
  const std::vector<Difference>& differences() const { return differences_; }

 private:
  std::filesystem::path folder_;
  std::size_t total_ = 0;
  std::size_t passed_ = 0;
  std::vector<Difference> differences_;
};

using CheckTable = void (*)(const Json& table, TableCheck& check);

// Says that the table `name` in folders called `folder` is checked by `check`. From a namespace-scope constant; a name taken
// twice is a std::logic_error.
bool offer_table(std::string_view folder, std::string_view name, CheckTable check);

// How to check a table; null: nobody can.
CheckTable find_table(std::string_view folder, std::string_view name);
// Every table that can be checked, as "folder/name", sorted.
std::vector<std::string> known_tables();

}  // namespace headroom::conformance
