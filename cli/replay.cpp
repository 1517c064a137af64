// headroom replay: one stored run again, which must give the stored result bit for bit.
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "cli/next_commands.hpp"
#include "cli/output.hpp"
#include "cli/perfetto_file.hpp"
#include "cli/restored_scenario.hpp"
#include "cli/study_runs.hpp"
#include "cli/text_table.hpp"
#include "cli/verb.hpp"
#include "sim/cluster/request_trace.hpp"
#include "sim/cluster/simulation.hpp"

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

// Where a trace is written until it is whole. Removed unless it was moved to its place.
class UnfinishedTrace {
 public:
  explicit UnfinishedTrace(std::string path)
      : path_{std::move(path)}, unfinished_{fmt::format("{}.{}.unfinished", path_, getpid())} {
    if (std::filesystem::is_directory(path_))
      throw UsageError{fmt::format("--trace: {} is a folder; write the name of a file, for example {}", path_,
                                   (std::filesystem::path{path_} / "trace.json").string())};
    try {
      PerfettoFile{unfinished_};  // before an hour of simulation
    } catch (const std::runtime_error& error) {
      throw UsageError{fmt::format("{}; nothing was run", error.what())};
    }
  }
  ~UnfinishedTrace() {
    std::error_code ignored;
    std::filesystem::remove(unfinished_, ignored);
  }
  UnfinishedTrace(const UnfinishedTrace&) = delete;
  UnfinishedTrace& operator=(const UnfinishedTrace&) = delete;

  const std::string& unfinished() const { return unfinished_; }
  void keep() const {
    std::error_code error;
    std::filesystem::rename(unfinished_, path_, error);
    if (error) throw OutputError{fmt::format("cannot write {}: {}", path_, error.message())};
    write_message(fmt::format("trace  {}  (opens in https://ui.perfetto.dev)\n", path_));
  }

 private:
  std::string path_, unfinished_;
};

Duration span_option(const CommandLine& line, const std::string& option, Duration otherwise) {
  const std::optional<std::string> text = line.text(option);
  if (!text) return otherwise;
  QuantityError error;
  const std::optional<double> seconds = parse_as(Dimension::time, *text, error);
  if (!seconds)
    throw UsageError{fmt::format("--{} {}{}{}", option, error.message, error.suggestion.empty() ? "" : "; ", error.suggestion)};
  if (*seconds < 0.0 || *seconds > 1e9)
    throw UsageError{fmt::format("--{} is \"{}\"; write a time within the run", option, *text)};
  return to_duration(*seconds);
}

RequestTrace::Window trace_window(const CommandLine& line) {
  if (!line.has("trace")) {
    for (const char* option : {"trace-from", "trace-for", "trace-requests"}) {
      if (line.has(option)) throw UsageError{fmt::format("--{} says what to trace; add --trace FILE", option)};
    }
  }
  RequestTrace::Window window;
  window.from = SimTime{span_option(line, "trace-from", Duration{})};
  window.until = line.has("trace-for") ? window.from + span_option(line, "trace-for", Duration{}) : end_of_time;
  constexpr std::int64_t most = 10'000'000;
  window.requests = static_cast<std::uint64_t>(line.number("trace-requests", 1, most).value_or(1000));
  return window;
}

RunResult simulate_traced(const Blueprint& blueprint, const RunIdentity& run, const RequestTrace::Window& window,
                          const std::string& path) {
  PerfettoFile file{path};
  RequestTrace trace{blueprint, window, [&file](const TraceSpan& span) { file.add(span); }};
  file.name_tracks(trace.tracks());
  RunResult result = simulate(blueprint, run, &trace);
  for (const Note& note : result.notes) file.add(note);
  file.finish();
  if (trace.passed_over() > 0) {
    write_message(
        fmt::format("headroom: the trace has the first {} requests; {} more began within its time: --trace-requests {}\n",
                    window.requests, trace.passed_over(), window.requests + trace.passed_over()));
  }
  return result;
}

std::function<RunResult(const RunRequest&)> replay_function(const ScenarioFile& file, const UnfinishedTrace* trace,
                                                            const RequestTrace::Window& window) {
  if (trace == nullptr) return run_function(file);
  return run_function(file, [trace, window](const Blueprint& blueprint, const RunIdentity& run) {
    return simulate_traced(blueprint, run, window, trace->unfinished());
  });
}

int replay_from(const CommandLine& line) {
  const Arguments& words = line.positional();
  if (words.empty() || words.size() > 2) throw UsageError{"takes a store and a run; usage: headroom replay STORE [RUN]"};
  const RequestTrace::Window window = trace_window(line);
  if (line.has("trace") && words.size() == 1)
    throw UsageError{"--trace needs the run that is to be traced; usage: headroom replay STORE RUN"};
  const ResultStore store = ResultStore::open(store_named(words[0]), ResultStore::Access::read);
  if (words.size() == 1) return write_results(list_of(store)), exit_success;
  const StoredRun run = run_named(store, words[1]);
  const RestoredScenario scenario{store.study(), store.path()};
  std::optional<UnfinishedTrace> trace;
  if (const auto path = line.text("trace")) trace.emplace(*path);
  // In a process of its own, so that a crash is told of.
  const auto again = replay_function(scenario.file(), trace ? &*trace : nullptr, window);
  const Study study = run_study(scenario.file().variants.size(), {run.request}, again, {.workers = 1});
  if (study.interrupted) return exit_interrupted;
  if (trace && study.failed.empty()) trace->keep();
  return compare_results(store, run, study);
}

}  // namespace

int replay_verb(const Arguments& arguments) {
  constexpr Usage usage{
      .verb = "replay",
      .arguments = "STORE [RUN] [options]",
      .purpose =
          "Runs one run of a result store again, without limits, and checks that the result is the stored one "
          "bit for bit. RUN is\n"
          "VARIANT/REPLICATION, or a number of the list that is shown without it.",
      .examples =
          "  headroom replay out/quickstart\n  headroom replay out/quickstart hpa/2\n"
          "  headroom replay out/quickstart hpa/2 --trace slow.json --trace-from \"12 min\" --trace-for \"10 s\"\n",
      .ends_with_verdict = false};
  namespace po = boost::program_options;
  po::options_description options;
  options.add_options()("trace", po::value<std::string>()->value_name("FILE"),
                        "what requests went through, for Perfetto or chrome://tracing (JSON)")(
      "trace-from", po::value<std::string>()->value_name("TIME"), "requests of users that begin then or later (default: 0 s)")(
      "trace-for", po::value<std::string>()->value_name("TIME"), "… and so long after (default: to the end)")(
      "trace-requests", po::value<std::string>()->value_name("N"), "at most so many, with all that they call (default: 1000)");
  return act_on_command_line(usage, options, arguments, replay_from);
}

}  // namespace headroom::cli
