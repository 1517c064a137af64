#include "reports/study_report.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include "tests/reports/synthetic_study.hpp"

namespace headroom {
namespace {

using synthetic::add_requests;
using synthetic::empty_run;
using synthetic::objective;

// Two variants, three replications, numbers that can be followed by hand: 1,000 requests in a minute, few of which fail.
StudyReport small_study() {
  ScenarioFile file;
  Study study;
  const std::vector<std::vector<double>> failed{{30, 31, 32}, {10, 11, 12}};
  for (std::size_t v = 0; v < 2; ++v) {
    NamedScenario variant{.name = v == 0 ? "base" : "more replicas", .scenario = {}, .settings = {}};
    variant.scenario.name = "small shop";
    variant.scenario.seed = 7;
    variant.scenario.duration = std::chrono::minutes{1};
    variant.scenario.objectives = {objective("rate errors < 2 %"), objective("rate requests > 10 /s"),
                                   objective("p(95) latency < 1 s", "advisory")};
    if (v == 1) variant.settings = {{"/services/shop/replicas", "4"}};
    file.variants.push_back(std::move(variant));
    std::vector<RunResult>& runs = study.runs.emplace_back();
    for (std::uint64_t r = 0; r < 3; ++r) {
      runs.push_back(empty_run(1, r));
      add_requests(runs.back(), 1000.0, {failed[v][r]});
    }
  }
  return make_study_report("headroom compare shop.json", std::move(file), std::move(study), 0.25);
}

std::filesystem::path fresh_folder(const std::string& name) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("headroom-reports-" + name + "-" + std::to_string(::getpid()));
  std::filesystem::remove_all(folder);
  return folder;
}

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Terminal, PutsVariantsSideBySideAndTheAnswerLast) {
  // Errors: mean 3.1 %, standard deviation 0.1 %, half width 4.303 × 0.1 % / sqrt(3) = 0.25 %.
  EXPECT_EQ(to_terminal(small_study(), false),
            "small shop  1 min, 3 replications, seed 7                                                      0.2 s\n"
            "\n"
            "SETTINGS otherwise than base\n"
            "  more replicas   /services/shop/replicas   4\n"
            "\n"
            "                 base             more replicas\n"
            "errors           3.10 % +- 0.25   1.10 % +- 0.25\n"
            "requests ended   16.7 /s          16.7 /s        =\n"
            "\n"
            "=  not distinguishable from base (paired by replication, 95 %, Holm)\n"
            "\n"
            "OBJECTIVES                       base         more replicas\n"
            "rate errors < 2 %                x  3.1 %     ok 1.1 %\n"
            "rate requests > 10 /s            ok 16.7 /s   ok 16.7 /s\n"
            "p(95) latency < 1 s (advisory)   ?  -         ?  -\n"
            "\n"
            "base\n"
            "  x  rate errors < 2 %: 3.1 %, 55 % beyond the limit\n"
            "  ?  p(95) latency < 1 s (advisory): nothing was observed\n"
            "more replicas\n"
            "  ?  p(95) latency < 1 s (advisory): nothing was observed\n"
            "\n"
            "FAIL          base            1 of 2 objectives missed\n"
            "PASS          more replicas   2 of 2 objectives hold\n"
            "1 of 2 variants keeps every required objective: more replicas\n");
}

TEST(Terminal, KeepsToItsWidthAndWrapsVariantsIntoBlocks) {
  for (const std::size_t width : {60U, 80U, 100U, 120U}) {
    for (const std::size_t variants : {1U, 3U}) {
      StudyReport report = synthetic::flash_crowd(variants, 3);
      for (auto& verdicts : report.verdicts)
        verdicts.front().explanation = "the interval straddles the limit: try --replications 150 and see";
      report.study.interrupted = true;
      std::istringstream lines{to_terminal(report, false, width)};
      for (std::string line; std::getline(lines, line);) {
        EXPECT_LE(line.size(), width) << line;
        EXPECT_TRUE(line.empty() || line.back() != ' ') << "'" << line << "'";
      }
    }
  }
}

TEST(Terminal, BreaksLongObjectivesSoThatVariantsStayBesideEachOther) {
  StudyReport report = small_study();
  for (auto& verdicts : report.verdicts)
    verdicts.front().objective.that.text = "avg hit_ratio{cache=edge} > 80 % for 10 min during evening";
  EXPECT_NE(to_terminal(report, false, 80)
                .find("avg hit_ratio{cache=edge} > 80 %   x  3.1 %     ok 1.1 %\n"
                      "  for 10 min during evening\n"),
            std::string::npos)
      << to_terminal(report, false, 80);
}

TEST(Terminal, TellsTooFewRunsFromNoDifference) {
  StudyReport report = small_study();
  EXPECT_EQ(to_terminal(report, false).find("too few runs"), std::string::npos);
  report.comparison[1].cells[1].standing = Standing::too_few_runs;
  const std::string text = to_terminal(report, false);
  EXPECT_NE(text.find("16.7 /s        ?\n"), std::string::npos) << text;
  EXPECT_NE(text.find("?  too few runs to tell it from base: 10 runs that go on like these would; try --replications 10\n"),
            std::string::npos)
      << text;
  EXPECT_EQ(text.find("=  not distinguishable"), std::string::npos) << "a legend of what is not there";
  EXPECT_NE(to_markdown(report).find("❔ too few runs to tell it from base"), std::string::npos);
  EXPECT_NE(to_html(report).find("too few runs: "), std::string::npos);
  EXPECT_TRUE(to_json(report)["comparison"][1]["variants"][1]["too_few_runs"].get<bool>());
}

TEST(Terminal, UsesColoursOnlyWhenAsked) {
  EXPECT_EQ(to_terminal(small_study(), false).find('\x1b'), std::string::npos);
  EXPECT_NE(to_terminal(small_study(), true).find("\x1b[31m"), std::string::npos);
}

TEST(Terminal, SaysThatRunsAreMissing) {
  StudyReport report = small_study();
  report.study.interrupted = true;
  report.study.failed.push_back({{1, 2}, 4, "the simulation engine reports a deadlock"});
  const std::string text = to_terminal(report, false);
  EXPECT_NE(text.find("interrupted"), std::string::npos);
  EXPECT_NE(text.find("Replication 2 of more replicas did not complete: the simulation engine reports a deadlock"),
            std::string::npos);
}

TEST(SummaryJson, OfEqualStudiesIsByteEqualWhateverTheClockAndTheCommandLine) {
  StudyReport one = synthetic::flash_crowd(2, 3), other = synthetic::flash_crowd(2, 3);
  other.wall_seconds = 99.0;
  other.command = "headroom compare -o /somewhere/else --workers 2";
  for (auto& runs : other.study.runs) {
    for (RunResult& run : runs) run.wall_seconds = 12.5;
  }
  EXPECT_EQ(to_json(one).dump(2), to_json(other).dump(2));
}

TEST(SummaryJson, NamesNoAbsolutePath) {
  StudyReport report = small_study();
  report.file.inputs = {{"/home/someone/shop.json", "abc"}, {"traces/day.csv", "def"}};
  const nlohmann::json summary = to_json(report);
  EXPECT_EQ(summary["inputs"][0]["path"], "shop.json");
  EXPECT_EQ(summary["inputs"][1]["path"], "traces/day.csv");
}

TEST(SummaryJson, CarriesWhatAProgramNeeds) {
  const nlohmann::json summary = to_json(small_study());
  EXPECT_EQ(summary["headroom"]["version"], std::string{headroom_version()});
  EXPECT_EQ(summary["seed"], 7);
  EXPECT_EQ(summary["settings"]["/replications/count"], "5");
  const nlohmann::json& other = summary["variants"][1];
  EXPECT_EQ(other["outcome"], "pass");
  EXPECT_EQ(other["differs_in"]["/services/shop/replicas"], "4");
  EXPECT_EQ(other["verdicts"][0]["objective"], "rate errors < 2 %");
  EXPECT_DOUBLE_EQ(other["verdicts"][0]["value"]["mean"].get<double>(), 0.011);
  EXPECT_TRUE(other["verdicts"][2]["value"].is_null());
  EXPECT_EQ(other["runs"].size(), 3U);
  EXPECT_DOUBLE_EQ(other["runs"][2]["values"]["errors"].get<double>(), 0.012);
  const nlohmann::json& errors = summary["comparison"][0];
  EXPECT_EQ(errors["metric"], "rate errors");
  EXPECT_NEAR(errors["variants"][1]["difference"]["mean"].get<double>(), -0.02, 1e-12);
  EXPECT_TRUE(errors["variants"][1]["distinguishable"].get<bool>());
}

TEST(SummaryJson, EchoesThePolicysOptions) {
  const nlohmann::json summary = to_json(synthetic::flash_crowd(2, 1));
  EXPECT_EQ(summary["settings"]["/services/api/autoscaler/policy"], "fixed");
  EXPECT_EQ(summary["settings"]["/services/api/replicas"], "3");
  EXPECT_EQ(summary["variants"][0]["assumptions"][0]["name"], "render_cpu");
  EXPECT_EQ(summary["variants"][0]["runs"][0]["ledger"][0]["in_flight"], 3);
}

TEST(Markdown, BeginsWithTheVerdictsAndKeepsTablesWhole) {
  StudyReport report = small_study();
  report.verdicts[0][0].explanation = "a | bar and a\nline break";
  const std::string text = to_markdown(report);
  EXPECT_LT(text.find("## Verdicts"), text.find("## Comparison"));
  EXPECT_NE(
      text.find("| base | ❌ fail | rate errors &lt; 2 % | 3.10 % ± 0.25 | 55 % beyond the limit | a \\| bar and a line break |"),
      std::string::npos)
      << text;
}

TEST(WriteReport, MakesTheFolderAndLeavesNothingUnfinished) {
  const std::filesystem::path folder = fresh_folder("write") / "deep" / "er";
  write_report(small_study(), folder.string());
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (std::vector<std::string>{"junit.xml", "metrics.om", "report.html", "summary.json", "summary.md"}));
  EXPECT_EQ(text_of(folder / "summary.json"), to_json(small_study()).dump(2) + "\n");
  std::filesystem::remove_all(folder.parent_path().parent_path());
}

TEST(WriteReport, NamesThePathAndTheRemedyWhenAFileIsInTheWay) {
  const std::filesystem::path folder = fresh_folder("blocked");
  std::ofstream{folder} << "a file";
  try {
    write_report(small_study(), folder.string());
    FAIL() << "a report was written into a file";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string{error.what()}.find(folder.string()), std::string::npos) << error.what();
    EXPECT_NE(std::string{error.what()}.find("--output"), std::string::npos) << error.what();
  }
  std::filesystem::remove(folder);
}

TEST(WriteReport, KnowsBeforehandWhetherItCanBeDone) {
  const std::filesystem::path folder = fresh_folder("prepared");
  prepare_report_folder((folder / "deep").string());
  EXPECT_TRUE(std::filesystem::is_empty(folder / "deep")) << "the probe is gone";
  std::filesystem::create_directories(folder / "taken" / "report.html");
  std::ofstream{folder / "file"} << "a file";
  for (const char* place : {"taken", "file", "file/below"}) {
    EXPECT_THROW(prepare_report_folder((folder / place).string()), std::runtime_error) << place;
  }
  EXPECT_THROW(prepare_report_folder("/proc/nothing/here"), std::runtime_error);
  std::filesystem::remove_all(folder);
}

TEST(WriteReport, LeavesTheOldFileWhenTheNewOneCannotTakeItsPlace) {
  const std::filesystem::path folder = fresh_folder("kept");
  // A folder of that name cannot be replaced by a file.
  std::filesystem::create_directories(folder / "report.html" / "inside");
  EXPECT_THROW(write_report(small_study(), folder.string()), std::runtime_error);
  EXPECT_TRUE(std::filesystem::is_directory(folder / "report.html"));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator{folder}, std::filesystem::directory_iterator{}), 1);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace headroom
