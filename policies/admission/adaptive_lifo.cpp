// Adaptive LIFO with controlled delay: a line that has stood for long is cut short, and served from its young end.
//
//   overloaded: the line was last empty more than `interval` ago
//   a request that has to wait may do so for `target` while overloaded, else for `interval`
//   next is who came last while overloaded, else who came first
//
// Source:  Ben Maurer, "Fail at Scale", ACM Queue 13(8), 2015: controlled delay (M = 5 ms, N = 100 ms) and adaptive LIFO.
// Differs: the order turns with the same sign of overload as the time-outs (HHVM has a length of the line for that); a wait
//          that is over ends at once, and not when its turn comes.
#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/admission_policy.hpp"

namespace headroom {
namespace {

class AdaptiveLifo final : public AdmissionPolicy {
 public:
  struct Options {
    Duration target{std::chrono::milliseconds{5}};
    Duration interval{std::chrono::milliseconds{100}};

    void describe(Fields& field) {
      field("target", target, "longest wait while the line has not been empty for an interval", more_than(0))(
          "interval", interval, "a line that stands for longer is overload; otherwise the longest wait", more_than(0));
    }
    FieldProblems problems() const {
      if (target > interval) return {{"target", "is longer than the interval; give it no more than that"}};
      return {};
    }
  };

  AdaptiveLifo(const Options& options, const Context&) : options_{options} {}

  // Whoever comes to wait behind nobody shows that the line was empty until now, however it became so.
  std::optional<Duration> longest_wait(const AdmissionView& view) override {
    if (view.waiting == 0) last_empty_ = view.now;
    return is_overloaded(view.now) ? options_.target : options_.interval;
  }
  bool reorders() const override { return true; }
  bool newest_first(SimTime now) const override { return is_overloaded(now); }

 private:
  bool is_overloaded(SimTime now) const { return last_empty_ < now - options_.interval; }

  Options options_;
  SimTime last_empty_{};
};

const bool offered =
    offer<AdmissionPolicy, AdaptiveLifo>("adaptive-lifo", "short waits and the last to come first while the line never empties");

}  // namespace
}  // namespace headroom
