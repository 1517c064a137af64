// Files of a report, each whole or not there at all.
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include <unistd.h>
#include <nlohmann/json.hpp>

#include "reports/exports.hpp"
#include "reports/report_files.hpp"
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
    case EISDIR: return "a folder stands where a file is needed; remove it, or choose another folder with --output";
    case ENOTDIR:
    case EEXIST: return "a file stands where a folder is needed; remove it, or choose another folder with --output";
    default: return "choose another folder with --output";
  }
}

[[noreturn]] void fail(const std::filesystem::path& path, int error) { fail(path, error, remedy_for(error)); }

// Everything that was written, or an error number. Not forced to the disk, which takes longer than a short study: a report that a
// power failure takes away is made again from the store.
int write_all(const std::filesystem::path& path, const std::string& text) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) return errno;
  errno = 0;
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size() && std::fflush(file) == 0;
  const int error = written ? 0 : errno != 0 ? errno : EIO;
  return std::fclose(file) == 0 || error != 0 ? error : errno;
}

// Beside its final place, so that the rename cannot cross file systems: a reader sees the old file or the new one.
void write_whole(const std::filesystem::path& path, const std::string& text) {
  const std::filesystem::path unfinished =
      path.parent_path() / ("." + path.filename().string() + "." + std::to_string(::getpid()));
  std::error_code error{write_all(unfinished, text), std::generic_category()};
  if (!error) std::filesystem::rename(unfinished, path, error);
  if (!error) return;
  std::error_code ignored;
  std::filesystem::remove(unfinished, ignored);
  fail(path, error.value());
}

std::filesystem::path made_folder(const std::string& folder) {
  std::filesystem::path place{folder};
  std::error_code error;
  std::filesystem::create_directories(place, error);
  if (!error && !std::filesystem::is_directory(place)) error = std::make_error_code(std::errc::not_a_directory);
  if (error) fail(place, error.value());
  return place;
}

constexpr std::array file_names{"report.html", "summary.json", "summary.md", "junit.xml", "metrics.om"};

}  // namespace

void prepare_report_folder(const std::string& folder) {
  const std::filesystem::path place = made_folder(folder);
  for (const char* name : file_names) {
    if (std::filesystem::is_directory(place / name)) fail(place / name, EISDIR);
  }
  // The one way to know whether a file can be made is to make one: permissions do not tell of read-only mounts, nor bind root.
  const std::filesystem::path probe = place / (".probe." + std::to_string(::getpid()));
  const int error = write_all(probe, "?");
  std::error_code ignored;
  std::filesystem::remove(probe, ignored);
  if (error != 0) fail(place, error);
}

void remove_report(const std::string& folder) {
  std::error_code ignored;
  for (const char* name : file_names) std::filesystem::remove(std::filesystem::path{folder} / name, ignored);
}

void write_report(const StudyReport& report, const std::string& folder) {
  // Where the runs ended: all samples are in the store, and `headroom export` has them.
  const std::array texts{to_html(report), to_json(report).dump(2) + "\n", to_markdown(report), to_junit(report),
                         to_open_metrics(report, {.last_only = true})};
  std::vector<NamedText> files;
  for (std::size_t i = 0; i < texts.size(); ++i) files.push_back({file_names[i], texts[i]});
  write_files(files, folder);
}

void write_files(const std::vector<NamedText>& files, const std::string& folder) {
  const std::filesystem::path place = made_folder(folder);
  for (const NamedText& file : files) write_whole(place / file.name, file.text);
}

}  // namespace headroom
