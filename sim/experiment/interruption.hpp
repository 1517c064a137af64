// Interruption: while one exists, SIGINT and SIGTERM are noted instead of ending the process, so that what is finished can be kept.
#pragma once

#include <csignal>

namespace headroom {

// At most one at a time. A signal that was ignored before (a study in the background) stays ignored. The former handlers are
// back when it is gone. Throws std::system_error if it cannot be set up.
class Interruption {
 public:
  Interruption();
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  bool happened() const;
  // A file descriptor that is readable once it has happened: to be waited on beside others. Not to be read.
  int descriptor() const { return read_end_; }

 private:
  void watch(int signal, struct sigaction& former);

  int read_end_ = -1;
  struct sigaction former_interrupt_ {};
  struct sigaction former_terminate_ {};
};

}  // namespace headroom
