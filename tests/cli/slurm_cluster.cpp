#include "tests/cli/slurm_cluster.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>
#include <utility>

#include "tests/cli/process.hpp"

namespace headroom::cli_test {
namespace {

namespace files = std::filesystem;
using namespace std::chrono_literals;

constexpr std::array folders_of_programs{"/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"};

std::string place_of(const std::string& program) {
  for (const std::string folder : folders_of_programs) {
    if (files::exists(folder + "/" + program)) return folder + "/" + program;
  }
  return "";
}

std::string this_host() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  const std::string whole = name.data();
  return whole.substr(0, whole.find('.'));
}

// Two that nobody uses now.
std::pair<int, int> free_ports() {
  std::array<int, 2> descriptors{}, ports{};
  for (std::size_t i = 0; i < ports.size(); ++i) {
    descriptors[i] = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(descriptors[i], reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::getsockname(descriptors[i], reinterpret_cast<sockaddr*>(&address), &size), 0);
    ports[i] = ntohs(address.sin_port);
  }
  for (const int descriptor : descriptors) ::close(descriptor);
  return {ports[0], ports[1]};
}

void write_key(const std::string& path) {
  std::random_device source;
  std::ofstream key{path, std::ios::binary};
  for (int i = 0; i < 256; ++i) {
    const unsigned word = source();
    key.write(reinterpret_cast<const char*>(&word), sizeof word);
  }
  key.close();
  ::chmod(path.c_str(), 0600);
}

}  // namespace

std::string SlurmCluster::obstacle() {
  if (::geteuid() != 0) return "starting a Slurm of its own needs root";
  for (const char* program : {"munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "scontrol", "sinfo"}) {
    if (place_of(program).empty()) return std::string{"needs the program "} + program + " (debian-packages.txt)";
  }
  return "";
}

SlurmCluster::SlurmCluster() : folder_{temporary("slurm")}, configuration_{folder_ + "/slurm.conf"} {
  files::remove_all(folder_);  // of a former one in this program: its jobs are not ours
  for (const char* folder : {"state", "spool"}) files::create_directories(folder_ + "/" + folder);
  write_key(folder_ + "/munge.key");
  write_configuration();
  const auto in_folder = [&](const std::string& option, const std::string& file) { return option + folder_ + "/" + file; };
  start({"munged", "--foreground", "--force", in_folder("--key-file=", "munge.key"), in_folder("--socket=", "munge.socket"),
         in_folder("--pid-file=", "munged.pid"), in_folder("--log-file=", "munged.log"),
         in_folder("--seed-file=", "munged.seed")});
  for (int i = 0; i < 500 && !files::exists(folder_ + "/munge.socket"); ++i) std::this_thread::sleep_for(10ms);
  start({"slurmctld", "-D", "-f", configuration_});
  start({"slurmd", "-D", "-f", configuration_, "-N", "node"});
  std::string state;
  for (int i = 0; i < 200 && state != "idle\n"; ++i) {
    std::this_thread::sleep_for(50ms);
    state = say("sinfo --noheader --partition=open --format=%T 2>/dev/null");
  }
  EXPECT_EQ(state, "idle\n") << content_of(folder_ + "/slurmctld.log") << content_of(folder_ + "/slurmd.log");
}

// The tasks first: their keepers are not slurmd's to end.
SlurmCluster::~SlurmCluster() {
  say("scancel --user=root 2>&1");
  for (int i = 0; i < 100 && !say("squeue --noheader 2>/dev/null").empty(); ++i) std::this_thread::sleep_for(50ms);
  for (const pid_t daemon : daemons_) ::kill(daemon, SIGKILL);
  for (const pid_t daemon : daemons_) ::waitpid(daemon, nullptr, 0);
}

std::string SlurmCluster::say(const std::string& command) const {
  std::FILE* pipe = ::popen(("SLURM_CONF='" + configuration_ + "' " + command).c_str(), "re");
  EXPECT_NE(pipe, nullptr);
  std::string text;
  std::array<char, 4096> buffer{};
  while (pipe != nullptr && std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) text += buffer.data();
  if (pipe != nullptr) ::pclose(pipe);
  return text;
}

// More processors than the machine may have, so that shards run beside each other; no control groups, no accounting.
void SlurmCluster::write_configuration() const {
  const std::string host = this_host();
  const std::pair<int, int> ports = free_ports();
  std::ofstream{configuration_} << "ClusterName=headroom\nSlurmctldHost=" << host << "(127.0.0.1)\n"
                                << "SlurmctldPort=" << ports.first << "\nSlurmdPort=" << ports.second << "\n"
                                << "SlurmUser=root\nSlurmdUser=root\n"
                                << "AuthType=auth/munge\nCredType=cred/munge\nAuthInfo=socket=" << folder_ << "/munge.socket\n"
                                << "StateSaveLocation=" << folder_ << "/state\nSlurmdSpoolDir=" << folder_ << "/spool\n"
                                << "SlurmctldPidFile=" << folder_ << "/slurmctld.pid\nSlurmdPidFile=" << folder_
                                << "/slurmd.pid\n"
                                << "SlurmctldLogFile=" << folder_ << "/slurmctld.log\nSlurmdLogFile=" << folder_
                                << "/slurmd.log\n"
                                << "ProctrackType=proctrack/linuxproc\nTaskPlugin=task/none\nMpiDefault=none\n"
                                << "SelectType=select/cons_tres\nSelectTypeParameters=CR_CPU\n"
                                << "JobAcctGatherType=jobacct_gather/none\nAccountingStorageType=accounting_storage/none\n"
                                << "SlurmdParameters=config_overrides\nReturnToService=2\nMailProg=/bin/true\n"
                                << "SchedulerParameters=batch_sched_delay=0,sched_min_interval=100000,sched_interval=1\n"
                                << "NodeName=node NodeHostname=" << host << " NodeAddr=127.0.0.1 CPUs=4 State=UNKNOWN\n"
                                << "PartitionName=open Nodes=node Default=YES State=UP\n"
                                << "PartitionName=shut Nodes=node State=DOWN\n";
}

void SlurmCluster::start(const std::vector<std::string>& words) {
  const std::string program = place_of(words.front()), log = folder_ + "/" + words.front() + ".out";
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child > 0) return daemons_.push_back(child);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  ::setenv("SLURM_CONF", configuration_.c_str(), 1);
  ::execv(program.c_str(), arguments.data());
  ::_exit(127);
}

}  // namespace headroom::cli_test
