// Files that an option names, for other programs to read: a whole file or none, unless it is added to; what is no plain file (/dev/stdout, a pipe) is
// written into.
#pragma once

#include <string>

namespace headroom::cli {

// Before there is anything to write: throws UsageError, that names the option, if there is no writing to `path`. Leaves no file.
void expect_writable(const std::string& option, const std::string& path);
// Throws OutputError.
void write_output_file(const std::string& path, const std::string& text);
// After what the file holds, from the start of a line on; for a file that others write into as well. Throws OutputError.
void add_to_output_file(const std::string& path, const std::string& text);

}  // namespace headroom::cli
