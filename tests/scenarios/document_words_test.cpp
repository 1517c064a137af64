// Each folder of a document has a table in its README: the document's words, and the names they have in the scenarios. Both
// directions are kept: a name in the table stands in a scenario of the folder, and every component of them stands in the table.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <string>

#include "scenarios/document.hpp"
#include "tests/support/places.hpp"

namespace headroom {
namespace {

namespace files = std::filesystem;

// Lists of what a system consists of; each element has a name.
const std::set<std::string> component_lists{"node_pools", "services",        "databases",      "queues", "locks",
                                            "caches",     "language_models", "load_balancers", "links",  "stores",
                                            "limits",     "routes",          "workloads"};

using Names = std::set<std::string>;  // "services/api"

void add_components(const Value& scenario, Names& names) {
  for (const Member& list : scenario.members) {
    if (!component_lists.contains(list.name)) continue;
    for (const Value& element : list.value.items) {
      if (const Member* name = element.find("name")) names.insert(list.name + "/" + name->value.text);
    }
    for (const Member& named : list.value.members) names.insert(list.name + "/" + named.name);
  }
}

Names components_of(const files::path& folder) {
  Names names;
  for (const auto& entry : files::directory_iterator{folder}) {
    if (entry.path().extension() != ".json") continue;
    Places places;
    Issues issues{places};
    const std::optional<Document> document = read_document(entry.path(), issues);
    EXPECT_TRUE(document && issues.empty()) << entry.path();
    if (!document) continue;
    add_components(document->base, names);
    for (const VariantText& variant : document->variants) add_components(variant.scenario, names);
  }
  return names;
}

// Of the rows of the folder's tables: what stands between backticks in the last column and looks like a component.
Names names_in_tables(const files::path& readme) {
  const std::regex quoted{"`([a-z_]+)/([^`]+)`"};
  std::ifstream file{readme};
  Names names;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("|") || line.size() < 2) continue;
    const std::string last = line.substr(line.rfind('|', line.size() - 2));
    for (auto match = std::sregex_iterator{last.begin(), last.end(), quoted}; match != std::sregex_iterator{}; ++match) {
      if (component_lists.contains((*match)[1])) names.insert((*match)[1].str() + "/" + (*match)[2].str());
    }
  }
  return names;
}

class DocumentFolder : public testing::TestWithParam<std::string> {
 protected:
  files::path folder_ = files::path{source_dir()} / "scenarios" / GetParam();
};

TEST_P(DocumentFolder, HasTheComponentsThatItsTableNames) {
  const Names components = components_of(folder_);
  const Names named = names_in_tables(folder_ / "README.md");
  EXPECT_GE(named.size(), 5U) << "the table that maps the document's words to names";
  for (const std::string& name : named) EXPECT_TRUE(components.contains(name)) << name << " is in no scenario of " << folder_;
}

TEST_P(DocumentFolder, SaysOfEachComponentWhichWordsOfTheDocumentItIs) {
  const Names named = names_in_tables(folder_ / "README.md");
  for (const std::string& name : components_of(folder_)) EXPECT_TRUE(named.contains(name)) << name << " is not in the table";
}

INSTANTIATE_TEST_SUITE_P(Documents, DocumentFolder,
                         testing::Values("artist-platform", "monitoring", "parallel-ai", "ugc-video", "music-community"),
                         [](const auto& folder) {
                           std::string name = folder.param;
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name;
                         });

}  // namespace
}  // namespace headroom
