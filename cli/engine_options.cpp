#include "cli/engine_options.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace headroom::cli {

namespace po = boost::program_options;

namespace {

struct NamedEngine {
  std::string_view name;
  Engine engine;
};
constexpr std::array engines{NamedEngine{"local", Engine::local}, NamedEngine{"slurm", Engine::slurm},
                             NamedEngine{"kubernetes", Engine::kubernetes}};

Engine engine_named(const std::string& name) {
  const auto found = std::find_if(engines.begin(), engines.end(), [&](const NamedEngine& one) { return one.name == name; });
  if (found != engines.end()) return found->engine;
  std::vector<std::string> names;
  for (const NamedEngine& one : engines) names.emplace_back(one.name);
  throw UsageError{unknown_name("engine", name, names)};
}

void expect_only(const CommandLine& line, Engine chosen, const std::string& option, Engine owner, std::string_view owner_name) {
  if (line.has(option) && chosen != owner)
    throw UsageError{
        fmt::format("--{0} is for --engine {1}; write --engine {1} --shards N too, or leave it out", option, owner_name)};
}

void expect_options_of(Engine chosen, const CommandLine& line) {
  expect_only(line, chosen, "slurm-options", Engine::slurm, "slurm");
  for (const char* option : {"image", "volume-claim", "scenario-in-pod"})
    expect_only(line, chosen, option, Engine::kubernetes, "kubernetes");
  if (chosen == Engine::local) {
    if (line.has("shards"))
      throw UsageError{"--shards is for --engine slurm or kubernetes; for one part of the runs here, write --shard I/N"};
    return;
  }
  const std::string name = line.text("engine").value_or("");
  if (line.has("shard"))
    throw UsageError{fmt::format("--shard is one part, and --engine {} runs them all; write --shards N", name)};
  if (!line.has("shards")) throw UsageError{fmt::format("--engine {} needs to know into how many parts: write --shards N", name)};
  if (chosen == Engine::kubernetes && line.text("image").value_or("").empty())
    throw UsageError{"--engine kubernetes needs an image with headroom in it: write --image NAME"};
}

// The letters of "-vH" or "-a1-3", up to the first that takes a value.
bool has_letter_of(std::string_view own, const std::string& word) {
  constexpr std::string_view without_value = "hHIkOQsuvVW";  // of sbatch
  for (std::size_t i = 1; i < word.size(); ++i) {
    if (own.find(word[i]) != std::string_view::npos) return true;
    if (without_value.find(word[i]) == std::string_view::npos) return false;
  }
  return false;
}

// sbatch takes the beginning of a long option for the whole.
bool is_own(const std::string& word) {
  constexpr std::array<std::string_view, 10> own{"--array", "--wrap", "--output", "--error",    "--open-mode",
                                                 "--chdir", "--wait", "--hold",   "--clusters", "--test-only"};
  if (!word.starts_with("--")) return word.starts_with("-") && has_letter_of("aoeDWHM", word);
  const std::string name = word.substr(0, word.find('='));
  return name.size() > 2 && std::any_of(own.begin(), own.end(), [&](std::string_view one) { return one.starts_with(name); });
}

bool is_left_open(std::string_view words) {
  bool in_quotes = false, escaped = false;
  for (const char c : words) {
    if (!escaped && (c == '\'' || c == '"')) in_quotes = !in_quotes;
    escaped = !escaped && c == '\\';
  }
  return in_quotes || escaped;
}

}  // namespace

void add_engine_options(po::options_description& options) {
  options.add_options()(
      "engine", po::value<std::string>()->value_name("NAME"),
      "where: local (here, the default), slurm (an array job, which is waited for and merged), or kubernetes (prints "
      "the manifest of an Indexed Job, and runs nothing)")("shards", po::value<std::string>()->value_name("N"),
                                                           "parts of the study, each a task of --engine slurm or kubernetes")(
      "slurm-options", po::value<std::string>()->value_name("OPTIONS"),
      "for sbatch: --slurm-options \"--partition=short --time=1:00:00 --mem=4G\"")(
      "image", po::value<std::string>()->value_name("NAME"), "kubernetes: container image with headroom on its PATH")(
      "volume-claim", po::value<std::string>()->value_name("NAME"),
      "kubernetes: claim of the volume that all pods write to (default: headroom-results)")(
      "scenario-in-pod", po::value<std::string>()->value_name("PATH"),
      "kubernetes: the scenario is in the image, or on the volume at /results; the manifest brings no files");
}

EngineOptions engine_options(const CommandLine& line) {
  EngineOptions options;
  options.where = engine_named(line.text("engine").value_or("local"));
  expect_options_of(options.where, line);
  // A pod's success is its exit code; that of an undivided study is its verdict.
  const std::int64_t least = options.where == Engine::kubernetes ? 2 : 1, most = 100'000;
  options.shards = static_cast<unsigned>(line.number("shards", least, most).value_or(1));
  options.slurm_options = line.text("slurm-options").value_or("");
  slurm_words(options.slurm_options);
  options.image = line.text("image").value_or("");
  options.volume_claim = line.text("volume-claim").value_or("headroom-results");
  options.scenario_in_pod = line.text("scenario-in-pod").value_or("");
  return options;
}

std::vector<std::string> slurm_words(const std::string& options) {
  if (is_left_open(options))
    throw UsageError{fmt::format("--slurm-options is \"{}\": a quotation mark or a backslash is left open", options)};
  std::vector<std::string> words = po::split_unix(options);
  for (const std::string& word : words) {
    if (!is_own(word)) continue;
    throw UsageError{
        fmt::format("--slurm-options has {}, which headroom has its own use for; leave it out", word.substr(0, word.find('=')))};
  }
  return words;
}

}  // namespace headroom::cli
