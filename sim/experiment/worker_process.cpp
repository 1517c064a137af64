#include "sim/experiment/worker_process.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <system_error>

#include "sim/measure/run_error.hpp"

namespace headroom {
namespace {

// First byte of what a child sends: what the rest is.
constexpr std::uint8_t is_result = 'R', is_failure = 'F';

void write_all(int descriptor, const std::uint8_t* data, std::size_t size) {
  while (size > 0) {
    const ssize_t written = ::write(descriptor, data, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // the parent is gone: nobody to tell
    data += written;
    size -= static_cast<std::size_t>(written);
  }
}

void send(int descriptor, std::uint8_t kind, const std::uint8_t* data, std::size_t size) {
  write_all(descriptor, &kind, 1);
  write_all(descriptor, data, size);
}

[[noreturn]] void fail(int descriptor, int exit_code, const char* what) {
  std::string message(1, static_cast<char>(exit_code));
  message += what;
  send(descriptor, is_failure, reinterpret_cast<const std::uint8_t*>(message.data()), message.size());
  ::_exit(exit_code);
}

[[noreturn]] void run_child(int descriptor, const RunRequest& request, const std::function<RunResult(const RunRequest&)>& run) {
  for (const int signal : {SIGINT, SIGTERM, SIGPIPE}) std::signal(signal, SIG_DFL);
  std::signal(SIGINT, SIG_IGN);  // the parent decides what an interruption means
  try {
    const std::vector<std::uint8_t> bytes = to_bytes(run(request));
    send(descriptor, is_result, bytes.data(), bytes.size());
  } catch (const IncompleteRun& error) {
    fail(descriptor, 4, error.what());
  } catch (const std::exception& error) {
    fail(descriptor, 1, error.what());
  } catch (...) {
    fail(descriptor, 1, "an error of unknown kind");
  }
  ::_exit(0);
}

}  // namespace

WorkerProcess::WorkerProcess(const RunRequest& request, const std::function<RunResult(const RunRequest&)>& run) : request_{request} {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::system_error{errno, std::generic_category(), "no pipe for a run"};
  // What is buffered must not be written twice.
  std::fflush(nullptr);
  child_ = ::fork();
  if (child_ < 0) {
    const int error = errno;
    ::close(ends[0]);
    ::close(ends[1]);
    throw std::system_error{error, std::generic_category(), "no process for a run"};
  }
  if (child_ == 0) {
    ::close(ends[0]);
    run_child(ends[1], request, run);
  }
  ::close(ends[1]);
  descriptor_ = ends[0];
  failure_.request = request;
}

WorkerProcess::~WorkerProcess() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (child_ > 0) {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
}

void WorkerProcess::terminate() {
  if (child_ > 0) ::kill(child_, SIGKILL);
}

bool WorkerProcess::read_some() {
  constexpr std::size_t at_a_time = 1 << 16;
  const std::size_t before = received_.size();
  received_.resize(before + at_a_time);
  ssize_t got = 0;
  do got = ::read(descriptor_, received_.data() + before, at_a_time);
  while (got < 0 && errno == EINTR);
  received_.resize(before + static_cast<std::size_t>(got > 0 ? got : 0));
  if (got > 0) return false;
  conclude();
  return true;
}

void WorkerProcess::conclude() {
  int status = 0;
  while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) continue;
  child_ = -1;
  if (WIFSIGNALED(status)) {
    failure_.exit_code = 128 + WTERMSIG(status);
    failure_.message = std::string{"the run was ended by signal "} + ::strsignal(WTERMSIG(status));
    return;
  }
  if (WEXITSTATUS(status) == 0 && !received_.empty() && received_.front() == is_result) {
    try {
      result_ = run_result_from({received_.begin() + 1, received_.end()});
      return;
    } catch (const std::exception& error) {
      failure_.message = std::string{"the run's result cannot be read: "} + error.what();
    }
  } else if (received_.size() > 1 && received_.front() == is_failure) {
    failure_.exit_code = received_[1];
    failure_.message.assign(received_.begin() + 2, received_.end());
    return;
  } else {
    failure_.message = "the run ended without a result, with status " + std::to_string(WEXITSTATUS(status));
  }
  failure_.exit_code = 1;
}

}  // namespace headroom
