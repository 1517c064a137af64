// Every shipped scenario through the program, its verdicts and its comparison against what was written down.
#include <sys/wait.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/places.hpp"

namespace headroom::test {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

std::string source(const std::string& path) { return source_dir() + "/" + path; }

std::vector<std::string> shipped() {
  std::vector<std::string> names;
  for (const char* folder : {"patterns", "artist-platform", "monitoring", "parallel-ai", "ugc-video", "music-community"}) {
    for (const auto& entry : fs::directory_iterator{source(std::string{"scenarios/"} + folder)}) {
      const std::string extension = entry.path().extension();
      if (extension == ".json" || extension == ".yaml")
        names.push_back(std::string{folder} + "/" + entry.path().filename().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

// Means per variant of each row of the comparison, and the outcome of each objective.
Json essence_of(const Json& summary) {
  Json essence;
  essence["comparison"] = nullptr;
  for (const Json& row : summary.at("comparison")) {
    Json means = Json::array();
    for (const Json& cell : row.at("variants"))
      means.push_back(cell.at("value").is_null() ? Json{} : cell.at("value").at("mean"));
    essence["comparison"][row.at("metric").get<std::string>() + row.at("phase").get<std::string>()] = means;
  }
  for (const Json& variant : summary.at("variants")) {
    Json outcomes = Json::array();
    for (const Json& verdict : variant.at("verdicts")) outcomes.push_back(verdict.at("outcome"));
    essence["outcomes"][variant.at("name").get<std::string>()] = outcomes;
  }
  return essence;
}

void expect_same(const Json& expected, const Json& actual, const std::string& where) {
  if (expected.is_number() && actual.is_number()) {
    // Equal but for the last digits, in which mathematical libraries may differ.
    const double a = expected, b = actual;
    EXPECT_NEAR(a, b, 1e-9 * std::max(std::abs(a), std::abs(b))) << where;
    return;
  }
  ASSERT_EQ(expected.type(), actual.type()) << where;
  if (expected.is_object()) {
    for (const auto& [key, value] : expected.items()) {
      ASSERT_TRUE(actual.contains(key)) << where << "/" << key << " is gone";
      expect_same(value, actual.at(key), where + "/" + key);
    }
    EXPECT_EQ(expected.size(), actual.size()) << where << " has entries that are not written down";
  } else if (expected.is_array()) {
    ASSERT_EQ(expected.size(), actual.size()) << where;
    for (std::size_t i = 0; i < expected.size(); ++i) expect_same(expected[i], actual[i], where + "/" + std::to_string(i));
  } else {
    EXPECT_EQ(expected, actual) << where;
  }
}

class ShippedScenarios : public testing::TestWithParam<std::string> {};

TEST_P(ShippedScenarios, GiveTheNumbersWrittenDown) {
  const std::string scenario = source("scenarios/" + GetParam());
  if (GetParam().find("world-cup") != std::string::npos && !fs::exists(source("../shared/traces/web_rates"))) {
    GTEST_SKIP() << "the World Cup trace is not beside the checkout";
  }
  std::string stem = GetParam();
  std::replace(stem.begin(), stem.end(), '/', '-');
  const std::string folder = testing::TempDir() + "golden-" + stem;
  const std::string command =
      headroom_binary() + " compare " + scenario + " --replications 2 --quiet -o " + folder + " >/dev/null";
  const int status = std::system(command.c_str());
  const int code = WEXITSTATUS(status);
  ASSERT_TRUE(code == 0 || code == 3 || code == 99) << command << " ended with " << code;
  std::ifstream file{folder + "/summary.json"};
  const Json essence = essence_of(Json::parse(file));
  fs::remove_all(folder);

  const std::string golden = source("tests/golden/" + fs::path{stem}.replace_extension(".golden.json").string());
  if (std::getenv("HEADROOM_WRITE_GOLDEN") != nullptr) {
    std::ofstream{golden} << essence.dump(1) << "\n";
    GTEST_SKIP() << "written: " << golden;
  }
  std::ifstream written{golden};
  ASSERT_TRUE(written) << golden << " is missing: HEADROOM_WRITE_GOLDEN=1 writes it";
  expect_same(Json::parse(written), essence, GetParam());
}

INSTANTIATE_TEST_SUITE_P(All, ShippedScenarios, testing::ValuesIn(shipped()),
                         [](const testing::TestParamInfo<std::string>& parameter) {
                           std::string name = parameter.param;
                           std::replace_if(
                               name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); },
                               '_');
                           return name;
                         });

}  // namespace
}  // namespace headroom::test
