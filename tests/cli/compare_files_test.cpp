// Several scenario files beside each other: one study, one store, differences of settings before those of results.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "tests/cli/process.hpp"

namespace headroom::cli_test {
namespace {

using nlohmann::json;

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// M/D/1: Poisson arrivals at 50 /s, one server, every request takes `compute`.
std::string single_server(const std::string& name, const std::string& compute, int seed, const std::string& duration = "1 min") {
  return written("servers", name + ".json",
                 R"({
  "name": ")" + name +
                     R"(", "seed": )" + std::to_string(seed) + R"(, "duration": ")" + duration +
                     R"(", "warm_up": "0 s", "replications": 5,
  "services": [{"name": "api", "cpu": 1, "concurrency": 1, "backlog": 100000, "endpoints": [{"name": "get", "steps": [{"compute": ")" +
                     compute + R"("}]}]}],
  "workloads": [{"model": "users", "name": "people", "rate": "50 /s", "journeys": [{"steps": [{"request": "api.get"}]}]}],
  "objectives": ["avg latency < 1 s"]
})");
}

// The second file's cell of a row.
json cell_of(const std::string& folder, const std::string& title) {
  const json summary = json::parse(content_of(folder + "/summary.json"));
  for (const json& row : summary.at("comparison")) {
    if (row.at("title") == title) return row.at("variants").at(1);
  }
  ADD_FAILURE() << "there is no row " << title;
  return {};
}

TEST(CompareFiles, AreOneStudyThatSaysTheSettingsFirstAndCanBeReportedAndReplayed) {
  const std::string folder = temporary("both");
  const Ended ended =
      headroom({"compare", single_server("today", "10 ms", 1), single_server("tomorrow", "12 ms", 1), "-o", folder});
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  const std::size_t settings = ended.out.find("SETTINGS"), results = ended.out.find("mean latency");
  EXPECT_LT(settings, results) << ended.out;
  EXPECT_TRUE(says(ended.out, "/services/api/endpoints/get/steps   [{\"compute\":\"10 ms\"}] -> [{\"compute\":\"12 ms\"}]")) << ended.out;
  EXPECT_TRUE(says(ended.out, "2 of 2 variants keep every required objective: today, tomorrow")) << ended.out;
  EXPECT_TRUE(says(ended.out, " run ")) << "the next command: " << ended.out;

  const Ended again = headroom({"report", folder, "--json", "-o", temporary("again")});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(content_of(temporary("again/summary.json")), content_of(folder + "/summary.json"));
  EXPECT_EQ(headroom({"replay", folder, "tomorrow/2"}).exit_code, 0);
}

// One assumption at two values, the same text that uses it: one difference, not that of the steps as well.
TEST(CompareFiles, ADifferenceIsToldOnceAtItsAssumptionWithWhatWasThereBefore) {
  const auto with_compute = [](const std::string& name, const std::string& compute, const std::string& limit) {
    return written("servers", name + ".json", R"({"name": ")" + name + R"(", "seed": 1, "duration": "1 min", "warm_up": "0 s", "replications": 2,
  "assumptions": {"demand": {"value": ")" + compute + R"(", "why": "measured"}},
  "services": [{"name": "api", "cpu": 1, "concurrency": 1, "endpoints": [{"name": "get", "steps": [{"compute": "${demand}"}]}]}],
  "workloads": [{"model": "users", "name": "people", "rate": "50 /s", "journeys": [{"steps": [{"request": "api.get"}]}]}],
  "objectives": ["avg latency < )" + limit + R"("]})");
  };
  const std::string folder = temporary("assumed");
  const Ended ended =
      headroom({"compare", with_compute("before", "10 ms", "1 ms"), with_compute("after", "9 ms", "1 ms"), "-o", folder});
  EXPECT_TRUE(says(ended.out, "/assumptions/demand/value   10 ms -> 9 ms\n")) << ended.out << ended.err;
  EXPECT_FALSE(says(ended.out, "/services/api/endpoints")) << ended.out;
  const std::string page = content_of(folder + "/report.html");
  EXPECT_TRUE(says(page, R"(<td data-label="before">10 ms</td><td data-label="after">9 ms</td>)"));

  // Where the texts themselves differ there is no assumption to tell it at.
  const Ended written_otherwise =
      headroom({"compare", single_server("today", "10 ms", 1), single_server("tomorrow", "12 ms", 1), "-o", temporary("two")});
  EXPECT_TRUE(says(written_otherwise.out, R"([{"compute":"10 ms"}] -> [{"compute":"12 ms"}])")) << written_otherwise.out;
}

// Shards of it are joined like those of any comparison.
TEST(CompareFiles, ShardsAreMergedIntoTheSameBytes) {
  const std::string a = single_server("today", "10 ms", 1), b = single_server("tomorrow", "12 ms", 1);
  ASSERT_EQ(headroom({"compare", a, b, "-q", "-o", temporary("whole")}).exit_code, 0);
  for (const char* shard : {"1/2", "2/2"})
    ASSERT_EQ(headroom({"compare", a, b, "-q", "-o", temporary("parts"), "--shard", shard}).exit_code, 0);
  ASSERT_EQ(headroom({"merge", "-q", "-o", temporary("joined"), temporary("parts")}).exit_code, 0);
  EXPECT_EQ(content_of(temporary("joined/summary.json")), content_of(temporary("whole/summary.json")));
}

TEST(CompareFiles, RefuseWhatCannotBeComparedAndSayWhatWouldDo) {
  const std::string minute = single_server("minute", "10 ms", 1), longer = single_server("longer", "10 ms", 1, "2 min");
  const Ended ended = headroom({"compare", minute, longer, "-o", temporary("none")});
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_TRUE(says(ended.err, "cannot be compared; give both the same, for example --set \"/duration=1 min\"")) << ended.err;
  EXPECT_FALSE(std::filesystem::exists(temporary("none")));
  EXPECT_EQ(headroom({"compare", minute, longer, "-q", "--set", "/duration=1 min", "-o", temporary("same")}).exit_code, 0);
  EXPECT_EQ(headroom({"compare", minute, minute, "-o", temporary("none")}).exit_code, 2);
  EXPECT_EQ(headroom({"compare", minute, "--variant", "base", "-o", temporary("none")}).exit_code, 2);
  const Ended wrong = headroom({"compare", minute, data("wrong.json"), "-o", temporary("none")});
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_TRUE(says(wrong.err, "wrong.json:2:")) << wrong.err;
}

TEST(CompareFiles, RefuseAVariantThatNoneHasAndNameTheNearest) {
  const Ended ended = headroom(
      {"compare", single_server("plain", "10 ms", 7), data("holds.json"), "--variant", "slwo", "-o", temporary("none")});
  EXPECT_EQ(ended.exit_code, 2) << ended.out;
  EXPECT_TRUE(says(ended.err, "slwo")) << ended.err;
  EXPECT_TRUE(says(ended.err, "\"slow\"?")) << ended.err;
  EXPECT_FALSE(std::filesystem::exists(temporary("none")));
}

TEST(CompareFiles, ARowThatOnlyOneHasIsShown) {
  const Ended ended =
      headroom({"compare", single_server("plain", "10 ms", 7), data("holds.json"), "--variant", "slow", "--set",
                "/duration=1 min", "--set", "/objectives=[\"avg cpu{service=api} < 99 %\"]", "-o", temporary("differing")});
  EXPECT_TRUE(says(ended.out, "Holds, clearly, slow")) << ended.out << ended.err;
  EXPECT_TRUE(says(ended.out, "mean CPU of api")) << ended.out;
}

// In M/D/1 the mean time in the system is D + rho D / (2 (1 - rho)). D = 10 ms at 50 /s: rho = 0.5, 10 + 5 = 15 ms. With 1 % less
// work D = 9.9 ms, rho = 0.495: 9.9 + 0.495 × 9.9 / 1.01 = 9.9 + 4.852 = 14.752 ms, so 0.248 ms are to be seen.
constexpr double planted = -0.248e-3;

// The mean of a run of 3,000 requests varies by some 0.4 ms: with different random numbers, five of each have a standard error of
// 0.25 ms, as much as there is to be seen; two hundred of 0.04 ms.
TEST(CompareFiles, OnePercentIsNotDistinguishableAtFiveReplicationsAndRealAtEnoughOfThem) {
  const std::string a = single_server("now", "10 ms", 1), b = single_server("improved", "9.9 ms", 2);
  const Ended few = headroom({"compare", a, b, "-q", "-o", temporary("few")});
  EXPECT_TRUE(says(few.out, "their runs met other random numbers")) << few.out;
  const json at_five = cell_of(temporary("few"), "mean latency");
  EXPECT_FALSE(at_five.at("distinguishable").get<bool>()) << at_five;
  EXPECT_FALSE(at_five.at("paired").get<bool>());

  ASSERT_EQ(headroom({"compare", a, b, "-q", "--replications", "200", "-o", temporary("many")}).exit_code, 0);
  const json at_many = cell_of(temporary("many"), "mean latency");
  EXPECT_TRUE(at_many.at("distinguishable").get<bool>()) << at_many;
  const json& difference = at_many.at("difference");
  const double half = (difference.at("high").get<double>() - difference.at("low").get<double>()) / 2.0;
  EXPECT_NEAR(difference.at("mean").get<double>(), planted, 1.6 * half) << "within three standard errors of the formula";
  EXPECT_LT(half, 0.2e-3);
}

// Of the same seed both meet the same arrivals: what is shared cancels, and five runs are enough for the same 1 %.
TEST(CompareFiles, PairingShowsTheSamePercentAtFiveReplications) {
  const std::string a = single_server("now", "10 ms", 1), b = single_server("improved", "9.9 ms", 1);
  ASSERT_EQ(headroom({"compare", a, b, "-q", "-o", temporary("paired")}).exit_code, 0);
  const json cell = cell_of(temporary("paired"), "mean latency");
  EXPECT_TRUE(cell.at("distinguishable").get<bool>()) << cell;
  EXPECT_NEAR(cell.at("difference").at("mean").get<double>(), planted, 0.05e-3);
}

}  // namespace
}  // namespace headroom::cli_test
