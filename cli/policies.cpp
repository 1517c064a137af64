// headroom policies: what is registered, and how each is set.
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/conformance_table.hpp"
#include "cli/exit_code.hpp"
#include "cli/option_reference.hpp"
#include "cli/output.hpp"
#include "cli/text_table.hpp"
#include "cli/verb.hpp"
#include "sim/core/registry.hpp"

namespace headroom::cli {
namespace {

using nlohmann::json;

struct Found {
  const Registry* seam;
  std::string name;
};

std::vector<Found> everything() {
  std::vector<Found> all;
  for (const auto& [seam, registry] : Registry::all()) {
    for (const std::string& name : registry->names()) all.push_back({registry, name});
  }
  return all;
}

// By its own name (which two seams may share), or all of a seam.
std::vector<Found> matching(const std::string& name) {
  std::vector<Found> found;
  std::vector<std::string> known;
  for (const Found& one : everything()) {
    if (one.name == name || one.seam->seam() == name) found.push_back(one);
    known.push_back(one.name);
  }
  if (found.empty()) throw UsageError{unknown_name("policy or model", name, known)};
  return found;
}

const Registry::Offer& offer_of(const Found& found) { return found.seam->offers().find(found.name)->second; }

std::string overview() {
  std::string text;
  const Registry* seam = nullptr;
  for (const Found& one : everything()) {
    if (one.seam != seam)
      text += fmt::format("{}{} (\"{}\")\n", seam == nullptr ? "" : "\n", one.seam->seam(), one.seam->discriminator());
    seam = one.seam;
    text += fmt::format("  {:<20}  {}\n", one.name, offer_of(one).summary);
  }
  return text + "\nheadroom policies NAME shows the options of one\n";
}

std::string reference(const Found& found) {
  std::string text = fmt::format("{}  {}\n\n  {{\"{}\": \"{}\"}} in {}\n\n", found.name, offer_of(found).summary,
                                 found.seam->discriminator(), found.name, found.seam->seam());
  const auto options = offer_of(found).make_options();
  const std::vector<OptionRow> rows = option_rows(*options);
  if (rows.empty()) return text + "It has no options.\n";
  return text + option_table(rows, "option", results_width());
}

json json_of(const Found& found) {
  json options = json::array();
  const auto described = offer_of(found).make_options();
  for (const OptionRow& row : option_rows(*described)) {
    options.push_back({{"name", row.name}, {"default", row.default_value}, {"allowed", row.allowed}, {"meaning", row.meaning}});
  }
  return {
      {"seam", found.seam->seam()}, {"name", found.name}, {"summary", offer_of(found).summary}, {"options", std::move(options)}};
}

int list_or_show(const CommandLine& line) {
  const bool by_name = !line.positional().empty();
  const std::vector<Found> found = by_name ? matching(line.only_argument("policy or model")) : everything();
  if (line.has("json")) {
    json list = json::array();
    for (const Found& one : found) list.push_back(json_of(one));
    write_results(list.dump(2) + "\n");
    return exit_success;
  }
  std::string text = by_name ? "" : overview();
  for (std::size_t i = 0; by_name && i < found.size(); ++i) text += (i == 0 ? "" : "\n") + reference(found[i]);
  write_results(text);
  return exit_success;
}

int run_conformance(const std::string& folder, const CommandLine& line) {
  if (!line.positional().empty()) throw UsageError{"--conformance DIR stands alone; it takes no policy or model"};
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error))
    throw UsageError{fmt::format("--conformance {}: is not a folder; give one with tables of reference numbers", folder)};
  const std::vector<conformance::TableOutcome> outcomes = conformance::run_folder(folder);
  if (outcomes.empty()) throw UsageError{fmt::format("--conformance {}: holds no table (*.json)", folder)};
  write_results(line.has("json") ? conformance_json(outcomes) : conformance_text(outcomes, results_width()));
  return conformance_exit_code(outcomes);
}

int act(const CommandLine& line) {
  const auto folder = line.text("conformance");
  return folder ? run_conformance(*folder, line) : list_or_show(line);
}

}  // namespace

int policies_verb(const Arguments& arguments) {
  constexpr Usage usage{
      .verb = "policies",
      .arguments = "[NAME] [options]",
      .purpose =
          "Lists the policies and models that scenarios can name, by what they decide; with a NAME, its options.\n"
          "With --conformance DIR, checks them against tables of reference numbers instead (exit 99 if a row differs).",
      .examples = "  headroom policies hpa\n  headroom policies workloads --json\n  headroom policies --conformance tables/\n"};
  boost::program_options::options_description options;
  options.add_options()("conformance", boost::program_options::value<std::string>()->value_name("DIR"),
                        "run every table of reference numbers below DIR: passed of total, and the rows that differ");
  add_json_option(options);
  return act_on_command_line(usage, options, arguments, act);
}

}  // namespace headroom::cli
