// Engines against measurements and recorded requests in ../shared, where they are at hand.
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <utility>

#include "tests/support/places.hpp"
#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

const std::string shared = source_dir() + "/../shared/";

std::vector<std::string> lines_of(const std::string& path) {
  std::vector<std::string> lines;
  gzFile file = gzopen(path.c_str(), "rb");
  std::string line;
  for (int c = gzgetc(file); c != -1; c = gzgetc(file)) {
    if (c != '\n') {
      line += static_cast<char>(c);
    } else {
      lines.push_back(std::exchange(line, {}));
    }
  }
  gzclose(file);
  return lines;
}

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream stream{line};
  for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(cell);
  cells.resize(14);
  return cells;
}

// ---- calibration -------------------------------------------------------------------------------------------------------------

struct Measured {
  std::vector<StepTimePoint> single_prompts;  // tokens, seconds
  std::map<int, double> prompts, tokens;      // by batch, of 512 prompt tokens and 128 output tokens each
};

std::map<std::string, Measured> splitwise() {
  std::map<std::string, Measured> all;
  std::vector<std::string> lines = lines_of(shared + "llm_perf/splitwise_perf_model.csv");
  lines.erase(lines.begin());
  for (const std::string& line : lines) {
    const std::vector<std::string> cell = cells_of(line);
    if (cell[5] != "128" || !cell[12].empty()) continue;  // a note: swapping
    Measured& measured = all[cell[0] + "/" + cell[1] + "/" + cell[2]];
    const int batch = std::stoi(cell[4]);
    if (batch == 1) measured.single_prompts.push_back({std::stod(cell[3]), std::stod(cell[6]) / 1000.0});
    if (cell[3] != "512") continue;
    measured.prompts[batch] = std::stod(cell[6]) / 1000.0;
    if (!cell[7].empty()) measured.tokens[batch] = std::stod(cell[7]) / 1000.0;
  }
  return all;
}

struct Errors {
  double sum = 0.0, most = 0.0;
  int count = 0;
  void add(double predicted, double measured) {
    const double error = std::abs(predicted / measured - 1.0);
    sum += error;
    most = std::max(most, error);
    ++count;
  }
};

TEST(StepTimes, OfSinglePromptsPredictThoseOfBatches) {
  if (!std::filesystem::exists(shared + "llm_perf/splitwise_perf_model.csv")) GTEST_SKIP() << "no llm_perf beside the repository";
  // Curves through prompts of 128 to 8192 tokens read alone, and through steps of 1, 8 and the most texts; what they say of the
  // other batches is compared with what Splitwise measured (two models, twelve set-ups).
  Errors prefill, decode;
  for (auto& [name, measured] : splitwise()) {
    std::sort(measured.single_prompts.begin(), measured.single_prompts.end(),
              [](const auto& a, const auto& b) { return a.size < b.size; });
    const StepTimeCurve reading{measured.single_prompts};
    for (const auto& [batch, seconds] : measured.prompts) {
      if (batch > 1 && batch <= 16) prefill.add(reading.at(512.0 * batch), seconds);
    }
    const int most = measured.tokens.rbegin()->first;
    const StepTimeCurve writing{
        {{1.0, measured.tokens.at(1)}, {8.0, measured.tokens.at(8)}, {static_cast<double>(most), measured.tokens.at(most)}}};
    for (const auto& [batch, seconds] : measured.tokens) {
      if (batch != 1 && batch != 8 && batch != most) decode.add(writing.at(batch), seconds);
    }
  }
  ASSERT_EQ(prefill.count, 48);
  EXPECT_LT(prefill.sum / prefill.count, 0.08) << "7.6 % when this was written";
  EXPECT_LT(prefill.most, 0.30) << "29 %: 4 A100, 4 prompts";
  EXPECT_LT(decode.sum / decode.count, 0.035) << "3.3 %";
  EXPECT_LT(decode.most, 0.10) << "9.7 %";
}

// Time of a token by prompt and output tokens, of texts that are written alone.
using TokenTimes = std::map<std::pair<int, int>, double>;

std::map<std::string, TokenTimes> splitwise_alone() {
  std::map<std::string, TokenTimes> all;
  std::vector<std::string> lines = lines_of(shared + "llm_perf/splitwise_perf_model.csv");
  lines.erase(lines.begin());
  for (const std::string& line : lines) {
    const std::vector<std::string> cell = cells_of(line);
    if (cell[4] != "1" || cell[7].empty() || !cell[12].empty()) continue;
    all[cell[0] + "/" + cell[1] + "/" + cell[2]][{std::stoi(cell[3]), std::stoi(cell[5])}] = std::stod(cell[7]) / 1000.0;
  }
  return all;
}

TEST(StepTimes, OfTwoPromptsPredictThoseOfOtherContexts) {
  if (!std::filesystem::exists(shared + "llm_perf/splitwise_perf_model.csv")) GTEST_SKIP() << "no llm_perf beside the repository";
  // A step's time and its share per token of context from prompts of 512 and 8192 tokens, 128 written; what they say of prompts
  // of 128 to 4096 tokens, and of 256 to 8192 tokens written to 512, is compared with what Splitwise measured.
  const auto context = [](int prompt, int output) { return prompt + output / 2; };  // mean over the output
  Errors prompts, outputs;
  for (const auto& [name, measured] : splitwise_alone()) {
    const double shorter = measured.at({512, 128}), longer = measured.at({8192, 128});
    StepTimes times;
    times.context_token = (longer - shorter) / (8192 - 512);
    const double without = shorter - times.context_token * context(512, 128);
    times.decode = StepTimeCurve{{{1.0, without}, {2.0, without}}};
    for (const auto& [tokens, seconds] : measured) {
      const auto [prompt, output] = tokens;
      if (output == 128 && (prompt == 512 || prompt == 8192)) continue;
      (output == 128 ? prompts : outputs).add(times.seconds(0, 1, context(prompt, output)), seconds);
    }
  }
  ASSERT_EQ(prompts.count, 60);
  ASSERT_EQ(outputs.count, 72);
  EXPECT_LT(prompts.sum / prompts.count, 0.016) << "1.5 % when this was written";
  EXPECT_LT(prompts.most, 0.07) << "6.6 %: 4 A100, a prompt of 256";
  EXPECT_LT(outputs.sum / outputs.count, 0.023) << "2.2 %";
  EXPECT_LT(outputs.most, 0.09) << "8.6 %: 2 A100, 2048 written";
}

// ---- recorded requests -------------------------------------------------------------------------------------------------------

// Llama-2-70B on eight H100 (Splitwise). Their 640 GB less 140 GB of weights, at 320 KiB a token, hold about 1.4 million tokens.
LanguageModelBlueprint llama_70b() {
  LanguageModelBlueprint model{.name = "llama-70b"};
  EngineBlueprint engine;
  engine.times.prefill = StepTimeCurve{{{512, 0.053}, {1024, 0.078}, {2048, 0.137}, {4096, 0.390}, {8192, 0.845}}};
  engine.times.decode = StepTimeCurve{{{1, 0.030}, {16, 0.034}, {32, 0.039}, {64, 0.050}}};
  engine.kv_tokens = 1'400'000;
  engine.batch = 64;
  model.engine = engine;
  return model;
}

struct Row {
  double at, input, output, cached;
};

// Each row is a journey of its own to an endpoint of its own.
Blueprint replay(const std::vector<Row>& rows, int replicas) {
  Blueprint blueprint = one_service({}, {});
  blueprint.endpoints.clear();
  blueprint.workloads[0].journeys.clear();
  ServiceBlueprint& service = blueprint.services[0];
  service.replicas = replicas;
  service.concurrency = 10'000;
  service.language_model = 0;
  blueprint.language_models.push_back(llama_70b());
  std::vector<Arrival> arrivals;
  for (const Row& row : rows) {
    const auto index = static_cast<Index>(blueprint.endpoints.size());
    const std::string name = "n" + std::to_string(index);
    const GenerateStep step{0, Distribution::constant(row.input), Distribution::constant(row.output), row.cached};
    blueprint.endpoints.push_back({"api." + name, 0, {{step}}});
    blueprint.workloads[0].journeys.push_back({name, 1.0, {{CallStep{.endpoint = index}}}});
    arrivals.push_back({.at = at_seconds(row.at), .journey = index});
  }
  blueprint.workloads[0].model = scripted(std::move(arrivals));
  return blueprint;
}

void expect_served(const PlaneUnderTest& run, const std::vector<Row>& rows) {
  double input = 0.0, output = 0.0, alone = 0.0;
  for (const Row& row : rows) {
    input += row.input;
    output += row.output;
    alone += llama_70b().engine->times.prefill.at(row.input - std::floor(row.cached * row.input));
  }
  EXPECT_EQ(run.ledger("generations").completed, rows.size());
  EXPECT_DOUBLE_EQ(run.value("last tokens_in"), input);
  EXPECT_DOUBLE_EQ(run.value("last tokens_out"), output);
  EXPECT_GE(run.value("avg time_to_first_token"), alone / static_cast<double>(rows.size()) - 1e-6)
      << "no prompt is read faster than alone";
  EXPECT_GE(run.value("min time_per_token"), 0.030 * 0.98) << "no step is shorter than one of a single text";
  EXPECT_LE(run.value("max batch_size"), 64.0 * 4);
}

TEST(EngineTraces, AzuresConversationsAreServed) {
  const std::string path = shared + "traces/azure_llm_2023/azure_llm_2023_conv.csv.gz";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no traces beside the repository";
  const std::vector<std::string> lines = lines_of(path);
  std::vector<Row> rows;
  for (std::size_t i = 1; i <= 1500; ++i) {
    const std::vector<std::string> cell = cells_of(lines[i]);
    rows.push_back({std::stod(cell[0]), std::stod(cell[1]), std::stod(cell[2]), 0.0});
  }
  PlaneUnderTest run{replay(rows, 4), 1, 3600.0};
  run.finish();
  expect_served(run, rows);
  EXPECT_LT(run.value("p(50) time_to_first_token"), 0.4) << "four set-ups have room for 5.5 requests a second";
}

// How much of a prompt an endless prefix cache has: its leading blocks of 512 tokens that were met before.
std::vector<Row> mooncake(const std::vector<std::string>& lines, std::size_t count, double& hit_ratio) {
  std::vector<Row> rows;
  std::set<std::int64_t> met;
  double hits = 0.0, blocks = 0.0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto request = nlohmann::json::parse(lines[i]);
    const auto ids = request.at("hash_ids").get<std::vector<std::int64_t>>();
    std::size_t leading = 0;
    while (leading < ids.size() && met.contains(ids[leading])) ++leading;
    hits += static_cast<double>(leading);
    blocks += static_cast<double>(ids.size());
    met.insert(ids.begin(), ids.end());
    const double input = request.at("input_length").get<double>();
    if (i < count) {
      rows.push_back({request.at("timestamp").get<double>() / 1000.0, input, request.at("output_length").get<double>(),
                      std::min(1.0, static_cast<double>(leading) * 512.0 / input)});
    }
  }
  hit_ratio = hits / blocks;
  return rows;
}

TEST(EngineTraces, MooncakesLongPromptsGainFromTheirPrefixes) {
  const std::string path = shared + "traces/mooncake/mooncake_conversation.jsonl.gz";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no traces beside the repository";
  double hit_ratio = 0.0;
  std::vector<Row> rows = mooncake(lines_of(path), 600, hit_ratio);
  EXPECT_NEAR(hit_ratio, 0.366, 0.001) << "as the trace's own description says";
  PlaneUnderTest with{replay(rows, 4), 1, 20'000.0};
  with.finish();
  expect_served(with, rows);
  for (Row& row : rows) row.cached = 0.0;
  PlaneUnderTest without{replay(rows, 4), 1, 20'000.0};
  without.finish();
  expect_served(without, rows);
  EXPECT_LT(with.value("avg time_to_first_token"), without.value("avg time_to_first_token"));
}

}  // namespace
}  // namespace headroom::test
