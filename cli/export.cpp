// headroom export: a stored study in the forms of other tools; no run.
#include <algorithm>
#include <array>
#include <ctime>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/exit_code.hpp"
#include "cli/next_commands.hpp"
#include "cli/output.hpp"
#include "cli/output_file.hpp"
#include "cli/restored_scenario.hpp"
#include "cli/study_outcome.hpp"
#include "cli/study_runs.hpp"
#include "cli/verb.hpp"
#include "reports/exports.hpp"
#include "reports/report_files.hpp"

namespace headroom::cli {
namespace {

namespace po = boost::program_options;

struct Form {
  std::string_view name, file;
  std::string (*text)(const StudyReport&, const OpenMetricsOptions&);
};
constexpr std::array forms{
    Form{"csv", "series.csv", [](const StudyReport& report, const OpenMetricsOptions&) { return series_csv(report); }},
    Form{"verdicts", "verdicts.csv", [](const StudyReport& report, const OpenMetricsOptions&) { return verdicts_csv(report); }},
    Form{"markdown", "summary.md", [](const StudyReport& report, const OpenMetricsOptions&) { return to_markdown(report); }},
    Form{"openmetrics", "metrics.om", to_open_metrics},
    Form{"json", "summary.json",
         [](const StudyReport& report, const OpenMetricsOptions&) { return to_json(report).dump(2) + "\n"; }},
    Form{"junit", "junit.xml", [](const StudyReport& report, const OpenMetricsOptions&) { return to_junit(report); }},
};

const Form& form_named(const std::string& name) {
  std::vector<std::string> names;
  for (const Form& form : forms) {
    if (form.name == name) return form;
    names.emplace_back(form.name);
  }
  throw UsageError{unknown_name("format", name, names)};
}

// "2025-01-01T00:00:00Z", or seconds since 1970.
double epoch_from(const std::string& text) {
  std::tm parts{};
  const char* const end = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  if (end != nullptr && *end == '\0') return static_cast<double>(::timegm(&parts));
  if (!text.empty() && text.find_first_not_of("0123456789") == std::string::npos && text.size() <= 11) return std::stod(text);
  throw UsageError{fmt::format("--epoch is \"{}\"; write a time as 2025-01-01T00:00:00Z, or seconds since 1970", text)};
}

OpenMetricsOptions options_from(const CommandLine& line, const std::string& format) {
  OpenMetricsOptions options;
  for (const char* option : {"epoch", "replication"}) {
    if (line.has(option) && !format.empty() && format != "openmetrics")
      throw UsageError{fmt::format("--{} is for --format openmetrics; leave it out", option)};
  }
  if (const auto text = line.text("epoch")) options.epoch_seconds = epoch_from(*text);
  if (const auto number = line.number("replication", 0, 1'000'000'000)) options.replication = static_cast<std::uint64_t>(*number);
  return options;
}

StudyReport stored_report(const std::string& path, const std::optional<std::uint64_t>& replication) {
  const ResultStore store = ResultStore::open(path, ResultStore::Access::read);
  const RestoredScenario scenario{store.study(), path};
  Study study = stored_study(store);
  if (!can_be_reported(study))
    throw UsageError{fmt::format("{} has no completed run of some variant, so there is nothing to export", path)};
  if (replication) {
    for (const std::vector<RunResult>& runs : study.runs) {
      if (std::ranges::find(runs, *replication, &RunResult::replication) == runs.end())
        throw UsageError{fmt::format("--replication is {}, and {} has none of that number of some variant", *replication, path)};
    }
  }
  const StudyArguments& arguments = scenario.arguments();
  StudyReport report = make_study_report(study_command(arguments, scenario.file().path), scenario.file(), std::move(study), 0.0);
  report.is_tournament = !arguments.policies.empty();
  return report;
}

int export_all(const StudyReport& report, const OpenMetricsOptions& options, const std::string& folder) {
  std::vector<NamedText> texts;
  std::string told;
  for (const Form& form : forms) {
    texts.push_back({std::string{form.file}, form.text(report, options)});
    told += (std::filesystem::path{folder} / form.file).string() + "\n";
  }
  try {
    write_files(texts, folder);
  } catch (const std::runtime_error& error) {
    throw OutputError{error.what()};
  }
  write_results(told);
  return exit_success;
}

int export_from(const CommandLine& line) {
  const std::string path = store_named(line.only_argument("result store or its folder"));
  const std::string format = line.text("format").value_or("");
  const Form* const form = format.empty() ? nullptr : &form_named(format);
  const OpenMetricsOptions options = options_from(line, format);
  const std::string output = output_folder(line);
  if (form != nullptr && !output.empty()) expect_writable("output", output);
  const std::string parent = std::filesystem::path{path}.parent_path().string();
  const std::string folder = !output.empty() ? output : parent.empty() ? "." : parent;
  if (form == nullptr) prepare_output(folder);
  const StudyReport report = stored_report(path, options.replication);
  if (form == nullptr) return export_all(report, options, folder);
  const std::string text = form->text(report, options);
  if (output.empty())
    write_results(text);
  else
    write_output_file(output, text);
  return exit_success;
}

}  // namespace

int export_verb(const Arguments& arguments) {
  constexpr Usage usage{
      .verb = "export",
      .arguments = "STORE [options]",
      .purpose =
          "Writes what a result store, or the one in a folder, holds in the forms of other tools; nothing is run.\n"
          "csv: every series, a row per number of a window; verdicts: a row per objective, as CSV; markdown and json: the "
          "summary;\n"
          "openmetrics: for `promtool tsdb create-blocks-from openmetrics`; junit: a case per objective. Without --format all of "
          "them,\n"
          "as files of a folder.",
      .examples =
          "  headroom export out/quickstart --format csv | head\n"
          "  headroom export out/quickstart --format openmetrics --epoch 2025-06-01T00:00:00Z -o metrics.om\n"
          "  headroom export out/quickstart -o exported\n"};
  po::options_description options;
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  options.add_options()("format", text("FORM"), "csv, verdicts, markdown, openmetrics, json or junit (default: all)")(
      "output,o", text("FILE"), "the file (default: stdout); without --format the folder (default: the store's)")(
      "epoch", text("TIME"), "of openmetrics: when the runs begin (default: 2025-01-01T00:00:00Z)")(
      "replication", text("N"), "of openmetrics: this one only (default: all, by the label replication)");
  return act_on_command_line(usage, options, arguments, export_from);
}

}  // namespace headroom::cli
