#include "cli/next_commands.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "cli/output.hpp"

namespace headroom::cli {
namespace {

std::string option(const std::string& name, const std::string& value) { return " " + name + " " + shell_word(value); }

std::string settings_of(const StudyArguments& arguments) {
  std::string text;
  for (const std::string& setting : arguments.settings) text += option("--set", setting);
  return text;
}

std::string variant_of(const StudyArguments& arguments) {
  return arguments.variant.empty() ? "" : option("--variant", arguments.variant);
}
std::string seed_of(const StudyArguments& arguments) { return arguments.seed.empty() ? "" : option("--seed", arguments.seed); }
std::string replications_of(const StudyArguments& arguments) {
  return arguments.replications.empty() ? "" : option("--replications", arguments.replications);
}

// Beside the folder that was asked for, so that this report stays.
std::string output_beside(const StudyArguments& arguments, const std::string& what) {
  if (arguments.output.empty()) return "";
  std::string folder = arguments.output;
  while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
  return option("-o", folder + "-" + slug(what));
}

std::string given(const std::string& name, const std::string& text) { return text.empty() ? "" : option(name, text); }

std::string engine_of(const StudyArguments& arguments) {
  const EngineOptions& engine = arguments.engine;
  if (engine.where != Engine::slurm) return "";
  return fmt::format(" --engine slurm --shards {}", engine.shards) + given("--slurm-options", engine.slurm_options) +
         (arguments.workers == 0 ? "" : fmt::format(" --workers {}", arguments.workers));
}

std::string others_of(const StudyArguments& arguments) {
  std::string text;
  for (const std::string& other : arguments.others) text += " " + shell_word(other);
  return text;
}

std::string tournament_of(const StudyArguments& arguments) {
  std::string text;
  for (const std::string& policies : arguments.policies) text += option("--policies", policies);
  for (const std::string& place : arguments.at) text += option("--at", place);
  return text + given("--options", arguments.policy_options);
}

std::string keep_going_of(const StudyArguments& arguments) { return arguments.keep_going ? " --keep-going" : ""; }

// How it judges and goes on: the same study again should end in the same way.
std::string manner_of(const StudyArguments& arguments) {
  return std::string{arguments.inconclusive_passes ? " --inconclusive pass" : ""} + keep_going_of(arguments) +
         given("-o", arguments.output) + engine_of(arguments);
}

std::string what_is_asked(const StudyArguments& arguments, const std::string& path) {
  return arguments.verb + " " + shell_word(path) + others_of(arguments) + variant_of(arguments) + tournament_of(arguments) + settings_of(arguments) +
         seed_of(arguments) + replications_of(arguments);
}

std::string limits_of(const StudyArguments& arguments) {
  return given("--run-time", arguments.run_time) + given("--run-memory", arguments.run_memory);
}

// Of a comparison the first that misses a required objective, whose demand and capacity are what to look at.
std::string variant_to_explain(const StudyArguments& arguments, const StudyReport& report) {
  if (arguments.verb != "compare") return variant_of(arguments);
  const auto misses = [](const std::vector<Verdict>& verdicts) { return overall(verdicts) == Outcome::fail; };
  const auto first = std::ranges::find_if(report.verdicts, misses);
  if (first == report.verdicts.begin() || first == report.verdicts.end()) return "";
  return option("--variant", report.file.variants[static_cast<std::size_t>(first - report.verdicts.begin())].name);
}

// A comparison leads to one of its variants, a single variant to the comparison.
std::string other_verb(const StudyArguments& arguments, const StudyReport& report) {
  const std::string path = shell_word(report.file.path),
                    shared = settings_of(arguments) + seed_of(arguments) + replications_of(arguments);
  if (arguments.verb != "compare") return fmt::format("compare {}{}{}", path, shared, output_beside(arguments, "compared"));
  if (!arguments.others.empty()) {
    const std::string& other = arguments.others.back();
    return fmt::format("run {}{}{}{}", shell_word(other), variant_of(arguments), shared,
                       output_beside(arguments, report.file.variants.back().name));
  }
  const std::string& variant = report.file.variants.back().name;
  return fmt::format("run {} --variant {}{}{}", path, shell_word(variant), shared, output_beside(arguments, variant));
}

// A variant that keeps what is required leads to how much more it carries, one that misses to what would help.
std::string plan_of(const StudyArguments& arguments, const StudyReport& report) {
  if (arguments.verb != "run" || !arguments.others.empty()) return "";
  const std::vector<Verdict>& verdicts = report.verdicts.front();
  const auto required = [](const Verdict& verdict) { return verdict.objective.severity == "required"; };
  if (std::ranges::none_of(verdicts, required)) return "";
  const std::string kind = overall(verdicts) == Outcome::fail ? "gains" : "limit";
  return fmt::format("        {} plan {} {}{}{}{}\n", shell_word(program()), kind, shell_word(report.file.path), variant_of(arguments),
                     settings_of(arguments), seed_of(arguments));
}

}  // namespace

std::string shell_word(const std::string& word) {
  const auto plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view{"_-./:=@%+,"}.find(c) != std::string_view::npos;
  };
  if (!word.empty() && std::all_of(word.begin(), word.end(), plain)) return word;
  std::string quoted = "'";
  for (const char c : word) {
    if (c == '\'')
      quoted += "'\\''";
    else
      quoted += c;
  }
  return quoted + "'";
}

std::string study_command(const StudyArguments& arguments, const std::string& path) {
  return "headroom " + what_is_asked(arguments, path);
}

std::string resume_command(const StudyArguments& arguments, const std::string& path) {
  const Shard& shard = arguments.shard;
  return what_is_asked(arguments, path) + manner_of(arguments) + limits_of(arguments) +
         (shard.count > 1 ? fmt::format(" --shard {}/{}", shard.index, shard.count) : "") + " --resume";
}

std::string shard_command(const StudyArguments& arguments, const std::string& path, const ShardPlace& place) {
  return fmt::format("exec {} {}{}{} -o {} --shard {}/{} --workers {} --resume -q", shell_word(place.program),
                     what_is_asked(arguments, path), keep_going_of(arguments), limits_of(arguments), shell_word(place.folder),
                     place.index, arguments.engine.shards, place.workers);
}

std::string next_commands(const StudyArguments& arguments, const StudyReport& report) {
  const std::string self = shell_word(program()), path = shell_word(report.file.path);
  const std::string settings = settings_of(arguments);
  const std::string same = tournament_of(arguments) + variant_of(arguments) + settings;
  // A study that is not whole is finished first; nothing that is there is made again.
  const bool whole = !report.study.interrupted && report.study.failed.empty();
  const std::string again = whole ? fmt::format("{} {}{}{}{} --replications {} --resume", arguments.verb, path, others_of(arguments) + same,
                                                seed_of(arguments), manner_of(arguments), 2 * report.study.runs.front().size())
                                  : resume_command(arguments, report.file.path);
  return fmt::format("next    {} explain {}{}\n{}        {} {}\n        {} {}\n", self, path,
                     variant_to_explain(arguments, report) + settings, plan_of(arguments, report), self,
                     other_verb(arguments, report), self, again);
}

}  // namespace headroom::cli
