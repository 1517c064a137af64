// CriticalPathSample: which requests of users are followed, and what is kept of them until the end of the run.
//
// Of every kind of request (endpoint, queue) every k-th that begins, by number; k begins at 1 and is doubled, and every other one
// that was kept is dropped, whenever there are more than `most_kept`. So the sample is spread evenly over the run, has a bounded
// size, and is the same on every machine.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sim/cluster/blueprint.hpp"
#include "sim/cluster/task.hpp"
#include "sim/core/time.hpp"
#include "sim/measure/critical_path.hpp"

namespace headroom {

// Where time can go, by index into the blueprint's lists; servers are services, databases and load balancers, in this order.
enum class StationKind : std::uint8_t { server, queue, lock, limit, cache, link, language_model, store, client };

struct PathSpan {
  PathCause cause = PathCause::service;
  Index component = no_index;
  Duration span{};
};

struct FollowedRequest {
  std::uint64_t number = 0;  // among its kind, from 1
  Index workload = 0;
  SimTime ended{};
  Duration latency{};
  TaskOutcome outcome = TaskOutcome::completed;
  Index failed_at = no_index;   // component
  std::vector<PathSpan> parts;  // their sum is the latency
};

class CriticalPathSample {
 public:
  static constexpr std::size_t most_kept = 1000;  // of each kind

  explicit CriticalPathSample(const Blueprint& blueprint);
  Index component_of(StationKind kind, Index index) const { return first_of_[static_cast<std::size_t>(kind)] + index; }
  const std::string& name_of(Index component) const { return names_[component]; }

  // As many requests of the kind as the last wait_for_next() gave have begun, the last of them now: its number if it is to be
  // followed, else 0.
  std::uint64_t choose(Index kind);
  // How many more have to begin until choose() is asked again: until the next to be followed, or `one_by_one`.
  std::uint64_t wait_for_next(Index kind, bool one_by_one);
  void keep(Index kind, FollowedRequest&& followed);

  // Endpoints, then queues, by index into the blueprint's lists; in the order in which they ended.
  const std::vector<FollowedRequest>& kept(Index kind) const { return kinds_[kind].kept; }
  std::size_t kinds() const { return kinds_.size(); }
  // Of what ended after `from`: for all requests, for each workload if there are several, for each kind; bands without any left
  // out.
  std::vector<CriticalPath> summary(SimTime from) const;

 private:
  struct Kind {
    std::string name;
    std::uint64_t begun = 0, awaited = 0, next = 1, every = 1;
    std::vector<FollowedRequest> kept;
  };
  struct Sampled {
    const FollowedRequest* request = nullptr;
    double weight = 1.0;  // requests of the run that it stands for
  };

  CriticalPath band(const std::string& name, const std::vector<Sampled>& sample) const;
  void add_bands(std::vector<CriticalPath>& all, const std::string& workload, const std::string& request,
                 const std::vector<Sampled>& sample) const;

  std::vector<std::string> names_;
  std::vector<Index> first_of_;  // by StationKind: of its components
  std::vector<std::string> workloads_;
  std::vector<Kind> kinds_;
};

}  // namespace headroom
