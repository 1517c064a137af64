// One verb's command line: options anywhere, the positional arguments among them, slips answered with the nearest name.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/program_options.hpp>

namespace headroom::cli {

// The command line is wrong. Exit code 2.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

using Arguments = std::vector<std::string>;

// What a verb says about itself.
struct Usage {
  std::string_view verb;           // "run"
  std::string_view arguments;      // "SCENARIO [options]"
  std::string_view purpose;        // a sentence or two, without a newline at the end
  std::string_view examples;       // lines, indented by two
  bool ends_with_verdict = false;  // whether all the exit codes can happen
};

class CommandLine {
 public:
  // `options` must outlive it; --help is added. Throws UsageError.
  CommandLine(const Usage& usage, const boost::program_options::options_description& options, const Arguments& arguments);

  // Help was asked for: print help() and end with success.
  bool wants_help() const { return has("help"); }
  std::string help() const;

  bool has(const std::string& option) const { return values_.count(option) > 0; }
  std::optional<std::string> text(const std::string& option) const;
  std::vector<std::string> texts(const std::string& option) const;
  // Throws UsageError unless it is a whole number within [low, high].
  std::optional<std::int64_t> number(const std::string& option, std::int64_t low, std::int64_t high) const;
  const Arguments& positional() const { return positional_; }
  // Exactly one positional argument, or a UsageError that names what is missing ("a scenario file").
  const std::string& only_argument(std::string_view what) const;

 private:
  void parse(const Arguments& arguments);
  std::string usage_line() const;

  Usage usage_;
  boost::program_options::options_description all_;
  boost::program_options::variables_map values_;
  Arguments positional_;
};

// Reads a verb's command line and does what `act` does with it, or prints the help that was asked for. Returns the exit code.
int act_on_command_line(const Usage& usage, const boost::program_options::options_description& options,
                        const Arguments& arguments, const std::function<int(const CommandLine&)>& act);

// The whole number within [low, high] that an option's text is, or a UsageError.
std::int64_t whole_number(const std::string& option, const std::string& text, std::int64_t low, std::int64_t high);

// "a, b,c" as its parts.
std::vector<std::string> parts_of(const std::string& list);

// --json, of the verbs that list something.
void add_json_option(boost::program_options::options_description& options);

// "there is no …; did you mean …?"
std::string unknown_name(std::string_view what, std::string_view name, const std::vector<std::string>& known);

}  // namespace headroom::cli
