#include "tests/cli/process.hpp"
#include "tests/support/places.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace headroom::cli_test {
namespace {

namespace files = std::filesystem;

// Removed with everything in it when the test program ends.
class OwnFolder {
 public:
  OwnFolder() : path_{files::temp_directory_path() / ("headroom-cli-" + std::to_string(::getpid()))} {
    files::create_directories(path_);
  }
  ~OwnFolder() {
    std::error_code ignored;
    files::remove_all(path_, ignored);
  }
  OwnFolder(const OwnFolder&) = delete;
  OwnFolder& operator=(const OwnFolder&) = delete;
  const files::path& path() const { return path_; }

 private:
  files::path path_;
};

const files::path& own_folder() {
  static const OwnFolder folder;
  return folder.path();
}

struct Pipe {
  std::array<int, 2> ends{-1, -1};
  Pipe() { EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0); }
  ~Pipe() { close_end(0), close_end(1); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void close_end(std::size_t end) {
    if (ends[end] >= 0) ::close(ends[end]);
    ends[end] = -1;
  }
};

// In the child: never returns. Signals as a shell would hand them over, whatever the test program was started with.
[[noreturn]] void become_program(const Start& start, int out, int err) {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGPIPE, SIG_DFL);
  ::setenv("TERM", "xterm", 1);
  ::unsetenv("NO_COLOR");
  for (const auto& [name, value] : start.environment) ::setenv(name.c_str(), value.c_str(), 1);
  if (start.largest_file_bytes > 0) {
    const rlimit limit{start.largest_file_bytes, start.largest_file_bytes};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  // Not as another user, who may not even reach the program: below /root nobody else may.
  if (start.without_rights && ::geteuid() == 0 && ::prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE) != 0) ::_exit(125);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  const std::string program = headroom_binary();
  std::vector<char*> words{const_cast<char*>(program.c_str())};
  for (const std::string& argument : start.arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  if (::chdir(own_folder().c_str()) == 0) ::execv(program.c_str(), words.data());
  ::_exit(126);
}

// Reads both until both are closed.
void drain(int out, int err, Ended& ended) {
  std::array<pollfd, 2> watched{{{out, POLLIN, 0}, {err, POLLIN, 0}}};
  std::array<std::string*, 2> kept{&ended.out, &ended.err};
  std::array<char, 65536> buffer{};
  while (watched[0].fd >= 0 || watched[1].fd >= 0) {
    if (::poll(watched.data(), watched.size(), -1) < 0) continue;
    for (std::size_t i = 0; i < 2; ++i) {
      if (watched[i].fd < 0 || watched[i].revents == 0) continue;
      const ssize_t count = ::read(watched[i].fd, buffer.data(), buffer.size());
      if (count > 0)
        kept[i]->append(buffer.data(), static_cast<std::size_t>(count));
      else
        watched[i].fd = -1;
    }
  }
}

int exit_code_of(pid_t child) {
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Ended headroom(const Start& start) {
  (void)own_folder();  // made here, not in a child
  Pipe out, err;
  const int file = start.out_file.empty() ? -1 : ::open(start.out_file.c_str(), O_WRONLY | O_CLOEXEC);
  EXPECT_TRUE(start.out_file.empty() || file >= 0) << start.out_file;
  if (start.closed_pipe) out.close_end(0);
  const pid_t child = ::fork();
  EXPECT_GE(child, 0);
  if (child == 0) become_program(start, file >= 0 ? file : out.ends[1], err.ends[1]);
  out.close_end(1);
  err.close_end(1);
  if (file >= 0) ::close(file);
  std::thread interrupting;
  if (start.interrupt_after_seconds > 0.0) {
    interrupting = std::thread{[child, after = start.interrupt_after_seconds] {
      std::this_thread::sleep_for(std::chrono::duration<double>(after));
      ::kill(child, SIGINT);
    }};
  }
  std::thread beside;
  if (start.meanwhile) beside = std::thread{start.meanwhile, child};
  Ended ended;
  drain(out.ends[0], err.ends[0], ended);
  if (interrupting.joinable()) interrupting.join();
  if (beside.joinable()) beside.join();
  ended.exit_code = exit_code_of(child);
  return ended;
}

std::string data(const std::string& name) { return source_dir() + "/tests/cli/data/" + name; }

std::string temporary(const std::string& name) { return (own_folder() / name).string(); }

std::string written(const std::string& folder, const std::string& name, const std::string& content) {
  const std::filesystem::path path = std::filesystem::path{temporary(folder)} / name;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream{path, std::ios::binary} << content;
  return path.string();
}

std::string content_of(const std::string& path) {
  std::ifstream stream{path, std::ios::binary};
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

}  // namespace headroom::cli_test
