// headroom schema: what a scenario file may say, for editors and other tools.
#include <nlohmann/json.hpp>

#include "cli/exit_code.hpp"
#include "cli/output.hpp"
#include "cli/verb.hpp"
#include "scenarios/schema.hpp"

namespace headroom::cli {

int schema_verb(const Arguments& arguments) {
  constexpr Usage usage{.verb = "schema",
                        .arguments = "",
                        .purpose = "Writes the JSON Schema (draft-07) of scenario files to stdout.",
                        .examples = "  headroom schema > scenario.schema.json\n"};
  const boost::program_options::options_description options;
  return act_on_command_line(usage, options, arguments, [](const CommandLine& line) -> int {
    if (!line.positional().empty()) throw UsageError{"takes no argument, not \"" + line.positional().front() + "\""};
    write_results(scenario_schema().dump(2) + "\n");
    return exit_success;
  });
}

}  // namespace headroom::cli
