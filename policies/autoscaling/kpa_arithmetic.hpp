// One decision of Knative's pod autoscaler from its two averages, and how long it panics.
//
//   wanted  = ceil(average / target) of each window, between floor(ready / down rate) and ceil(ready × up rate)
//   panic   while ceil(panic average / target) / ready has reached the threshold within the last stable window:
//           the larger of both, and never fewer than before
//
// Source: knative/serving, pkg/autoscaler/scaling/autoscaler.go.
#pragma once

#include <algorithm>
#include <cmath>
#include <deque>
#include <optional>

#include "sim/core/time.hpp"

namespace headroom::kpa {

struct Spec {
  double target = 70.0;  // of the metric per replica, utilization included
  double panic_threshold = 2.0;
  double max_scale_up_rate = 1000.0, max_scale_down_rate = 2.0;
  Duration stable_window{std::chrono::seconds{60}};
  Duration scale_down_delay{};
  int activation_scale = 1;  // at least so many while there is anything to do
};

struct Averages {
  double stable = 0.0, panic = 0.0;
};

struct Verdict {
  int replicas = 0;
  bool panics = false;
};

class Decider {
 public:
  // One that starts beside several replicas knows too little to take any away: it panics.
  Decider(const Spec& spec, int ready, SimTime now) : spec_{spec}, most_in_panic_{ready} {
    if (ready > 1) panic_since_ = now;
  }

  Verdict decide(const Averages& averages, int ready, SimTime now) {
    const double present = std::max(1, ready);
    const double panic_wish = std::ceil(averages.panic / spec_.target);
    if (panic_wish / present >= spec_.panic_threshold) {
      panic_since_ = now;
    } else if (panic_since_ && now - *panic_since_ > spec_.stable_window) {
      panic_since_.reset();
      most_in_panic_ = 0;
    }
    int wanted = limited(std::ceil(averages.stable / spec_.target), present);
    if (panic_since_) {
      most_in_panic_ = std::max({most_in_panic_, wanted, limited(panic_wish, present)});
      wanted = most_in_panic_;
    }
    return {delayed(wanted, now), panic_since_.has_value()};
  }

 private:
  int limited(double wish, double present) const {
    const double most = std::ceil(spec_.max_scale_up_rate * present);
    const double fewest = std::floor(present / spec_.max_scale_down_rate);
    const int limited = static_cast<int>(std::min({std::max(wish, fewest), most, 1e9}));
    return wish > 0.0 && spec_.activation_scale > 1 ? std::max(limited, spec_.activation_scale) : limited;
  }
  // The most that was wanted within the delay.
  int delayed(int wanted, SimTime now) {
    if (spec_.scale_down_delay <= Duration{}) return wanted;
    while (!wishes_.empty() && (now - wishes_.front().at >= spec_.scale_down_delay)) wishes_.pop_front();
    while (!wishes_.empty() && wishes_.back().replicas <= wanted) wishes_.pop_back();
    wishes_.push_back({now, wanted});
    return wishes_.front().replicas;
  }

  struct Wish {
    SimTime at;
    int replicas;
  };

  Spec spec_;
  std::optional<SimTime> panic_since_;
  int most_in_panic_;
  std::deque<Wish> wishes_;  // falling
};

}  // namespace headroom::kpa
