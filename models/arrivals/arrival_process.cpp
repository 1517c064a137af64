#include "models/arrivals/arrival_process.hpp"

namespace headroom {
namespace {

// As many of `draw` as there is room for.
template <class Draw>
std::size_t fill(std::span<double> instants, const Draw& draw) {
  for (std::size_t i = 0; i < instants.size(); ++i) {
    if (!((instants[i] = draw()) < never)) return i;
  }
  return instants.size();
}

}  // namespace

std::size_t ArrivalProcess::next(std::span<double> instants) {
  return fill(instants, [this] { return next(); });
}

std::size_t RateArrivals::next(std::span<double> instants) {
  return fill(instants, [this] { return RateArrivals::next(); });
}

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

std::size_t ArrivalSequence::next(std::span<double> instants) {
  std::size_t filled = 0;
  while (filled < instants.size() && current_ < parts_.size()) {
    filled += parts_[current_]->next(instants.subspan(filled));
    if (filled < instants.size()) ++current_;
  }
  return filled;
}

}  // namespace headroom
