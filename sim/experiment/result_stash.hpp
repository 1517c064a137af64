// ResultStash: the packed results of a study under way, outside of the address space of the process that gathers them. A fork
// copies the page tables of its parent: with hundreds of results in memory each run would start later than the one before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace headroom {

class ResultStash {
 public:
  ResultStash() = default;
  ~ResultStash();
  ResultStash(const ResultStash&) = delete;
  ResultStash& operator=(const ResultStash&) = delete;

  // A place to take them from. Throws std::system_error when the machine has no room for them.
  std::size_t put(const std::vector<std::uint8_t>& bytes);
  // Those put there, as often as asked for. Throws std::out_of_range for a place that was not given.
  std::vector<std::uint8_t> get(std::size_t place) const;
  std::size_t size() const { return ends_.size(); }

 private:
  int file_ = -1;                    // in memory; closed on exec
  std::vector<std::uint64_t> ends_;  // of each in the file
};

}  // namespace headroom
