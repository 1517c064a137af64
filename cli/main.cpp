// headroom: the first word chooses the verb, the verb reads the rest; every way to fail ends with its own exit code.
#include <algorithm>
#include <csignal>
#include <exception>

#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "cli/output.hpp"
#include "cli/verb.hpp"
#include "reports/study_report.hpp"
#include "scenarios/scenario_error.hpp"
#include "sim/experiment/sqlite_database.hpp"

namespace headroom::cli {
namespace {

constexpr std::string_view introduction =
    "headroom simulates a system before anyone deploys it: what it carries, which policy serves it better, where it breaks.\n";

std::string verb_list() {
  std::string text = "Verbs:\n";
  for (const Verb& verb : verbs) text += fmt::format("  {:<12}{}\n", verb.name, verb.summary);
  return text;
}

std::string short_help() {
  return fmt::format(
      "{}\n{}Try:\n"
      "  headroom compare scenarios/ugc-video/scenario.json\n"
      "  headroom explain scenarios/monitoring/fleet.json\n"
      "headroom --help says more; headroom VERB --help says everything about a verb\n",
      introduction, verb_list());
}

std::string full_help() {
  return fmt::format(
      "{}\nUsage: headroom VERB [arguments] [options]\n\n{}  {:<12}{}\n  {:<12}{}\n\n"
      "Results go to stdout, everything else to stderr. NO_COLOR, TERM=dumb and --no-color turn colours off.\n\n{}",
      introduction, verb_list(), "help", "help VERB is VERB --help", "version", "the version, like --version", exit_code_help);
}

const Verb& verb_named(const std::string& name) {
  const auto found = std::find_if(verbs.begin(), verbs.end(), [&](const Verb& verb) { return verb.name == name; });
  if (found != verbs.end()) return *found;
  std::vector<std::string> names{"help"};
  for (const Verb& verb : verbs) names.emplace_back(verb.name);
  throw UsageError{unknown_name("verb", name, names)};
}

int dispatch(const Arguments& words) {
  if (words.empty()) return write_results(short_help()), exit_success;
  const std::string& first = words.front();
  if (first == "--version" || first == "version")
    return write_results(fmt::format("headroom {}\n", headroom_version())), exit_success;
  const bool asks_help = first == "help" || first == "--help" || first == "-h";
  if (asks_help && words.size() == 1) return write_results(full_help()), exit_success;
  if (asks_help) return verb_named(words[1]).act({"--help"});
  if (first.starts_with('-'))
    throw UsageError{fmt::format("begins with {}; the verb comes first: headroom VERB [options]", first)};
  return verb_named(first).act({words.begin() + 1, words.end()});
}

void say_issues(const ScenarioError& error) {
  std::string text;
  for (const Issue& issue : error.issues()) text += to_text(issue) + "\n";
  const std::size_t count = error.issues().size();
  write_message(fmt::format("{}headroom: {} issue{}; nothing was run\n", text, count, count == 1 ? "" : "s"));
}

// Every exception becomes the exit code that belongs to it.
int guarded(const Arguments& words) {
  const auto fail = [](int code, std::string_view what) {
    write_message(fmt::format("headroom: {}\n", what));
    return code;
  };
  try {
    return dispatch(words);
  } catch (const UsageError& error) {
    return fail(exit_bad_input, (words.size() > 1 ? words.front() + ": " : "") + error.what());
  } catch (const StoreError& error) {
    return fail(exit_bad_input, error.what());
  } catch (const ClosedOutput&) {
    return exit_closed_output;
  } catch (const ScenarioError& error) {
    say_issues(error);
    return exit_bad_input;
  } catch (const std::exception& error) {
    return fail(exit_our_fault, error.what());
  }
}

}  // namespace
}  // namespace headroom::cli

int main(int argc, char** argv) {
  // A reader that has gone away is told of by write(), not by a signal that kills.
  std::signal(SIGPIPE, SIG_IGN);
  // So is a file that grows past its limit (ulimit -f).
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    if (argc > 0) headroom::cli::set_program(argv[0]);
    return headroom::cli::guarded({argv + std::min(argc, 1), argv + argc});
  } catch (...) {
    return headroom::cli::exit_our_fault;
  }
}
