// Includes run downward only. The table is the drawing of the house; a new arrow is a decision, not an edit.
#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "tests/house/source_tree.hpp"

namespace headroom::house {
namespace {

// From a room to the rooms, or single headers, that it may include besides its own. Distributions, units, time and the registry
// of sim/core are the vocabulary of all; the program starts a run with one function of sim/cluster.
const std::map<std::string, std::vector<std::string>>& arrows() {
  static const std::map<std::string, std::vector<std::string>> table{
      {"cli",
       {"reports", "scenarios", "sim/experiment", "sim/core", "sim/cluster/simulation.hpp", "sim/cluster/request_trace.hpp",
        "conformance", "decisions", "planning", "models/caches", "sim/seams"}},
      {"conformance", {"policies", "models/caches", "scenarios", "sim/measure", "sim/seams", "sim/core"}},
      {"planning", {"reports", "scenarios", "sim", "models/caches"}},
      {"decisions", {"reports", "scenarios", "models/caches", "sim/seams", "sim/core"}},
      {"reports", {"scenarios", "sim/measure", "sim/experiment", "sim/core"}},
      {"scenarios", {"sim", "models/queueing"}},
      {"models", {"sim/seams", "sim/core"}},
      {"policies", {"sim/seams", "sim/core"}},
      {"sim/experiment", {"sim/measure", "sim/core"}},
      {"sim/cluster", {"sim/seams", "sim/measure", "sim/core"}},
      {"sim/measure", {"sim/core"}},
      {"sim/seams", {"sim/core"}},
      {"sim/core", {}},
  };
  return table;
}

// Third-party libraries, by the beginning of their headers' names, and the rooms that may include them.
const std::map<std::string, std::vector<std::string>>& libraries() {
  static const std::map<std::string, std::vector<std::string>> table{
      {"<nlohmann/", {"scenarios", "reports", "cli", "sim/experiment", "conformance", "decisions", "planning"}},
      {"<simgrid/", {"sim/cluster"}},
      {"<xbt/", {"sim/cluster"}},
      {"<boost/program_options", {"cli"}},
      {"<boost/math/", {"sim/core", "sim/measure", "models"}},
      {"<Random123/", {"sim/core"}},
      {"<Eigen/", {"models", "policies/forecasting", "sim/measure"}},
      {"<yaml-cpp/", {"scenarios"}},
      {"<kainjow/", {"reports"}},
      {"<zlib.h", {"models", "scenarios"}},
      {"<lzma.h", {"models"}},
      {"<sqlite3.h", {"sim/experiment"}},
      {"<fmt/", {"cli", "conformance", "decisions", "planning", "reports", "scenarios", "models", "policies", "sim"}},
  };
  return table;
}

bool below_any(const std::string& path, const std::vector<std::string>& folders) {
  return std::any_of(folders.begin(), folders.end(), [&](const std::string& folder) { return below(path, folder); });
}

// The room a file lies in; none for a file outside all of them.
std::optional<std::string> room_of(const std::string& path) {
  for (const auto& [room, targets] : arrows()) {
    if (below(path, room)) return room;
  }
  return std::nullopt;
}

// Headers of the operating system have a folder "sys" or none; those of the standard library have no dot.
bool is_third_party(const std::string& header) {
  return header.find('/') != std::string::npos ? !header.starts_with("<sys/") : header == "<zlib.h>" || header == "<sqlite3.h>";
}

TEST(IncludeRules, EverySourceLiesInARoom) {
  const auto all = program_sources();
  ASSERT_GT(all.size(), 50U) << "the source tree was not found below " << root();
  for (const SourceFile& file : all) EXPECT_TRUE(room_of(file.path)) << file.path << " lies in no room of the table";
}

TEST(IncludeRules, IncludesRunDownwardOnly) {
  for (const SourceFile& file : program_sources()) {
    const std::string room = room_of(file.path).value_or("");
    for (const std::string& line : file.lines) {
      const std::string header = included(line);
      if (!header.starts_with('"')) continue;
      const std::string path = header.substr(1, header.size() - 2);
      EXPECT_TRUE(files::exists(root() / path)) << file.path << " includes " << path << ", which is not relative to the root";
      EXPECT_TRUE(below(path, room) || below_any(path, arrows().at(room))) << file.path << " may not include " << path;
    }
  }
}

TEST(IncludeRules, LibrariesStayInTheirRooms) {
  for (const SourceFile& file : program_sources()) {
    for (const std::string& line : file.lines) {
      const std::string header = included(line);
      if (!header.starts_with('<') || !is_third_party(header)) continue;
      const auto found = std::find_if(libraries().begin(), libraries().end(),
                                      [&](const auto& entry) { return header.starts_with(entry.first); });
      ASSERT_NE(found, libraries().end()) << file.path << " includes " << header << ", which no room may include";
      EXPECT_TRUE(below_any(file.path, found->second)) << file.path << " may not include " << header;
    }
  }
}

TEST(IncludeRules, TheRulesSeeAForbiddenArrow) {
  EXPECT_FALSE(below_any("sim/cluster/blueprint.hpp", arrows().at("policies")));
  EXPECT_FALSE(below_any("scenarios/reader.hpp", arrows().at("sim/cluster")));
  EXPECT_FALSE(below_any("policies/autoscaling/hpa.cpp", libraries().at("<nlohmann/")));
  EXPECT_FALSE(below("sim/core_extra/x.hpp", "sim/core"));
  EXPECT_EQ(included("#include \"sim/core/time.hpp\"  // why"), "\"sim/core/time.hpp\"");
  EXPECT_TRUE(is_third_party("<simgrid/s4u.hpp>"));
  EXPECT_TRUE(is_third_party("<sqlite3.h>"));
  EXPECT_FALSE(below_any("cli/merge.cpp", libraries().at("<sqlite3.h")));
  EXPECT_FALSE(is_third_party("<sys/wait.h>"));
}

}  // namespace
}  // namespace headroom::house
