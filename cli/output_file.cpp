#include "cli/output_file.hpp"

#include <cstring>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/command_line.hpp"
#include "cli/output.hpp"
#include "reports/report_files.hpp"

namespace headroom::cli {
namespace {

namespace files = std::filesystem;

bool is_written_into(const std::string& path) {
  std::error_code ignored;
  return files::exists(path, ignored) && !files::is_regular_file(path, ignored);
}

std::string folder_of(const std::string& path) {
  const std::string folder = files::path{path}.parent_path().string();
  return folder.empty() ? "." : folder;
}

void write_into(const std::string& path, const std::string& text, std::ios::openmode mode) {
  std::ofstream stream{path, std::ios::binary | mode};
  if (!stream.write(text.data(), static_cast<std::streamsize>(text.size())).flush())
    throw OutputError{fmt::format("cannot write {}: {}", path, std::strerror(errno))};
}

// Or has none to end.
bool ends_a_line(const std::string& path) {
  std::ifstream stream{path, std::ios::binary};
  char last = '\n';
  if (stream.seekg(-1, std::ios::end)) stream.get(last);
  return last == '\n';
}

}  // namespace

void expect_writable(const std::string& option, const std::string& path) {
  const auto refuse = [&](const std::string& why) {
    throw UsageError{fmt::format("--{} is \"{}\": {}; nothing was run", option, path, why)};
  };
  if (path.empty()) refuse("write the name of a file");
  if (files::is_directory(path)) refuse("that is a folder; write the name of a file");
  if (is_written_into(path)) return;
  const std::string folder = folder_of(path);
  if (!files::is_directory(folder)) refuse(fmt::format("there is no folder {}; make it first", folder));
  if (::access(folder.c_str(), W_OK) != 0) refuse(fmt::format("the folder {} cannot be written", folder));
}

void write_output_file(const std::string& path, const std::string& text) {
  if (!is_written_into(path)) {
    try {
      write_files({{files::path{path}.filename().string(), text}}, folder_of(path));
    } catch (const std::runtime_error& error) {
      throw OutputError{error.what()};
    }
    return;
  }
  write_into(path, text, std::ios::out);
}

void add_to_output_file(const std::string& path, const std::string& text) {
  const bool goes_on = !is_written_into(path) && !ends_a_line(path);
  write_into(path, (goes_on ? "\n" : "") + text, std::ios::app);
}

}  // namespace headroom::cli
