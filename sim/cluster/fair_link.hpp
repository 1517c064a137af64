// FairLink: bandwidth shared max-min fairly: every flow gets the same, except those that want less, whose own limit it is.
//
// Flows with one limit form a group; they always have the same rate, so that each group has a virtual time of its own: the bytes
// that one of its flows has got since the group was last empty. Rates follow from the numbers of flows by filling up the groups
// from the lowest limit on (Bertsekas and Gallager, Data Networks, 6.5.2). Without limits it is egalitarian processor sharing.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "sim/core/time.hpp"

namespace headroom {

class FairLink {
 public:
  FairLink() = default;
  // bytes per second; limits ascending, one for each group.
  FairLink(double bandwidth, const std::vector<double>& limits) : bandwidth_{bandwidth} {
    for (const double limit : limits) groups_.push_back({.limit = limit, .flows = {}});
  }

  void start(SimTime now, std::size_t group, double bytes, std::uint32_t task) {
    catch_up(now);
    Group& its = groups_[group];
    its.flows.push_back({its.got + bytes, order_++, task});
    std::push_heap(its.flows.begin(), its.flows.end(), later);
    share();
  }
  // Removes and returns a flow that is through by now, if there is one. Call until none is left.
  bool take_finished(SimTime now, std::uint32_t& task) {
    catch_up(now);
    for (Group& group : groups_) {
      if (group.flows.empty() || group.flows.front().finish > group.got + group.rate * nanosecond) continue;
      task = group.flows.front().task;
      std::pop_heap(group.flows.begin(), group.flows.end(), later);
      group.flows.pop_back();
      share();
      return true;
    }
    return false;
  }
  // Of a task that has a flow in this group.
  void remove(SimTime now, std::size_t group, std::uint32_t task) {
    catch_up(now);
    std::vector<Flow>& flows = groups_[group].flows;
    std::erase_if(flows, [task](const Flow& flow) { return flow.task == task; });
    std::make_heap(flows.begin(), flows.end(), later);
    share();
  }

  struct Next {
    SimTime at = end_of_time;
    std::uint32_t task = 0;
  };
  // Which flow is through first if nothing changes; at the end of time when there is none.
  Next next() const {
    Next next;
    for (const Group& group : groups_) {
      if (group.flows.empty()) continue;
      const Flow& first = group.flows.front();
      const SimTime at = changed_ + to_duration(std::max(0.0, first.finish - group.got) / group.rate);
      if (at < next.at) next = {at, first.task};
    }
    return next;
  }
  // Bytes per second.
  double throughput() const { return throughput_; }
  // Bytes, up to now.
  double sent(SimTime now) const { return sent_ + throughput_ * to_seconds(now - changed_); }

 private:
  struct Flow {
    double finish;        // what its group has got when it is through
    std::uint64_t order;  // first started, first finished, when equal
    std::uint32_t task;
  };
  struct Group {
    double limit = 0.0;
    double rate = 0.0;  // of each flow
    double got = 0.0;
    std::vector<Flow> flows;  // a heap
  };
  static bool later(const Flow& a, const Flow& b) { return std::pair{a.finish, a.order} > std::pair{b.finish, b.order}; }
  // Events fall on whole nanoseconds; what is due within one counts as finished.
  static constexpr double nanosecond = 1e-9;

  void catch_up(SimTime now) {
    if (now == changed_) return;
    const double span = to_seconds(now - changed_);
    for (Group& group : groups_) group.got += span * group.rate;
    sent_ += span * throughput_;
    changed_ = now;
  }
  void share() {
    double left = bandwidth_;
    throughput_ = 0.0;
    std::size_t flows = 0;
    for (const Group& group : groups_) flows += group.flows.size();
    for (Group& group : groups_) {
      const auto size = static_cast<double>(group.flows.size());
      group.rate = size > 0.0 ? std::min(group.limit, left / static_cast<double>(flows)) : 0.0;
      if (group.flows.empty()) group.got = 0.0;
      left -= size * group.rate;
      throughput_ += size * group.rate;
      flows -= group.flows.size();
    }
  }

  double bandwidth_ = 0.0;
  double throughput_ = 0.0;
  double sent_ = 0.0;
  std::uint64_t order_ = 0;
  SimTime changed_{};
  std::vector<Group> groups_;  // by limit, ascending
};

}  // namespace headroom
