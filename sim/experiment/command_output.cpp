#include "sim/experiment/command_output.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <csignal>
#include <system_error>

namespace headroom {
namespace {

[[noreturn]] void fail(int error, const std::string& what) { throw std::system_error{error, std::generic_category(), what}; }

class Pipe {
 public:
  Pipe() {
    if (pipe2(ends_.data(), O_CLOEXEC) != 0) fail(errno, "cannot make a pipe");
  }
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  int end(std::size_t which) const { return ends_[which]; }
  void close_end(std::size_t which) {
    if (ends_[which] >= 0) close(ends_[which]);
    ends_[which] = -1;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

// 0, or why it could not be started.
int spawn(const std::vector<std::string>& words, int out, int err, pid_t& process) {
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t usual;
  sigemptyset(&usual);
  sigaddset(&usual, SIGPIPE);
  sigaddset(&usual, SIGXFSZ);
  posix_spawnattr_setsigdefault(&attributes, &usual);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
  const int error = posix_spawnp(&process, arguments.front(), &actions, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

// For poll(): milliseconds, -1 without a limit.
int left_of(double seconds, std::chrono::steady_clock::time_point begun) {
  if (std::isinf(seconds)) return -1;
  const double left = seconds - std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  return static_cast<int>(std::ceil(std::clamp(left, 0.0, 1e6) * 1e3));
}

// Both until both are closed. False if patience ran out before.
bool drain(int out, int err, const CommandPatience& patience, CommandOutput& output) {
  std::array<pollfd, 3> watched{{{out, POLLIN, 0}, {err, POLLIN, 0}, {patience.wake_descriptor, POLLIN, 0}}};
  const std::array<std::string*, 2> kept{&output.out, &output.err};
  std::array<char, 4096> buffer{};
  const auto begun = std::chrono::steady_clock::now();
  while (watched[0].fd >= 0 || watched[1].fd >= 0) {
    const int ready = poll(watched.data(), watched.size(), left_of(patience.seconds, begun));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0 || watched[2].revents != 0) return false;
    for (std::size_t i = 0; i < kept.size(); ++i) {
      if (watched[i].fd < 0 || watched[i].revents == 0) continue;
      const ssize_t count = read(watched[i].fd, buffer.data(), buffer.size());
      if (count > 0)
        kept[i]->append(buffer.data(), static_cast<std::size_t>(count));
      else if (count == 0 || errno != EINTR)
        watched[i].fd = -1;
    }
  }
  return true;
}

}  // namespace

CommandOutput output_of_command(const std::vector<std::string>& words, const CommandPatience& patience) {
  Pipe out, err;
  pid_t process = -1;
  const int error = spawn(words, out.end(1), err.end(1), process);
  CommandOutput output;
  if (error == ENOENT) return output;
  if (error != 0) fail(error, "cannot start " + words.front());
  output.found = true;
  out.close_end(1);
  err.close_end(1);
  if (!drain(out.end(0), err.end(0), patience, output)) kill(-process, SIGKILL);
  int status = 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  output.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return output;
}

}  // namespace headroom
