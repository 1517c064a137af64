#include "cli/command_line.hpp"

#include <charconv>
#include <sstream>

#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "cli/output.hpp"
#include "sim/core/units.hpp"

namespace headroom::cli {

namespace po = boost::program_options;

namespace {

// Options must be spelled out: a guessed prefix changes its meaning with the next option that is added.
constexpr int style = po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
constexpr const char* positional_option = "positional arguments";

std::string without_dashes(std::string_view option) {
  const std::size_t begin = option.find_first_not_of('-');
  return begin == std::string_view::npos ? std::string{} : std::string{option.substr(begin)};
}

std::vector<std::string> long_names(const po::options_description& options) {
  std::vector<std::string> names;
  for (const auto& option : options.options()) names.push_back(option->long_name());
  return names;
}

// Program_options knows options by either name.
std::string shown(const std::string& option) { return (option.size() == 1 ? "-" : "--") + option; }

}  // namespace

std::string unknown_name(std::string_view what, std::string_view name, const std::vector<std::string>& known) {
  const std::string near = nearest_name(name, known);
  if (!near.empty()) return fmt::format("there is no {} \"{}\"; did you mean \"{}\"?", what, name, near);
  std::string list;
  for (const std::string& one : known) list += (list.empty() ? "" : ", ") + one;
  return fmt::format("there is no {} \"{}\"; there is {}", what, name, list);
}

int act_on_command_line(const Usage& usage, const po::options_description& options, const Arguments& arguments,
                        const std::function<int(const CommandLine&)>& act) {
  const CommandLine line{usage, options, arguments};
  if (!line.wants_help()) return act(line);
  write_results(line.help());
  return exit_success;
}

std::int64_t whole_number(const std::string& option, const std::string& text, std::int64_t low, std::int64_t high) {
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size() || value < low || value > high) {
    throw UsageError{fmt::format("--{} is \"{}\"; write a whole number from {} to {}", option, text, low, high)};
  }
  return value;
}

void add_json_option(po::options_description& options) { options.add_options()("json", "the same as JSON"); }

CommandLine::CommandLine(const Usage& usage, const po::options_description& options, const Arguments& arguments)
    : usage_{usage}, all_{"Options", 100, 56} {
  for (const auto& option : options.options()) all_.add(option);
  all_.add_options()("help,h", "this text");
  parse(arguments);
}

void CommandLine::parse(const Arguments& arguments) {
  po::options_description with_positional;
  with_positional.add(all_);
  with_positional.add_options()(positional_option, po::value<Arguments>(&positional_));
  po::positional_options_description everything;
  everything.add(positional_option, -1);
  try {
    po::store(po::command_line_parser{arguments}.options(with_positional).positional(everything).style(style).run(), values_);
    po::notify(values_);
  } catch (const po::unknown_option& unknown) {
    const std::string name = without_dashes(unknown.get_option_name());
    const std::string near = nearest_name(name, long_names(all_));
    throw UsageError{
        fmt::format("there is no option {}; {}", shown(name),
                    near.empty() ? fmt::format("see \"headroom {} --help\"", usage_.verb) : "did you mean --" + near + "?")};
  } catch (const po::invalid_command_line_syntax& wrong) {
    const std::string name = without_dashes(wrong.get_option_name());
    const bool needs_value =
        wrong.kind() == po::invalid_syntax::missing_parameter || wrong.kind() == po::invalid_syntax::empty_adjacent_parameter;
    throw UsageError{shown(name) + (needs_value ? " needs a value" : " takes no value")};
  } catch (const po::multiple_occurrences& twice) {
    throw UsageError{shown(without_dashes(twice.get_option_name())) + " is given more than once"};
  } catch (const po::error& wrong) {
    throw UsageError{wrong.what()};
  }
}

std::string CommandLine::usage_line() const { return fmt::format("headroom {} {}", usage_.verb, usage_.arguments); }

std::string CommandLine::help() const {
  std::ostringstream options;
  options << all_;
  std::string text = fmt::format("{}\n\nUsage: {}\n\n{}", usage_.purpose, usage_line(), options.str());
  if (!usage_.examples.empty()) text += fmt::format("\nExamples:\n{}", usage_.examples);
  if (usage_.ends_with_verdict) text += fmt::format("\n{}", exit_code_help);
  return text;
}

std::optional<std::string> CommandLine::text(const std::string& option) const {
  if (!has(option)) return std::nullopt;
  return values_[option].as<std::string>();
}

std::vector<std::string> CommandLine::texts(const std::string& option) const {
  return has(option) ? values_[option].as<std::vector<std::string>>() : std::vector<std::string>{};
}

std::optional<std::int64_t> CommandLine::number(const std::string& option, std::int64_t low, std::int64_t high) const {
  const std::optional<std::string> given = text(option);
  if (!given) return std::nullopt;
  return whole_number(option, *given, low, high);
}

const std::string& CommandLine::only_argument(std::string_view what) const {
  if (positional_.empty()) throw UsageError{fmt::format("names no {}; usage: {}", what, usage_line())};
  if (positional_.size() > 1)
    throw UsageError{fmt::format("takes one {}, not also \"{}\"; usage: {}", what, positional_[1], usage_line())};
  return positional_.front();
}

std::vector<std::string> parts_of(const std::string& list) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    std::string part = list.substr(begin, end - begin);
    part.erase(0, part.find_first_not_of(' '));
    part.erase(part.find_last_not_of(' ') + 1);
    if (!part.empty()) parts.push_back(std::move(part));
    begin = end + 1;
  }
  return parts;
}

}  // namespace headroom::cli
