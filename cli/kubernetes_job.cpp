#include "cli/kubernetes_job.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/exit_code.hpp"
#include "cli/next_commands.hpp"
#include "cli/output.hpp"
#include "cli/study_outcome.hpp"
#include "cli/study_record.hpp"

namespace headroom::cli {
namespace {

namespace files = std::filesystem;

constexpr std::size_t most_bytes = std::size_t{1} << 20;  // of a ConfigMap's data
constexpr const char* results = "/results";
constexpr const char* scenario_mount = "/scenario";
constexpr const char* files_elsewhere =
    "put the scenario and its files into the image or onto the volume, and say where with --scenario-in-pod PATH";

// JSON's strings are YAML's.
std::string quoted(const std::string& text) { return nlohmann::json(text).dump(); }

// An RFC 1123 label with room for "-" and the index of a pod. The study's hash keeps two studies out of one folder, and so do its
// replications and shards.
std::string job_name(const StoredStudy& study, unsigned shards) {
  constexpr std::size_t longest = 30, digits = 8;
  std::string name = "headroom-";
  for (const char c : slug(study.name)) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-') name += c;
  }
  return name.substr(0, longest) + (name.substr(0, longest).ends_with('-') ? "" : "-") + study.input_hash.substr(0, digits) +
         fmt::format("-{}x{}", study.replications, shards);
}

struct KeptFile {
  std::string key;   // in the ConfigMap: letters, digits, '-', '_', '.'
  std::string path;  // below the mount
  std::string content;
};

bool is_text(const std::string& content) {
  try {
    (void)quoted(content);
  } catch (const nlohmann::json::exception&) {
    return false;
  }
  return content.find('\0') == std::string::npos;
}

// A path of this machine leads nowhere in a pod.
void expect_not_named_by(const std::string& place, const std::vector<KeptFile>& kept) {
  for (const KeptFile& file : kept) {
    if (file.content.find(place) == std::string::npos) continue;
    throw UsageError{fmt::format("{} names {} by its absolute path, which no pod has; name it relative to the scenario, or {}",
                                 file.path, place, files_elsewhere)};
  }
}

// As they lay beside each other, so that what they say of each other stays true.
std::vector<KeptFile> kept_files(const StoredStudy& study) {
  files::path common = files::path{study.inputs.front().place}.parent_path();
  const auto outside = [&](const StoredInput& input) {
    return files::path{input.place}.lexically_relative(common).string().starts_with("..");
  };
  while (std::any_of(study.inputs.begin(), study.inputs.end(), outside)) common = common.parent_path();
  std::vector<KeptFile> kept;
  std::size_t bytes = 0;
  for (const StoredInput& input : study.inputs) {
    if (!input.content || !is_text(*input.content))
      throw UsageError{fmt::format("{} is no text, or too large, for a ConfigMap; {}", input.path, files_elsewhere)};
    bytes += input.content->size();
    std::string key = fmt::format("{}-{}", kept.size(), files::path{input.place}.filename().string());
    std::replace_if(
        key.begin(), key.end(),
        [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '.' && c != '-' && c != '_'; }, '_');
    kept.push_back({key, files::path{input.place}.lexically_relative(common).string(), *input.content});
  }
  for (const StoredInput& input : study.inputs) expect_not_named_by(input.place, kept);
  if (bytes > most_bytes)
    throw UsageError{
        fmt::format("the scenario's files have {} bytes, and a ConfigMap holds {}; {}", bytes, most_bytes, files_elsewhere)};
  return kept;
}

// Readable where a YAML block says the same, quoted otherwise.
std::string scalar(const std::string& text, const std::string& indent) {
  const auto plain = [](char c) {
    return c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f && static_cast<unsigned char>(c) < 0x80);
  };
  const bool is_block = text.size() > 1 && text.ends_with('\n') && !text.ends_with("\n\n") && text.front() != ' ' &&
                        text.front() != '\n' && std::all_of(text.begin(), text.end(), plain);
  if (!is_block) return quoted(text);
  std::string block = "|";
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    block += "\n" + (end == begin ? "" : indent + text.substr(begin, end - begin));
    begin = end + 1;
  }
  return block;
}

std::string config_map(const std::string& name, const std::vector<KeptFile>& kept) {
  std::string text = fmt::format("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {}\ndata:\n", name);
  for (const KeptFile& file : kept) text += fmt::format("  {}: {}\n", quoted(file.key), scalar(file.content, "    "));
  return text + "---\n";
}

// The kubelet reads $(NAME) and $$ before the shell does.
std::string past_the_kubelet(const std::string& command) {
  std::string doubled;
  for (const char c : command) doubled += c == '$' ? "$$" : std::string(1, c);
  return doubled;
}

std::string pod_command(const StudyArguments& arguments, const std::string& path, const std::string& name, unsigned workers) {
  return shard_command(arguments, path,
                       {.program = "headroom",
                        .folder = fmt::format("{}/{}", results, name),
                        .index = "\"$((JOB_COMPLETION_INDEX + 1))\"",
                        .workers = std::to_string(workers)});
}

std::string job(const std::string& name, const StudyArguments& arguments, const std::string& command, unsigned workers) {
  constexpr unsigned attempts = 3;
  return fmt::format(
      "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: {0}\nspec:\n"
      "  completionMode: Indexed\n  completions: {1}\n  parallelism: {1}\n"
      "  backoffLimitPerIndex: {2}\n"
      "  podFailurePolicy:\n    rules:\n"
      "      # Exit code {3}: the shard was refused, and would be again.\n"
      "      - action: FailIndex\n        onExitCodes: {{containerName: headroom, operator: In, values: [{3}]}}\n"
      "      # A node that goes away is no failure of the shard.\n"
      "      - action: Ignore\n        onPodConditions:\n          - type: DisruptionTarget\n"
      "  template:\n    spec:\n      restartPolicy: Never\n      containers:\n"
      "        - name: headroom\n          image: {4}\n          command: [/bin/sh, -c]\n          args:\n            - {5}\n"
      "          resources:\n            requests:\n              cpu: {6}\n"
      "          volumeMounts:\n            - name: results\n              mountPath: {7}\n",
      name, arguments.engine.shards, attempts - 1, static_cast<int>(exit_bad_input), quoted(arguments.engine.image),
      quoted(past_the_kubelet(command)), workers, results);
}

std::string volumes(const std::string& name, const StudyArguments& arguments, const std::vector<KeptFile>& kept) {
  std::string text;
  if (!kept.empty())
    text +=
        fmt::format("            - name: scenario\n              mountPath: {}\n              readOnly: true\n", scenario_mount);
  text += fmt::format("      volumes:\n        - name: results\n          persistentVolumeClaim:\n            claimName: {}\n",
                      quoted(arguments.engine.volume_claim));
  if (kept.empty()) return text;
  text += fmt::format("        - name: scenario\n          configMap:\n            name: {}\n            items:\n", name);
  for (const KeptFile& file : kept)
    text += fmt::format("              - key: {}\n                path: {}\n", quoted(file.key), quoted(file.path));
  return text;
}

std::string merge_command(const StudyArguments& arguments, const std::string& name, const std::string& output) {
  return fmt::format("headroom merge -o {}{}{} {}/{}", shell_word(output),
                     arguments.inconclusive_passes ? " --inconclusive pass" : "", arguments.keep_going ? " --keep-going" : "",
                     results, name);
}

}  // namespace

std::string kubernetes_manifest(const StudyArguments& arguments, const ScenarioFile& file) {
  const StoredStudy study = describe_study(arguments, file);
  const std::string name = job_name(study, arguments.engine.shards);
  const bool brings_files = arguments.engine.scenario_in_pod.empty();
  const std::vector<KeptFile> kept = brings_files ? kept_files(study) : std::vector<KeptFile>{};
  const std::string path =
      brings_files ? fmt::format("{}/{}", scenario_mount, kept.front().path) : arguments.engine.scenario_in_pod;
  const unsigned workers = std::max(1U, arguments.workers);
  return fmt::format(
             "# {} in {} shards. The volume of the claim must be one that all pods can write to (ReadWriteMany).\n"
             "# Then: kubectl apply --server-side -f THIS && kubectl wait --for=condition=complete --timeout=-1s job/{}\n"
             "# and where the volume is at {}: {}\n",
             study_command(arguments, file.path), arguments.engine.shards, name, results,
             merge_command(arguments, name, report_folder_name(arguments, file))) +
         (brings_files ? config_map(name, kept) : "") +
         job(name, arguments, pod_command(arguments, path, name, workers), workers) + volumes(name, arguments, kept);
}

int write_kubernetes_job(const StudyArguments& arguments, const ScenarioFile& file) {
  if (arguments.json) throw UsageError{"--json has nothing to show of a manifest; give it to headroom merge"};
  if (arguments.resume) throw UsageError{"--resume is what the shards of a Job do anyway; leave it out"};
  write_results(kubernetes_manifest(arguments, file));
  if (!arguments.quiet)
    write_message(
        "headroom: nothing was run; the first lines of the manifest say how to start it and to merge what comes of it\n");
  return exit_success;
}

}  // namespace headroom::cli
