// Everything else that can run shards: launchers as the README names them, pods of Kubernetes as far as they can be tried without
// a cluster, and the options that choose among engines.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <yaml-cpp/yaml.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "tests/cli/process.hpp"
#include "tests/support/places.hpp"

namespace headroom::cli_test {
namespace {

namespace files = std::filesystem;
using nlohmann::json;

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

bool there_is(const std::string& program) { return std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) == 0; }

// In a folder, with the program on the PATH; the exit code.
int shell(const std::string& folder, const std::string& command, const std::string& output) {
  std::ofstream{folder + "/command.sh"} << "cd '" << folder << "' || exit 125\n"
                                        << "PATH=\"" << files::path{headroom_binary()}.parent_path().string() << ":$PATH\"\n"
                                        << command << "\n";
  const int status = std::system(("sh '" + folder + "/command.sh' >'" + output + "' 2>&1 </dev/null").c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// The line of the README that begins with this word.
std::string recipe(const std::string& launcher) {
  std::ifstream readme{source_dir() + "/README.md"};
  for (std::string line; std::getline(readme, line);) {
    if (line.starts_with(launcher + " ")) return line;
  }
  ADD_FAILURE() << "the README has no line that begins with " << launcher;
  return "";
}

void expect_recipe_to_work(const std::string& launcher, const std::string& result) {
  const std::string folder = temporary(launcher), output = folder + "/said";
  files::create_directories(folder);
  files::copy_file(data("holds.json"), folder + "/S");
  const std::string command = recipe(launcher);
  EXPECT_TRUE(says(command, "-o " + result)) << command;
  EXPECT_EQ(shell(folder, command, output), 0) << content_of(output);
  EXPECT_TRUE(says(content_of(output), "shard 8 of 8: ")) << content_of(output);
  EXPECT_EQ(shell(folder, "headroom compare S -o out/one-machine", output), 0) << content_of(output);
  const std::string expected = content_of(folder + "/out/one-machine/summary.json");
  EXPECT_TRUE(content_of(folder + "/" + result + "/summary.json") == expected) << launcher << " gives something else";
  EXPECT_TRUE(says(expected, "\"outcome\"")) << expected;
}

TEST(Launchers, TheRecipeForGnuParallelGivesTheResultOfOneMachine) {
  if (!there_is("parallel")) GTEST_SKIP() << "needs GNU parallel (debian-packages.txt)";
  expect_recipe_to_work("parallel", "out/p");
}

TEST(Launchers, TheRecipeForMpirunGivesTheResultOfOneMachine) {
  if (!there_is("mpirun")) GTEST_SKIP() << "needs mpirun (debian-packages.txt)";
  // Of a test machine: root, and fewer processors than ranks.
  for (const char* name : {"OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "OMPI_MCA_rmaps_base_oversubscribe"})
    ::setenv(name, "1", 1);
  expect_recipe_to_work("mpirun", "out/m");
}

// A scenario in two folders, as the merge of a file above it.
std::string scenario_in_folders() {
  const files::path folder = temporary("folders");
  files::create_directories(folder / "below");
  files::copy_file(data("holds.json"), folder / "base file.json", files::copy_options::overwrite_existing);
  std::ofstream{folder / "below" / "scenario.json"} << "{\"extends\": \"../base file.json\"}\n";
  return (folder / "below" / "scenario.json").string();
}

std::string manifest(const std::vector<std::string>& more) {
  std::vector<std::string> arguments{"compare", scenario_in_folders(),        "--engine", "kubernetes", "--shards", "3",
                                     "--image", "registry.example/headroom:1"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const Ended ended = headroom(arguments);
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  return ended.out;
}

TEST(KubernetesJob, HasTheShapeOfAnIndexedJob) {
  const std::vector<YAML::Node> documents = YAML::LoadAll(manifest({"--workers", "2", "--volume-claim", "shared"}));
  ASSERT_EQ(documents.size(), 2U);
  const YAML::Node map = documents[0], job = documents[1], spec = job["spec"], pod = spec["template"]["spec"];
  EXPECT_EQ(map["apiVersion"].as<std::string>(), "v1");
  EXPECT_EQ(map["kind"].as<std::string>(), "ConfigMap");
  EXPECT_EQ(job["apiVersion"].as<std::string>(), "batch/v1");
  EXPECT_EQ(job["kind"].as<std::string>(), "Job");
  EXPECT_EQ(job["metadata"]["name"].as<std::string>(), map["metadata"]["name"].as<std::string>());
  EXPECT_TRUE(job["metadata"]["name"].as<std::string>().starts_with("headroom-holds-clearly-"));
  EXPECT_EQ(spec["completionMode"].as<std::string>(), "Indexed");
  EXPECT_EQ(spec["completions"].as<int>(), 3);
  EXPECT_EQ(spec["parallelism"].as<int>(), 3);
  EXPECT_EQ(spec["backoffLimitPerIndex"].as<int>(), 2);
  const YAML::Node refused = spec["podFailurePolicy"]["rules"][0];
  EXPECT_EQ(refused["action"].as<std::string>(), "FailIndex");
  EXPECT_EQ(refused["onExitCodes"]["containerName"].as<std::string>(), "headroom");
  EXPECT_EQ(refused["onExitCodes"]["operator"].as<std::string>(), "In");
  EXPECT_EQ(refused["onExitCodes"]["values"][0].as<int>(), 2);
  EXPECT_EQ(spec["podFailurePolicy"]["rules"][1]["action"].as<std::string>(), "Ignore");
  EXPECT_EQ(spec["podFailurePolicy"]["rules"][1]["onPodConditions"][0]["type"].as<std::string>(), "DisruptionTarget");
  EXPECT_EQ(pod["restartPolicy"].as<std::string>(), "Never") << "what backoffLimitPerIndex asks for";
  const YAML::Node container = pod["containers"][0];
  EXPECT_EQ(container["name"].as<std::string>(), "headroom");
  EXPECT_EQ(container["image"].as<std::string>(), "registry.example/headroom:1");
  EXPECT_EQ(container["command"].as<std::vector<std::string>>(), (std::vector<std::string>{"/bin/sh", "-c"}));
  EXPECT_EQ(container["resources"]["requests"]["cpu"].as<int>(), 2);
  EXPECT_EQ(container["volumeMounts"][0]["mountPath"].as<std::string>(), "/results");
  EXPECT_EQ(container["volumeMounts"][1]["mountPath"].as<std::string>(), "/scenario");
  EXPECT_EQ(pod["volumes"][0]["name"].as<std::string>(), container["volumeMounts"][0]["name"].as<std::string>());
  EXPECT_EQ(pod["volumes"][0]["persistentVolumeClaim"]["claimName"].as<std::string>(), "shared");
  EXPECT_EQ(pod["volumes"][1]["name"].as<std::string>(), container["volumeMounts"][1]["name"].as<std::string>());
  EXPECT_EQ(pod["volumes"][1]["configMap"]["name"].as<std::string>(), map["metadata"]["name"].as<std::string>());
}

// But for the command, which has the path of the scenario.
json summary_in(const std::string& folder) {
  json summary = json::parse(content_of(temporary(folder) + "/summary.json"));
  summary.erase("command");
  return summary;
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

// What the kubelet would mount, and the shell in the pod would run, in folders of the test instead.
TEST(KubernetesJob, TheCommandOfItsPodsMakesTheStudy) {
  const std::string text = manifest({});
  const std::vector<YAML::Node> documents = YAML::LoadAll(text);
  const std::string pods = temporary("pods"), name = documents[1]["metadata"]["name"].as<std::string>();
  const YAML::Node pod = documents[1]["spec"]["template"]["spec"];
  for (const YAML::Node& item : pod["volumes"][1]["configMap"]["items"]) {
    const files::path place = files::path{pods} / "scenario" / item["path"].as<std::string>();
    files::create_directories(place.parent_path());
    std::ofstream{place} << documents[0]["data"][item["key"].as<std::string>()].as<std::string>();
  }
  std::string command = pod["containers"][0]["args"][0].as<std::string>();
  replace_all(command, "$$", "$");
  replace_all(command, " /scenario/", " " + pods + "/scenario/");
  replace_all(command, " /results/", " " + pods + "/results/");
  for (const std::string index : {"0", "1", "2"}) {
    const std::string output = pods + "/said";
    EXPECT_EQ(shell(pods, "export JOB_COMPLETION_INDEX=" + index + "\n" + command, output), 0) << content_of(output);
  }
  EXPECT_TRUE(says(text, "headroom merge -o out/holds-clearly /results/" + name + "\n")) << text;
  EXPECT_EQ(headroom({"merge", "-q", "-o", temporary("merged pods"), pods + "/results/" + name}).exit_code, 0);
  EXPECT_EQ(headroom({"compare", scenario_in_folders(), "-q", "-o", temporary("no pods")}).exit_code, 0);
  EXPECT_TRUE(summary_in("merged pods") == summary_in("no pods"));
}

TEST(KubernetesJob, WhatAConfigMapCannotHoldIsSaid) {
  const auto refused = [](const std::string& scenario, const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"run", scenario, "--engine", "kubernetes", "--shards", "2", "--image", "i"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return headroom(arguments);
  };
  std::ofstream{temporary("absolute.json")} << R"({"extends": ")" << data("holds.json") << "\"}";
  const Ended absolute = refused(temporary("absolute.json"), {});
  EXPECT_EQ(absolute.exit_code, 2);
  EXPECT_TRUE(says(absolute.err, "by its absolute path, which no pod has")) << absolute.err;
  std::ofstream{temporary("large.json")} << "// " << std::string(1 << 20, 'x') << "\n" << content_of(data("holds.json"));
  const Ended large = refused(temporary("large.json"), {});
  EXPECT_EQ(large.exit_code, 2);
  EXPECT_TRUE(says(large.err, "and a ConfigMap holds 1048576")) << large.err;
  const Ended elsewhere = refused(temporary("large.json"), {"--scenario-in-pod", "/etc/headroom/large.json"});
  EXPECT_EQ(elsewhere.exit_code, 0) << elsewhere.err;
  EXPECT_TRUE(says(elsewhere.out, "headroom run /etc/headroom/large.json -o /results/")) << elsewhere.out;
  EXPECT_FALSE(says(elsewhere.out, "ConfigMap"));
}

TEST(Engines, WhatDoesNotGoTogetherIsRefused) {
  const auto refused = [](const std::vector<std::string>& more, const std::string& why) {
    std::vector<std::string> arguments{"compare", data("holds.json"), "-o", temporary("refused")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Ended ended = headroom(arguments);
    EXPECT_EQ(ended.exit_code, 2) << why;
    EXPECT_TRUE(says(ended.err, why)) << ended.err;
    EXPECT_FALSE(files::exists(temporary("refused"))) << why;
  };
  refused({"--engine", "slrm"}, R"(there is no engine "slrm"; did you mean "slurm"?)");
  refused({"--engine", "slurm"}, "write --shards N");
  refused({"--shards", "2"}, "write --shard I/N");
  refused({"--engine", "slurm", "--shards", "2", "--shard", "1/2"}, "runs them all");
  refused({"--engine", "slurm", "--shards", "10"}, "write at most --shards 9");
  refused({"--engine", "slurm", "--shards", "0"}, "write a whole number from 1");
  refused({"--engine", "kubernetes", "--shards", "2"}, "write --image NAME");
  refused({"--engine", "kubernetes", "--shards", "2", "--image", "i", "--json"}, "give it to headroom merge");
  refused({"--engine", "kubernetes", "--shards", "2", "--image", "i", "--resume"}, "leave it out");
  refused({"--image", "i"}, "--image is for --engine kubernetes");
  refused({"--slurm-options", "--mem=4G"}, "--slurm-options is for --engine slurm");
  refused({"--engine", "slurm", "--shards", "2", "--slurm-options", "--mem=4G --array=1-2"}, "--slurm-options has --array");
  for (const std::string own : {"--arr=1-2", "-a1-3", "-vH", "-ex.log", "--o"})
    refused({"--engine", "slurm", "--shards", "2", "--slurm-options", own}, "headroom has its own use for");
  refused({"--engine", "slurm", "--shards", "2", "--slurm-options", "--comment='open"}, "left open");
  refused({"--workers", "0"}, "--workers is \"0\"; write a whole number from 1 to 4096");
  const Ended sequential = headroom({"run", data("precise.json"), "--engine", "slurm", "--shards", "2"});
  EXPECT_EQ(sequential.exit_code, 2);
  EXPECT_TRUE(says(sequential.err, "--shards needs a number of replications that is known beforehand")) << sequential.err;
}

TEST(Engines, WithoutSlurmItIsSaidWhereToLookForIt) {
  const Ended ended =
      headroom(Start{.arguments = {"run", data("holds.json"), "--engine", "slurm", "--shards", "2", "-o", temporary("nowhere")},
                     .environment = {{"PATH", "/nonexistent"}}});
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_TRUE(says(ended.err, "there is no sbatch on the PATH; run this where Slurm's commands are")) << ended.err;
  EXPECT_FALSE(files::exists(temporary("nowhere")));
}

// A Slurm of four scripts: it runs what was submitted when that is released, does not answer once, then has forgotten the job.
TEST(Engines, ASlurmThatDoesNotAnswerIsWaitedFor) {
  const std::string folder = temporary("scripts");
  files::create_directories(folder);
  const auto script = [&](const std::string& name, const std::string& text) {
    std::ofstream{folder + "/" + name} << "#!/bin/sh\ncd '" << folder << "' || exit 125\n" << text << "\n";
    files::permissions(folder + "/" + name, files::perms{0755});
  };
  script("sbatch", "for word; do case $word in --wrap=*) echo \"${word#--wrap=}\" >task ;; esac; done; echo 1");
  script("scontrol", "for SLURM_ARRAY_TASK_ID in 1 2; do export SLURM_ARRAY_TASK_ID; sh task >log 2>&1; done");
  script("squeue",
         "[ -e asked ] && { echo 'Invalid job id specified' >&2; exit 1; }; touch asked; echo 'Unable to contact' >&2; exit 1");
  script("scancel", "touch cancelled");
  const Ended ended = headroom(
      Start{.arguments = {"run", data("holds.json"), "--engine", "slurm", "--shards", "2", "-q", "-o", temporary("by scripts")},
            .environment = {{"PATH", folder + ":" + std::getenv("PATH")}}});
  EXPECT_EQ(ended.exit_code, 0) << ended.err << content_of(folder + "/log");
  EXPECT_EQ(ended.err, "headroom: Slurm does not answer (\"scontrol ping\"); its jobs go on, and so does the wait\n");
  EXPECT_EQ(headroom({"run", data("holds.json"), "-q", "-o", temporary("without scripts")}).exit_code, 0);
  EXPECT_TRUE(content_of(temporary("by scripts/summary.json")) == content_of(temporary("without scripts/summary.json")));
  EXPECT_FALSE(files::exists(folder + "/cancelled"));
}

}  // namespace
}  // namespace headroom::cli_test
