#include "sim/experiment/process_pool.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <iostream>
#include <limits>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "sim/measure/run_error.hpp"

namespace headroom {
namespace {

// What a child sends: this, then `size` bytes: the result, or the message if exit_code is not 0. Both ends are the same program.
struct FrameHeader {
  std::uint64_t size = 0;
  std::int64_t exit_code = 0;
};

struct Answer {
  int exit_code = 0;
  std::vector<std::uint8_t> bytes;
};

Answer failure(int exit_code, const char* message) { return {exit_code, {message, message + std::strlen(message)}}; }

Answer answer_of(const ProcessPool::Body& body) {
  try {
    return {0, body()};
  } catch (const IncompleteRun& error) {
    return failure(4, error.what());
  } catch (const std::exception& error) {
    return failure(1, error.what());
  } catch (...) {
    return failure(1, "it threw something that is not an exception of the standard library");
  }
}

bool write_all(int descriptor, const void* data, std::size_t size) {
  const auto* next = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t written = write(descriptor, next, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    next += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

// What is buffered at a fork would be written by both.
void flush_all() {
  std::cout.flush();
  std::clog.flush();
  std::fflush(nullptr);
}

// A child dies with its parent, and by its parent: an interrupt from the keyboard reaches all of the processes, and is the parent's to answer.
void become_child(pid_t parent, const sigset_t& former_mask) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  std::signal(SIGPIPE, SIG_DFL);
  sigset_t mask = former_mask;
  sigaddset(&mask, SIGINT);
  sigprocmask(SIG_SETMASK, &mask, nullptr);
}

// Ends by _exit: what the parent registered to be done at its exit is not the child's to do.
[[noreturn]] void run_child(const ProcessPool::Body& body, int pipe) {
  const Answer answer = answer_of(body);
  flush_all();
  const FrameHeader header{answer.bytes.size(), answer.exit_code};
  const bool sent = write_all(pipe, &header, sizeof header) && write_all(pipe, answer.bytes.data(), answer.bytes.size());
  _exit(sent ? answer.exit_code : 1);
}

std::string death_of(int status) {
  if (!WIFSIGNALED(status)) return "the process ended without a result (exit code " + std::to_string(WEXITSTATUS(status)) + ")";
  const int signal = WTERMSIG(status);
  const std::string how = "the process was killed by signal " + std::to_string(signal) + " (" + strsignal(signal) + ")";
  return signal == SIGKILL ? how + "; the machine may be short of memory" : how;
}

int exit_code_of(int status) {
  if (WIFSIGNALED(status)) return 128 + WTERMSIG(status);
  return WEXITSTATUS(status) == 0 ? 1 : WEXITSTATUS(status);
}

int wait_for(pid_t process) {
  int status = 0;
  while (waitpid(process, &status, 0) < 0) {
    // Reaped by someone else: how it ended cannot be told.
    if (errno != EINTR) return 1 << 8;
  }
  return status;
}

double seconds_since(std::chrono::steady_clock::time_point begun) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

// Resident memory of a process; 0 if it is gone.
std::uint64_t resident_bytes(pid_t process) {
  std::FILE* file = std::fopen(fmt::format("/proc/{}/statm", process).c_str(), "re");
  if (file == nullptr) return 0;
  unsigned long long size = 0, resident = 0;
  const bool complete = std::fscanf(file, "%llu %llu", &size, &resident) == 2;
  std::fclose(file);
  return complete ? resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)) : 0;
}

// In the unit in which people set limits, upwards: what exceeds 1 GiB must not read "1 GiB".
std::string mebibytes(std::uint64_t bytes) { return fmt::format("{} MiB", (bytes + (1U << 20) - 1) >> 20); }

}  // namespace

ProcessPool::~ProcessPool() { terminate(); }

bool ProcessPool::start(std::size_t job, const Body& body) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return false;
  flush_all();
  // No signal may reach the child while it still has the parent's handlers.
  sigset_t all, former;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &former);
  const pid_t parent = getpid();
  const auto begun = std::chrono::steady_clock::now();  // before the fork: on a busy machine the parent comes back late
  const pid_t process = fork();
  if (process == 0) {
    become_child(parent, former);
    run_child(body, ends[1]);
  }
  const int fork_errno = errno;
  sigprocmask(SIG_SETMASK, &former, nullptr);
  close(ends[1]);
  if (process < 0) {
    close(ends[0]);
    errno = fork_errno;
    return false;
  }
  // A child begins with pages that it shares with the parent: they are not its own to answer for.
  const std::uint64_t inherited = limits_.bytes > 0 ? resident_bytes(process) : 0;
  children_.push_back({job, process, ends[0], {}, begun, inherited, {}});
  return true;
}

double ProcessPool::seconds_spent() const {
  double seconds = 0.0;
  for (const Child& child : children_) seconds += seconds_since(child.begun);
  return seconds;
}

std::optional<ProcessPool::Outcome> ProcessPool::wait(int wake_descriptor) {
  while (true) {
    std::vector<pollfd> watched;
    for (const Child& child : children_) watched.push_back({child.pipe, POLLIN, 0});
    watched.push_back({wake_descriptor, POLLIN, 0});  // poll ignores -1
    if (poll(watched.data(), watched.size(), milliseconds_to_next_look()) < 0) {
      if (errno == EINTR || errno == EAGAIN) continue;
      throw std::system_error{errno, std::generic_category(), "cannot wait for processes"};
    }
    enforce_limits();
    if (watched.back().revents != 0) return std::nullopt;
    for (std::size_t i = 0; i < children_.size(); ++i) {
      if (watched[i].revents == 0 || receive(children_[i])) continue;
      Outcome outcome = finish(children_[i]);
      children_.erase(children_.begin() + static_cast<std::ptrdiff_t>(i));
      return outcome;
    }
  }
}

// -1: nothing has to be looked at.
int ProcessPool::milliseconds_to_next_look() const {
  constexpr double between_looks_at_memory = 100.0, longest = 3'600'000.0;
  if (limits_.bytes > 0) return static_cast<int>(between_looks_at_memory);
  if (children_.empty()) return -1;
  double left = std::numeric_limits<double>::infinity();
  if (limits_.until) left = -seconds_since(*limits_.until);
  for (const Child& child : children_) {
    if (limits_.seconds > 0.0 && child.exceeded.empty()) left = std::min(left, limits_.seconds - seconds_since(child.begun));
  }
  return std::isinf(left) ? -1 : static_cast<int>(std::clamp(std::ceil(left * 1e3), 1.0, longest));
}

// Kills what takes too much; its pipe then ends like that of any other.
void ProcessPool::enforce_limits() {
  for (Child& child : children_) {
    if (!child.exceeded.empty()) continue;
    const double seconds = seconds_since(child.begun);
    if (limits_.over()) {
      child.exceeded = "the time for all runs was over before it had ended";
    } else if (limits_.seconds > 0.0 && seconds > limits_.seconds) {
      child.exceeded = fmt::format("it took longer than its limit of {:g} s", limits_.seconds);
    } else if (limits_.bytes > 0) {
      const std::uint64_t resident = resident_bytes(child.process);
      const std::uint64_t own = resident > child.bytes_at_start ? resident - child.bytes_at_start : 0;
      if (own > limits_.bytes) child.exceeded = fmt::format("it took {}, more than its limit of {}", mebibytes(own), mebibytes(limits_.bytes));
    }
    if (!child.exceeded.empty()) kill(child.process, SIGKILL);
  }
}

std::vector<ProcessPool::Outcome> ProcessPool::terminate() {
  // SIGKILL: a run has nothing to tidy up, and nothing in it can hold that back.
  for (const Child& child : children_) kill(child.process, SIGKILL);
  std::vector<Outcome> finished;
  for (Child& child : children_) {
    while (receive(child)) {
    }
    Outcome outcome = finish(child);
    if (outcome.exit_code == 0) finished.push_back(std::move(outcome));
  }
  children_.clear();
  return finished;
}

// Takes what has arrived; false at the end of the stream.
bool ProcessPool::receive(Child& child) {
  std::array<std::uint8_t, 1U << 16> buffer;
  const ssize_t size = read(child.pipe, buffer.data(), buffer.size());
  if (size < 0) return errno == EINTR;
  child.received.insert(child.received.end(), buffer.begin(), buffer.begin() + size);
  return size > 0;
}

ProcessPool::Outcome ProcessPool::finish(const Child& child) {
  close(child.pipe);
  const int status = wait_for(child.process);
  Outcome outcome{.job = child.job, .seconds = seconds_since(child.begun)};
  FrameHeader header;
  const auto& received = child.received;
  if (received.size() >= sizeof header) std::memcpy(&header, received.data(), sizeof header);
  if (received.size() < sizeof header || received.size() - sizeof header != header.size) {
    outcome.exit_code = child.exceeded.empty() ? exit_code_of(status) : 4;
    outcome.message = child.exceeded.empty() ? death_of(status) : child.exceeded;
    return outcome;
  }
  const auto payload = received.begin() + sizeof header;
  outcome.exit_code = static_cast<int>(header.exit_code);
  if (outcome.exit_code == 0) outcome.bytes.assign(payload, received.end());
  else outcome.message.assign(payload, received.end());
  return outcome;
}

}  // namespace headroom
