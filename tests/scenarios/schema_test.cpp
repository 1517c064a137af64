// The JSON Schema against an independent validator, python3-jsonschema.
#include "scenarios/schema.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "scenarios/document.hpp"
#include "sim/core/registry.hpp"
#include "tests/scenarios/reading.hpp"
#include "tests/support/places.hpp"

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

// Reads plain JSON documents and prints, for each, "good" or the first fault.
const char* const validator = R"(
import json, sys
import jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft7Validator.check_schema(schema)
checker = jsonschema.Draft7Validator(schema)
for name in sys.argv[2:]:
    faults = list(checker.iter_errors(json.load(open(name))))
    print("good" if not faults else str(list(faults[0].absolute_path)) + " " + faults[0].message[:300])
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

  // One process for all: what is said of each document, in order.
  std::vector<std::string> verdicts(const std::vector<std::string>& documents) {
    std::string command = "python3 " + folder_.path() + "/validator.py " + folder_.path() + "/schema.json";
    for (std::size_t i = 0; i < documents.size(); ++i) command += " " + folder_.write(std::to_string(i) + ".json", documents[i]);
    const Output output = run(command);
    EXPECT_EQ(output.status, 0) << output.text;
    std::vector<std::string> lines;
    std::istringstream text{output.text};
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    EXPECT_EQ(lines.size(), documents.size());
    lines.resize(documents.size());
    return lines;
  }

  TemporaryFolder folder_;
};

TEST_F(Schema, AcceptsEveryShippedScenario) {
  std::vector<std::string> names, documents;
  for (const auto& entry : files::recursive_directory_iterator{files::path{source_dir()} / "scenarios"}) {
    const std::string extension = entry.path().extension();
    if (extension != ".json" && extension != ".yaml") continue;
    Places places;
    Issues issues{places};
    std::optional<Document> document = read_document(entry.path(), issues);
    ASSERT_TRUE(document && issues.empty()) << entry.path();
    document->variants.push_back({"base", document->base});
    for (const VariantText& variant : document->variants) {
      names.push_back(entry.path().string() + ": " + variant.name);
      documents.push_back(to_text(variant.scenario));
    }
  }
  if (documents.empty()) GTEST_SKIP() << "no scenarios are shipped yet";
  const std::vector<std::string> said = verdicts(documents);
  for (std::size_t i = 0; i < said.size(); ++i) EXPECT_EQ(said[i], "good") << names[i];
}

TEST_F(Schema, AcceptsListsAndObjectsOfNamesShorthandsAndAssumptions) {
  const std::vector<std::string> said =
      verdicts({small_scenario(R"("balancer": "random", "start_up": {"p50": "1 s", "p95": "2 s"},)",
                               R"("assumptions": {"x": {"value": 3, "range": [1, 5], "why": "a guess"}}, "replications": 3,
                        "regions": {"us": {"round_trip": {"eu": "64 ms"}}, "eu": {}}, "objectives": ["rate errors < 1 %"],)"),
                small_scenario(R"("replicas": "${n}", "cpu": "${c}", "memory": "${m}", "start_up": "${s} ms",)"),
                small_scenario(R"("replicas": {"low": 1, "mid": 2, "high": 3}, "cpu": {"low": 1, "mid": 2, "high": 3, "confidence": 0.9, "why": "x"}, "memory": {"low": "1 GiB", "mid": "2 GiB", "high": "3 GiB"},)",
                               R"("assumptions": {"x": {"low": 1, "mid": 2, "high": 3, "why": "a guess"}},
                        "vary": {"a": {"set": "/seed", "values": [1, "2", {"policy": "hpa"}, null]}, "b": {"set": ["/x", "/y"], "from": 1, "to": "4", "step": 1}},)"),
                R"({"name": "x", "extends": "base.json"})"});
  for (const std::string& one : said) EXPECT_EQ(one, "good");
}

TEST_F(Schema, RefusesWhatTheReaderRefusesByItsForm) {
  const std::vector<std::pair<std::string, std::string>> broken{
      {"unknown field", small_scenario(R"("replica": 3,)")},
      {"bare number", small_scenario(R"("memory": 4,)")},
      {"unknown unit", small_scenario(R"("memory": "4 Gib",)")},
      {"out of range", small_scenario(R"("replicas": -1,)")},
      {"unknown policy", small_scenario(R"("balancer": "round-robbin",)")},
      {"unknown option", small_scenario(R"("autoscaler": {"policy": "hpa", "metricz": []},)")},
      {"two actions",
       R"({"name": "x", "workloads": [], "services": [{"name": "a", "endpoints": [{"name": "x", "steps": [{"compute": "1 ms", "wait": "1 s"}]}]}]})"},
      {"uncertain without an end", small_scenario(R"("replicas": {"low": 1, "mid": 2},)")},
      {"assumption in two ways", small_scenario("", R"("assumptions": {"x": {"value": 2, "low": 1, "mid": 2, "high": 3, "why": "a guess"}},)")},
      {"axis without pointer", small_scenario("", R"("vary": [{"name": "a", "values": [1]}],)")},
      {"no name", R"({"duration": "1 h"})"}};
  std::vector<std::string> documents;
  for (const auto& [what, document] : broken) documents.push_back(document);
  const std::vector<std::string> said = verdicts(documents);
  for (std::size_t i = 0; i < said.size(); ++i) EXPECT_NE(said[i], "good") << broken[i].first;
}

TEST(SchemaText, OffersEveryRegisteredPolicy) {
  const std::string text = scenario_schema().dump();
  for (const auto& [seam, registry] : Registry::all()) {
    if (seam == "prices" || seam == "offline-caching") continue;  // not a field of scenarios
    for (const std::string& name : registry->names())
      EXPECT_NE(text.find("\"const\":\"" + name + "\""), std::string::npos) << seam << " " << name;
  }
}

// Every property with a default, wherever it stands: visit(name, schema).
template <class Visit>
void for_each_default(const nlohmann::ordered_json& schema, const Visit& visit) {
  if (schema.is_object() && schema.contains("properties")) {
    for (const auto& [name, property] : schema["properties"].items()) {
      if (property.is_object() && property.contains("default")) visit(name, property);
    }
  }
  if (!schema.is_structured()) return;
  for (const auto& inner : schema) for_each_default(inner, visit);
}

TEST(SchemaText, SaysWhatHoldsWhereAFileSaysNothing) {
  const auto schema = scenario_schema();
  EXPECT_EQ(schema["properties"]["seed"]["default"], 1);
  EXPECT_EQ(schema["properties"]["duration"]["default"], "1 h");
  EXPECT_EQ(schema["definitions"]["service"]["properties"]["drain_limit"]["default"], "30 s");
  EXPECT_EQ(schema["definitions"]["service"]["properties"]["cpu"]["default"], 1.0);
  EXPECT_EQ(schema["definitions"]["node_pool"]["properties"]["nodes"]["default"], 1);
  EXPECT_EQ(schema["definitions"]["retry"]["properties"]["jitter"]["default"], "full");
  EXPECT_FALSE(schema["definitions"]["service"]["properties"]["name"].contains("default")) << "what must be given has none";
  EXPECT_FALSE(schema["definitions"]["service"]["properties"]["backlog"].contains("default")) << "nothing holds without it";
  nlohmann::ordered_json hpa;
  for (const auto& choice : schema["definitions"]["choice_of_autoscaling"]["anyOf"]) {
    if (choice.contains("properties") && choice["properties"]["policy"]["const"] == "hpa") hpa = choice["properties"];
  }
  EXPECT_EQ(hpa["sync"]["default"], "15 s");
  EXPECT_EQ(hpa["tolerance"]["default"], "10 %");
  EXPECT_EQ(hpa["replicas"]["default"], (nlohmann::ordered_json{1, 10'000}));
}

TEST_F(Schema, AcceptsItsOwnDefaults) {
  const auto schema = scenario_schema();
  std::string names;
  std::vector<std::string> documents;
  const auto check = [&](const std::string& name, const nlohmann::ordered_json& property) {
    names += name + " ";
    nlohmann::ordered_json whole = property;
    whole["definitions"] = schema["definitions"];
    documents.push_back(nlohmann::ordered_json{{"schema", whole}, {"value", property["default"]}}.dump());
  };
  for_each_default(schema, check);
  ASSERT_GT(documents.size(), 60U) << names;
  std::ofstream{folder_.path() + "/each.py"} << R"(
import json, sys, jsonschema
for line in open(sys.argv[1]):
    pair = json.loads(line)
    for fault in jsonschema.Draft7Validator(pair["schema"]).iter_errors(pair["value"]):
        print(json.dumps(pair["value"]), fault.message[:200])
)";
  std::ofstream pairs{folder_.path() + "/pairs"};
  for (const std::string& document : documents) pairs << document << "\n";
  pairs.close();
  EXPECT_EQ(run("python3 " + folder_.path() + "/each.py " + folder_.path() + "/pairs").text, "");
}

TEST(SchemaText, DoesNotDependOnHowOftenItIsMade) { EXPECT_EQ(scenario_schema().dump(), scenario_schema().dump()); }

}  // namespace
}  // namespace headroom
