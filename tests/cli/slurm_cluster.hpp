// A real Slurm on this machine, of one node, for one test program: munged, slurmctld and slurmd in a temporary folder, on ports
// of their own. They end with it.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace headroom::cli_test {

class SlurmCluster {
 public:
  // Why there can be none here; empty if there can.
  static std::string obstacle();

  // With two partitions: "open" (the default) and "shut", which starts nothing. Waits until the node is ready; fails the test if
  // it does not get so.
  SlurmCluster();
  ~SlurmCluster();
  SlurmCluster(const SlurmCluster&) = delete;
  SlurmCluster& operator=(const SlurmCluster&) = delete;

  const std::string& configuration() const { return configuration_; }  // for SLURM_CONF
  // What one of Slurm's commands says.
  std::string say(const std::string& command) const;

 private:
  void write_configuration() const;
  void start(const std::vector<std::string>& words);

  std::string folder_, configuration_;
  std::vector<pid_t> daemons_;
};

}  // namespace headroom::cli_test
