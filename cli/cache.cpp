// headroom cache: how often a recorded trace misses, by policy and size.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/cache_replay.hpp"
#include "cli/exit_code.hpp"
#include "cli/output.hpp"
#include "cli/verb.hpp"
#include "reports/report_files.hpp"
#include "sim/core/registry.hpp"

namespace headroom::cli {
namespace {

namespace files = std::filesystem;

const Registry& online() { return RegistryOf<CachePolicy>::instance(); }
const Registry& offline() { return RegistryOf<OfflineCachePolicy>::instance(); }

// Without a list: all; those that look ahead only where the trace tells what comes.
std::vector<PolicyChoice> policies_of(const CommandLine& line, CacheTraceFormat format) {
  std::vector<std::string> known = online().names();
  for (const std::string& name : offline().names()) known.push_back(name);
  std::sort(known.begin(), known.end());
  const auto list = line.text("policies");
  const std::vector<std::string> wanted = list ? parts_of(*list) : known;
  if (wanted.empty()) throw UsageError{"--policies names none; write for example --policies lru,s3-fifo"};
  std::vector<PolicyChoice> choices;
  for (const std::string& name : wanted) {
    if (!online().offers(name) && !offline().offers(name)) throw UsageError{unknown_name("cache policy", name, known)};
    const bool looks_ahead = offline().offers(name);
    if (!list && looks_ahead && format == CacheTraceFormat::csv) continue;
    choices.push_back((looks_ahead ? offline() : online()).choose(name));
  }
  return choices;
}

CacheSize size_from(const std::string& text, bool unit_sizes) {
  if (text.ends_with('%')) {
    QuantityError error;
    const auto share = parse_as(Dimension::ratio, text, error);
    if (!share || *share <= 0.0 || *share > 1.0)
      throw UsageError{fmt::format("--sizes {}: a share is more than 0 and at most 100 % of the distinct {}", text,
                                   unit_sizes ? "objects" : "bytes")};
    return {share, 0};
  }
  std::int64_t whole = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), whole);
  if (code == std::errc{} && end == text.data() + text.size()) {
    if (whole <= 0) throw UsageError{fmt::format("--sizes {}: a cache holds more than nothing", text)};
    return {std::nullopt, whole};
  }
  if (unit_sizes)
    throw UsageError{fmt::format("--sizes {}: with --ignore-sizes, write a number of objects or a share: 5000 or \"5 %\"", text)};
  QuantityError error;
  const auto bytes = parse_as(Dimension::bytes, text, error);
  if (!bytes)
    throw UsageError{
        fmt::format("--sizes {} {}{}{}", text, error.message, error.suggestion.empty() ? "" : "; ", error.suggestion)};
  if (!(*bytes >= 1.0 && *bytes < 1e18)) throw UsageError{fmt::format("--sizes {}: write a size from 1 B to 1e18 B", text)};
  return {std::nullopt, std::llround(*bytes)};
}

std::vector<CacheSize> sizes_of(const CommandLine& line) {
  const bool unit_sizes = line.has("ignore-sizes");
  std::vector<CacheSize> sizes;
  for (const std::string& text : parts_of(line.text("sizes").value_or("1 %,2 %,5 %,10 %,20 %")))
    sizes.push_back(size_from(text, unit_sizes));
  if (sizes.empty()) throw UsageError{"--sizes names none; write for example --sizes 1GiB,4GiB or --sizes \"1 %,10 %\""};
  return sizes;
}

CacheTraceFormat format_of(const CommandLine& line, const std::string& path) {
  if (const auto name = line.text("format")) {
    if (*name == "csv") return CacheTraceFormat::csv;
    if (*name == "oracle-general") return CacheTraceFormat::oracle_general;
    throw UsageError{unknown_name("trace format", *name, {"csv", "oracle-general"})};
  }
  files::path name = files::path{path}.filename();
  if (name.extension() == ".gz" || name.extension() == ".xz") name = name.stem();
  if (name.extension() == ".csv") return CacheTraceFormat::csv;
  if (name.string().find("oracleGeneral") != std::string::npos || name.extension() == ".bin")
    return CacheTraceFormat::oracle_general;
  throw UsageError{fmt::format("{}: its name does not tell the format; add --format csv or --format oracle-general", path)};
}

// The line on a terminal that says how far the replay is.
class ReplayProgress {
 public:
  ~ReplayProgress() {
    if (drawn_) write_message("\r\x1b[K");
  }
  void show(const std::string& text) {
    if (!animation_on_messages()) return;
    write_message("\r\x1b[K" + text);
    drawn_ = true;
  }

 private:
  bool drawn_ = false;
};

MissRatios replayed(const CacheReplay& replay) {
  ReplayProgress progress;
  CacheReplay told = replay;
  told.progress = [&progress](const std::string& text) { progress.show(text); };
  try {
    MissRatios ratios = replay_caches(told);
    ratios.trace = files::path{replay.path}.filename().string();
    return ratios;
  } catch (const FileError& error) {
    throw UsageError{fmt::format("{}: {}", replay.path, error.what())};
  }
}

int replay_trace(const CommandLine& line) {
  if (line.has("json") && line.has("csv")) throw UsageError{"--json and --csv are two forms of one result; choose one"};
  CacheReplay replay;
  replay.path = line.only_argument("trace");
  replay.format = format_of(line, replay.path);
  replay.columns.key = line.text("key-column").value_or(replay.columns.key);
  replay.columns.size = line.text("size-column").value_or(replay.columns.size);
  replay.unit_sizes = line.has("ignore-sizes");
  replay.policies = policies_of(line, replay.format);
  replay.sizes = sizes_of(line);
  const MissRatios ratios = replayed(replay);
  if (const auto folder = line.text("output")) {
    write_files({{"report.html", miss_ratio_page(ratios)},
                 {"summary.json", miss_ratio_json(ratios).dump(2) + "\n"},
                 {"miss_ratios.csv", miss_ratio_csv(ratios)}},
                *folder);
    write_message(fmt::format("headroom: {}/report.html has the charts\n", *folder));
  }
  write_results(line.has("json")  ? miss_ratio_json(ratios).dump(2) + "\n"
                : line.has("csv") ? miss_ratio_csv(ratios)
                                  : miss_ratio_text(ratios, results_width()));
  return exit_success;
}

}  // namespace

int cache_verb(const Arguments& arguments) {
  constexpr Usage usage{
      .verb = "cache",
      .arguments = "TRACE [options]",
      .purpose =
          "Replays recorded requests in caches of several sizes under several policies, and shows what missed.\n"
          "TRACE is oracleGeneral (24-byte records) or CSV whose first line names the columns; plain, .gz or .xz; of any length.",
      .examples =
          "  headroom cache cloudPhysicsIO.oracleGeneral.bin.xz\n"
          "  headroom cache requests.csv.gz --policies lru,s3-fifo,sieve --sizes 1GiB,4GiB\n"
          "  headroom cache requests.csv --ignore-sizes --sizes \"1000,5 %\" -o out/cache\n"};
  namespace po = boost::program_options;
  po::options_description options;
  const auto value = [](const char* name) { return po::value<std::string>()->value_name(name); };
  options.add_options()(
      "policies", value("LIST"),
      "names, separated by commas (default: all; belady, the bound, needs to know what comes: on CSV it must be "
      "named, and keeps 8 bytes a request)")(
      "sizes", value("LIST"), "of the caches: 1GiB, or a share of the distinct bytes (default: 1 %,2 %,5 %,10 %,20 %)")(
      "ignore-sizes", "every object counts 1; sizes are numbers of objects")(
      "format", value("NAME"), "csv or oracle-general (default: by the file's name)")("key-column", value("NAME"),
                                                                                      "of a CSV file: the object (default: key)")(
      "size-column", value("NAME"), "of a CSV file: its bytes (default: size; without such a column every object is 1 byte)")(
      "csv", "CSV instead of tables")("output,o", value("DIR"),
                                      "also write report.html with charts, summary.json, miss_ratios.csv");
  add_json_option(options);
  return act_on_command_line(usage, options, arguments, replay_trace);
}

}  // namespace headroom::cli
