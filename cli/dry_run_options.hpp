// headroom decide autoscaling … --metrics CSV: the dry run of an autoscaler over a recorded history.
#pragma once

#include <boost/program_options.hpp>

#include "cli/command_line.hpp"

namespace headroom::cli {

void add_dry_run_options(boost::program_options::options_description& options);
// Throws UsageError if one of them is given without --metrics.
void refuse_dry_run_options(const CommandLine& line);
int dry_run(const CommandLine& line);

}  // namespace headroom::cli
