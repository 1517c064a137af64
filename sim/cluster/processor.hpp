// Processor: egalitarian sharing of a replica's cores. Each of n computations gets min(1, cores / n) of a core.
//
// Virtual time is the core-seconds one computation has received since the processor was last idle; a computation ends when
// virtual time has grown by its demand. One event per processor: the next to finish.
// Source: the virtual-time implementation of processor sharing, Demers, Keshav and Shenker, SIGCOMM'89.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "sim/core/time.hpp"

namespace headroom {

class Processor {
 public:
  Processor() = default;
  explicit Processor(double cores) : cores_{cores} {}

  // demand in core-seconds, >= 0.
  void start(SimTime now, double demand, std::uint32_t task) {
    catch_up(now);
    running_.push_back({virtual_ + demand, order_++, task});
    std::push_heap(running_.begin(), running_.end(), later);
  }
  // Removes and returns the computation that has finished by now, if there is one. Call until none is left.
  bool take_finished(SimTime now, std::uint32_t& task) {
    catch_up(now);
    if (running_.empty() || running_.front().finish > virtual_ + tolerance) return false;
    task = running_.front().task;
    std::pop_heap(running_.begin(), running_.end(), later);
    running_.pop_back();
    if (running_.empty()) virtual_ = 0.0;
    return true;
  }
  // When the next computation finishes if nothing changes; end_of_time when idle.
  SimTime next_finish() const {
    if (running_.empty()) return end_of_time;
    return changed_ + to_duration(std::max(0.0, running_.front().finish - virtual_) / rate());
  }
  // From now on.
  void set_cores(SimTime now, double cores) {
    catch_up(now);
    cores_ = cores;
  }
  std::size_t computations() const { return running_.size(); }
  void clear(SimTime now) {
    catch_up(now);
    running_.clear();
    virtual_ = 0.0;
  }
  // Cores in use.
  double busy() const { return std::min(static_cast<double>(running_.size()), cores_); }
  // Cores in use × ns since the start of the run, up to now.
  double core_nanoseconds(SimTime now) const {
    return core_nanoseconds_ + busy() * static_cast<double>((now - changed_).count());
  }

 private:
  struct Computation {
    double finish;        // virtual time at which it ends
    std::uint64_t order;  // first started, first finished, when equal
    std::uint32_t task;
  };
  static bool later(const Computation& a, const Computation& b) {
    return std::pair{a.finish, a.order} > std::pair{b.finish, b.order};
  }
  // Events fall on whole nanoseconds; what is due within one counts as finished.
  static constexpr double tolerance = 1e-9;

  double rate() const { return std::min(1.0, cores_ / static_cast<double>(running_.size())); }
  void catch_up(SimTime now) {
    if (now == changed_) return;
    if (!running_.empty()) {
      virtual_ += to_seconds(now - changed_) * rate();
      core_nanoseconds_ = core_nanoseconds(now);
    }
    changed_ = now;
  }

  double cores_ = 1.0;
  double virtual_ = 0.0;
  double core_nanoseconds_ = 0.0;
  std::uint64_t order_ = 0;
  SimTime changed_{};
  std::vector<Computation> running_;
};

}  // namespace headroom
