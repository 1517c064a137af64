#include "models/arrivals/arrival_process.hpp"

namespace headroom {

void RateClock::advance() {
  collected_ += area_;
  over_ = !profile_->next(piece_);
  area_ = over_ ? 0.0 : piece_.area();
}

double CountedArrivals::next() {
  if (used_ == count_) return never;
  const double share = even_ ? (static_cast<double>(used_) + 0.5) / static_cast<double>(count_) : uniforms_.next();
  ++used_;
  return begin_ + span_ * share;
}

double ArrivalSequence::next() {
  for (; current_ < parts_.size(); ++current_) {
    const double time = parts_[current_]->next();
    if (time < never) return time;
  }
  return never;
}

}  // namespace headroom
