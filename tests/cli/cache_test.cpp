// headroom cache: recorded requests in, miss ratios out; what is wrong with a trace is said with its place.
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

#include "tests/cli/process.hpp"
#include "tests/support/places.hpp"

namespace headroom::cli_test {
namespace {

namespace files = std::filesystem;
using nlohmann::json;

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string written(const std::string& name, const std::string& content) { return cli_test::written("cache_traces", name, content); }

std::string record(std::uint64_t key, std::uint32_t bytes, std::int64_t next) {
  std::string text(24, '\0');
  std::memcpy(text.data() + 4, &key, sizeof key);
  std::memcpy(text.data() + 12, &bytes, sizeof bytes);
  std::memcpy(text.data() + 16, &next, sizeof next);
  return text;
}

std::string sample() { return std::string{source_dir()} + "/../shared/traces/cache/cloudPhysicsIO.oracleGeneral.bin.xz"; }

// a b c a d: with 3 places, LRU and FIFO hit a once; with 2, a has left. Bytes: 10 each, so 40 of 50 and 50 of 50.
TEST(Cache, CountsMissesOfRequestsAndOfBytes) {
  const std::string trace = written("five.csv", "time,key,size\n0,a,10\n1,b,10\n2,c,10\n3,a,10\n4,d,10\n");
  const Ended ended = headroom({"cache", trace, "--policies", "lru,fifo", "--sizes", "20 B,30", "--json"});
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  const json whole = json::parse(ended.out);
  EXPECT_EQ(whole.at("requests"), 5);
  EXPECT_EQ(whole.at("requested_bytes"), 50);
  ASSERT_EQ(whole.at("results").size(), 4U);
  EXPECT_EQ(whole.at("results").at(0).at("misses"), 5);
  EXPECT_EQ(whole.at("results").at(1).at("policy"), "lru");
  EXPECT_EQ(whole.at("results").at(1).at("size"), 30);
  EXPECT_EQ(whole.at("results").at(1).at("misses"), 4);
  EXPECT_EQ(whole.at("results").at(1).at("missed_bytes"), 40);
}

// 5 distinct objects of 1 byte; 40 % are two places. Belady is named, so the file is read twice.
TEST(Cache, SizesMayBeSharesAndBeladyMayBeAskedOfCsv) {
  const std::string trace = written("shares.csv", "key\na\nb\nc\nd\ne\na\nb\n");
  const Ended ended = headroom({"cache", trace, "--policies", "belady,lru", "--sizes", "40 %", "--csv"});
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  // Belady: a, b, then c takes b's place (a comes first), d c's, e d's; a hits.
  EXPECT_TRUE(says(ended.out, "belady,2,7,6,")) << ended.out;
  EXPECT_TRUE(says(ended.out, "lru,2,7,7,1,")) << ended.out;
}

TEST(Cache, ReadsBinaryRecordsAndIgnoresSizesWhenAsked) {
  const std::string trace = written("two.oracleGeneral.bin", record(1, 5, 2) + record(2, 100, -1) + record(1, 5, -1));
  const Ended bytes = headroom({"cache", trace, "--policies", "lru", "--sizes", "50", "--csv"});
  EXPECT_TRUE(says(bytes.out, "lru,50,3,2,")) << bytes.out << bytes.err;
  const Ended objects = headroom({"cache", trace, "--policies", "lru", "--sizes", "1", "--ignore-sizes", "--csv"});
  EXPECT_TRUE(says(objects.out, "lru,1,3,3,1,")) << objects.out << objects.err;
}

TEST(Cache, SaysWhatIsWrongWithATraceAndWhere) {
  const std::string good = record(1, 5, 1) + record(1, 5, -1);
  const auto expect = [](const std::string& path, const std::string& part) {
    const Ended ended = headroom({"cache", path, "--policies", "lru", "--sizes", "10"});
    EXPECT_EQ(ended.exit_code, 2) << path;
    EXPECT_TRUE(says(ended.err, part)) << ended.err;
    EXPECT_EQ(ended.out, "");
  };
  expect(written("cut.bin", good + std::string(7, '\0')), "record 3: ends after 7 of its 24 bytes");
  expect(written("back.bin", record(1, 5, 1) + record(1, 5, 0)), "record 2: its object's next request is number 0");
  expect(written("empty.bin", ""), "is empty");
  expect(written("empty.csv", ""), "is empty");
  expect(written("head.csv", "key,size\n"), "has no line after");
  expect(written("negative.csv", "key,size\na,1\nb,-2\n"), "line 3: the size -2 is negative");
  expect(written("text.csv", "key,size\na,much\n"), "line 2: \"much\" in column \"size\"");
  expect(written("nokey.csv", "object,size\na,1\n"), "has no column \"key\"; its first line names \"object\", \"size\"");
  expect(written("short.csv", "key,size\na\n"), "line 2: has 1 cells");
  expect(written("cut.bin.gz", std::string{"\x1f\x8b\x08\x00", 4}), "ends too early");
  expect(written("name.dat", good), "does not tell the format");
  expect(temporary("cache_traces") + "/absent.csv", "does not exist");
}

TEST(Cache, SaysWhatIsWrongWithItsOptions) {
  const std::string trace = written("options.csv", "key\na\n");
  const auto refused = [&](std::vector<std::string> options, const std::string& part) {
    options.insert(options.begin(), {"cache", trace});
    const Ended ended = headroom(options);
    EXPECT_EQ(ended.exit_code, 2) << part;
    EXPECT_TRUE(says(ended.err, part)) << ended.err;
  };
  refused({"--policies", "lru,siev"}, "did you mean \"sieve\"?");
  refused({"--policies", ","}, "names none");
  refused({"--sizes", "0"}, "more than nothing");
  refused({"--sizes", "120 %"}, "at most 100 %");
  refused({"--sizes", "5 min"}, "--sizes 5 min");
  refused({"--ignore-sizes", "--sizes", "1 GiB"}, "number of objects");
  refused({"--format", "vscsi"}, "there is no trace format");
  refused({"--json", "--csv"}, "choose one");
}

TEST(Cache, WritesAPageWithItsCurves) {
  const std::string trace = written("page.csv", "key,size\na,1\nb,1\na,1\n");
  const std::string folder = temporary("cache_page");
  const Ended ended = headroom({"cache", trace, "--policies", "lru,arc", "--sizes", "1,2", "-o", folder});
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_TRUE(says(ended.out, "requests missed")) << ended.out;
  const std::string page = content_of(folder + "/report.html");
  EXPECT_TRUE(says(page, "\"label\":\"arc\""));
  EXPECT_TRUE(says(page, "66.67 %"));  // two of three
  EXPECT_EQ(json::parse(content_of(folder + "/summary.json")).at("results").size(), 4U);
  EXPECT_TRUE(says(content_of(folder + "/miss_ratios.csv"), "lru,2,3,2,"));
}

// As libCacheSim counts on its own trace.
TEST(Cache, AgreesWithTheReferenceOnTheSampleTrace) {
  if (!files::exists(sample())) GTEST_SKIP() << "no " << sample();
  const Ended ended = headroom({"cache", sample(), "--policies", "lfu,s3-fifo", "--sizes", "128MiB,1GiB", "--csv"});
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_TRUE(says(ended.out, "lfu,134217728,113872,91699,")) << ended.out;
  EXPECT_TRUE(says(ended.out, "s3-fifo,1073741824,113872,70355,")) << ended.out;
}

}  // namespace
}  // namespace headroom::cli_test
