// headroom replay: one stored run again, which must give the stored result bit for bit.
#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "cli/next_commands.hpp"
#include "cli/output.hpp"
#include "cli/restored_scenario.hpp"
#include "cli/study_runs.hpp"
#include "cli/text_table.hpp"
#include "cli/verb.hpp"

namespace headroom::cli {
namespace {

std::string name_of(const ResultStore& store, const StoredRun& run) {
  return fmt::format("{}/{}", store.study().variants[run.request.variant].name, run.request.replication);
}

std::string list_of(const ResultStore& store) {
  std::vector<std::vector<std::string>> rows{{"number", "run", "seed", "events", "seconds", "exit", ""}};
  const std::vector<StoredRun> runs = store.runs();
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const StoredRun& run = runs[i];
    rows.push_back({std::to_string(i + 1), name_of(store, run), std::to_string(run.seed),
                    run.exit_code == 0 ? std::to_string(run.events) : "-", fmt::format("{:.2f}", run.wall_seconds),
                    std::to_string(run.exit_code), run.message});
  }
  return text_table(rows, {0, 2, 3, 4, 5});
}

// By its number in the list, or as VARIANT/REPLICATION.
StoredRun run_named(const ResultStore& store, const std::string& name) {
  const std::vector<StoredRun> runs = store.runs();
  std::size_t number = 0;
  const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), number);
  const bool is_number = failure == std::errc{} && end == name.data() + name.size();
  if (is_number && number >= 1 && number <= runs.size()) return runs[number - 1];
  const auto found = std::find_if(runs.begin(), runs.end(), [&](const StoredRun& run) { return name_of(store, run) == name; });
  if (found != runs.end()) return *found;
  throw UsageError{fmt::format("there is no run \"{}\" in {}, which has {}; \"headroom replay {}\" lists them", name,
                               store.path(), runs.size(), shell_word(store.path()))};
}

// The first thing that differs, for a person to begin with.
std::string difference(const RunResult& stored, const RunResult& now) {
  if (stored.events != now.events) return fmt::format("{} events then, {} now", stored.events, now.events);
  if (stored.warm_up_seconds != now.warm_up_seconds)
    return fmt::format("a warm-up of {} s then, {} s now", stored.warm_up_seconds, now.warm_up_seconds);
  for (std::size_t i = 0; i < std::min(stored.series.size(), now.series.size()); ++i) {
    const Series& a = stored.series[i];
    const Series& b = now.series[i];
    if (a.metric != b.metric || a.columns != b.columns || a.slices != b.slices)
      return fmt::format("the series of {} differs", a.metric);
  }
  return "what stands beside the series differs";
}

int say(const std::string& name, const StoredRun& run, const std::string& what, int exit_code) {
  const std::string text = fmt::format("{}, seed {}: {}\n", name, run.seed, what);
  if (exit_code == exit_success)
    write_results(text);
  else
    write_message("headroom: " + text);
  return exit_code;
}

int compare_results(const ResultStore& store, const StoredRun& run, const Study& study) {
  const std::string name = name_of(store, run);
  const auto stored = store.result(run.request);
  if (!study.failed.empty()) {
    const FailedRun& failed = study.failed.front();
    return say(name, run,
               fmt::format("{} (exit {}): {}", stored ? "it completed then, and did not now" : "it did not complete, as then",
                           failed.exit_code, failed.message),
               exit_incomplete);
  }
  const RunResult& now = study.runs[run.request.variant].front();
  if (!stored) {
    return say(name, run, fmt::format("it completed now, and did not then (exit {}): {}", run.exit_code, run.message),
               exit_success);
  }
  if (same_result(*store.result_bytes(run.request), to_bytes(now))) {
    return say(name, run, fmt::format("equal bit for bit ({} events)", now.events), exit_success);
  }
  return say(name, run,
             fmt::format("another result than the stored one: {}; it was made by headroom {}", difference(*stored, now),
                         store.study().engine_version),
             exit_incomplete);
}

int replay_from(const CommandLine& line) {
  const Arguments& words = line.positional();
  if (words.empty() || words.size() > 2) throw UsageError{"takes a store and a run; usage: headroom replay STORE [RUN]"};
  const ResultStore store = ResultStore::open(store_named(words[0]), ResultStore::Access::read);
  if (words.size() == 1) return write_results(list_of(store)), exit_success;
  const StoredRun run = run_named(store, words[1]);
  const RestoredScenario scenario{store.study(), store.path()};
  // In a process of its own, so that a crash is told of.
  const Study study = run_study(scenario.file().variants.size(), {run.request}, run_function(scenario.file()), {.workers = 1});
  if (study.interrupted) return exit_interrupted;
  return compare_results(store, run, study);
}

}  // namespace

int replay_verb(const Arguments& arguments) {
  constexpr Usage usage{.verb = "replay",
                        .arguments = "STORE [RUN]",
                        .purpose =
                            "Runs one run of a result store again, without limits, and checks that the result is the stored one "
                            "bit for bit. RUN is\n"
                            "VARIANT/REPLICATION, or a number of the list that is shown without it.",
                        .examples = "  headroom replay out/quickstart\n  headroom replay out/quickstart hpa/2\n",
                        .ends_with_verdict = false};
  const boost::program_options::options_description options;
  return act_on_command_line(usage, options, arguments, replay_from);
}

}  // namespace headroom::cli
