#include "sim/experiment/interruption.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace headroom {
namespace {

// What the handler may touch.
volatile std::sig_atomic_t happened_flag = 0;
volatile std::sig_atomic_t write_end = -1;

extern "C" void note_interruption(int /*signal*/) {
  const int former_errno = errno;
  happened_flag = 1;
  const char byte = 0;
  // A full pipe is as good as one more byte: it is readable.
  [[maybe_unused]] const auto written = write(write_end, &byte, 1);
  errno = former_errno;
}

}  // namespace

Interruption::Interruption() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) throw std::system_error{errno, std::generic_category(), "cannot make a pipe"};
  read_end_ = ends[0];
  write_end = ends[1];
  happened_flag = 0;
  watch(SIGINT, former_interrupt_);
  watch(SIGTERM, former_terminate_);
}

Interruption::~Interruption() {
  sigaction(SIGINT, &former_interrupt_, nullptr);
  sigaction(SIGTERM, &former_terminate_, nullptr);
  close(write_end);
  close(read_end_);
  write_end = -1;
}

bool Interruption::happened() const { return happened_flag != 0; }

void Interruption::watch(int signal, struct sigaction& former) {
  sigaction(signal, nullptr, &former);
  if (former.sa_handler == SIG_IGN) return;
  struct sigaction noting {};
  noting.sa_handler = note_interruption;
  sigemptyset(&noting.sa_mask);
  noting.sa_flags = SA_RESTART;
  sigaction(signal, &noting, nullptr);
}

}  // namespace headroom
