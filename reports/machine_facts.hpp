// What a study took of the machine: shown to a person and to a program that asks, never part of what is compared or written into
// summary.json.
#pragma once

#include <cstdint>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "sim/experiment/study.hpp"

namespace headroom {

struct MachineFacts {
  std::uint64_t events = 0;             // of all runs
  double events_per_second = 0.0;       // of one process: events over the time that the runs took, added up; 0: not known
  std::uint64_t peak_memory_bytes = 0;  // of the process of the run that took most; 0: not known
};

MachineFacts machine_facts_of(const Study& study);
// "12.3 M events at 4.1 M/s of one process, at most 45 MiB of memory in a run"; empty if nothing is known.
std::string to_text(const MachineFacts& facts);
nlohmann::json to_json(const MachineFacts& facts);

}  // namespace headroom
