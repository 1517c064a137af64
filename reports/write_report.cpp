// Files of a report, each whole or not there at all.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "reports/study_report.hpp"

namespace headroom {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, int error, const std::string& remedy) {
  throw std::runtime_error{"cannot write " + path.string() + ": " + std::strerror(error) + "; " + remedy};
}

std::string remedy_for(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT: return "free some space, or choose another folder with --output";
    case EACCES:
    case EPERM:
    case EROFS: return "make the folder writable, or choose another one with --output";
    case ENOTDIR:
    case EEXIST: return "a file stands where a folder is needed; remove it, or choose another folder with --output";
    default: return "choose another folder with --output";
  }
}

[[noreturn]] void fail(const std::filesystem::path& path, int error) { fail(path, error, remedy_for(error)); }

// Everything that was written, or an error number.
int write_all(const std::filesystem::path& path, const std::string& text) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) return errno;
  errno = 0;
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size() && std::fflush(file) == 0 && ::fsync(::fileno(file)) == 0;
  const int error = written ? 0 : errno != 0 ? errno : EIO;
  return std::fclose(file) == 0 || error != 0 ? error : errno;
}

// Beside its final place, so that the rename cannot cross file systems: a reader sees the old file or the new one.
void write_whole(const std::filesystem::path& path, const std::string& text) {
  const std::filesystem::path unfinished = path.parent_path() / ("." + path.filename().string() + "." + std::to_string(::getpid()));
  std::error_code error{write_all(unfinished, text), std::generic_category()};
  if (!error) std::filesystem::rename(unfinished, path, error);
  if (!error) return;
  std::error_code ignored;
  std::filesystem::remove(unfinished, ignored);
  fail(path, error.value());
}

}  // namespace

void write_report(const StudyReport& report, const std::string& folder) {
  const std::filesystem::path place{folder};
  std::error_code error;
  std::filesystem::create_directories(place, error);
  if (!error && !std::filesystem::is_directory(place)) error = std::make_error_code(std::errc::not_a_directory);
  if (error) fail(place, error.value());
  write_whole(place / "report.html", to_html(report));
  write_whole(place / "summary.json", to_json(report).dump(2) + "\n");
  write_whole(place / "summary.md", to_markdown(report));
}

}  // namespace headroom
