// Texts to values: JSON and YAML, places, merging, hashes.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "scenarios/json_text.hpp"
#include "scenarios/merge.hpp"
#include "scenarios/sha256.hpp"
#include "scenarios/yaml_text.hpp"

namespace headroom {
namespace {

struct Parsed {
  Places places;
  Issues issues{places};
  std::optional<Value> value;
};

std::string json_again(const std::string& text) {
  Parsed parsed;
  parsed.value = parse_json(text, parsed.places.add_file("f"), parsed.issues);
  return parsed.value ? to_text(*parsed.value) : "refused";
}
std::string yaml_as_json(const std::string& text) {
  Parsed parsed;
  parsed.value = parse_yaml(text, parsed.places.add_file("f"), parsed.issues);
  return parsed.value && parsed.issues.empty() ? to_text(*parsed.value) : "refused";
}

// Two readers of the same grammar must agree on what is JSON and on what it says.
TEST(JsonText, AgreesWithTheJsonLibrary) {
  const std::vector<std::string> texts{
      "{}", "[]", "{\"a\":1}", "[1,2,3]", "{\"a\":[{\"b\":null},true,false,-0.5e3]}", " [ 1 , 2 ] ", "[\"\\u00e9\\n\\\"\"]", "// c\n[1]", "[1/*x*/,2]",
      "[1 // x\n]", "", "[", "]", "{", "[1,]", "[,1]", "[1,,2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{1:2}", "[1 2]", "[01]", "[1.]", "[.5]", "[+1]",
      "[1e5]", "[1E+5]", "[-]", "[--1]", "[nul]", "[True]", "[NaN]", "[\"a]", "[\"a\\x\"]", "[\"\\ud800\"]", "[\"a\nb\"]", "[\"\t\"]", "[1]]", "{\"a\":1}}",
      "[1} ", "{\"a\":[}", "[9223372036854775807]", "[9223372036854775808]", "[1e400]", "[1]/", "[1]/*", "['a']", "{a:1}", "[1;2]", "[0x10]", "nulll", "[true false]"};
  for (const std::string& text : texts) {
    const auto library = nlohmann::json::parse(text, nullptr, false, true);
    const std::string ours = json_again(text);
    if (library.is_discarded()) EXPECT_EQ(ours, "refused") << text;
    else EXPECT_EQ(nlohmann::json::parse(ours), library) << text;
  }
}

TEST(JsonText, KnowsTheLineColumnAndPointerOfEveryValue) {
  Parsed parsed;
  parsed.value = parse_json("{\n  \"a\": [1,\n    {\"b/c\": \"x\"}]}", parsed.places.add_file("f"), parsed.issues);
  const Member& inner = parsed.value->find("a")->value.items[1].members[0];
  EXPECT_EQ(parsed.places.pointer(inner.value.place), "/a/1/b~1c");
  EXPECT_EQ(parsed.places.at(inner.value.place).line, 3U);
  EXPECT_EQ(parsed.places.at(inner.value.place).column, 13U);
  EXPECT_EQ(parsed.places.at(inner.place).column, 6U);
}

TEST(JsonText, OfANameGivenTwiceTheFirstCounts) {
  Parsed parsed;
  parsed.value = parse_json("{\"a\": 1,\n\"a\": {\"b\": [2]}, \"c\": 3}", parsed.places.add_file("f"), parsed.issues);
  ASSERT_TRUE(parsed.value);
  EXPECT_EQ(to_text(*parsed.value), "{\"a\":1,\"c\":3}");
  ASSERT_EQ(parsed.issues.in_file_order().size(), 1U);
  EXPECT_EQ(to_text(parsed.issues.in_file_order()[0]), "f:2:1: /a: is given twice; the first is in line 1; remove one");
}

// YAML 1.2.2, section 10.3.2: the examples of the core schema.
TEST(YamlText, ReadsScalarsByTheCoreSchema) {
  EXPECT_EQ(yaml_as_json("A null: null\nAlso a null: # empty\nNot a null: \"\"\nBooleans: [true, True, false, FALSE]\n"
                         "Integers: [0, 0o7, 0x3A, -19]\nFloats: [0., -0.0, .5, +12e03, -2E+05]\n"),
            "{\"A null\":null,\"Also a null\":null,\"Not a null\":\"\",\"Booleans\":[true,true,false,false],\"Integers\":[0,7,58,-19],"
            "\"Floats\":[0.0,-0.0,0.5,12000.0,-200000.0]}");
  EXPECT_EQ(yaml_as_json("[no, yes, on, off, 010, 1_000, 12:30:45, 2001-12-14, '3', \"true\", !!str 3, 0b1, +-3, 1.5.2]"),
            R"(["no","yes","on","off",10,"1_000","12:30:45","2001-12-14","3","true","3","0b1","+-3","1.5.2"])");
}

// https://yaml.org/type/merge.html, example 1, all four forms of the same map.
TEST(YamlText, ExpandsMergeKeys) {
  const std::string anchors = "- &CENTER { x: 1, y: 2 }\n- &LEFT { x: 0, y: 2 }\n- &BIG { r: 10 }\n- &SMALL { r: 1 }\n";
  const auto last = [&](const std::string& map) {
    const auto all = nlohmann::json::parse(yaml_as_json(anchors + map));
    return all.back();
  };
  const nlohmann::json wanted{{"x", 1}, {"y", 2}, {"r", 10}, {"label", "center/big"}};
  EXPECT_EQ(last("- {x: 1, y: 2, r: 10, label: center/big}"), wanted);
  EXPECT_EQ(last("- <<: *CENTER\n  r: 10\n  label: center/big\n"), wanted);
  EXPECT_EQ(last("- <<: [ *CENTER, *BIG ]\n  label: center/big\n"), wanted);
  EXPECT_EQ(last("- <<: [ *BIG, *LEFT, *SMALL ]\n  x: 1\n  label: center/big\n"), wanted);
}

TEST(YamlText, RefusesWhatWouldBeReadInTwoWays) {
  EXPECT_EQ(yaml_as_json("a: 1\na: 2\n"), "refused");
  EXPECT_EQ(yaml_as_json("a: 1\n---\na: 2\n"), "refused");
  EXPECT_EQ(yaml_as_json("? [a, b]\n: 2\n"), "refused");
  EXPECT_EQ(yaml_as_json("a: &a [*a]\n"), "refused");
}

std::string merged(const std::string& base, const std::string& patch) {
  Parsed parsed;
  const std::uint32_t file = parsed.places.add_file("f");
  Value value = *parse_json(base, file, parsed.issues);
  merge(value, *parse_json(patch, file, parsed.issues));
  return nlohmann::json::parse(to_text(value)).dump();
}

// RFC 7396, appendix A.
TEST(Merge, FollowsTheExamplesOfTheStandard) {
  EXPECT_EQ(merged(R"({"a":"b"})", R"({"a":"c"})"), R"({"a":"c"})");
  EXPECT_EQ(merged(R"({"a":"b"})", R"({"b":"c"})"), R"({"a":"b","b":"c"})");
  EXPECT_EQ(merged(R"({"a":"b"})", R"({"a":null})"), "{}");
  EXPECT_EQ(merged(R"({"a":"b","b":"c"})", R"({"a":null})"), R"({"b":"c"})");
  EXPECT_EQ(merged(R"({"a":["b"]})", R"({"a":"c"})"), R"({"a":"c"})");
  EXPECT_EQ(merged(R"({"a":"c"})", R"({"a":["b"]})"), R"({"a":["b"]})");
  EXPECT_EQ(merged(R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})"), R"({"a":{"b":"d"}})");
  EXPECT_EQ(merged(R"({"a":[{"b":"c"}]})", R"({"a":[1]})"), R"({"a":[1]})");
  EXPECT_EQ(merged(R"(["a","b"])", R"(["c","d"])"), R"(["c","d"])");
  EXPECT_EQ(merged(R"({"a":"b"})", R"(["c"])"), R"(["c"])");
  EXPECT_EQ(merged(R"({"e":null})", R"({"a":1})"), R"({"a":1,"e":null})");
  EXPECT_EQ(merged(R"([1,2])", R"({"a":"b","c":null})"), R"({"a":"b"})");
  EXPECT_EQ(merged(R"({})", R"({"a":{"bb":{"ccc":null}}})"), R"({"a":{"bb":{}}})");
}

TEST(Merge, ListsOfNamedObjectsMergeByName) {
  const std::string base = R"({"s":[{"name":"a","n":1},{"name":"b","n":2}]})";
  EXPECT_EQ(merged(base, R"({"s":{"b":{"n":3}}})"), R"({"s":{"a":{"n":1},"b":{"n":3}}})");
  EXPECT_EQ(merged(base, R"({"s":[{"name":"b","m":3},{"name":"c"}]})"), R"({"s":{"a":{"n":1},"b":{"m":3,"n":2},"c":{}}})");
  EXPECT_EQ(merged(base, R"({"s":{"a":null}})"), R"({"s":{"b":{"n":2}}})");
  EXPECT_EQ(merged(R"({"s":{"a":{"n":1}}})", R"({"s":[{"name":"a","n":5}]})"), R"({"s":{"a":{"n":5}}})");
  EXPECT_EQ(merged(R"({"s":[{"n":1}]})", R"({"s":[{"n":2}]})"), R"({"s":[{"n":2}]})") << "without names a list is replaced";
}

// FIPS 180-4 examples (NIST, "SHA256.pdf") and the million letters a.
TEST(Sha256, GivesThePublishedDigests) {
  EXPECT_EQ(sha256_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256_of(std::string(1'000'000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, DoesNotDependOnHowTheBytesCome) {
  Sha256 hash;
  for (int i = 0; i < 1000; ++i) hash.add(std::string(1000, 'a'));
  EXPECT_EQ(hash.finish(), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

}  // namespace
}  // namespace headroom
