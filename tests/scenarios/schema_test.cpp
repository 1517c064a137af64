// The JSON Schema against an independent validator, python3-jsonschema.
#include "scenarios/schema.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "scenarios/document.hpp"
#include "sim/core/registry.hpp"
#include "tests/scenarios/reading.hpp"

namespace headroom {
namespace {

namespace files = std::filesystem;
using namespace test;

struct Output {
  std::string text;
  int status = -1;
};

Output run(const std::string& command) {
  Output output;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return output;
  for (int c = fgetc(pipe); c != EOF; c = fgetc(pipe)) output.text += static_cast<char>(c);
  output.status = pclose(pipe);
  return output;
}

// Reads plain JSON documents and prints, for each, its name and "good" or the first fault.
const char* const validator = R"(
import json, sys
import jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft7Validator.check_schema(schema)
checker = jsonschema.Draft7Validator(schema)
for name in sys.argv[2:]:
    faults = list(checker.iter_errors(json.load(open(name))))
    print(name, "good" if not faults else str(list(faults[0].absolute_path)) + " " + faults[0].message[:300])
)";

class Schema : public testing::Test {
 protected:
  void SetUp() override {
    if (run("python3 -c 'import jsonschema'").status == 0) {
      std::ofstream{folder_.path() + "/schema.json"} << scenario_schema().dump(1);
      std::ofstream{folder_.path() + "/validator.py"} << validator;
      return;
    }
    const char* const ci = std::getenv("CI");
    ASSERT_FALSE(ci != nullptr && std::string{ci} == "true") << "python3-jsonschema is missing";
    GTEST_SKIP() << "python3-jsonschema is not installed";
  }

  std::string verdict(const std::string& json) {
    const std::string path = folder_.write("document.json", json);
    const Output output = run("python3 " + folder_.path() + "/validator.py " + folder_.path() + "/schema.json " + path);
    EXPECT_EQ(output.status, 0) << output.text;
    return without(without(output.text, path + " "), "\n");
  }

  TemporaryFolder folder_;
};

TEST_F(Schema, AcceptsEveryShippedScenario) {
  std::size_t checked = 0;
  for (const auto& entry : files::recursive_directory_iterator{files::path{HEADROOM_SOURCE_DIR} / "scenarios"}) {
    const std::string extension = entry.path().extension();
    if (extension != ".json" && extension != ".yaml") continue;
    Places places;
    Issues issues{places};
    std::optional<Document> document = read_document(entry.path(), issues);
    ASSERT_TRUE(document && issues.empty()) << entry.path();
    EXPECT_EQ(verdict(to_text(document->base)), "good") << entry.path();
    for (const VariantText& variant : document->variants) EXPECT_EQ(verdict(to_text(variant.scenario)), "good") << entry.path() << ": " << variant.name;
    ++checked;
  }
  if (checked == 0) GTEST_SKIP() << "no scenarios are shipped yet";
}

TEST_F(Schema, AcceptsListsAndObjectsOfNamesAndShorthands) {
  EXPECT_EQ(verdict(small_scenario(R"("balancer": "random", "start_up": {"p50": "1 s", "p95": "2 s"},)",
                                   R"("assumptions": {"x": {"value": 3, "range": [1, 5], "why": "a guess"}}, "replications": 3,
                                      "regions": {"us": {"round_trip": {"eu": "64 ms"}}, "eu": {}}, "objectives": ["rate errors < 1 %"],)")),
            "good");
}

TEST_F(Schema, AnAssumptionMayStandForAnyValue) {
  EXPECT_EQ(verdict(small_scenario(R"("replicas": "${n}", "cpu": "${c}", "memory": "${m}", "start_up": "${s} ms",)")), "good");
}

TEST_F(Schema, RefusesWhatTheReaderRefusesByForm) {
  EXPECT_NE(verdict(small_scenario(R"("replica": 3,)")), "good") << "unknown field";
  EXPECT_NE(verdict(small_scenario(R"("memory": 4,)")), "good") << "bare number";
  EXPECT_NE(verdict(small_scenario(R"("memory": "4 Gib",)")), "good") << "unknown unit";
  EXPECT_NE(verdict(small_scenario(R"("replicas": -1,)")), "good") << "out of range";
  EXPECT_NE(verdict(small_scenario(R"("balancer": "round-robbin",)")), "good") << "unknown policy";
  EXPECT_NE(verdict(small_scenario(R"("autoscaler": {"policy": "hpa", "metricz": []},)")), "good") << "unknown option";
  EXPECT_NE(verdict(R"({"name": "x", "services": [{"name": "a", "endpoints": [{"name": "x", "steps": [{"compute": "1 ms", "wait": "1 s"}]}]}]})"), "good")
      << "two actions in a step";
  EXPECT_NE(verdict(R"({"duration": "1 h"})"), "good") << "no name";
}

TEST(SchemaText, OffersEveryRegisteredPolicy) {
  const std::string text = scenario_schema().dump();
  for (const auto& [seam, registry] : Registry::all()) {
    if (seam == "prices") continue;  // not a field of scenarios
    for (const std::string& name : registry->names()) EXPECT_NE(text.find("\"const\":\"" + name + "\""), std::string::npos) << seam << " " << name;
  }
}

TEST(SchemaText, DoesNotDependOnHowOftenItIsMade) { EXPECT_EQ(scenario_schema().dump(), scenario_schema().dump()); }

}  // namespace
}  // namespace headroom
