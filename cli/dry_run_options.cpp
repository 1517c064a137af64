#include "cli/dry_run_options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/exit_code.hpp"
#include "cli/output.hpp"
#include "decisions/autoscaler_manifest.hpp"
#include "decisions/dry_run.hpp"
#include "decisions/line_reader.hpp"
#include "reports/display.hpp"
#include "reports/report_files.hpp"
#include "reports/scaling_history.hpp"
#include "sim/core/registry.hpp"

namespace headroom::cli {
namespace {

namespace po = boost::program_options;
using decisions::DryRun;
using decisions::ReplayedMetric;

constexpr std::array single_options{"manifest", "replicas-column", "time-column", "cpu-request", "memory-request",
                                    "start-up", "stale-after",     "replicas",    "from",        "for",
                                    "csv",      "output"};
constexpr std::array repeated_options{"column", "scale", "metric-is"};

// METRIC=WORD of an option that may be given several times.
std::map<std::string, std::string> pairs_of(const CommandLine& line, const std::string& option, std::string_view example) {
  std::map<std::string, std::string> pairs;
  for (const std::string& text : line.texts(option)) {
    // Labels of metrics have a = of their own.
    const std::size_t equals = text.find('=', std::min(text.find('}'), text.size()) == text.size() ? 0 : text.find('}'));
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
      throw UsageError{fmt::format("--{} {}: is not METRIC=…; write for example --{} {}", option, text, option, example)};
    if (!pairs.emplace(text.substr(0, equals), text.substr(equals + 1)).second)
      throw UsageError{fmt::format("--{} {}: the metric is named before", option, text)};
  }
  return pairs;
}

double quantity(const CommandLine& line, const std::string& option, Dimension dimension, double otherwise) {
  const auto text = line.text(option);
  if (!text) return otherwise;
  QuantityError error;
  const auto value = parse_as(dimension, *text, error);
  if (value && *value >= 0.0) return *value;
  if (value) throw UsageError{fmt::format("--{} {}: is negative", option, *text)};
  throw UsageError{
      fmt::format("--{} {} {}{}{}", option, *text, error.message, error.suggestion.empty() ? "" : "; ", error.suggestion)};
}

// Which metrics are replayed from which columns.
class MetricChoice {
 public:
  explicit MetricChoice(const CommandLine& line)
      : columns_{pairs_of(line, "column", "rps=requests")}, scales_{pairs_of(line, "scale", "rps=0.0167")} {
    for (const std::string& text : line.texts("metric-is")) {
      const bool is_for_all = text == "total" || text == "per-replica";
      const std::size_t equals = text.rfind('=');
      const std::string kind = is_for_all ? text : equals == std::string::npos ? "" : text.substr(equals + 1);
      if (kind != "total" && kind != "per-replica")
        throw UsageError{
            fmt::format("--metric-is {}: is neither total nor per-replica; write --metric-is per-replica, or "
                        "--metric-is cpu=per-replica for one metric",
                        text)};
      (is_for_all ? for_all_ : kinds_[text.substr(0, equals)]) = kind;
    }
  }

  // By the name that the manifest or the policy has for it.
  ReplayedMetric metric(const std::string& name) {
    ReplayedMetric metric;
    metric.selector = name;
    metric.is_resource = name == "cpu" || name == "memory";
    metric.column = take(columns_, name).value_or(name);
    const std::string scale = take(scales_, name).value_or("1");
    const auto [end, error] = std::from_chars(scale.data(), scale.data() + scale.size(), metric.scale);
    if (error != std::errc{} || end != scale.data() + scale.size() || !(metric.scale > 0.0 && metric.scale < 1e300))
      throw UsageError{fmt::format("--scale {}={}: is no number above 0", name, scale)};
    metric.recorded_per_replica = take(kinds_, name).value_or(for_all_) == "per-replica";
    metric.shown_per_replica = metric.is_resource || metric.recorded_per_replica;
    return metric;
  }
  // Metrics that only the command line names.
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& [name, column] : columns_) names.push_back(name);
    return names;
  }
  void refuse_what_is_left(const std::vector<ReplayedMetric>& known) const {
    std::vector<std::string> names;
    for (const ReplayedMetric& metric : known) names.push_back(metric.selector);
    for (const auto* pairs : {&columns_, &scales_, &kinds_}) {
      if (!pairs->empty()) throw UsageError{unknown_name("metric of the policy", pairs->begin()->first, names)};
    }
  }

 private:
  static std::optional<std::string> take(std::map<std::string, std::string>& pairs, const std::string& name) {
    const auto found = pairs.extract(name);
    return found.empty() ? std::nullopt : std::optional{found.mapped()};
  }

  std::map<std::string, std::string> columns_, scales_, kinds_;
  std::string for_all_ = "total";
};

void add_manifest_metrics(const decisions::AutoscalerManifest& manifest, MetricChoice& choice, DryRun& run) {
  for (const decisions::ManifestMetric& named : manifest.metrics) {
    ReplayedMetric metric = choice.metric(named.name);
    metric.selector = named.selector;
    metric.is_resource = named.is_resource;
    metric.is_share = !named.per_replica && !named.is_value;
    metric.shown_per_replica = named.per_replica || (named.is_value && metric.recorded_per_replica);
    metric.target = named.target;
    if (named.is_utilization) {
      const bool is_memory = named.selector == "memory";
      const double request = is_memory ? static_cast<double>(run.memory_request.count) : run.cpu_request;
      if (request <= 0.0)
        throw UsageError{
            fmt::format("the manifest holds {} at a share of what pods request, which stands in their own manifest; "
                        "add {}",
                        named.name, is_memory ? "--memory-request \"2 GiB\"" : "--cpu-request 0.5")};
      metric.target = named.target * request;
    }
    run.metrics.push_back(std::move(metric));
  }
}

// With options in place of a manifest: what the policy watches, and what --column names.
void add_watched_metrics(MetricChoice& choice, DryRun& run) {
  const auto autoscaler = RegistryOf<Autoscaler>::instance().make(run.choice, run.context);
  const std::vector<std::string> named = choice.names();
  for (const MetricSelector& selector : autoscaler->watched()) run.metrics.push_back(choice.metric(to_text(selector)));
  for (const std::string& name : named) {
    if (name == "cpu" || name == "memory") run.metrics.push_back(choice.metric(name));
  }
}

void read_policy(const CommandLine& line, MetricChoice& choice, DryRun& run) {
  const std::string& policy = line.positional()[1];
  if (const auto path = line.text("manifest")) {
    if (line.has("options") || line.has("context"))
      throw UsageError{"--manifest says what --options and --context would; choose one"};
    const decisions::AutoscalerManifest manifest = decisions::read_autoscaler_manifest(*path);
    if (manifest.choice.name != policy)
      throw UsageError{fmt::format("{} is the manifest of {}, not of {}", *path, manifest.choice.name, policy)};
    run.choice = manifest.choice;
    run.context = {.service = manifest.service,
                   .initial_replicas = std::max(1, manifest.replicas.low),
                   .replicas = manifest.replicas,
                   .memory = run.memory_request,
                   .queue = {}};
    return add_manifest_metrics(manifest, choice, run);
  }
  if (line.has("context")) throw UsageError{"--context has no meaning in a dry run, whose replicas are --replicas"};
  run.choice.registry = &RegistryOf<Autoscaler>::instance();
  if (!run.choice.registry->offers(policy))
    throw UsageError{unknown_name("autoscaling policy", policy, run.choice.registry->names())};
  decisions::LineReader reader{"--options"};
  reader.read_choice(line.text("options").value_or("{}"), policy, run.choice);
  reader.throw_if_any();
  run.context = {
      .service = "service", .initial_replicas = 1, .replicas = {1, 100'000}, .memory = run.memory_request, .queue = {}};
  add_watched_metrics(choice, run);
}

decisions::RecordingChoice recording_of(const CommandLine& line, const DryRun& run) {
  decisions::RecordingChoice choice{
      .path = *line.text("metrics"), .time_column = line.text("time-column").value_or(""), .columns = {}};
  for (const ReplayedMetric& metric : run.metrics) {
    if (std::ranges::find(choice.columns, metric.column) == choice.columns.end()) choice.columns.push_back(metric.column);
  }
  if (!run.replicas_column.empty()) choice.columns.push_back(run.replicas_column);
  choice.from = to_duration(quantity(line, "from", Dimension::time, 0.0));
  if (line.has("for")) choice.lasting = to_duration(quantity(line, "for", Dimension::time, 0.0));
  return choice;
}

DryRun run_of(const CommandLine& line) {
  DryRun run;
  run.cpu_request = quantity(line, "cpu-request", Dimension::count, 0.0);
  run.memory_request = Bytes{static_cast<std::int64_t>(quantity(line, "memory-request", Dimension::bytes, 0.0))};
  run.start_up = to_duration(quantity(line, "start-up", Dimension::time, 0.0));
  MetricChoice choice{line};
  read_policy(line, choice, run);
  choice.refuse_what_is_left(run.metrics);
  const bool needs_replicas = std::ranges::any_of(run.metrics, &ReplayedMetric::recorded_per_replica);
  run.replicas_column = line.text("replicas-column").value_or(needs_replicas ? "replicas" : "");
  if (const auto replicas = line.number("replicas", 0, 100'000)) run.replicas = static_cast<int>(*replicas);
  const std::vector<std::string> problems = decisions::problems_of(run);
  if (!problems.empty()) throw UsageError{fmt::format("{}", fmt::join(problems, "\n"))};
  if (run.metrics.empty()) throw UsageError{run.choice.name + " reads no metric, so that a history says nothing to it"};
  return run;
}

void tell(const CommandLine& line, const ScalingHistory& history) {
  if (const auto folder = line.text("output")) {
    write_files({{"report.html", scaling_history_page(history)},
                 {"summary.json", scaling_history_json(history).dump(2) + "\n"},
                 {"decisions.csv", scaling_history_csv(history)}},
                *folder);
    write_message(fmt::format("headroom: {}/report.html has the charts\n", *folder));
  }
  write_results(line.has("json")  ? scaling_history_json(history).dump(2) + "\n"
                : line.has("csv") ? scaling_history_csv(history)
                                  : scaling_history_text(history, results_width()));
}

}  // namespace

void add_dry_run_options(po::options_description& options) {
  const auto value = [](const char* name) { return po::value<std::string>()->value_name(name); };
  const auto values = [](const char* name) { return po::value<Arguments>()->composing()->value_name(name); };
  options.add_options()(
      "metrics", value("CSV"),
      "dry run: what was recorded, a column per metric and one of times (seconds, or dates); plain, .gz or .xz")(
      "manifest", value("FILE"),
      "dry run: a HorizontalPodAutoscaler (autoscaling/v2), or a ScaledObject of KEDA, in YAML or JSON, as kubectl prints it, in "
      "place of --options")("column", values("METRIC=COLUMN"),
                            "dry run: where a metric stands (default: in the column of its name); may be repeated")(
      "scale", values("METRIC=FACTOR"), "dry run: times what the column says; may be repeated")(
      "metric-is", values("[METRIC=]KIND"),
      "dry run: total, the load of all replicas together, or per-replica, what each had of it (default: total); may be repeated")(
      "replicas-column", value("COLUMN"),
      "dry run: the replicas that there were (default: replicas, if a metric is per-replica; else none)")(
      "time-column", value("COLUMN"), "dry run: the times (default: the first column)")(
      "replicas", value("N"), "dry run: at the beginning (default: the recorded, else what the load takes at its target)")(
      "cpu-request", value("CORES"), "dry run: of a pod, for targets that are a share of it")(
      "memory-request", value("SIZE"), "dry run: of a pod, for targets that are a share of it")(
      "start-up", value("TIME"), "dry run: until a new replica is ready (default: 0 s)")(
      "stale-after", value("TIME"),
      "dry run: a row older than this has no value (default: 5 min, or twice the usual distance of rows)")(
      "from", value("TIME"), "dry run: begin so long after the first row")(
      "for", value("TIME"), "dry run: end so long after that")("csv", "dry run: a line per pass")(
      "output,o", value("DIR"), "dry run: also write report.html with charts, summary.json, decisions.csv");
}

void refuse_dry_run_options(const CommandLine& line) {
  const auto refuse = [&](const char* option) {
    if (line.has(option)) throw UsageError{fmt::format("--{} is of a dry run; add --metrics CSV", option)};
  };
  std::ranges::for_each(single_options, refuse);
  std::ranges::for_each(repeated_options, refuse);
}

int dry_run(const CommandLine& line) {
  const Arguments& words = line.positional();
  if (words.size() != 2 || words[0] != "autoscaling")
    throw UsageError{"a dry run is of an autoscaler; write headroom decide autoscaling POLICY --metrics CSV [options]"};
  if (!line.has("metrics")) throw UsageError{"--manifest is of a dry run; add --metrics CSV"};
  if (line.has("json") && line.has("csv")) throw UsageError{"--json and --csv are two forms of one result; choose one"};
  if (line.has("table")) throw UsageError{"--table is for observations; a dry run shows a table unless --json or --csv is given"};
  DryRun run = run_of(line);
  const decisions::RecordedMetrics recorded = decisions::read_recorded_metrics(recording_of(line, run));
  run.stale_after = to_duration(quantity(line, "stale-after", Dimension::time, std::max(300.0, 2.0 * recorded.usual_distance())));
  ScalingHistory history = decisions::dry_run(run, recorded);
  history.source = std::filesystem::path{*line.text("metrics")}.filename().string();
  tell(line, history);
  return exit_success;
}

}  // namespace headroom::cli
