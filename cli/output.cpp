#include "cli/output.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "reports/text_layout.hpp"

namespace headroom::cli {
namespace {

// False, with errno, if not every byte could be written.
bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool dumb_terminal() {
  const char* term = std::getenv("TERM");
  return term != nullptr && std::string_view{term} == "dumb";
}

bool no_colour_asked() {
  const char* no_color = std::getenv("NO_COLOR");
  return no_color != nullptr && *no_color != '\0';  // https://no-color.org: present and not empty
}

std::string& called() {
  static std::string name = "headroom";
  return name;
}

}  // namespace

void set_program(std::string_view called_as) {
  if (called_as.find('/') != std::string_view::npos) called() = called_as;
}

const std::string& program() { return called(); }

void write_results(std::string_view text) {
  if (!write_all(STDOUT_FILENO, text)) {
    if (errno == EPIPE) throw ClosedOutput{"nobody reads the standard output"};
    throw OutputError{"cannot write results to the standard output: " + std::generic_category().message(errno)};
  }
}

void write_message(std::string_view text) { (void)write_all(STDERR_FILENO, text); }

bool results_on_terminal() { return ::isatty(STDOUT_FILENO) == 1; }

bool colour_on_results() { return results_on_terminal() && !no_colour_asked() && !dumb_terminal(); }

std::size_t results_width() {
  constexpr std::size_t narrowest = 40, widest = 160;  // less breaks every line, more is hard to read along
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return usual_width;
  return std::clamp<std::size_t>(size.ws_col, narrowest, widest);
}

bool animation_on_messages() { return ::isatty(STDERR_FILENO) == 1 && !dumb_terminal(); }

std::string slug(std::string_view name) {
  std::string folder;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || byte >= 0x80) {
      folder += static_cast<char>(std::tolower(byte));
    } else if (!folder.empty() && folder.back() != '-') {
      folder += '-';
    }
  }
  while (folder.ends_with('-')) folder.pop_back();
  return folder.empty() ? "scenario" : folder;
}

}  // namespace headroom::cli
