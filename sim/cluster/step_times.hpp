// How long one step of a language model's engine takes, from measured points.
//
// A step reads prompts (prefill), writes one token for each text in the making (decode), or does both: then the weights are read
// once, so it takes prefill(tokens) + decode(texts) - decode(1). Between points lines, before the first its value, beyond the
// last the slope of the last two. The context that decoding reads is on top.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace headroom {

struct StepTimePoint {
  double size = 0.0;     // prompt tokens, or texts
  double seconds = 0.0;  // > 0
};

class StepTimeCurve {
 public:
  StepTimeCurve() = default;
  // At least one point, sizes strictly increasing.
  explicit StepTimeCurve(std::vector<StepTimePoint> points) : points_{std::move(points)} {}

  double at(double size) const {
    if (size <= points_.front().size || points_.size() == 1) return points_.front().seconds;
    std::size_t upper = 1;
    while (upper + 1 < points_.size() && points_[upper].size < size) ++upper;
    const StepTimePoint &a = points_[upper - 1], &b = points_[upper];
    return a.seconds + (b.seconds - a.seconds) * (size - a.size) / (b.size - a.size);
  }
  bool empty() const { return points_.empty(); }

 private:
  std::vector<StepTimePoint> points_;
};

struct StepTimes {
  StepTimeCurve prefill;       // by prompt tokens of the step
  StepTimeCurve decode;        // by texts of the step
  double context_token = 0.0;  // seconds for each token of context that decoding reads

  // Of a step that does something.
  double seconds(std::int64_t prompt_tokens, std::int64_t texts, std::int64_t context_tokens) const {
    const double reading = context_token * static_cast<double>(context_tokens);
    if (texts == 0) return prefill.at(static_cast<double>(prompt_tokens));
    const double writing = decode.at(static_cast<double>(texts)) + reading;
    return prompt_tokens == 0 ? writing : prefill.at(static_cast<double>(prompt_tokens)) + writing - decode.at(1.0);
  }
};

}  // namespace headroom
