// The runner of reference tables on tables of our own: what differs is named, and what cannot be read is no exception.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "conformance/folder.hpp"

namespace headroom::conformance {
namespace {

namespace files = std::filesystem;

void check_doubles(const Json& table, TableCheck& check) {
  for (const Json& row : table.at("rows")) {
    check.row(row, [&](RowCheck& expect) {
      const double value = row.at("value").get<double>();
      if (value > 100.0) throw std::invalid_argument{"too large"};
      expect.equal("doubled", row.at("expect"), 2.0 * value);
      if (row.contains("about")) expect.near("about", row.at("about").get<double>(), 2.0 * value, 0.01);
    });
  }
}

const bool offered = offer_table("runner", "doubles", check_doubles);

class ConformanceFolder : public testing::Test {
 protected:
  ConformanceFolder() {
    files::remove_all(folder_);
    files::create_directories(folder_ / "runner");
  }
  ~ConformanceFolder() override { files::remove_all(folder_); }
  void write(const std::string& name, const std::string& text) const { std::ofstream{folder_ / "runner" / name} << text; }
  files::path folder_ = files::temp_directory_path() /
                        ("conformance_" + std::string{testing::UnitTest::GetInstance()->current_test_info()->name()});
};

TEST_F(ConformanceFolder, CountsRowsAndNamesWhatDiffers) {
  ASSERT_TRUE(offered);
  write("doubles.json", R"({"table": "doubles", "rows": [
    {"id": "one", "value": 1, "expect": 2}, {"id": "two", "value": 2, "expect": 5},
    {"value": 3, "expect": 6, "about": 6.05}, {"value": 4, "expect": 8, "about": 8.1}]})");
  const auto outcomes = run_folder(folder_);
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_EQ(outcomes[0].table, "runner/doubles");
  EXPECT_EQ(outcomes[0].file, "runner/doubles.json");
  EXPECT_EQ(outcomes[0].total, 4U);
  EXPECT_EQ(outcomes[0].passed, 2U);
  EXPECT_FALSE(outcomes[0].holds());
  ASSERT_EQ(outcomes[0].differences.size(), 2U);
  EXPECT_EQ(outcomes[0].differences[0].row, "two");
  EXPECT_EQ(outcomes[0].differences[0].expected, "5");
  EXPECT_EQ(outcomes[0].differences[0].got, "4.0");
  EXPECT_EQ(outcomes[0].differences[1].row, "#3");
  EXPECT_EQ(outcomes[0].differences[1].what, "about");
}

TEST_F(ConformanceFolder, ARowThatCannotBeReadOrComputedDiffersAndTheRestGoesOn) {
  write("doubles.json",
        R"({"table": "doubles", "rows": [{"id": "typed", "value": "x", "expect": 2}, {"id": "large", "value": 200},
    {"id": "good", "value": 2, "expect": 4}]})");
  const auto outcomes = run_folder(folder_);
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_EQ(outcomes[0].passed, 1U);
  ASSERT_EQ(outcomes[0].differences.size(), 2U);
  EXPECT_EQ(outcomes[0].differences[1].got, "too large");
}

TEST_F(ConformanceFolder, FilesThatAreNoTableAreProblemsAndQueueingIsCheckedElsewhere) {
  write("a.json", "{");
  write("b.json", "{\"rows\": []}");
  write("c.json", R"({"table": "triples", "rows": []})");
  write("d.json", R"({"table": "doubles", "rows": []})");
  write("e.json", R"({"table": "doubles"})");
  files::create_directories(folder_ / "queueing");
  std::ofstream{folder_ / "queueing" / "mmc.json"} << R"({"table": "mmc", "rows": []})";
  const auto outcomes = run_folder(folder_);
  ASSERT_EQ(outcomes.size(), 6U);
  EXPECT_TRUE(outcomes[0].checked_elsewhere);
  EXPECT_TRUE(outcomes[0].holds());
  EXPECT_EQ(outcomes[1].problem, "is not JSON");
  EXPECT_EQ(outcomes[2].problem, "has no field \"table\" that names it");
  EXPECT_NE(outcomes[3].problem.find("nobody here can check"), std::string::npos);
  EXPECT_EQ(outcomes[4].problem, "has no row");
  EXPECT_NE(outcomes[5].problem.find("cannot be read as this table"), std::string::npos);
  for (std::size_t i = 1; i < outcomes.size(); ++i) EXPECT_FALSE(outcomes[i].holds()) << i;
}

}  // namespace
}  // namespace headroom::conformance
