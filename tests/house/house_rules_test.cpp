// What a reader may rely on anywhere in the tree.
#include <gtest/gtest.h>

#include <set>

#include "tests/house/source_tree.hpp"

namespace headroom::house {
namespace {

constexpr std::size_t longest_file = 400;  // lines; one subject needs fewer

std::vector<SourceFile> all_sources() {
  std::vector<SourceFile> all = program_sources();
  for (SourceFile& file : sources({"tests"})) all.push_back(std::move(file));
  return all;
}

// Put together here, so that this file does not break its own rule.
std::string joined(std::string_view a, std::string_view b) { return std::string{a} + std::string{b}; }

// Nowhere.
std::vector<std::string> words_of_the_unfinished() {
  return {joined("TO", "DO"), joined("FIX", "ME"), joined("not ", "implemented"), joined("/wo", "rk/"), joined("/tmp/", "build")};
}
// Not in the program: samplers that differ between libraries, what the compiler lacks, flushing on the way, paths of one machine.
std::vector<std::string> words_kept_out_of_the_program() {
  return {joined("std::normal", "_dist"), joined("std::uniform", "_"), joined("std::exponential", "_dist"), joined("#include <", "format>"),
          joined("std::", "endl"), joined("/ho", "me/")};
}

void expect_none(const std::vector<SourceFile>& sources, const std::vector<std::string>& words) {
  for (const SourceFile& file : sources) {
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      for (const std::string& word : words) {
        EXPECT_EQ(file.lines[i].find(word), std::string::npos) << file.path << ":" << i + 1 << " says \"" << word << "\"";
      }
    }
  }
}

TEST(HouseRules, EveryFolderWithSourcesSaysWhatItIsFor) {
  std::set<std::string> folders;
  for (const SourceFile& file : all_sources()) folders.insert(file.folder());
  for (const auto& entry : files::directory_iterator{root() / "scenarios"}) {
    if (entry.is_directory()) folders.insert(files::relative(entry.path(), root()).string());
  }
  ASSERT_GT(folders.size(), 20U);
  for (const std::string& folder : folders) {
    const std::vector<std::string> lines = lines_of(root() / folder / "README.md");
    EXPECT_GE(lines.size(), 2U) << folder << " has no README.md that says what lives there";
  }
}

TEST(HouseRules, FilesAreShort) {
  for (const SourceFile& file : program_sources()) EXPECT_LE(file.lines.size(), longest_file) << file.path;
}

TEST(HouseRules, EveryHeaderOpensWithWhatItIsFor) {
  for (const SourceFile& file : all_sources()) {
    if (!file.path.ends_with(".hpp")) continue;
    ASSERT_FALSE(file.lines.empty()) << file.path;
    EXPECT_TRUE(file.lines.front().starts_with("// ")) << file.path << " does not open with what it is for";
    EXPECT_NE(std::find(file.lines.begin(), file.lines.end(), "#pragma once"), file.lines.end()) << file.path;
  }
}

TEST(HouseRules, NothingIsLeftForLaterAndNoMachineIsNamed) { expect_none(all_sources(), words_of_the_unfinished()); }

TEST(HouseRules, TheProgramDrawsAndFormatsByItsOwnMeans) { expect_none(program_sources(), words_kept_out_of_the_program()); }

TEST(HouseRules, NamesSayWhatAThingIs) {
  for (const SourceFile& file : program_sources()) {
    for (const std::string_view vague : {"manager", "helper", "util"}) EXPECT_EQ(file.path.find(vague), std::string::npos) << file.path;
  }
}

// A file that registers something is a policy or a model; its test has its name.
TEST(HouseRules, EveryPolicyHasATestOfItsName) {
  std::size_t policies = 0;
  for (const SourceFile& file : sources({"policies"})) {
    const bool registers = std::any_of(file.lines.begin(), file.lines.end(),
                                       [](const std::string& line) { return line.find("offer<") != std::string::npos; });
    if (!registers) continue;
    ++policies;
    const std::string test = "tests/policies/" + files::path{file.path}.stem().string() + "_test.cpp";
    EXPECT_TRUE(files::exists(root() / test)) << file.path << " has no " << test;
  }
  EXPECT_GE(policies, 14U);
}

TEST(HouseRules, PackagesAreNamedOnceAndInASection) {
  std::set<std::string> names;
  std::string section;
  for (const std::string& line : lines_of(root() / "debian-packages.txt")) {
    if (line.empty() || line.starts_with('#')) continue;
    if (line.starts_with('[')) {
      section = line;
      EXPECT_TRUE(line == "[build]" || line == "[test]" || line == "[optional]") << line;
      continue;
    }
    EXPECT_FALSE(section.empty()) << line << " stands before the first section";
    EXPECT_TRUE(names.insert(line).second) << line << " is there twice";
  }
  EXPECT_TRUE(names.contains("libsimgrid-dev"));
}

}  // namespace
}  // namespace headroom::house
