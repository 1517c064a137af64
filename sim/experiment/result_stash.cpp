#include "sim/experiment/result_stash.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace headroom {
namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error{errno, std::generic_category(), what}; }

}  // namespace

ResultStash::~ResultStash() {
  if (file_ >= 0) close(file_);
}

std::size_t ResultStash::put(const std::vector<std::uint8_t>& bytes) {
  if (file_ < 0) file_ = memfd_create("headroom results", MFD_CLOEXEC);
  if (file_ < 0) fail("cannot make room for results");
  std::uint64_t end = ends_.empty() ? 0 : ends_.back();
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t written = pwrite(file_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(end + done));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail("cannot keep a result in memory");
    done += static_cast<std::size_t>(written);
  }
  ends_.push_back(end + bytes.size());
  return ends_.size() - 1;
}

std::vector<std::uint8_t> ResultStash::get(std::size_t place) const {
  const std::uint64_t begin = place == 0 ? 0 : ends_.at(place - 1);
  std::vector<std::uint8_t> bytes(ends_.at(place) - begin);
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t size = pread(file_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(begin + done));
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) fail("cannot read a result back from memory");
    done += static_cast<std::size_t>(size);
  }
  return bytes;
}

}  // namespace headroom
