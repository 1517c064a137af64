// Broken scenario files and everything that is said about each: bad/NN-name.{json,yaml} beside bad/NN-name.expected.
// With HEADROOM_WRITE_EXPECTED set in the environment the expected texts are written instead of compared.
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <vector>

#include "scenarios/builder.hpp"
#include "sim/core/random.hpp"
#include "tests/scenarios/reading.hpp"
#include "tests/support/places.hpp"

namespace headroom {
namespace {

namespace files = std::filesystem;
using namespace test;

std::vector<files::path> broken_files() {
  std::vector<files::path> found;
  for (const auto& entry : files::directory_iterator{files::path{source_dir()} / "tests/scenarios/bad"}) {
    const std::string extension = entry.path().extension();
    const bool is_numbered = std::isdigit(static_cast<unsigned char>(entry.path().filename().string()[0])) != 0;
    if (is_numbered && (extension == ".json" || extension == ".yaml")) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string content_of(const files::path& path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

TEST(BadInput, EveryIssueOfEveryBrokenFileIsToldInOrder) {
  const std::vector<files::path> all = broken_files();
  ASSERT_GE(all.size(), 40U);
  for (const files::path& path : all) {
    const std::string said = issues_of(path);
    EXPECT_NE(said, "") << path << " was read without an issue";
    files::path expected = path;
    expected.replace_extension(".expected");
    if (std::getenv("HEADROOM_WRITE_EXPECTED") != nullptr)
      std::ofstream{expected} << said;
    else
      EXPECT_EQ(said, content_of(expected)) << path;
  }
}

TEST(BadInput, EveryIssueNamesItsFileAndSaysSomething) {
  for (const files::path& path : broken_files()) {
    try {
      read_scenario(path);
      ADD_FAILURE() << path << " was read without an issue";
    } catch (const ScenarioError& error) {
      for (const Issue& issue : error.issues()) {
        EXPECT_FALSE(issue.file.empty());
        EXPECT_FALSE(issue.message.empty());
        EXPECT_GT(issue.line, 0) << to_text(issue);
      }
    }
  }
}

TEST(BadInput, AMissingFileSuggestsItsNeighbour) {
  const TemporaryFolder folder;
  folder.write("flagship.json", small_scenario());
  EXPECT_EQ(issues_of(folder.path() + "/flagshp.json"), "flagshp.json: there is no such file; did you mean \"flagship.json\"?\n");
}

TEST(BadInput, AMissingFileSuggestsNothingThatIsNotAlike) {
  const TemporaryFolder folder;
  for (const char* name : {"mmc.json", "node-pool.json", "notes.txt", "nope.csv"}) folder.write(name, small_scenario());
  EXPECT_EQ(issues_of(folder.path() + "/nine.json"), "nine.json: there is no such file\n")
      << "all end alike, and that says nothing";
  EXPECT_EQ(issues_of(folder.path() + "/mcm.json"), "mcm.json: there is no such file; did you mean \"mmc.json\"?\n");
  EXPECT_EQ(issues_of(folder.path() + "/nodepool.json"),
            "nodepool.json: there is no such file; did you mean \"node-pool.json\"?\n");
  EXPECT_EQ(issues_of(folder.path() + "/mmc.yaml"), "mmc.yaml: there is no such file; did you mean \"mmc.json\"?\n");
  EXPECT_EQ(issues_of(folder.path() + "/none/mmc.json"), "mmc.json: there is no such file\n");
}

TEST(BadInput, AFolderIsNoScenario) {
  const TemporaryFolder folder;
  files::create_directory(folder.path() + "/scenario.json");
  EXPECT_EQ(issues_of(folder.path() + "/scenario.json"), "scenario.json: is a folder; name the scenario file in it\n");
}

TEST(BadInput, AnEmptyFileIsCalledEmpty) {
  EXPECT_EQ(issues_of_text(""), "scenario.json: is empty; a scenario needs at least a name, a service and a workload\n");
  EXPECT_EQ(issues_of_text(" \n\t\n", {}, "scenario.yaml"),
            "scenario.yaml: is empty; a scenario needs at least a name, a service and a workload\n");
}

TEST(BadInput, BytesThatAreNoTextAreRefusedAtTheirPlace) {
  using namespace std::string_literals;
  EXPECT_EQ(issues_of_text("{\"name\":\n \"a\0b\"}"s),
            "scenario.json:2:4: is a binary file: it holds a zero byte here; a scenario is JSON or YAML text in UTF-8\n");
  EXPECT_EQ(issues_of_text("{\"name\": \"caf\xE9\"}"),
            "scenario.json:1:14: is not text in UTF-8: a byte here does not belong to any character; save the file as UTF-8\n");
  EXPECT_NE(issues_of_text("{\"name\": \"\xED\xA0\x80\"}"), "") << "a surrogate is no character";
  EXPECT_NE(issues_of_text("{\"name\": \"\xC0\xAF\"}"), "") << "an overlong form is no character";
}

// The size is known before a byte is read, so this takes no memory.
TEST(BadInput, AFileOfAHundredMegabytesIsRefusedUnread) {
  const TemporaryFolder folder;
  const std::string path = folder.write("scenario.json", "{");
  files::resize_file(path, std::uintmax_t{100} << 20);
  EXPECT_EQ(issues_of(path),
            "scenario.json: is 100 MiB long; a scenario may have 16 MiB; keep traces in files of their own and name them in the "
            "scenario\n");
}

TEST(BadInput, DeepNestingIsRefusedWhereItBecomesTooDeep) {
  const std::string brackets(100'000, '[');
  EXPECT_EQ(issues_of_text("{\"a\":" + brackets + std::string(100'000, ']') + "}"),
            "scenario.json:1:105: lists and objects lie more than 100 deep in each other\n");
  EXPECT_EQ(issues_of_text("a: " + brackets + std::string(100'000, ']'), {}, "scenario.yaml"),
            "scenario.yaml:1:103: lists and objects lie more than 100 deep in each other\n");
}

TEST(BadInput, AliasesThatMultiplyAreRefused) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int j = 1; j < 10; ++j) text += ", " + before;
    text += "]\n";
  }
  EXPECT_EQ(issues_of_text(text, {}, "scenario.yaml"),
            "scenario.yaml:6:45: more than 1000000 values in one scenario, aliases expanded; keep data in trace files\n");
}

TEST(BadInput, TooManyValuesAreRefused) {
  std::string text = "{\"a\": [0";
  for (int i = 0; i < 1'000'000; ++i) text += ",0";
  EXPECT_EQ(issues_of_text(text + "]}"),
            "scenario.json:1:2000004: more than 1000000 values in one scenario; keep data in trace files\n");
}

TEST(BadInput, OfVeryManyIssuesTheFirstAreTold) {
  std::string text = "{\"name\": \"many\"";
  for (int i = 0; i < 20'000; ++i) text += ",\n\"unknown " + std::to_string(i) + "\": 0";
  const std::string said = issues_of_text(text + "}");
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 501);
  EXPECT_NE(said.find("scenario.json: has more issues than these 500\n"), std::string::npos);
}

std::string trace_scenario(const std::string& file) {
  return R"({"name": "replay", "duration": "10 min", "services": [{"name": "api", "endpoints": [{"name": "get", "steps": []}]}],
"workloads": [{"model": "trace", "name": "web", "file": ")" +
         file + R"(", "journeys": [{"steps": [{"request": "api.get"}]}]}]})";
}

// A trace that was cut off in its middle.
TEST(BadInput, ADamagedGzipTraceIsToldAtItsField) {
  const TemporaryFolder folder;
  std::string rows = "time,requests\n";
  for (int i = 0; i < 20'000; ++i) rows += std::to_string(60 * i) + "," + std::to_string((i * 7919) % 1000) + "\n";
  const std::string path = folder.write("trace.csv.gz", "");
  gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, rows.data(), static_cast<unsigned>(rows.size()));
  gzclose(file);
  files::resize_file(path, files::file_size(path) / 2);
  const std::string said = issues_of(folder.write("scenario.json", trace_scenario("trace.csv.gz")));
  EXPECT_EQ(said.find("scenario.json:2:57: /workloads/0/file: "), 0U) << said;
}

TEST(BadInput, AMissingTraceIsToldAtItsField) {
  const std::string said = issues_of_text(trace_scenario("none.csv.gz"));
  EXPECT_EQ(said.find("scenario.json:2:57: /workloads/0/file: "), 0U) << said;
  EXPECT_NE(said.find("none.csv.gz"), std::string::npos) << said;
}

// One or two pieces of a text cut out, doubled, or put over other pieces: mostly broken, sometimes another good scenario.
std::string damaged(std::string text, RandomStream& random) {
  constexpr std::string_view marks = "{}[]\",:0-9ex$\\#&*";
  for (std::uint64_t changes = 1 + random.below(2); changes > 0 && !text.empty(); --changes) {
    const std::size_t from = random.below(text.size()), length = 1 + random.below(random.below(2) == 0 ? 3 : 40);
    const std::string piece = text.substr(from, length);
    const std::size_t to = random.below(text.size());
    switch (random.below(4)) {
      case 0: text.erase(from, length); break;
      case 1: text.insert(to, piece); break;
      case 2: text.replace(to, piece.size(), piece); break;
      default: text[from] = marks[random.below(marks.size())]; break;
    }
  }
  return text;
}

TEST(BadInput, ADamagedFileGivesIssuesOrAScenarioThatCanBeBuilt) {
  std::vector<files::path> sources = broken_files();
  for (const auto& entry : files::recursive_directory_iterator{files::path{source_dir()} / "scenarios/patterns"}) {
    if (entry.path().extension() == ".json") sources.insert(sources.end(), 5, entry.path());
  }
  std::sort(sources.begin(), sources.end());
  RandomStream random{20'240'607};
  const TemporaryFolder folder;
  std::size_t refused = 0, read = 0;
  for (int round = 0; round < 2500; ++round) {
    const files::path& source = sources[random.below(sources.size())];
    const std::string path = folder.write("scenario" + source.extension().string(), damaged(content_of(source), random));
    try {
      for (const NamedScenario& variant : read_scenario(path).variants) {
        EXPECT_EQ(check_blueprint(build_blueprint(variant.scenario)), std::vector<std::string>{}) << content_of(path);
      }
      ++read;
    } catch (const ScenarioError&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 1000U);
  EXPECT_GT(read, 50U);
}

}  // namespace
}  // namespace headroom
