#include "sim/experiment/store_glance.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/experiment/store_support.hpp"

namespace headroom::test {
namespace {

TEST(StoreGlance, CountsWhatHasEndedWhileTheStoreIsWritten) {
  const OwnFolder folder;
  const std::string path = folder / "100 %25? #1.sqlite";  // characters that a URI would take for its own
  ResultStore store = ResultStore::create(path, two_variants(3));
  EXPECT_EQ(glance_at_store(path, 3).completed, 0U);
  put(store, {0, 0});
  put(store, {1, 0});
  put(store, {0, 2});
  store.put({{1, 2}, 139, "killed", 0.1, nullptr, {}});
  const StoreGlance glance = glance_at_store(path, 3);
  EXPECT_EQ(glance.completed, 3U);
  EXPECT_EQ(glance.failed, 1U);
  EXPECT_EQ(glance_at_store(path, 2).completed, 2U) << "of the replications that are asked for";
}

// A journal that a writer may need: a reader of the usual kind would undo what it describes.
TEST(StoreGlance, LeavesAnUnfinishedWriteAlone) {
  const OwnFolder folder;
  const std::string path = folder / "results.sqlite", journal = path + "-journal";
  {
    ResultStore store = ResultStore::create(path, two_variants(1));
    put(store, {0, 0});
  }
  std::ofstream{journal} << "of a writer on another machine";
  EXPECT_EQ(glance_at_store(path, 1).completed, 1U);
  EXPECT_TRUE(std::filesystem::exists(journal));
  EXPECT_EQ(std::filesystem::file_size(journal), 30U);
}

TEST(StoreGlance, SeesNothingWhereThereIsNoStore) {
  const OwnFolder folder;
  std::ofstream{folder / "text"} << "no database, but longer than the header of one would be: " << std::string(200, '.');
  for (const char* name : {"nothing", "text"}) {
    EXPECT_EQ(glance_at_store(folder / name, 1).completed, 0U);
    EXPECT_EQ(glance_at_store(folder / name, 1).failed, 0U);
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "nothing"));
}

}  // namespace
}  // namespace headroom::test
