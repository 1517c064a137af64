#include "sim/experiment/slurm_array.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

namespace headroom {
namespace {

std::string joined(const auto& numbers) {
  std::string text;
  for (const auto number : numbers) text += (text.empty() ? "" : ",") + std::to_string(number);
  return text;
}

CommandOutput output_of(const std::vector<std::string>& words, const CommandPatience& patience = {}) try {
  CommandOutput output = output_of_command(words, patience);
  if (!output.found) {
    throw SlurmError{
        fmt::format("there is no {} on the PATH; run this where Slurm's commands are (a login node), or leave out --engine slurm",
                    words.front())};
  }
  return output;
} catch (const std::system_error& error) {
  throw SlurmError{error.what()};
}

template <typename Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failure == std::errc{} && end != text.data();
}

// What was said in lines, as part of a sentence.
std::string as_one_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at)) text.replace(at, 1, "; ");
  return text.empty() ? "it did not say why" : text;
}

std::string remedy_for(const std::string& refusal) {
  const auto about = [&](const char* word) { return refusal.find(word) != std::string::npos; };
  if (about("account") || about("qos") || about("QOS"))
    return "name an account that is yours with --slurm-options \"--account=NAME\"";
  if (about("partition")) return "\"sinfo -s\" lists the partitions; name one with --slurm-options \"--partition=NAME\"";
  if (about("array")) return "\"scontrol show config\" has MaxArraySize, which is above the largest --shards";
  if (about("node configuration") || about("Memory") || about("CPU"))
    return "\"sinfo -o '%P %c %m'\" lists processors and memory of the nodes; ask for less in --slurm-options or --workers";
  if (about("contact") || about("connect")) return "the controller does not answer (\"scontrol ping\"); try again later";
  return "change --slurm-options (\"sbatch --help\" lists them)";
}

SlurmTaskState state_of(std::string_view word) {
  constexpr std::array<std::string_view, 10> ended{"BOOT_FAIL", "CANCELLED",     "COMPLETED", "DEADLINE", "FAILED",
                                                   "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED", "REVOKED",  "TIMEOUT"};
  if (std::find(ended.begin(), ended.end(), word) != ended.end()) return SlurmTaskState::ended;
  constexpr std::array<std::string_view, 5> waiting{"PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_HOLD", "SPECIAL_EXIT"};
  return std::find(waiting.begin(), waiting.end(), word) != waiting.end() ? SlurmTaskState::waiting : SlurmTaskState::running;
}

// Slurm shows the status that wait() gives.
int exit_code_of(int status) { return (status & 0x7f) != 0 ? 128 + (status & 0x7f) : (status >> 8) & 0xff; }

// "17|3|FAILED|512|NonZeroExitCode|"
std::optional<SlurmTask> task_from(std::string_view line) {
  std::array<std::string_view, 5> fields;
  for (std::string_view& field : fields) {
    const std::size_t end = line.find('|');
    if (end == std::string_view::npos) return std::nullopt;
    field = line.substr(0, end);
    line.remove_prefix(end + 1);
  }
  SlurmTask task;
  int status = 0;
  if (!read_number(fields[0], task.job) || !read_number(fields[1], task.number)) return std::nullopt;
  task.word = fields[2];
  task.state = state_of(fields[2]);
  if (read_number(fields[3], status)) task.exit_code = exit_code_of(status);
  task.reason = fields[4];
  return task;
}

}  // namespace

std::uint64_t submit(const SlurmArray& array) {
  std::vector<std::string> words{"sbatch", "--job-name=" + array.name};
  words.insert(words.end(), array.defaults.begin(), array.defaults.end());
  words.insert(words.end(), array.options.begin(), array.options.end());
  words.insert(words.end(),
               {"--parsable", "--array=" + joined(array.tasks), "--chdir=" + std::filesystem::current_path().string(),
                "--output=" + array.log, "--open-mode=append", "--wrap=" + array.command});
  if (array.held) words.emplace_back("--hold");
  const CommandOutput output = output_of(words);
  std::uint64_t job = 0;
  if (output.exit_code != 0 || !read_number(output.out, job)) {
    throw SlurmError{fmt::format("sbatch refuses the array job: {}; {}", as_one_line(output.err), remedy_for(output.err))};
  }
  return job;
}

void release(std::uint64_t job) {
  const CommandOutput output = output_of({"scontrol", "release", std::to_string(job)});
  if (output.exit_code == 0) return;
  throw SlurmError{
      fmt::format("job {} was submitted on hold and cannot be released: {}", job, as_one_line(output.err + output.out))};
}

std::optional<std::vector<SlurmTask>> tasks_of(const std::vector<std::uint64_t>& jobs, const CommandPatience& patience) try {
  std::vector<SlurmTask> tasks;
  if (jobs.empty()) return tasks;
  const CommandOutput output = output_of({"squeue", "--noheader", "--array", "--states=all", "--jobs=" + joined(jobs),
                                          "--Format=ArrayJobID:|,ArrayTaskID:|,State:|,exit_code:|,Reason:|"},
                                         patience);
  if (output.exit_code != 0) {
    // All of them are forgotten, or else Slurm does not answer now.
    if (output.err.find("Invalid job id") != std::string::npos) return tasks;
    return std::nullopt;
  }
  std::string_view rest = output.out;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    if (const auto task = task_from(rest.substr(0, end))) tasks.push_back(*task);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return tasks;
} catch (const SlurmError&) {
  return std::nullopt;
}

std::string cancel(const std::vector<std::uint64_t>& jobs, const CommandPatience& patience) try {
  std::vector<std::string> words{"scancel"};
  for (const std::uint64_t job : jobs) words.push_back(std::to_string(job));
  if (words.size() == 1) return {};
  const CommandOutput output = output_of(words, patience);
  return output.exit_code == 0 ? "" : as_one_line(output.err);
} catch (const SlurmError& error) {
  return error.what();
}

}  // namespace headroom
