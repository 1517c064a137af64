// headroom decide: a policy by itself: observations in, decisions with their reasons out; or a dry run over a recorded history.
#include <filesystem>
#include <fstream>
#include <iostream>

#include <fmt/format.h>

#include "cli/decided_table.hpp"
#include "cli/dry_run_options.hpp"
#include "cli/exit_code.hpp"
#include "cli/option_reference.hpp"
#include "cli/output.hpp"
#include "cli/verb.hpp"
#include "decisions/line_reader.hpp"
#include "decisions/seam.hpp"
#include "reports/text_layout.hpp"
#include "scenarios/text_file.hpp"

namespace headroom::cli {
namespace {

using decisions::Asked;
using decisions::LineReader;
using decisions::Seam;

std::string seam_list() {
  std::string text;
  for (const std::string& name : decisions::seam_names()) text += (text.empty() ? "" : ", ") + name;
  return text;
}

const Seam& seam_named(const std::string& name) {
  if (const Seam* seam = decisions::find_seam(name)) return *seam;
  throw UsageError{unknown_name("seam that can be asked", name, decisions::seam_names()) + "; there is " + seam_list()};
}

PolicyChoice choice_of(const Seam& seam, const std::string& policy, const std::string& options) {
  if (!seam.registry->offers(policy))
    throw UsageError{unknown_name(fmt::format("{} policy", seam.registry->seam()), policy, seam.registry->names())};
  PolicyChoice choice;
  choice.registry = seam.registry;
  LineReader reader{"--options"};
  reader.read_choice(options, policy, choice);
  reader.throw_if_any();
  return choice;
}

std::unique_ptr<Asked> ask(const Seam& seam, const PolicyChoice& choice, const std::string& context) {
  const std::unique_ptr<AnyOptions> made_for = seam.make_context();
  LineReader reader{"--context"};
  reader.read(context, 1, *made_for);
  reader.throw_if_any();
  std::unique_ptr<Asked> asked = seam.ask(choice, *made_for);
  LineReader options{"--options"};
  options.complain(asked->problems(), 1);
  options.throw_if_any();
  return asked;
}

// ---- lines -------------------------------------------------------------------------------------------------------------------

// Calls `use(line, number)` for every line that is not blank, until it says false.
void for_each_line(std::istream& stream, const std::function<bool(const std::string&, std::size_t)>& use) {
  std::string line;
  for (std::size_t number = 1; std::getline(stream, line); ++number) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    if (!use(line, number)) return;
  }
}

// Reads and checks one line; null, and issues, if something is wrong with it.
std::unique_ptr<AnyOptions> observation_in(const std::string& line, std::size_t number, const Seam& seam, Asked& asked,
                                           LineReader& reader) {
  std::unique_ptr<AnyOptions> observation = seam.make_observation();
  if (!reader.read(line, number, *observation)) return nullptr;
  const FieldProblems problems = asked.check(*observation);
  reader.complain(problems, number);
  return problems.empty() ? std::move(observation) : nullptr;
}

struct Decided {
  const Seam* seam;
  std::unique_ptr<Asked> asked;
  bool as_table;
  bool at_once;  // every decision leaves before the next line is read
};

// Nothing is decided after a line that is wrong, but all that are wrong are named.
void decide_lines(std::istream& stream, const std::string& source, const Decided& decided) {
  constexpr std::size_t enough = 1 << 16;
  LineReader reader{source};
  std::vector<decisions::Json> rows;
  std::string text;
  const auto tell = [&] { write_results(std::exchange(text, {})); };
  for_each_line(stream, [&](const std::string& line, std::size_t number) {
    const auto observation = observation_in(line, number, *decided.seam, *decided.asked, reader);
    if (!observation || reader.has_issues()) return !reader.is_full();
    decisions::Json decision = decided.asked->decide(*observation);
    if (decided.as_table) return rows.push_back(std::move(decision)), true;
    text += decision.dump() + "\n";
    if (decided.at_once || text.size() > enough) tell();
    return true;
  });
  tell();
  reader.throw_if_any();
  const decisions::Json summary = decided.asked->summary();
  if (decided.as_table) write_results(decided_table(rows, summary));
  if (!decided.as_table && !summary.is_null()) write_results(decisions::Json{{"summary", summary}}.dump() + "\n");
  for (const std::string& remark : decided.asked->remarks()) write_message("headroom: " + remark + "\n");
}

std::ifstream opened(const std::string& path) {
  std::error_code error;
  const std::string near = nearest_file(path);
  if (!std::filesystem::exists(path, error))
    throw UsageError{fmt::format("{}: there is no such file{}", path, near.empty() ? "" : "; did you mean \"" + near + "\"?")};
  if (path.ends_with(".yaml") || path.ends_with(".yml"))
    throw UsageError{fmt::format("{}: is YAML; observations are in JSON, one a line; a manifest goes with --manifest", path)};
  if (!std::filesystem::is_regular_file(path, error) && !std::filesystem::is_fifo(path, error))
    throw UsageError{fmt::format("{}: is not a file with lines of JSON", path)};
  std::ifstream file{path};
  if (!file) throw UsageError{fmt::format("{}: cannot be read", path)};
  return file;
}

// Every line is checked before the first is decided on.
void check_lines(const std::string& path, const Seam& seam, Asked& asked) {
  std::ifstream file = opened(path);
  LineReader reader{path};
  bool any = false;
  for_each_line(file, [&](const std::string& line, std::size_t number) {
    any = true;
    observation_in(line, number, seam, asked, reader);
    return !reader.is_full();
  });
  if (!any) reader.complain("holds no line; write one, as " + std::string{seam.example}, 1);
  reader.throw_if_any();
}

int decide_observations(const CommandLine& line) {
  const Arguments& words = line.positional();
  if (words.size() > 3)
    throw UsageError{fmt::format("has no use for \"{}\"; usage: headroom decide SEAM POLICY [OBSERVATIONS]", words[3])};
  const Seam& seam = seam_named(words[0]);
  const PolicyChoice choice = choice_of(seam, words[1], line.text("options").value_or("{}"));
  const std::string context = line.text("context").value_or("{}");
  const std::string source = words.size() > 2 ? words[2] : "-";
  const bool as_table = line.has("table") || (results_on_terminal() && !line.has("json"));
  Decided decided{&seam, ask(seam, choice, context), as_table, source == "-"};
  if (source == "-") {
    decide_lines(std::cin, "standard input", decided);
    return exit_success;
  }
  check_lines(source, seam, *ask(seam, choice, context));
  std::ifstream file = opened(source);
  decide_lines(file, source, decided);
  return exit_success;
}

// ---- help --------------------------------------------------------------------------------------------------------------------

std::string fields_of(AnyOptions& described, std::string_view nothing) {
  const std::vector<OptionRow> rows = option_rows(described);
  return rows.empty() ? std::string{nothing} + "\n" : option_table(rows, "field", results_width());
}

std::string seam_help(const std::string& name) {
  const Seam& seam = seam_named(name);
  std::string policies;
  for (const std::string& policy : seam.registry->names()) policies += (policies.empty() ? "" : ", ") + policy;
  return fmt::format(
      "headroom decide {} POLICY [OBSERVATIONS] [options]\n\n{}\n\n"
      "A line is {}.\nFor example:\n  {}\n\nFields of a line:\n{}\nFields of --context, what the policy is made for:\n{}",
      name, wrapped("Policies (headroom policies NAME has their options): " + policies, results_width(), 2),
      wrapped(std::string{seam.line}, results_width(), 2, 10), seam.example, fields_of(*seam.make_observation(), "none"),
      fields_of(*seam.make_context(), "none"));
}

int act(const CommandLine& line) {
  if (line.positional().empty())
    throw UsageError{"names no seam; usage: headroom decide SEAM POLICY [OBSERVATIONS]; there is " + seam_list()};
  if (line.has("metrics") || line.has("manifest")) return dry_run(line);
  refuse_dry_run_options(line);
  if (line.has("json") && line.has("table")) throw UsageError{"--json and --table are two forms of one result; choose one"};
  if (line.positional().size() == 1) {
    const Seam& seam = seam_named(line.positional().front());
    throw UsageError{fmt::format("names no policy; {} has {}", seam.registry->seam(), fmt::join(seam.registry->names(), ", "))};
  }
  return decide_observations(line);
}

}  // namespace

int decide_verb(const Arguments& arguments) {
  constexpr Usage usage{
      .verb = "decide",
      .arguments = "SEAM POLICY [OBSERVATIONS] [options]",
      .purpose =
          "Asks one policy, without a simulation: what it decides on observations, one in JSON a line, and why.\n"
          "OBSERVATIONS is a file, or - (also when it is left out): the standard input, answered line by line.\n"
          "headroom decide SEAM --help says what a line is. With --metrics CSV, a dry run of an autoscaler over what was "
          "recorded.",
      .examples =
          "  headroom decide caching s3-fifo requests.jsonl --context '{\"capacity\": \"64 MiB\"}'\n"
          "  headroom decide autoscaling hpa --manifest hpa.yaml --metrics rates.csv.gz --column rps=requests -o out/dry\n"};
  namespace po = boost::program_options;
  po::options_description options;
  const auto value = [](const char* name) { return po::value<std::string>()->value_name(name); };
  options.add_options()("options", value("JSON"), "of the policy, as in a scenario (default: {})")(
      "context", value("JSON"), "what the policy is made for; headroom decide SEAM --help has the fields (default: {})")(
      "table", "a table (default: on a terminal, JSON lines elsewhere)");
  add_dry_run_options(options);
  add_json_option(options);
  const CommandLine line{usage, options, arguments};
  if (line.wants_help() && !line.positional().empty()) return write_results(seam_help(line.positional().front())), exit_success;
  return act_on_command_line(usage, options, arguments, act);
}

}  // namespace headroom::cli
